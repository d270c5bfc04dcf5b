"""A melody being composed: hears symbols, then says the next ones, one at a time."""

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from antiphon.compose.model import Model, prime
from antiphon.compose.sampling import Draw, SamplingSettings, draw, weight_row
from antiphon.compose.symbols import END, Vocabulary


class Melody:
    """A model, its vocabulary, the way it is sampled and a source of chance, joined."""

    def __init__(
        self, model: Model, vocabulary: Vocabulary, settings: SamplingSettings, generator: np.random.Generator
    ) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._settings = settings
        self._generator = generator
        self._weights = weight_row(vocabulary, settings.weights)
        self._heard: list[int] = []
        self._said = False
        self._hear_anew([])

    def begin(self, generator: np.random.Generator) -> None:
        """Give what comes next chance of its own."""
        self._generator = generator

    def sample(self, settings: SamplingSettings) -> None:
        """From the next symbol on, sample in this way."""
        self._settings = settings
        self._weights = weight_row(self._vocabulary, settings.weights)

    def hear(self, symbols: Sequence[str]) -> None:
        """Begin a new song with these symbols; unknown ones are heard as the nearest known.

        Where nothing was said since the last call and these symbols go on from those, only the rest is heard:
        a phrase can be followed while it is played, at hardly any cost when it ends.
        """
        ids = self._vocabulary.ids(symbols)
        known = len(self._heard)
        if self._said or ids[:known] != self._heard:
            self._hear_anew(ids)
            return
        for symbol_id in ids[known:]:
            self._following = self._model.step(symbol_id)
        self._heard = ids

    def _hear_anew(self, ids: list[int]) -> None:
        self._following = prime(self._model, ids, self._vocabulary.id(END))
        self._heard, self._said = ids, False

    def next(self, forbidden: Collection[str] = ()) -> tuple[str, Draw]:
        """The next symbol, none of the `forbidden` ones, and how it was drawn."""
        self._said = True
        chosen = draw(self._following, self._settings, self._allowed(forbidden), self._generator)
        self._following = self._model.step(chosen.symbol_id)
        return self._vocabulary.symbols[chosen.symbol_id], chosen

    def _allowed(self, forbidden: Collection[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        if not forbidden:
            return self._weights
        weights = self._weights.copy()
        for symbol in forbidden:
            if symbol in self._vocabulary:
                weights[self._vocabulary.id(symbol)] = 0.0
        return weights


def octaves_into_range(pitches: Iterable[int], vocabulary: Vocabulary) -> int:
    """Semitones, a multiple of 12, that bring most pitches to ones the model knows; the smallest move."""
    known = set(vocabulary.pitches)
    heard = list(pitches)

    def unknown(move: int) -> tuple[int, int, int]:
        return sum(pitch + move not in known for pitch in heard), abs(move), move

    return min((12 * octave for octave in range(-10, 11)), key=unknown)
