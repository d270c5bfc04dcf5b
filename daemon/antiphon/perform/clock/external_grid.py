"""The grid of an external clock: where its bars are now, and where they were at each moment of a phrase."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from antiphon.events import Lead, PlayedNote
from antiphon.perform.reports import Followed
from antiphon.perform.transport import Transport
from antiphon.timebase import MAX_BPM, MIN_BPM, Grid, Meter

# The clock has jumped where its place differs from the expected one by more than this, in quarters: a server
# that loses some thousandths of a second has not.
_JUMP = 1 / 16
_TEMPO_ROUNDING = 0.01
# Some weeks of music. A place beyond this, or one that is no number, is not followed.
_MOST_QUARTERS = 1e7
# The grid is reported again where a beat is so far from its reported place, in quarters: some tenths of a
# millisecond.
_REPORTED = 0.0005


class ExternalGrid:
    """Follows an external clock. Steps only go forward: after a jump in its song the performance goes on in
    the first bar that is not behind, at the same place in the bar. For that reason the performance may have
    counted `ahead_steps` more than the clock.
    """

    def __init__(self, meter: Meter, steps_per_quarter: int) -> None:
        self._meter, self._steps_per_quarter = meter, steps_per_quarter
        self._jump_steps = _JUMP * steps_per_quarter
        self._from_s: list[float] = []
        self._grids: list[Grid] = []
        self._placed = False
        self._reported: Followed | None = None
        self.ahead_steps = 0.0

    def follow(self, lead: Lead, before: Transport | None, at_s: float) -> tuple[Transport, bool]:
        """The transport from `at_s` on, and whether the place in the bar jumped; `before` held until then."""
        if before is not None and (not self._grids or self._grids[-1] is not before.grid):
            self._from_s.clear()  # until now another source led
            self._grids.clear()
            self.keep(before, float("-inf"))
        theirs = self._grid(lead, 0.0)
        here, meter = theirs.steps_at(at_s), lead.meter or self._meter
        was = here + self.ahead_steps if before is None else before.grid.steps_at(at_s)
        bar = Transport(theirs, meter).bar_steps
        if (
            (lead.placed and not self._placed)
            or abs(here + self.ahead_steps - was) > self._jump_steps
            or was < 0
        ):
            self.ahead_steps = (
                _ahead(here + self._jump_steps, was, bar) if lead.placed else max(0.0, was) - here
            )
        self._placed = lead.placed
        jumped = before is not None and abs(here + self.ahead_steps - was) > self._jump_steps
        return self.keep(Transport(self._grid(lead, self.ahead_steps), meter), at_s), jumped

    def anchor(self, transport: Transport, at_s: float) -> Transport:
        """The first note is the first downbeat, where only the tempo of the external clock is known."""
        if self._placed:
            return transport
        early = transport.grid.steps_at(at_s)
        self.ahead_steps -= early
        moved = replace(transport.grid, origin_s=transport.grid.time_s(early))
        return self.keep(Transport(moved, transport.meter), at_s)

    def keep(self, transport: Transport, at_s: float) -> Transport:
        """Remember what holds from a moment on."""
        self._from_s.append(at_s)
        self._grids.append(transport.grid)
        return transport

    def report(self, at_s: float, jumped: bool) -> list[Followed]:
        """Reports where the bars are: after a jump, and at a beat that is not where it was reported to be."""
        grid, reported = self._grids[-1], self._reported
        if reported is not None and not jumped and reported.ahead_steps == self.ahead_steps:
            expected = reported.grid.steps_at(at_s)
            if expected - reported.grid.steps_at(reported.at_s) < grid.steps_per_quarter:
                return []
            if abs(grid.steps_at(at_s) - expected) < _REPORTED * grid.steps_per_quarter:
                return []
        self._reported = Followed(at_s, grid, self.ahead_steps, jumped)
        return [self._reported]

    def stand(self) -> None:
        """The external clock stands; where it goes on is reported in any case."""
        self._reported = None

    def forget_before(self, at_s: float) -> None:
        """Nothing before a moment will be asked for."""
        gone = max(0, bisect_right(self._from_s, at_s) - 1)
        del self._from_s[:gone], self._grids[:gone]

    def steps_at(self, at_s: float) -> float:
        """The place of a moment, by the grid that held then."""
        return self._grids[max(0, bisect_right(self._from_s, at_s) - 1)].steps_at(at_s)

    def straightened(self, notes: Sequence[PlayedNote]) -> tuple[PlayedNote, ...]:
        """Notes at the same places in the bars, in the seconds they would have had on the last grid."""
        last = self._grids[-1]
        return tuple(
            replace(
                note,
                onset_s=last.time_s(self.steps_at(note.onset_s)),
                release_s=last.time_s(self.steps_at(note.release_s)),
            )
            for note in notes
        )

    def _grid(self, lead: Lead, ahead_steps: float) -> Grid:
        bpm = min(max(lead.bpm, MIN_BPM), MAX_BPM)
        step_s = Grid(bpm, 0.0, self._steps_per_quarter).step_s
        steps = lead.quarters * self._steps_per_quarter + ahead_steps
        return Grid(bpm, lead.at_s - steps * step_s, self._steps_per_quarter)


def playable(lead: Lead) -> bool:
    """Whether a lead rolls, at a tempo that can be played at; a little beyond the limits is rounding.

    A place that no song has is not followed either.
    """
    placed = abs(lead.quarters) <= _MOST_QUARTERS
    return (
        lead.rolling
        and placed
        and MIN_BPM * (1 - _TEMPO_ROUNDING) <= lead.bpm <= MAX_BPM * (1 + _TEMPO_ROUNDING)
    )


def _ahead(here: float, was: float, bar: int) -> float:
    """Whole bars that bring a place to where we are, or the least further, and never before the start."""
    return math.ceil((max(0.0, was) - here) / bar) * bar
