"""What is told of a melody's form: how much is left, and what it did one phrase earlier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.form import LEFT_ROWS, LIKE_ROWS, NO_FORM, Form, FormRows, answer_form
from antiphon.compose.place import NO_BARS, Bars

BARS = Bars("4/4")
FINE = EventGrid(12, (1, 2, 3, 4, 6, 12))


def left(form, step, bars=BARS, grid=SIXTEENTHS):
    return form.rows(step, [], [], bars, grid).left


def told(step, onsets, ids, phrase=8):
    return Form(phrase_steps=phrase).rows(step, onsets, ids, BARS, SIXTEENTHS)


def test_nothing_is_told_of_no_form():
    assert NO_FORM.rows(9, [0, 4], [1, 2], BARS, SIXTEENTHS) == FormRows()


def test_what_is_left_is_told_finely_near_the_end_and_by_bars_far_from_it():
    form = Form(200)
    near = [left(form, step) for step in range(200, 200 - 5, -1)]
    assert near == [1, 2, 3, 4, 5]
    assert left(form, 200 - 6) == left(form, 200 - 5) == 6  # up to a quarter and a half
    assert left(form, 200 - 32) == 19
    assert [left(form, 200 - 16 * bars) for bars in (3, 4, 12)] == [22, 23, 31]
    assert left(form, 200 - 33) == left(form, 200 - 48) == 22
    assert left(Form(5000), 0) == left(Form(6000), 0) == (LEFT_ROWS - 1) // 2


def test_the_same_time_is_left_on_every_grid():
    for quarters in (0, 0.25, 1, 1.5, 7, 9, 40):
        fine = left(Form(int(12 * quarters)), 0, Bars("4/4", 0, 12), FINE)
        assert fine == left(Form(int(4 * quarters)), 0)


def test_without_a_meter_four_quarters_count_as_a_bar():
    assert left(Form(100), 0, NO_BARS) == left(Form(100), 0)
    assert left(Form(100), 0, Bars("3/4")) != left(Form(100), 0)


def test_an_open_end_is_told_apart_from_a_close_and_nothing_is_known_after_either():
    assert left(Form(20, open_end=True), 4) == left(Form(20), 4) + (LEFT_ROWS - 1) // 2
    assert left(Form(20), 20) == 1
    assert left(Form(20), 21) == left(Form(20, open_end=True), 20) == left(Form(20, open_end=True), 30) == 0


def test_the_parallel_place_lies_one_phrase_earlier():
    onsets, ids = [0, 4, 6], [1, 2, 3]
    assert told(7, onsets, ids) == FormRows()
    assert told(8, onsets, ids) == FormRows(0, 2, 4, 2)  # a note of four steps began there
    assert told(10, [*onsets, 8], [*ids, 1]) == FormRows(0, 2, 2, 1)  # half of it is left
    assert told(12, [*onsets, 8], [*ids, 5]) == FormRows(0, 3, 2, 2)


def test_how_many_events_in_a_row_were_as_one_phrase_earlier():
    onsets, ids = [0, 2, 4, 6, 8, 10, 12, 14], [1, 2, 3, 4, 1, 2, 3, 4]
    like = [told(step, onsets[: step // 2], ids[: step // 2]).like for step in (8, 10, 12, 14, 16)]
    assert like == [2, 3, 4, 5, 5]
    for count in range(5, 9):
        assert told(8 + 2 * count, range(0, 8 + 2 * count, 2), [1, 2, 3, 4] * 8).like == 6
    assert told(12, onsets[:6], [1, 2, 3, 4, 1, 5]).like == 2
    assert told(12, [0, 2, 4, 6, 8, 9, 10], [1, 2, 3, 4, 1, 1, 2]).like == 3  # only the last one was the same


def test_a_note_that_still_sounds_is_told_as_far_as_it_is_known():
    assert told(20, [0], [1], phrase=4) == FormRows(0, 2, 4, 1)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(0, 40), st.integers(-5, 300))
def test_rows_are_rows_of_their_tables(lengths, phrase, end):
    onsets = [sum(lengths[:place]) for place in range(len(lengths))]
    rows = Form(end, False, phrase).rows(sum(lengths), onsets, [0] * len(lengths), BARS, SIXTEENTHS)
    assert 0 <= rows.left < LEFT_ROWS
    assert 0 <= rows.lasting <= SIXTEENTHS.classes
    assert 0 <= rows.like < LIKE_ROWS
    assert (rows.parallel > 0) == (rows.lasting > 0) == (rows.like > 0)


def test_a_phrase_below_nothing_is_refused():
    with pytest.raises(ValueError, match="a phrase must be 0 steps or more, got -1"):
        Form(phrase_steps=-1)


@pytest.mark.parametrize(
    ("offset", "start", "phrase"),
    [(0, 32, 32), (-4, 36, 32), (0, 64, 64), (0, 44, 48), (0, 24, 32), (0, 6, 16), (4, 28, 32)],
)
def test_the_answers_first_bar_lies_parallel_to_that_of_the_phrase(offset, start, phrase):
    assert answer_form(offset, 16, start, start + 32, True) == Form(start + 32, False, phrase)


def test_an_answer_that_does_not_close_has_an_open_end():
    assert answer_form(0, 16, 32, 64, False) == Form(64, True, 32)
