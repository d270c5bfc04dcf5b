"""The weights of a memory, fitted to held-out songs so that these need the fewest bits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.memory.experience import DISTANCES, RUNS, TASTE, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import Bars
from antiphon.compose.symbols import END, HOLD, Vocabulary

Floats = NDArray[np.float64]
UNTRIED = Experience(((1.0,) * RUNS,) * DISTANCES)
_NOTHING_SAID: Floats = np.zeros(DISTANCES * RUNS)
# Gradient steps, and their length in natural logarithms of a weight.
_STEPS, _RATE, _BEGIN = 300, 0.1, -4.0
# A weight with few observations stays near the others: as if there had been so many more, right and wrong.
_SHY = 1e-5


@dataclass(frozen=True, slots=True)
class Tune:
    """A song as a model hears it: ids of its symbols, the bars they lie in, and what is told of its form."""

    ids: Sequence[int]
    bars: Bars
    form: Form = NO_FORM


@dataclass(frozen=True, slots=True)
class Evidence:
    """For T symbols what the steps of each class predicted, in all and rightly, and what the network gave;
    without the holds that were certain.

    said, right   (T, DISTANCES · RUNS), weighted by what the network gives the symbol
    expected      (T,), the network's probability of the symbol that came
    """

    said: Floats
    right: Floats
    expected: Floats


def gather(model: Model, tunes: Iterable[Tune], vocabulary: Vocabulary) -> Evidence:
    """Let a model and a memory hear songs, each beginning with an empty memory."""
    heard = [_hear(model, tune, vocabulary) for tune in tunes]
    said, right, expected = (np.concatenate([part[k] for part in heard]) for k in range(3))
    return Evidence(said, right, expected)


def _hear(model: Model, tune: Tune, vocabulary: Vocabulary) -> tuple[Floats, Floats, Floats]:
    hold_id, end_id = vocabulary.id(HOLD), vocabulary.id(END)
    memory = Memory(UNTRIED, len(vocabulary), hold_id, tune.bars.steps_per_quarter)
    memory.begin(tune.bars)
    model.reset(tune.bars)
    model.hear(end_id)
    model.tell(tune.form)
    rows = []
    for step, symbol_id in enumerate((*tune.ids, end_id)):
        if step == tune.form.end_step:  # where a song is over, no earlier step says how it goes on
            rows.append((_NOTHING_SAID, _NOTHING_SAID, float(model.expected()[symbol_id])))
        elif not (model.must_hold and symbol_id == hold_id):  # a hold that is certain costs nothing
            rows.append(_predictions(memory, model.expected(), symbol_id))
        if symbol_id != end_id:
            memory.hear(symbol_id)
            model.hear(symbol_id)
    said, right, given = zip(*rows, strict=True)
    return np.array(said, np.float64), np.array(right, np.float64), np.array(given)


def _predictions(memory: Memory, expected: Floats, symbol_id: int) -> tuple[Floats, Floats, float]:
    others, ids, classes = memory.predictions()
    taste = np.append(expected**TASTE, 0.0)
    tastes, count = taste[ids], DISTANCES * RUNS
    said = np.bincount(classes, tastes, count)
    right = np.bincount(classes[ids == symbol_id], tastes[ids == symbol_id], count)
    said[0] += others @ taste[:-1]
    right[0] += others[symbol_id] * taste[symbol_id]
    return said.astype(np.float32), right.astype(np.float32), float(expected[symbol_id])


def fit(evidence: Evidence) -> Experience:
    """The weights that make the bits fewest, by gradient (Adam: Kingma & Ba 2015)."""
    logs = np.full(DISTANCES * RUNS, _BEGIN)
    first, second = np.zeros_like(logs), np.zeros_like(logs)
    for step in range(1, _STEPS + 1):
        slope = _slope(evidence, np.exp(logs)) + _SHY * (logs - _BEGIN)
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        logs -= _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    table = np.exp(logs).reshape(DISTANCES, RUNS)
    return Experience(tuple(tuple(round(float(weight), 4) for weight in row) for row in table))


def _slope(heard: Evidence, weights: Floats) -> Floats:
    """How the mean of −ln p changes with the logarithm of each weight."""
    right = heard.expected + heard.right @ weights
    total = 1.0 + heard.said @ weights
    return np.asarray((heard.said.T @ (1 / total) - heard.right.T @ (1 / right)) * weights / len(total))


def bits(heard: Evidence, weights: Floats) -> Floats:
    """Bits of each symbol, (T,), with these weights; all zero: the network's alone."""
    right = heard.expected + heard.right @ weights
    return np.asarray(np.log2(1.0 + heard.said @ weights) - np.log2(right), np.float64)


def bits_remembering(
    model: Model, experience: Experience, tunes: Iterable[Tune], vocabulary: Vocabulary
) -> Floats:
    """Bits of each song, its `/` included, with a memory that is empty when the song begins."""
    weights = np.asarray(experience.weights, np.float64).ravel()
    return np.array([bits(gather(model, [tune], vocabulary), weights).sum() for tune in tunes])
