"""The shape of an answer: how it begins, how closely it follows the phrase, and how it ends.

Gives factors on the probabilities of the next symbol, shape (V,). Knows the phrase in the model's key and the
length of the answer, and nothing of a model.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from antiphon.compose.harmony.odds import ChordKey, ChordOdds
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary, is_pitch

Factors = NDArray[np.float64]
Mode = Literal["major", "minor"]

# Pitch classes in C major and in A minor.
_TONIC: dict[Mode, int] = {"major": 0, "minor": 9}
# Of minor both sevenths, as songs have them.
_SCALE: dict[Mode, tuple[int, ...]] = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (9, 11, 0, 2, 4, 5, 7, 8)}
_TONIC_CHORD: dict[Mode, tuple[int, ...]] = {"major": (0, 4, 7), "minor": (9, 0, 4)}
# At closeness 1 the odds that a step has the rhythm of the phrase are this many times higher …
_RHYTHM_ODDS = 20.0
# … and an interval that differs from the phrase's by this many semitones is 1/e as likely.
_CONTOUR_SEMITONES = 2.0


@dataclass(frozen=True, slots=True)
class ShapeSettings:
    """How an answer relates to its phrase and how it ends, each from 0 to 1.

    closeness   0: the model alone decides; 1: rhythm and contour follow the phrase closely
    cadence     how often the answer closes as a song does: 0 never asked, 1 always. With a model that cannot
                be told so, where no ending is chosen, 0: the model alone decides how it ends; 1: on a note of
                the tonic's chord, mostly the tonic
    endings     whether, where an answer is to close, how songs end counts in the choice among candidates
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    closeness: Annotated[float, Ge(0), Le(1)] = 0.0
    cadence: Annotated[float, Ge(0), Le(1)] = 0.7
    endings: bool = True


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an answer lies: its length in steps (None: without end), its bars, the mode of its key, and
    whether it keeps strictly to that key's scale."""

    steps: int | None
    bar_steps: int
    beat_steps: int
    mode: Mode
    strict: bool = False


class Shape:
    """Factors for each step of one answer. `phrase`: its symbols from the first bar line on, "" for none;
    `chords`: the odds of the notes over those that are planned."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        frame: Frame,
        phrase: Sequence[str],
        settings: ShapeSettings,
        chords: ChordOdds | None = None,
    ) -> None:
        self._chords = chords
        self._vocabulary, self._frame = vocabulary, frame
        self._closeness, self._cadence = settings.closeness, settings.cadence
        self._phrase = tuple(phrase)
        self._moves = _moves(phrase)
        self._pitches = np.array([int(s) if is_pitch(s) else -1 for s in vocabulary.symbols])
        self._outside = outside_scale(vocabulary, frame.mode) if frame.strict else None
        self._hold, self._end = vocabulary.id(HOLD), vocabulary.id(END)
        self._rest = vocabulary.id(REST) if REST in vocabulary else None
        self._known: dict[tuple[int, int | None, ChordKey | None], Factors] = {}
        ends = [] if frame.steps is None else [frame.steps - frame.bar_steps, frame.steps - frame.beat_steps]
        self._places = sorted([0, 1, *ends])

    @property
    def by_pitch(self) -> bool:
        """Whether factors depend on the pitch before a step."""
        return bool(self._closeness and self._phrase)

    def factors(self, step: int, last_pitch: int | None) -> Factors:
        """For a step of the answer, its first being 0; `last_pitch`: of the note before, in the model's key.

        0 forbids. An answer begins with a note and ends in its last bar at the earliest.
        """
        chord = None if self._chords is None else self._chords.key(step)
        if not self.by_pitch:  # then few steps differ
            step, last_pitch = self._like(step), None
        if (step, last_pitch, chord) not in self._known:
            found = self._factors(step, last_pitch)
            if self._chords is not None and chord is not None:
                found *= self._chords.factors(chord)
            self._known[step, last_pitch, chord] = found
        return self._known[step, last_pitch, chord]

    def _like(self, step: int) -> int:
        """The first step for which the factors are those of this one, where only its place counts."""
        return self._places[bisect_right(self._places, step) - 1]

    def _factors(self, step: int, last_pitch: int | None) -> Factors:
        factors = np.ones(len(self._vocabulary))
        if self._outside is not None:
            factors[self._outside] = 0.0
        if self._closeness and self._phrase:
            self._keep_to_phrase(factors, step, last_pitch)
        if step == 0:
            self._forbid(factors, self._hold, self._end, self._rest)
        elif not self._in_last(self._frame.bar_steps, step):
            self._forbid(factors, self._end)
        elif self._cadence:
            self._come_to_rest(factors, step)
        return factors

    def _forbid(self, factors: Factors, *ids: int | None) -> None:
        factors[[each for each in ids if each is not None]] = 0.0

    def _in_last(self, steps: int, step: int) -> bool:
        whole = self._frame.steps
        return whole is not None and step >= whole - steps

    def _come_to_rest(self, factors: Factors, step: int) -> None:
        """In the last bar chord notes are favoured; in its last beat nothing else begins."""
        tonic, chord = _TONIC[self._frame.mode], _TONIC_CHORD[self._frame.mode]
        notes = self._pitches >= 0
        classes = self._pitches % 12
        stable = notes & np.isin(classes, chord)
        last_beat = self._in_last(self._frame.beat_steps, step)
        factors[notes & ~stable] *= (1 - self._cadence) if last_beat else (1 - 0.75 * self._cadence)
        factors[notes & (classes == tonic)] *= 1 + 4 * self._cadence
        if self._rest is not None:
            factors[self._rest] *= 1 - self._cadence

    def _keep_to_phrase(self, factors: Factors, step: int, last_pitch: int | None) -> None:
        there = step % len(self._phrase)
        if not self._phrase[there]:
            return
        odds = _RHYTHM_ODDS**self._closeness
        if self._phrase[there] == HOLD:
            factors[self._hold] *= odds
            return
        factors[self._hold] /= odds
        move = self._moves[there]
        if move is not None and last_pitch is not None:
            off = np.abs(self._pitches - last_pitch - move) / _CONTOUR_SEMITONES
            notes = self._pitches >= 0
            factors[notes] *= np.exp(-self._closeness * off[notes])


def outside_scale(vocabulary: Vocabulary, mode: Mode) -> NDArray[np.bool_]:
    """Which symbols (V,) are notes outside the scale of C major or A minor; none where no note is within."""
    pitches = np.array([int(s) if is_pitch(s) else -1 for s in vocabulary.symbols])
    outside: NDArray[np.bool_] = (pitches >= 0) & ~np.isin(pitches % 12, _SCALE[mode])
    return outside if ((pitches >= 0) & ~outside).any() else np.zeros_like(outside)


def _moves(phrase: Sequence[str]) -> list[int | None]:
    """At each note the semitones from the note before; None elsewhere and at the first."""
    moves: list[int | None] = []
    last: int | None = None
    for symbol in phrase:
        pitch = int(symbol) if is_pitch(symbol) else None
        moves.append(None if pitch is None or last is None else pitch - last)
        last = last if pitch is None else pitch
    return moves
