"""Seconds → ticks of a recording in which the tempo may change from phrase to phrase.

The bars of the file are the bars that were played: tempo changes fill what lies between two known places.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from antiphon.perform.answer_reports import Heard
from antiphon.perform.reports import Followed
from antiphon.timebase import Grid, bpm_of, seconds_to_ticks, steps_to_ticks


@dataclass(frozen=True, slots=True)
class _Place:
    """A moment whose tick is known, and the tempo from there on as far as nothing later is known."""

    at_s: float
    ticks: int
    bpm: float


@dataclass(slots=True)
class TempoMap:
    """Grows with what the session tells; `bpm` until it has told anything."""

    bpm: float
    _places: list[_Place] = field(default_factory=list)
    _guessed: bool = False  # the only place is the first note's

    @property
    def empty(self) -> bool:
        return not self._places

    def copy(self) -> "TempoMap":
        """For a recording that begins now."""
        return TempoMap(self.bpm, list(self._places), self._guessed)

    def as_json(self) -> list[Any]:
        """For `TempoMap.of`."""
        return [self.bpm, self._guessed, [[place.at_s, place.ticks, place.bpm] for place in self._places]]

    @classmethod
    def of(cls, said: Sequence[Any]) -> "TempoMap":
        """From JSON. Raises ValueError or TypeError where it says something else."""
        bpm, guessed, places = said
        known = [_Place(float(at_s), int(ticks), float(after)) for at_s, ticks, after in places]
        return cls(float(bpm), known, bool(guessed))

    def forget_before(self, at_s: float) -> None:
        """No earlier moment will be asked for. Of the places before it only the last says where it is."""
        before = bisect_right(self._places, at_s, key=lambda p: p.at_s)
        del self._places[: max(0, before - 1)]

    def begin(self, at_s: float, bpm: float | None = None) -> None:
        """The first downbeat and its tempo, until the first phrase has been heard."""
        if self.empty:
            self._places.append(_Place(at_s, 0, bpm or self.bpm))
            self._guessed = True

    def learn(self, heard: Heard) -> None:
        """A phrase was heard: where its first note and its answer lie is known now."""
        self._forget_the_guess()
        for steps in (heard.notes[0].onset_steps, heard.answer_start_steps):
            self._add(heard.grid, steps)

    def follow(self, followed: Followed) -> None:
        """Where the external clock's bars are. After a jump, the time to the next beat makes up for it."""
        self._forget_the_guess()
        grid, here = followed.grid, followed.grid.steps_at(followed.at_s)
        if followed.jumped and not self.empty:
            self._place(followed.at_s, self.ticks(followed.at_s), grid.bpm)
            here = (here // grid.steps_per_quarter + 1) * grid.steps_per_quarter
        self._add(grid, here)

    def _forget_the_guess(self) -> None:
        """That the first note is the first downbeat was only assumed."""
        if self._guessed:
            self._places.clear()
        self._guessed = False

    def _add(self, grid: Grid, steps: float) -> None:
        self._place(grid.time_s(steps), steps_to_ticks(steps, grid.steps_per_quarter), grid.bpm)

    def _place(self, at_s: float, ticks: int, bpm: float) -> None:
        place = _Place(at_s, ticks, bpm)
        # Time and place only go forward; what would turn back is next to the last place anyway.
        if self.empty or (place.at_s > self._places[-1].at_s and place.ticks > self._places[-1].ticks):
            self._places.append(place)

    def ticks(self, at_s: float) -> int:
        """The tick of a moment, counted from the first bar line; negative before it."""
        number = max(0, bisect_right(self._places, at_s, key=lambda p: p.at_s) - 1)
        place = self._places[number]
        return place.ticks + seconds_to_ticks(at_s - place.at_s, self._bpm_after(number))

    def changes(self) -> list[tuple[int, float]]:
        """(tick, quarters a minute) of every change of tempo, the first at the first known place."""
        changes: list[tuple[int, float]] = []
        for number, place in enumerate(self._places):
            bpm = self._bpm_after(number)
            if not changes or abs(bpm - changes[-1][1]) > 1e-3:
                changes.append((place.ticks, bpm))
        return changes

    def _bpm_after(self, number: int) -> float:
        """What brings the next known place to its own moment; after the last one, its grid's tempo."""
        place = self._places[number]
        if number + 1 == len(self._places):
            return place.bpm
        following = self._places[number + 1]
        return bpm_of(following.ticks - place.ticks, following.at_s - place.at_s)
