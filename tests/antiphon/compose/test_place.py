import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.place import BAR_NUMBERS, BARS, NO_BARS, PLACES, Bars
from antiphon.timebase import Meter

meters = st.sampled_from([*BARS, "2/2", "4/8", "5/4", ""])


@given(meters, st.integers(-64, 64), st.integers(0, 2000))
def test_ids_are_in_range_and_a_bar_later_the_place_is_the_same(meter, offset, step):
    bars = Bars(meter, offset)
    place, number = bars.at(step)
    assert 0 <= place < PLACES
    assert 0 <= number < BAR_NUMBERS
    if bars.steps:
        assert bars.at(step + bars.steps)[0] == place
        assert place > 0


def test_no_two_meters_share_a_place():
    ids = [Bars(meter).at(step)[0] for meter in BARS for step in range(BARS[meter])]
    assert sorted(ids) == list(range(1, PLACES))


def test_alla_breve_is_counted_as_common_time():
    assert Bars("2/2").at(5) == Bars("4/4").at(5)
    assert Bars("2/2").steps == 16


def test_bars_are_counted_after_the_pickup_and_far_ones_in_twos():
    bars = Bars("3/4", -4)
    assert [bars.at(step)[1] for step in (0, 3, 4, 15, 16)] == [1, 1, 2, 2, 3]
    assert bars.at(0)[0] - Bars("3/4").at(0)[0] == 8  # the third quarter
    far = [Bars("3/4").at(12 * bar)[1] for bar in range(14, 20)]
    assert far == [16, 17, 18, 19, 18, 19]


@pytest.mark.parametrize(("steps_in_bar", "offset"), [(0, 0), (7, 7), (8, -8), (12, -4)])
def test_what_begins_in_the_second_half_of_a_bar_is_a_pickup(steps_in_bar, offset):
    assert Bars.begun_at(Meter(4, 4), steps_in_bar) == Bars("4/4", offset)


def test_an_unknown_meter_is_none():
    assert Bars.begun_at(Meter(7, 8), 13).steps == 0
    assert Bars("7/8", 3).at(4) == NO_BARS.at(4) == (0, 0)
