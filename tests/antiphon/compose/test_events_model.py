import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.model import prime
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.side_by_side.event_rows import OFF_TABLE_END
from fakes import random_event_weights

V, HOLD, END = 7, 5, 4
WEIGHTS = random_event_weights(V)
FINE = EventGrid(12, (1, 2, 3, 4, 6, 12))
FINE_WEIGHTS = random_event_weights(V, grid=FINE)
FORM_WEIGHTS = random_event_weights(V, grid=FINE, form=True)
LENGTHS = SIXTEENTHS.classes
streams = st.lists(st.sampled_from([0, 1, 2, 3, HOLD, HOLD, HOLD]), max_size=60)
all_bars = st.sampled_from([NO_BARS, Bars("4/4"), Bars("3/4", -4), Bars("6/8", 5)])
fine_bars = st.sampled_from([NO_BARS, Bars("4/4", 0, 12), Bars("3/4", -4, 12), Bars("6/8", 5, 12)])


def softmax(x):
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum()


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def form_rows(form, stream, step, bars, grid):
    """What the model is told at a step, all before it being over."""
    onsets = [place for place, symbol in enumerate(stream[:step]) if symbol != HOLD]
    if stream[:1] == [HOLD]:  # before the first note there is nothing to hold
        onsets = [place for place in onsets if place]
    return form.rows(step, onsets, [stream[place] for place in onsets], bars, grid)


