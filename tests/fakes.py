"""Fake neighbours: a model that says what it is told, and a small real LSTM with random weights."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.form import LEFT_ROWS, LIKE_ROWS
from antiphon.compose.lstm import Probabilities
from antiphon.compose.lstm_weights import LstmLayer, LstmStackWeights, LstmWeights
from antiphon.compose.model import Model
from antiphon.compose.place import BAR_NUMBERS, NO_BARS, PLACES, Bars
from antiphon.compose.symbols import HOLD, Vocabulary
from antiphon.perform.answer.programs import Voice

VOCABULARY = Vocabulary.of([[str(pitch) for pitch in range(55, 82)]])


class ScriptedModel(Model):
    """Sure of every symbol: as much of the script as it has just heard goes on, anything else begins it."""

    def __init__(self, vocabulary: Vocabulary, script: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._script = list(script)
        self.heard: list[str] = []

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - it never listens to bars
        self.heard = []

    def hear(self, symbol_id: int) -> None:
        self.heard.append(self._vocabulary.symbols[symbol_id])

    def expected(self) -> Probabilities:
        said = self._said_so_far()
        following = self._script[said] if said < len(self._script) else HOLD
        probabilities = np.full(len(self._vocabulary), 1e-12)
        probabilities[self._vocabulary.id(following)] = 1.0
        return probabilities / probabilities.sum()

    def _said_so_far(self) -> int:
        """How much of the script is at the end of what was heard; all of it once it was said whole."""
        whole = len(self._script)
        if any(self.heard[i : i + whole] == self._script for i in range(len(self.heard) - whole + 1)):
            return whole
        for said in range(min(len(self._script), len(self.heard)), 0, -1):
            if self.heard[-said:] == self._script[:said]:
                return said
        return 0


def scripted_voice(script: Sequence[str], vocabulary: Vocabulary = VOCABULARY, name: str = "") -> Voice:
    return Voice(ScriptedModel(vocabulary, script), vocabulary, 4, name)


def random_weights(symbols: int, units: int = 12, seed: int = 0, scale: float = 0.5) -> LstmWeights:
    """A small LSTM that nobody trained."""
    generator = np.random.default_rng(seed)

    def array(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return generator.normal(0.0, scale, shape).astype(np.float32)

    return LstmWeights(
        array(symbols, 4 * units),
        array(units, 4 * units),
        array(4 * units),
        array(units, symbols),
        array(symbols),
    )


def random_stack(symbols: int, units: Sequence[int], seed: int = 0, scale: float = 0.5) -> LstmStackWeights:
    """Small LSTM layers that nobody trained, one above another."""
    generator = np.random.default_rng(seed)

    def array(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return generator.normal(0.0, scale, shape).astype(np.float32)

    layers = [
        LstmLayer(array(inputs, 4 * own), array(own, 4 * own), array(4 * own))
        for inputs, own in zip([symbols, *units], units, strict=False)
    ]
    return LstmStackWeights(tuple(layers), array(units[-1], symbols), array(symbols))


def random_event_weights(
    symbols: int,
    units: int = 12,
    seed: int = 0,
    scale: float = 0.5,
    grid: EventGrid = SIXTEENTHS,
    form: bool = False,
) -> EventWeights:
    """A small network of events that nobody trained; `form`: it has inputs for what is told of a form."""
    generator = np.random.default_rng(seed)
    a, b, c, d, hidden, lengths = 6, 4, 5, 3, 8, grid.classes
    e = 0 if grid is SIXTEENTHS else 2
    told = [(LEFT_ROWS, 3), (symbols + 1, 4), (lengths + 1, 3), (LIKE_ROWS, 2)] if form else []
    f = sum(width for _, width in told)
    shapes = [(symbols, a), (lengths + 1, b), (PLACES, c), (BAR_NUMBERS, d)]
    shapes += [(a + b + c + d + e + f, 4 * units)]
    shapes += [(units, 4 * units), (4 * units,), (units, symbols), (symbols,)]
    shapes += [(units + a + c + e + f, hidden), (hidden,), (hidden, lengths), (lengths,)]
    shapes += [(grid.steps_per_quarter + 1, e), *told]
    return EventWeights(*(generator.normal(0.0, scale, shape).astype(np.float32) for shape in shapes))


class Neighbour:
    """Stands in for anything, and keeps what its methods are called with, under their names."""

    recording, path = True, Path("take.mid")

    def __init__(self):
        self.told = []

    def __getattr__(self, name):
        return lambda *said: self.told.append((name, *said))

    def of(self, name):
        return [said[1] if len(said) > 1 else None for said in self.told if said[0] == name]
