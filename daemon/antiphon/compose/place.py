"""Where in the bar, and in which bar, a step of a melody lies: what a model is told beside the symbols."""

from dataclasses import dataclass

from antiphon.timebase import Meter

# The meters that models know, with a bar in sixteenths. A place in the bar has a number of its own in each.
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
    """The bars that a melody lies in. `offset_steps`: its first step from its first bar line, in sixteenths.

    Below 0 it begins with a pickup. A meter that models do not know is as good as none.
    """

    meter: str = ""
    offset_steps: int = 0

    @classmethod
    def begun_at(cls, meter: Meter, steps_in_bar: int) -> "Bars":
        """Of a melody that begins so far into a bar: what begins in its second half is a pickup."""
        bar = cls(str(meter)).steps
        return cls(str(meter), steps_in_bar - bar if bar and 2 * steps_in_bar >= bar else steps_in_bar)

    @property
    def steps(self) -> int:
        """A bar in steps; 0 where the meter is not known."""
        return BARS.get(_ALIKE.get(self.meter, self.meter), 0)

    def at(self, step: int) -> tuple[int, int]:
        """The place in the bar and the number of the bar of a step counted from the melody's first: two ids.

        They are below PLACES and BAR_NUMBERS; (0, 0) where the meter is not known.
        """
        if not self.steps:
            return UNKNOWN
        bar, place = divmod(step + self.offset_steps, self.steps)
        number = bar + 2 if bar < _COUNTED else _COUNTED + 2 + bar % 2
        return _FIRST[_ALIKE.get(self.meter, self.meter)] + place, max(1, number)


NO_BARS = Bars()
