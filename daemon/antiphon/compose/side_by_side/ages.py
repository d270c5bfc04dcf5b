"""What a grid says of notes and rests by how long they have sounded, for many of them at once. Pure."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import EventGrid
from antiphon.timebase import steps_of_sixteenths

Ints = NDArray[np.int64]


class Ages:
    """Tables by age, from 0 (nothing sounds yet) to `most` steps. Beyond a grid's table of L lengths a note
    ends on sixteenths.

    classes  of lengths, 0 … L
    may_end  whether a note may end at that age
    """

    def __init__(self, grid: EventGrid, most: int) -> None:
        ages, longest = np.arange(most + 1), grid.lengths[-1]
        self.classes: Ints = classes_of(grid, ages)
        self.may_end: NDArray[np.bool_] = ages % steps_of_sixteenths(1, grid.steps_per_quarter) == 0
        self.may_end[: longest + 1] = False
        self.may_end[[length for length in grid.lengths if length <= most]] = True


class AskedAges:
    """The ages at which a note or a rest is asked whether it goes on: those at which it may end, and all from
    the longest on that is allowed (0: any)."""

    def __init__(self, ages: Ages, longest: int) -> None:
        asked = ages.may_end.copy()
        asked[0] = False
        if longest:
            asked[longest:] = True
        self._ages: Ints = np.append(np.flatnonzero(asked), len(asked))

    def waits(self, ages: Ints) -> Ints:
        """For how many steps from each of these ages on nothing is asked; where nothing sounds, for none."""
        return np.where(ages > 0, self._ages[np.searchsorted(self._ages, ages)] - ages, 0)

    def ahead(self, ages: Ints, times: int) -> Ints:
        """In how many steps each is asked, now and the next times, if it is held until then: (R, times)."""
        number = np.arange(times)
        place = np.searchsorted(self._ages, ages, "right")[:, None] + number - 1
        later = self._ages[np.minimum(place, len(self._ages) - 1)] - ages[:, None]
        found: Ints = np.where((ages[:, None] > 0) & (number > 0), later, number)
        return found


def classes_of(grid: EventGrid, lengths: Ints) -> Ints:
    """The class of each of these lengths in steps, as `EventGrid.class_of`."""
    found: Ints = _classes(grid)[np.minimum(lengths, grid.lengths[-1] + 1)]
    return found


@cache
def _classes(grid: EventGrid) -> Ints:
    """Of the lengths that a grid knows, from 0 on, and of a longer one."""
    return np.array([grid.class_of(age) for age in range(grid.lengths[-1] + 2)], np.int64)
