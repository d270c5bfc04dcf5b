"""How much likelier the notes of a chord are in a melody over it: factors on a model's probabilities. Pure.

The numbers are set by hand: at the beginning of a chord nearly all notes are chord notes, on the other beats
most, and between the beats notes that pass by step are as good.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.symbols import Vocabulary, is_pitch
from antiphon.harmony.chord import PITCH_CLASSES, Chord

Factors = NDArray[np.float64]
ChordKey = tuple[Chord, int]  # a chord, and a place as below
SLOT, BEAT, OFFBEAT = range(3)
# Odds against any other note: of the root, the third, the fifth, and the seventh that lies in the scale.
_ODDS = {SLOT: (10.0, 10.0, 8.0, 2.0), BEAT: (3.0, 3.0, 2.5, 1.0), OFFBEAT: (1.5, 1.5, 1.5, 1.0)}
# Of C major and A minor.
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MINOR_SEVENTH, _MAJOR_SEVENTH = 10, 11


@dataclass(frozen=True, slots=True)
class ChordLine:
    """Chords under an answer, in the model's key.

    plan          the chords
    start         the answer's first step, from the bar line that the plan counts from
    quarter, beat, slot   their lengths in steps; a slot is the shortest that a chord lasts
    """

    plan: ChordPlan
    start: int
    quarter: int
    beat: int
    slot: int

    def chord_at(self, step: int) -> Chord | None:
        """The chord at a step of the answer, counted from its start."""
        return self.plan.at((self.start + step) / self.quarter)

    def place(self, step: int) -> int:
        """SLOT where a chord may begin, BEAT on other beats, OFFBEAT elsewhere."""
        at = self.start + step
        if at % self.slot == 0:
            return SLOT
        return BEAT if at % self.beat == 0 else OFFBEAT


class ChordOdds:
    """Factors (V,) for each step of an answer over a line of chords."""

    def __init__(self, vocabulary: Vocabulary, line: ChordLine) -> None:
        self._line = line
        classes = [int(s) % PITCH_CLASSES if is_pitch(s) else PITCH_CLASSES for s in vocabulary.symbols]
        self._classes = np.array(classes, np.int64)
        self._known: dict[ChordKey, Factors] = {}

    def key(self, step: int) -> ChordKey | None:
        """What the factors of a step depend on; None where no chord is planned."""
        chord = self._line.chord_at(step)
        return None if chord is None else (chord, self._line.place(step))

    def factors(self, key: ChordKey) -> Factors:
        """Of the steps that have this key."""
        if key not in self._known:
            self._known[key] = np.array([*odds(*key), 1.0])[self._classes]
        return self._known[key]


def odds(chord: Chord, place: int) -> tuple[float, ...]:
    """For each pitch class. Their mean over the notes of the scale is 1: no more notes begin than else."""
    found = dict.fromkeys(range(PITCH_CLASSES), 1.0)
    for tone, times in zip((*chord.tones, seventh(chord)), _ODDS[place], strict=True):
        found[tone] = times
    mean = sum(found[tone] for tone in _SCALE) / len(_SCALE)
    return tuple(times / mean for times in found.values())


def seventh(chord: Chord) -> int:
    """The seventh of a chord that lies in the scale of C major."""
    minor, major = ((chord.root + by) % PITCH_CLASSES for by in (_MINOR_SEVENTH, _MAJOR_SEVENTH))
    return major if minor not in _SCALE and major in _SCALE else minor
