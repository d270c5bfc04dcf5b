"""Where in the music we are: bars and beats of a grid, and the next place an answer may start."""

import math
from dataclasses import dataclass
from typing import Literal

from antiphon.timebase import Grid, Meter, steps_of_sixteenths

Boundary = Literal["now", "beat", "bar"]
# A note struck this little before a bar line belongs to the bar that follows.
_EARLY_SIXTEENTHS = 1


@dataclass(frozen=True, slots=True)
class Transport:
    """A grid with bars."""

    grid: Grid
    meter: Meter

    @property
    def bar_steps(self) -> int:
        return self.grid.steps_per_bar(self.meter)

    @property
    def beat_steps(self) -> int:
        """Whole steps in what a foot taps."""
        return max(1, round(self.grid.steps_of_beats(self.meter.quarters_per_beat)))

    @property
    def beat_s(self) -> float:
        """Seconds a beat of the meter lasts: in 6/8 a dotted quarter."""
        return self.grid.step_s * self.beat_steps

    def next_start(self, after_steps: float, boundary: Boundary) -> int:
        """The first step at or after a place on the grid that is on the boundary."""
        unit = 1 if boundary == "now" else self.beat_steps if boundary == "beat" else self.bar_steps
        return math.ceil((after_steps - 1e-6) / unit) * unit

    def bar_line_s(self, place: float, bars: int) -> float:
        """The moment `bars` bars after the bar line before a place in steps; a little early is the next."""
        early = steps_of_sixteenths(_EARLY_SIXTEENTHS, self.grid.steps_per_quarter)
        bar_steps = self.bar_steps
        return self.grid.time_s((math.floor((place + early) / bar_steps) + bars) * bar_steps)

    def first_bar_line(self, start_steps: int) -> int:
        """Of a phrase: that of the bar it begins in, or where it begins with a pickup, of the next one.

        What begins in the second half of a bar is a pickup.
        """
        bar_steps = self.bar_steps
        bar, into_bar = divmod(start_steps, bar_steps)
        return (bar + (2 * into_bar >= bar_steps)) * bar_steps

    def whole_bars(self, start_steps: int, end_steps: int) -> int:
        """Steps of all bars that a stretch touches, less the one that its pickup is in."""
        bar_steps = self.bar_steps
        first, last = self.first_bar_line(start_steps) // bar_steps, math.ceil(end_steps / bar_steps)
        return max(1, last - first) * bar_steps
