import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid

TABLE = EventGrid(24, (3, 4, 6, 8, 12, 24))


def test_sixteenths_know_every_length_up_to_eight_quarters():
    assert [SIXTEENTHS.class_of(length) for length in (1, 2, 32, 33, 500)] == [0, 1, 31, 32, 32]
    assert SIXTEENTHS.classes == 33
    assert all(SIXTEENTHS.may_end(length) for length in range(1, 200))
    assert EventGrid.of_lengths(4, {3, 77}) is SIXTEENTHS


@given(st.integers(1, 24))
def test_a_length_is_in_the_class_of_the_nearest(length):
    nearest = min(TABLE.lengths, key=lambda known: (abs(known - length), known))
    assert TABLE.class_of(length) == TABLE.lengths.index(nearest)
    assert TABLE.may_end(length) == (length in TABLE.lengths)


def test_beyond_the_longest_a_note_may_end_at_whole_sixteenths():
    assert TABLE.class_of(25) == 6
    assert [length for length in range(25, 50) if TABLE.may_end(length)] == [30, 36, 42, 48]


def test_a_table_holds_what_is_used_and_what_is_usual_on_its_grid():
    table = EventGrid.of_lengths(12, {5, 97}).lengths
    assert table == (2, 3, 4, 5, 6, 8, 9, 12, 18, 24, 36, 48, 72, 96)


@pytest.mark.parametrize("table", [(), (0, 1), (2, 1), (1, 1)])
def test_a_table_that_is_none_is_refused(table):
    with pytest.raises(ValueError, match="a table of lengths must"):
        EventGrid(24, table)
