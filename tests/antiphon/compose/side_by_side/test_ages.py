"""What a grid says by age is what it says of each age alone."""

import numpy as np
import pytest

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.side_by_side.ages import Ages, AskedAges

FINE = EventGrid(12, (1, 2, 3, 4, 6, 12))


@pytest.mark.parametrize("grid", [SIXTEENTHS, FINE])
@pytest.mark.parametrize("most", [5, 80])
def test_lengths_are_those_of_the_grid(grid, most):
    ages = Ages(grid, most)
    assert ages.classes.tolist() == [grid.class_of(age) for age in range(most + 1)]
    assert ages.may_end.tolist() == [False] + [grid.may_end(age) for age in range(1, most + 1)]


def test_what_cannot_end_waits():
    asked = AskedAges(Ages(FINE, 30), 0)
    # Beyond the table notes end on sixteenths, each of three steps.
    assert asked.waits(np.array([0, 1, 5, 6, 7, 12, 13])).tolist() == [0, 0, 1, 0, 5, 0, 2]


def test_what_is_as_long_as_it_may_be_is_always_asked():
    assert AskedAges(Ages(FINE, 30), 8).waits(np.array([7, 8, 9, 13])).tolist() == [1, 0, 0, 0]


def test_it_is_known_ahead_when_each_is_asked():
    asked = AskedAges(Ages(FINE, 30), 0)
    ahead = asked.ahead(np.array([0, 1, 4, 12]), 5)
    assert ahead.tolist() == [[0, 1, 2, 3, 4], [0, 1, 2, 3, 5], [0, 2, 8, 11, 14], [0, 3, 6, 9, 12]]


def test_what_cannot_end_now_can_be_asked_now():
    assert AskedAges(Ages(FINE, 30), 0).ahead(np.array([5]), 3).tolist() == [[0, 1, 7]]
