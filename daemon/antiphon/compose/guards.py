"""Guards against a note that never ends and a figure that repeats for ever."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.timebase import STEPS_PER_QUARTER, steps_of_sixteenths

# The longest figure, in sixteenths, whose repeats are counted.
_LONGEST_FIGURE = 64
_NOTHING = -1


class Guards:
    """Follows a stream of ids and says which id must not come next.

    longest_steps   the longest note or rest, in sixteenths; 0: any length
    most_repeats    how often a figure, be it one note, may sound in a row; 0: any number of times
    """

    def __init__(
        self,
        hold_id: int,
        longest_steps: int = 0,
        most_repeats: int = 0,
        steps_per_quarter: int = STEPS_PER_QUARTER,
    ) -> None:
        self._hold_id, self._steps_per_quarter = hold_id, steps_per_quarter
        self.limit(longest_steps, most_repeats)
        self._periods = np.arange(1, steps_of_sixteenths(_LONGEST_FIGURE, steps_per_quarter) + 1)
        self.begin(())

    def limit(self, longest_steps: int, most_repeats: int) -> None:
        """Use other limits from now on."""
        self._longest_steps = steps_of_sixteenths(longest_steps, self._steps_per_quarter)
        self._most_repeats = most_repeats

    @property
    def longest(self) -> int:
        """The longest note or rest, in steps; 0: any length."""
        return self._longest_steps

    @property
    def most_repeats(self) -> int:
        """0: any number of times."""
        return self._most_repeats

    def comes_too_often(self, symbol_id: int, step: int, onsets: Sequence[int], ids: Sequence[int]) -> bool:
        """Whether a note that begins at `step` would repeat a figure too often.

        `onsets` and `ids` are the events before it; each lasts until the next one, the last until `step`.
        """
        ends, times, count = [*onsets[1:], step], self._most_repeats, len(ids)
        for figure in range(1, count // times + 1 if times else 1):
            period = step - onsets[-figure]
            if period > len(self._periods):
                return False
            if ids[-figure] == symbol_id and all(
                ids[-back] == ids[-back - figure]
                and ends[-back] - onsets[-back] == ends[-back - figure] - onsets[-back - figure]
                for back in range(1, figure * (times - 1) + 1)
            ):
                return True
        return False

    def begin(self, ids: Iterable[int]) -> None:
        """Begin a new stream with these ids."""
        self._past: NDArray[np.int64] = np.full(len(self._periods), _NOTHING)  # latest first
        self._alike = np.zeros(
            len(self._periods), np.int64
        )  # for each period, steps in a row that kept to it
        self._age = 0
        for symbol_id in ids:
            self.hear(symbol_id)

    def hear(self, symbol_id: int) -> None:
        self._alike += 1
        self._alike *= self._past == symbol_id
        self._past[1:] = self._past[:-1].copy()
        self._past[0] = symbol_id
        self._age = self._age + 1 if symbol_id == self._hold_id else 1

    @property
    def must_end(self) -> bool:
        """Whether what sounds is as long as it may be."""
        return bool(self._longest_steps) and self._age >= self._longest_steps

    def forbidden(self) -> set[int]:
        """The ids that a limit rules out now."""
        forbidden = set()
        if self.must_end:
            forbidden.add(self._hold_id)
        if self._most_repeats:
            too_often = self._alike >= (self._most_repeats - 1) * self._periods
            forbidden |= {int(each) for each in self._past[too_often]} - {self._hold_id, _NOTHING}
        return forbidden
