"""Rows that are stepped side by side say what a model says that goes each row's way alone."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.side_by_side.event_rows import LengthTables
from fakes import random_event_weights

V, HOLD, END = 7, 5, 4
FINE = EventGrid(12, (1, 2, 3, 4, 6, 12))
WEIGHTS = random_event_weights(V, form=True)
streams = st.lists(st.sampled_from([0, 1, 2, 3, HOLD, HOLD, HOLD]), min_size=12, max_size=12)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([0, 1, HOLD, HOLD]), max_size=10),
    st.lists(streams, min_size=1, max_size=4),
    st.sampled_from([NO_BARS, Bars("4/4"), Bars("3/4", -4)]),
    st.sampled_from([NO_FORM, Form(24, phrase_steps=6), Form(16, True, 3)]),
)
def test_each_row_is_the_model_alone(heard, said, bars, form):
    model = EventModel(WEIGHTS, HOLD, END)
    model.reset(bars)
    for symbol in heard:
        model.hear(symbol)
    alone = [deepcopy(model) for _ in said]
    for each in alone:
        each.tell(form)
    rows, all_rows = model.rows(len(said), 12, form), np.arange(len(said))
    for step in range(12):
        expected = rows.expected(all_rows)
        assert expected == pytest.approx(np.stack([each.expected() for each in alone]), abs=1e-6)
        ids = np.array([stream[step] for stream in said])
        held = all_rows[ids == HOLD]
        rows.hold(held, np.ones(len(held), np.int64))
        if (ids != HOLD).any():
            rows.begin(all_rows[ids != HOLD], ids[ids != HOLD])
        for each, symbol in zip(alone, ids.tolist(), strict=True):
            each.hear(symbol)


def test_a_model_stays_where_it_is():
    model = EventModel(random_event_weights(V), HOLD, END)
    model.hear(0)
    before = model.expected()
    rows = model.rows(2, 4, NO_FORM)
    rows.expected(np.arange(2))
    rows.begin(np.arange(2), np.array([1, 2]))
    assert (model.expected() == before).all()


@pytest.mark.parametrize("grid", [SIXTEENTHS, FINE])
def test_lengths_are_those_of_the_grid(grid):
    ages = np.arange(1, 80)
    tables = LengthTables(grid)
    assert tables.classes(ages).tolist() == [grid.class_of(age) for age in ages.tolist()]
    assert tables.may_end(ages).tolist() == [grid.may_end(age) for age in ages.tolist()]


def test_what_cannot_end_is_told_beforehand():
    model = EventModel(random_event_weights(V, grid=FINE), HOLD, END, FINE)
    for symbol in (0, HOLD, HOLD, HOLD, HOLD):
        model.hear(symbol)
    rows = model.rows(1, 20, NO_FORM)
    assert rows.until_end(np.array([0])).tolist() == [1]  # five steps; six may be the end
    rows.hold(np.array([0]), np.array([2]))
    assert rows.until_end(np.array([0])).tolist() == [5]
