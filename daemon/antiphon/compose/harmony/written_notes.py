"""The notes of parts that are written and not over yet: which end at a place, and which could go on. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from antiphon.compose.harmony.accompaniment import PartNote
from antiphon.events import NoteOff

# Places that are so near to one another, in steps, are the same.
_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class WrittenNote:
    """A note that ends at a place, in steps with swing; `of` is its part as who plays it knows that."""

    off: NoteOff
    until: float
    of: str
    note: PartNote


class WrittenNotes:
    """In the order in which they were written."""

    def __init__(self) -> None:
        self._notes: list[WrittenNote] = []

    def add(self, one: WrittenNote, here: float) -> None:
        """One more; those that ended before a place are forgotten."""
        self._notes = [*(other for other in self._notes if other.until > here - _NEAR), one]

    def take_after(self, place: float) -> list[WrittenNote]:
        """Those that would end after a place; none is written any more."""
        found = [one for one in self._notes if one.until > place]
        self._notes = []
        return found

    def ending(self, note: PartNote, off: NoteOff, here: float) -> Iterator[WrittenNote]:
        """Notes of the same part on the same key that end where this one begins."""
        return (one for one in self._ending(here) if (one.off, one.note.part) == (off, note.part))

    def go_on(self, one: WrittenNote, note: PartNote, until: float) -> None:
        """One of them is held on, as this note, until a place."""
        place = self._notes.index(one)
        self._notes[place] = replace(one, until=until, note=note)

    def cut_short(self, step: int, here: float, end: int, parts: Collection[str]) -> list[PartNote]:
        """What would be left, until `end` at most, of notes of some parts that ended at a step only because
        no more was planned."""
        return [
            replace(one.note, onset=step, end=min(one.note.whole, end))
            for one in self._ending(here)
            if one.note.whole > step and one.note.part in parts
        ]

    def _ending(self, here: float) -> list[WrittenNote]:
        return [one for one in self._notes if abs(one.until - here) < _NEAR]
