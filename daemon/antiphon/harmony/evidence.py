"""What melody and accompaniment say of the chords, slot by slot. Pure arithmetic on places in quarters."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import PITCH_CLASSES
from antiphon.harmony.progression import slot_quarters
from antiphon.harmony.theory import NOTE_PLACES, PLACES, STEPS
from antiphon.slices import Sliced, finish
from antiphon.timebase import Meter

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
# A place that is so near to another, in quarters, is the same.
_NEAR = 1e-6
# Of notes: how much one counts at least, more for each quarter that it lasts, and at most.
_LEAST, _A_QUARTER, _MOST = 0.75, 0.25, 1.25
_PHRASE_BARS = 8
_LEAP = 3  # semitones; less is a step
_SLICE_NOTES = 32


@dataclass(frozen=True, slots=True)
class Note:
    """A note in quarters from a bar line of the session."""

    at: float
    quarters: float
    pitch: int


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots that are decoded: so many from `first` on, counted from a bar line of the session.

    phrase_bar   the bar with which the phrase begins, counted as the slots are; places are counted from it
    ended        the last slot is the end of the music
    """

    meter: Meter
    first: int
    count: int
    phrase_bar: int = 0
    ended: bool = False

    @property
    def quarters(self) -> float:
        return slot_quarters(self.meter)

    @property
    def in_bar(self) -> int:
        """Slots of a bar."""
        return round(self.meter.quarters_per_bar / self.quarters)

    @property
    def begins(self) -> float:
        """In quarters from the session's bar line."""
        return self.first * self.quarters

    @property
    def ends(self) -> float:
        return (self.first + self.count) * self.quarters

    @classmethod
    def covering(cls, meter: Meter, begins: float, ends: float, ended: bool = False) -> "Slots":
        """All slots in which something from one quarter to another lies; at least one.

        The phrase begins with the first whole bar.
        """
        slot, bar = slot_quarters(meter), meter.quarters_per_bar
        first = math.floor(begins / slot + _NEAR)
        last = max(first + 1, math.ceil(ends / slot - _NEAR))
        return cls(meter, first, last - first, math.ceil(begins / bar - _NEAR), ended)

    def steps(self) -> Ints:
        """(count,) how each slot follows the one before, as a number of `STEPS`."""
        numbers = np.arange(self.first, self.first + self.count)
        cadence = (numbers // self.in_bar - self.phrase_bar) % (_PHRASE_BARS // 2) == _PHRASE_BARS // 2 - 1
        if self.ended:
            cadence[-self.in_bar :] = True
        over_line = np.where(numbers % self.in_bar == 0, STEPS.index("bar line"), STEPS.index("within"))
        return np.where(cadence, STEPS.index("cadence"), over_line)

    def places(self) -> Ints:
        """(count,) where in the phrase each slot lies, as a number of `PLACES`."""
        numbers = np.arange(self.first, self.first + self.count)
        bars = (numbers // self.in_bar - self.phrase_bar) % _PHRASE_BARS
        found = np.full(self.count, PLACES.index("inner"))
        for bar, place in ((0, "first"), (3, "half"), (6, "before"), (7, "last")):
            found[bars == bar] = PLACES.index(place)
        if self.ended:
            found[-2 * self.in_bar : -1] = PLACES.index("before")
            found[-1] = PLACES.index("end")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """How much is heard in each of `count` slots.

    melody          (count, 3, 12) of each pitch class, by `NOTE_PLACES`
    accompaniment   (count, 12)
    bass            (count, 12) of the accompaniment's lowest notes
    """

    melody: Floats
    accompaniment: Floats = field(default_factory=lambda: np.zeros((0, PITCH_CLASSES)))
    bass: Floats = field(default_factory=lambda: np.zeros((0, PITCH_CLASSES)))


def evidence_of(
    slots: Slots, melody: Iterable[Note], accompaniment: Iterable[Note] = (), leaps: bool = True
) -> Evidence:
    """What notes say; those outside the slots say nothing. A note that is held over counts in both slots.

    A melody leaves a note that is foreign to its chord by step, as textbooks of harmony have it. So with
    `leaps`, a note that it leaves by a leap counts as one that begins at the next stronger place.
    """
    return finish(evidence_in_slices(slots, melody, accompaniment, leaps))


def evidence_in_slices(
    slots: Slots, melody: Iterable[Note], accompaniment: Iterable[Note] = (), leaps: bool = True
) -> Sliced[Evidence]:
    """What `evidence_of` gives, a few notes at a time."""
    found = np.zeros((slots.count, len(NOTE_PLACES), PITCH_CLASSES))
    notes = list(melody)
    for at, note in enumerate(notes):
        if at % _SLICE_NOTES == 0:
            yield
        stronger = leaps and at + 1 < len(notes) and _leaps(note, notes[at + 1])
        for number, begins, length in _parts(note, slots):
            place = _place_of(begins, number == _first_slot(note, slots), slots)
            found[number, max(0, place - stronger), note.pitch % PITCH_CLASSES] += _weight(length)
    heard, bass = (np.zeros((slots.count, PITCH_CLASSES)) for _ in range(2))
    lowest: dict[int, Note] = {}
    for at, note in enumerate(accompaniment):
        if at % _SLICE_NOTES == 0:
            yield
        for number, _, length in _parts(note, slots):
            heard[number, note.pitch % PITCH_CLASSES] += _weight(length)
            if number not in lowest or note.pitch < lowest[number].pitch:
                lowest[number] = note
    for number, note in lowest.items():
        bass[number, note.pitch % PITCH_CLASSES] = 1.0
    return Evidence(found, heard, bass)


def _leaps(note: Note, after: Note) -> bool:
    """Whether a melody goes on from a note by a leap, without a rest of a quarter."""
    apart = after.at - (note.at + note.quarters)
    return abs(after.pitch - note.pitch) >= _LEAP and apart < 1.0


def _weight(quarters: float) -> float:
    return min(_MOST, _LEAST + _A_QUARTER * quarters)


def _first_slot(note: Note, slots: Slots) -> int:
    return math.floor(note.at / slots.quarters + _NEAR) - slots.first


def _parts(note: Note, slots: Slots) -> Iterable[tuple[int, float, float]]:
    """The slots in which a note sounds: their number, where in it the note begins, and for how long."""
    first = _first_slot(note, slots)
    last = max(first, math.ceil((note.at + note.quarters) / slots.quarters - _NEAR) - slots.first - 1)
    for number in range(max(first, 0), min(last + 1, slots.count)):
        begins = (slots.first + number) * slots.quarters
        at = max(note.at, begins)
        length = min(note.at + note.quarters, begins + slots.quarters) - at
        if number == first or length > _NEAR:
            yield number, at - begins, max(length, 0.0)


def _place_of(begins: float, struck: bool, slots: Slots) -> int:
    """A note that is only held over is as one on a beat."""
    if begins < _NEAR:
        return NOTE_PLACES.index("slot" if struck else "beat")
    beat = slots.meter.quarters_per_beat
    on_beat = min(begins % beat, beat - begins % beat) < _NEAR
    return NOTE_PLACES.index("beat" if on_beat else "off the beat")
