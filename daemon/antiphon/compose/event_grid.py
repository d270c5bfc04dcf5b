"""How finely a network over notes and rests tells time: the steps of its grid, and the lengths it knows."""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

from antiphon.timebase import STEPS_PER_QUARTER, steps_of_sixteenths

# The longest length that has a class of its own, in quarters.
LONGEST_QUARTERS = 8
# Lengths, in quarters, that every table holds where its grid can say them.
_USUAL = [Fraction(n, d) for n, d in ((1, 8), (1, 6), (1, 4), (1, 3), (3, 8), (1, 2), (2, 3), (3, 4))]
_USUAL += [Fraction(n, 2) for n in (2, 3, 4, 6, 8, 12, 16)]


@dataclass(frozen=True, slots=True)
class EventGrid:
    """Steps in a quarter, and a table of lengths in steps, ascending. A longer note is in one more class.

    Raises ValueError for a table that is empty, not ascending, or not of whole steps from 1 on.
    """

    steps_per_quarter: int = STEPS_PER_QUARTER
    lengths: tuple[int, ...] = tuple(range(1, STEPS_PER_QUARTER * LONGEST_QUARTERS + 1))

    def __post_init__(self) -> None:
        if not self.lengths or self.lengths[0] < 1 or list(self.lengths) != sorted(set(self.lengths)):
            raise ValueError("a table of lengths must hold steps from 1 on, ascending, each once")

    @classmethod
    def of_lengths(cls, steps_per_quarter: int, used: set[int]) -> "EventGrid":
        """The grid of songs with these lengths in steps. With sixteenths it knows every length.

        Otherwise it knows the lengths that are used, and the usual ones, up to eight quarters.
        """
        if steps_per_quarter == STEPS_PER_QUARTER:
            return SIXTEENTHS
        usual = {int(q * steps_per_quarter) for q in _USUAL if (q * steps_per_quarter).denominator == 1}
        longest = LONGEST_QUARTERS * steps_per_quarter
        return cls(steps_per_quarter, tuple(sorted(n for n in used | usual if n <= longest)))

    @property
    def classes(self) -> int:
        """How many classes of lengths there are."""
        return len(self.lengths) + 1

    def class_of(self, steps: int) -> int:
        """The class of a length, from 0 on: that of the nearest length in the table; the last if longer."""
        if steps > self.lengths[-1]:
            return len(self.lengths)
        after = bisect_left(self.lengths, steps)
        if after and steps - self.lengths[after - 1] <= self.lengths[after] - steps:
            return after - 1
        return after

    def may_end(self, steps: int) -> bool:
        """Whether a note may last so long: a length of the table, or beyond it whole sixteenths."""
        if steps > self.lengths[-1]:
            return steps % steps_of_sixteenths(1, self.steps_per_quarter) == 0
        return self.lengths[self.class_of(steps)] == steps


SIXTEENTHS = EventGrid()
