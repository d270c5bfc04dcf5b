"""Where in the bar, and in which bar, a step of a melody lies: what a model is told beside the symbols."""

from dataclasses import dataclass

from antiphon.timebase import STEPS_PER_QUARTER, Meter

# The meters that models know, with a bar in sixteenths. In each, a place in the bar has its number.
BARS = {
    "2/4": 8,
    "4/4": 16,
    "3/4": 12,
    "6/8": 12,
    "3/8": 6,
    "6/4": 24,
    "4/2": 32,
    "3/2": 24,
    "12/8": 24,
    "9/8": 18,
}
_ALIKE = {"2/2": "4/4", "4/8": "2/4"}
_FIRST = dict(zip(BARS, [1 + sum(list(BARS.values())[:k]) for k in range(len(BARS))], strict=True))
PLACES = 1 + sum(BARS.values())  # 0: not known
# Bars are counted up to here; later ones are even or odd.
_COUNTED = 16
BAR_NUMBERS = _COUNTED + 4  # 0: not known; 1: a pickup; 2 …: the first bar …
UNKNOWN = (0, 0)


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars that a melody lies in. `offset_steps`: its first step from its first bar line.

    Below 0 it begins with a pickup. A meter that models do not know is as good as none.
    """

    meter: str = ""
    offset_steps: int = 0
    steps_per_quarter: int = STEPS_PER_QUARTER

    @classmethod
    def begun_at(cls, meter: Meter, steps_in_bar: int, steps_per_quarter: int = STEPS_PER_QUARTER) -> "Bars":
        """Of a melody that begins so far into a bar: what begins in its second half is a pickup."""
        bar = cls(str(meter), 0, steps_per_quarter).steps
        offset = steps_in_bar - bar if bar and 2 * steps_in_bar >= bar else steps_in_bar
        return cls(str(meter), offset, steps_per_quarter)

    @property
    def steps(self) -> int:
        """A bar in steps; 0 where the meter is not known, or the grid cannot say its bars."""
        sixteenths = BARS.get(_ALIKE.get(self.meter, self.meter), 0)
        steps, rest = divmod(sixteenths * self.steps_per_quarter, STEPS_PER_QUARTER)
        return 0 if rest else steps

    def at(self, step: int) -> tuple[int, int]:
        """The place in the bar and the number of the bar of a step counted from the melody's first: two ids.

        The place is a sixteenth of the bar; `within_quarter` says more where the grid is finer. The ids are
        below PLACES and BAR_NUMBERS; (0, 0) where the meter is not known.
        """
        if not self.steps:
            return UNKNOWN
        bar, place = divmod(step + self.offset_steps, self.steps)
        number = bar + 2 if bar < _COUNTED else _COUNTED + 2 + bar % 2
        sixteenth = place * STEPS_PER_QUARTER // self.steps_per_quarter
        return _FIRST[_ALIKE.get(self.meter, self.meter)] + sixteenth, max(1, number)

    def within_quarter(self, step: int) -> int:
        """The place of a step within its quarter, counted from the bar line: 1 … `steps_per_quarter`.

        0 where the meter is not known.
        """
        if not self.steps:
            return 0
        return (step + self.offset_steps) % self.steps % self.steps_per_quarter + 1


NO_BARS = Bars()