def textbook(w, stream, bars, grid=SIXTEENTHS, form=NO_FORM):
    """The network event by event in float64, and its hazard from sums of its lengths' chances."""
    table = list(grid.lengths)

    def class_of(length):
        near = min(table, key=lambda known: (abs(known - length), known))
        return table.index(near) if length <= table[-1] else len(table)

    wide = {field.name: getattr(w, field.name).astype(float) for field in dataclasses.fields(w)}
    u = w.units

    def told(step):
        rows = form_rows(form, stream, step, bars, grid)
        return zip(("left", "parallel", "lasting", "like"), rows, strict=True) if w.knows_form else ()

    def cell(state, symbol, length, step):
        place, bar = bars.at(step)
        within = bars.within_quarter(step)
        tables = ("symbol", symbol), ("length", length), ("place", place), ("bar", bar), ("within", within)
        tables = (*tables, *told(step))
        x = np.concatenate([wide[f"{name}_embedding"][row] for name, row in tables])
        z = x @ wide["kernel"] + state[0] @ wide["recurrent"] + wide["bias"]
        i, f, c, o = (z[k * u : (k + 1) * u] for k in range(4))
        carry = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(c)
        return sigmoid(o) * np.tanh(carry), carry

    def lengths(hidden, symbol, step):
        heard = [hidden, wide["symbol_embedding"][symbol], wide["place_embedding"][bars.at(step)[0]]]
        heard.append(wide["within_embedding"][bars.within_quarter(step)])
        heard += [wide[f"{name}_embedding"][row] for name, row in told(step)]
        inner = np.maximum(np.concatenate(heard) @ wide["length_kernel"] + wide["length_bias"], 0)
        return softmax(inner @ wide["length_out_kernel"] + wide["length_out_bias"])

    def symbols(hidden):
        logits = hidden @ wide["out_kernel"] + wide["out_bias"]
        logits[HOLD] = -np.inf
        return softmax(logits)

    before = now = cell((np.zeros(u), np.zeros(u)), END, 0, 0)
    age, chances, sounding = 0, None, None
    for step, symbol in enumerate(stream):
        if symbol != HOLD:
            before = now
            chances, sounding, age = lengths(before[0], symbol, step), symbol, 1
        elif age:
            age += 1
        supposed = (sounding, class_of(age) + 1) if age else (END, 0)
        now = cell(before if age else (np.zeros(u), np.zeros(u)), *supposed, step + 1)
    following = symbols(now[0])
    if age:
        if age > table[-1]:
            over = 1 / 16 if age % (grid.steps_per_quarter // 4) == 0 else OFF_TABLE_END
        else:
            over = OFF_TABLE_END
            if age in table:
                over = chances[table.index(age)] / chances[table.index(age) :].sum()
        following = following * over
        following[HOLD] = 1 - over
    return following


@settings(deadline=None)
@given(streams, all_bars)
def test_the_stream_is_the_textbook_network_read_out_as_a_hazard(stream, bars):
    model = EventModel(WEIGHTS, HOLD, END)
    said = prime(model, stream, END, bars)
    assert said == pytest.approx(textbook(WEIGHTS, stream, bars), abs=1e-5)
    assert said.sum() == pytest.approx(1.0, abs=1e-12)
    assert (said >= 0).all()


@settings(deadline=None)
@given(streams, fine_bars)
def test_on_a_finer_grid_too(stream, bars):
    model = EventModel(FINE_WEIGHTS, HOLD, END, FINE)
    said = prime(model, stream, END, bars)
    assert said == pytest.approx(textbook(FINE_WEIGHTS, stream, bars, FINE), abs=1e-5)
    assert said.sum() == pytest.approx(1.0, abs=1e-12)


@settings(deadline=None)
@given(streams, fine_bars, st.integers(0, 80), st.booleans(), st.integers(0, 30))
def test_what_is_told_of_a_form_is_heard_like_the_rest(stream, bars, end, is_open, phrase):
    form = Form(end, is_open, phrase)
    model = EventModel(FORM_WEIGHTS, HOLD, END, FINE)
    model.reset(bars)
    model.hear(END)
    model.tell(form)
    for symbol in stream:
        model.hear(symbol)
    assert model.expected() == pytest.approx(textbook(FORM_WEIGHTS, stream, bars, FINE, form), abs=1e-5)


def test_a_form_counts_from_when_it_is_told_and_a_new_song_has_none():
    untold, told, late = (EventModel(FORM_WEIGHTS, HOLD, END, FINE) for _ in range(3))
    first = prime(untold, [0, HOLD, 1], END)
    for model in (told, late):
        model.reset()
        model.hear(END)
    told.tell(Form(20))
    for model in (told, late):
        for symbol in (0, HOLD, 1):
            model.hear(symbol)
    late.expected()
    late.tell(Form(20))
    assert not np.allclose(late.expected(), first)
    assert not np.allclose(late.expected(), told.expected())
    assert (prime(late, [0, HOLD, 1], END) == first).all()


def test_a_model_that_knows_no_forms_is_not_moved_by_one():
    model = EventModel(FINE_WEIGHTS, HOLD, END, FINE)
    first = prime(model, [0, HOLD, 1], END)
    model.tell(Form(20, False, 2))
    assert (model.expected() == first).all()
    assert not model.knows_form
    assert EventModel(FORM_WEIGHTS, HOLD, END, FINE).knows_form


@given(streams, fine_bars)
def test_a_note_must_be_held_where_the_table_has_no_length(stream, bars):
    model = EventModel(FINE_WEIGHTS, HOLD, END, FINE)
    said = prime(model, stream, END, bars)
    assert model.must_hold == (said[HOLD] == 1 - OFF_TABLE_END)


def test_what_is_asked_on_the_way_changes_nothing():
    asked, silent = (EventModel(FINE_WEIGHTS, HOLD, END, FINE) for _ in range(2))
    for model in (asked, silent):
        model.reset(Bars("4/4", 0, 12))
    for symbol in [END, 0, HOLD, HOLD, 1, HOLD, 2, HOLD, HOLD, HOLD, HOLD, 3]:
        asked.step(symbol)
        silent.hear(symbol)
    assert (asked.expected() == silent.expected()).all()


def test_a_note_can_be_held_for_ever_but_a_song_does_not_begin_with_a_hold():
    model = EventModel(WEIGHTS, HOLD, END)
    assert prime(model, [], END)[HOLD] == 0
    assert prime(model, [0, *[HOLD] * 200], END)[HOLD] == 15 / 16


def test_where_the_bars_lie_makes_a_difference():
    model = EventModel(WEIGHTS, HOLD, END)
    assert not np.allclose(prime(model, [0], END, Bars("4/4")), prime(model, [0], END, Bars("4/4", 4)))


def test_after_an_end_it_begins_anew():
    model = EventModel(WEIGHTS, HOLD, END)
    first = prime(model, [0, 1], END)
    model.step(END)
    model.step(0)
    assert (model.step(1) == first).all()


def test_probabilities_given_out_are_not_overwritten():
    model = EventModel(WEIGHTS, HOLD, END)
    first = model.step(0)
    kept = first.copy()
    model.step(1)
    assert (first == kept).all()


def test_however_sure_the_network_is_its_probabilities_are_numbers():
    sure = dataclasses.replace(WEIGHTS, length_out_bias=np.linspace(1e4, -1e4, LENGTHS, dtype=np.float32))
    model = EventModel(sure, HOLD, END)
    with np.errstate(all="raise", under="ignore"):
        for symbol in [0, *[HOLD] * (LENGTHS + 2), 0, 1]:
            assert model.step(symbol).sum() == pytest.approx(1.0)


@given(streams, st.integers(0, 40), st.integers(0, 3))
def test_so_many_holds_at_once_are_heard_as_one_after_another(before, holds, after):
    together, each = (EventModel(FINE_WEIGHTS, HOLD, END, FINE) for _ in range(2))
    for model in (together, each):
        for symbol in before:
            model.hear(symbol)
    together.hear_holds(HOLD, holds)
    for _ in range(holds):
        each.hear(HOLD)
    assert together.must_hold == each.must_hold
    assert together.step(after).tolist() == each.step(after).tolist()
