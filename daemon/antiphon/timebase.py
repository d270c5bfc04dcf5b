"""Seconds ↔ beats ↔ steps ↔ ticks: the only place with that arithmetic.

A beat is a quarter note. A step is the grid's unit, a sixteenth unless the model says otherwise.
"""

from dataclasses import dataclass

TICKS_PER_QUARTER = 480
STEPS_PER_QUARTER = 4
MOST_STEPS_PER_QUARTER = 96  # of a grid that several models share
PULSES_PER_QUARTER = 24  # of MIDI clock
SIXTEENTHS_PER_QUARTER = 4  # what MIDI's song position counts in
MIN_BPM, MAX_BPM = 20.0, 300.0


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature; `denominator` is 1, 2, 4, 8, 16 or 32."""

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 64:
            raise ValueError(f"beats in a bar must be 1–64, got {self.numerator}")
        if self.denominator not in (1, 2, 4, 8, 16, 32):
            raise ValueError(f"the beat's unit must be 1, 2, 4, 8, 16 or 32, got {self.denominator}")

    @property
    def quarters_per_bar(self) -> float:
        return self.numerator * 4 / self.denominator

    @property
    def quarters_per_beat(self) -> float:
        """What a foot taps: a dotted note in 6/8, 9/8 and 12/8, else the unit itself."""
        dotted = self.denominator >= 8 and self.numerator % 3 == 0 and self.numerator > 3
        return (3 if dotted else 1) * 4 / self.denominator

    @classmethod
    def parse(cls, text: str) -> "Meter":
        """Read "3/4". Raises ValueError."""
        top, slash, bottom = text.partition("/")
        if not (slash and top.strip().isdigit() and bottom.strip().isdigit()):
            raise ValueError(f'meter must look like "3/4", got "{text}"')
        return cls(int(top), int(bottom))

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"


def is_meter(text: str) -> bool:
    """Whether `Meter.parse` can read it."""
    try:
        Meter.parse(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Grid:
    """A tempo laid over the clock: step 0 falls at `origin_s`; `bpm` quarters a minute."""

    bpm: float
    origin_s: float = 0.0
    steps_per_quarter: int = STEPS_PER_QUARTER

    def __post_init__(self) -> None:
        if not MIN_BPM <= self.bpm <= MAX_BPM:
            raise ValueError(f"tempo must be {MIN_BPM:g}–{MAX_BPM:g} bpm, got {self.bpm:g}")

    @property
    def step_s(self) -> float:
        """Seconds a step lasts."""
        return 60.0 / self.bpm / self.steps_per_quarter

    def time_s(self, steps: float) -> float:
        """The moment of a step, fractions allowed."""
        return self.origin_s + steps * (60.0 / self.bpm / self.steps_per_quarter)

    def steps_at(self, at_s: float) -> float:
        """The place on the grid of a moment, in steps and fractions of one."""
        return (at_s - self.origin_s) / (60.0 / self.bpm / self.steps_per_quarter)

    def steps_of_beats(self, beats: float) -> float:
        return beats * self.steps_per_quarter

    def steps_per_bar(self, meter: Meter) -> int:
        """Whole steps in a bar; a bar that the grid cannot say is rounded, and never below one step."""
        return max(1, round(meter.quarters_per_bar * self.steps_per_quarter))


def steps_to_ticks(steps: float, steps_per_quarter: int = STEPS_PER_QUARTER) -> int:
    return round(steps * TICKS_PER_QUARTER / steps_per_quarter)


def seconds_to_ticks(seconds: float, bpm: float, ticks_per_quarter: int = TICKS_PER_QUARTER) -> int:
    return round(seconds * bpm / 60.0 * ticks_per_quarter)


def bpm_of(ticks: int, seconds: float, ticks_per_quarter: int = TICKS_PER_QUARTER) -> float:
    """The tempo at which so many ticks take so many seconds."""
    return ticks / ticks_per_quarter * 60.0 / seconds


def steps_of_sixteenths(sixteenths: int, steps_per_quarter: int) -> int:
    """What is counted in sixteenths, in whole steps of another grid; never fewer than it is sixteenths."""
    return sixteenths * max(1, steps_per_quarter // SIXTEENTHS_PER_QUARTER)


def quarters_to_steps(quarters: float, steps_per_quarter: int = STEPS_PER_QUARTER) -> float:
    return quarters * steps_per_quarter
