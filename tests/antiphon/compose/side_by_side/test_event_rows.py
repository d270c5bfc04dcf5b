"""Rows that are stepped side by side say what a model says that goes each row's way alone."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.place import NO_BARS, Bars
from antiphon.slices import finish
from fakes import random_event_weights

V, HOLD, END = 7, 5, 4
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
    finish(rows.prepare())
    for step in range(12):
        expected = rows.expected(all_rows, np.zeros_like(all_rows))
        assert expected == pytest.approx(np.stack([each.expected() for each in alone]), abs=1e-6)
        ids = np.array([stream[step] for stream in said])
        held = all_rows[ids == HOLD]
        rows.hold(held, np.ones(len(held), np.int64))
        if (ids != HOLD).any():
            finish(rows.begin(all_rows[ids != HOLD], ids[ids != HOLD]))
        for each, symbol in zip(alone, ids.tolist(), strict=True):
            each.hear(symbol)


def test_a_model_stays_where_it_is():
    model = EventModel(random_event_weights(V), HOLD, END)
    model.hear(0)
    before = model.expected()
    rows = model.rows(2, 4, NO_FORM)
    finish(rows.prepare())
    finish(rows.begin(np.arange(2), np.array([1, 2])))
    assert (model.expected() == before).all()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.sampled_from([0, 1, HOLD, HOLD]), max_size=10),
    st.sampled_from([NO_BARS, Bars("4/4"), Bars("3/4", -4)]),
    st.sampled_from([NO_FORM, Form(24, phrase_steps=6), Form(16, True, 3)]),
)
def test_a_row_is_asked_ahead_what_it_would_say_then(heard, bars, form):
    """Of two rows: one of them has begun another note."""
    model = EventModel(WEIGHTS, HOLD, END)
    model.reset(bars)
    for symbol in heard:
        model.hear(symbol)
    now, ahead, both = model.rows(2, 12, form), model.rows(2, 12, form), np.arange(2)
    for rows in (now, ahead):
        finish(rows.prepare())
        finish(rows.begin(np.array([1]), np.array([2])))
        rows.hold(np.array([0]), np.array([1]))
    asked = np.repeat(both, 4), np.tile(np.arange(4), 2)
    found, ends = ahead.expected(*asked).reshape(2, 4, V), ahead.ends(*asked).reshape(2, 4)
    for step in range(4):
        assert found[:, step] == pytest.approx(now.expected(both, np.zeros_like(both)), abs=1e-6)
        assert ends[:, step] == pytest.approx(1 - found[:, step, HOLD])
        now.hold(both, np.ones_like(both))
