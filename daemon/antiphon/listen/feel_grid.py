"""Where a step of the grid lies in its bar and its beat, and where swing moves it. Pure."""

from dataclasses import dataclass

from antiphon.timebase import Grid, Meter

DOWNBEAT, BEAT, OFFBEAT, BETWEEN = range(4)  # places in the bar
PLACES = 4
_DOTTED = 1.5  # quarters in the beat of 6/8, 9/8 and 12/8


@dataclass(frozen=True, slots=True)
class FeelGrid:
    """Lengths in steps of the grid.

    parts    into which a beat is divided: 3 in compound time, else 2
    swings   whether eighths can swing: where the beat is a quarter, or two; not in triplets or compound time
    """

    quarter: int
    bar: int
    beat: int
    parts: int
    swings: bool

    @classmethod
    def of(cls, grid: Grid, meter: Meter) -> "FeelGrid":
        quarters = meter.quarters_per_beat
        parts = 3 if quarters * meter.denominator == 4 * 3 else 2
        beat = max(1, round(grid.steps_of_beats(quarters)))
        return cls(grid.steps_per_quarter, grid.steps_per_bar(meter), beat, parts, quarters % 1 == 0)

    def place_in_bar(self, step: int) -> int:
        """DOWNBEAT, BEAT, OFFBEAT (a half of the beat; in compound time a third), or BETWEEN these."""
        into_bar = step % self.bar
        if into_bar == 0:
            return DOWNBEAT
        if into_bar % self.beat == 0:
            return BEAT
        return OFFBEAT if into_bar * self.parts % self.beat == 0 else BETWEEN

    @property
    def unit(self) -> int:
        """The beat that timing is measured from: a quarter where eighths swing."""
        return self.quarter if self.swings else self.beat

    def place_in_beat(self, step: int) -> int:
        """0: on the beat; 1, 2: on the second and third part of it in compound time; 3: elsewhere.

        Where eighths swing, an off-beat eighth counts as on the beat: its own place is its swing.
        """
        into = step % self.unit
        if self.parts == 3:
            return 3 * into // self.unit if 3 * into % self.unit == 0 else 3
        return 0 if into == 0 or (self.swings and self.is_offbeat(step)) else 3

    def is_offbeat(self, step: int) -> bool:
        """Whether a step is halfway between two quarters."""
        return 2 * (step % self.quarter) == self.quarter

    def swung(self, step: int, ratio: float) -> float:
        """The place of a step, in steps, where the first eighth of a quarter is `ratio` times the second.

        What lies between eighths moves with them, so the order stays; triplets stay where they are.
        """
        into, half = step % self.quarter, self.quarter / 2
        triplet = 6 * into % self.quarter == 0 and 2 * into % self.quarter != 0
        if ratio == 1.0 or not self.swings or triplet:
            return float(step)
        first = self.quarter * ratio / (1.0 + ratio)
        if into < half:
            return step - into + into * first / half
        return step - into + first + (into - half) * (self.quarter - first) / half
