"""MIDI clock out: a grid becomes pulses, and start, stop, continue and song position where needed."""

import math

from antiphon.events import LAST_SONG_POSITION, Clocked, ClockSignal, Signal
from antiphon.timebase import PULSES_PER_QUARTER, SIXTEENTHS_PER_QUARTER, Grid

_PULSES_PER_SIXTEENTH = PULSES_PER_QUARTER // SIXTEENTHS_PER_QUARTER
# A grid that moves by no more than this many pulses is followed by pulses closer together or further apart.
_SLIDE_PULSES = 2.0
# This little after a place still counts as being there.
_ROUNDING_PULSES = 0.01


class MidiClockOut:
    """Give it the grid as it is, ask it what is due. Pulses count from the grid's step 0."""

    def __init__(self) -> None:
        self._grid: Grid | None = None
        self._next = 0  # the pulse to come
        self._to_begin = False  # whether it is the first since a start or a continue

    @property
    def next_s(self) -> float | None:
        """The moment of the next pulse; None while the clock stands."""
        return None if self._grid is None else self._time_s(self._grid, self._next)

    def follow(self, grid: Grid | None, now_s: float) -> list[Clocked]:
        """The grid from now on, None to stop; gives the signals to send at once."""
        if grid is None:
            return self._stop(now_s)
        begins, self._grid = self._grid is None, grid
        if begins:
            return self._begin(grid, now_s)
        here, back = _pulses_at(grid, now_s), _PULSES_PER_SIXTEENTH if self._to_begin else 1
        if self._next - back - _SLIDE_PULSES <= here <= self._next + _SLIDE_PULSES:
            return []
        return [_signal("stop", now_s), *self._begin(grid, now_s)]

    def due(self, until_s: float) -> list[Clocked]:
        """The pulses up to a moment, each with its own."""
        pulses = []
        while (at_s := self.next_s) is not None and at_s <= until_s:
            pulses.append(_signal("pulse", at_s))
            self._next, self._to_begin = self._next + 1, False
        return pulses

    def _begin(self, grid: Grid, now_s: float) -> list[Clocked]:
        """Start, or continue from the next sixteenth: a song position counts in sixteenths."""
        here = _pulses_at(grid, now_s)
        sixteenth = 0  # pulses that were due a moment ago are sent at once
        if here > _SLIDE_PULSES:
            sixteenth = math.ceil((here - _ROUNDING_PULSES) / _PULSES_PER_SIXTEENTH)
        self._next, self._to_begin = sixteenth * _PULSES_PER_SIXTEENTH, True
        if sixteenth == 0:
            return [_signal("start", now_s)]
        position = ClockSignal("position", sixteenth % (LAST_SONG_POSITION + 1))
        return [Clocked(now_s, position), _signal("continue", now_s)]

    def _stop(self, now_s: float) -> list[Clocked]:
        stopped = self._grid is not None
        self._grid = None
        return [_signal("stop", now_s)] if stopped else []

    @staticmethod
    def _time_s(grid: Grid, pulse: int) -> float:
        return grid.time_s(pulse * grid.steps_per_quarter / PULSES_PER_QUARTER)


def _pulses_at(grid: Grid, at_s: float) -> float:
    return grid.steps_at(at_s) * PULSES_PER_QUARTER / grid.steps_per_quarter


def _signal(signal: Signal, at_s: float) -> Clocked:
    return Clocked(at_s, ClockSignal(signal))
