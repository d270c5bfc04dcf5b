"""Places in bar and beat, and where swing moves a step, on grids of 4, 12 and 24 steps a quarter."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.listen.feel_grid import BEAT, BETWEEN, DOWNBEAT, OFFBEAT, FeelGrid
from antiphon.timebase import Grid, Meter


def places(meter, steps_per_quarter=4):
    return FeelGrid.of(Grid(120.0, 0.0, steps_per_quarter), Meter.parse(meter))


@pytest.mark.parametrize(
    ("meter", "in_eighths"),
    [
        ("4/4", [DOWNBEAT, OFFBEAT, BEAT, OFFBEAT, BEAT, OFFBEAT, BEAT, OFFBEAT, DOWNBEAT]),
        ("3/4", [DOWNBEAT, OFFBEAT, BEAT, OFFBEAT, BEAT, OFFBEAT, DOWNBEAT]),
        ("6/8", [DOWNBEAT, OFFBEAT, OFFBEAT, BEAT, OFFBEAT, OFFBEAT, DOWNBEAT]),
        ("2/2", [DOWNBEAT, BETWEEN, OFFBEAT, BETWEEN, BEAT, BETWEEN, OFFBEAT, BETWEEN, DOWNBEAT]),
    ],
)
@pytest.mark.parametrize("quarter", [4, 12, 24])
def test_places_in_the_bar(meter, in_eighths, quarter):
    grid = places(meter, quarter)
    found = [grid.place_in_bar(eighth * quarter // 2) for eighth in range(len(in_eighths))]
    assert found == in_eighths
    assert grid.place_in_bar(quarter // 4) == BETWEEN


def test_places_in_the_beat():
    jig, common = places("6/8", 12), places("4/4", 12)
    assert [jig.place_in_beat(step) for step in (0, 6, 12, 18, 3)] == [0, 1, 2, 0, 3]
    assert [common.place_in_beat(step) for step in (0, 6, 12, 3, 4)] == [0, 0, 0, 3, 3]


def test_eighths_swing_where_the_beat_is_a_quarter_or_two():
    swinging = [meter for meter in ("4/4", "3/4", "2/2", "6/8", "12/8", "3/8", "7/8") if places(meter).swings]
    assert swinging == ["4/4", "3/4", "2/2"]


def test_swing_lengthens_the_first_eighth_of_a_quarter():
    assert [places("4/4").swung(step, 3.0) for step in range(5)] == [0.0, 1.5, 3.0, 3.5, 4.0]
    assert places("4/4", 12).swung(18, 2.0) == 20.0
    assert [places("6/8").swung(step, 3.0) for step in range(4)] == [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("quarter", [12, 24])
def test_triplets_do_not_swing(quarter):
    grid = places("4/4", quarter)
    assert [grid.swung(quarter + third * quarter // 3, 2.0) for third in range(3)] == [
        quarter,
        quarter + quarter / 3,
        quarter + 2 * quarter / 3,
    ]


@given(st.floats(1.0, 3.0), st.integers(0, 200))
def test_swing_keeps_the_order_of_eighths_and_sixteenths(ratio, first):
    grid = places("4/4")
    moved = [grid.swung(step, ratio) for step in range(first, first + 9)]
    assert all(later - earlier >= 0.5 - 1e-9 for earlier, later in pairwise(moved))
    assert grid.swung(4 * first, ratio) == 4 * first
