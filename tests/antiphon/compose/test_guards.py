import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.guards import Guards

HOLD = 9
streams = st.lists(st.integers(0, 9), max_size=80)


def forbidden(stream, longest=0, repeats=0):
    guards = Guards(HOLD, longest, repeats)
    guards.begin(stream)
    return guards.forbidden()


@given(streams, st.integers(1, 6))
def test_a_figure_is_forbidden_where_it_would_come_once_too_often(stream, repeats):
    endless = {
        stream[-period]
        for period in range(1, min(64, len(stream) // repeats) + 1)
        if stream[-repeats * period :] == stream[-period:] * repeats
    }
    assert forbidden(stream, repeats=repeats) == endless - {HOLD}


@pytest.mark.parametrize("figure", [[1], [1, HOLD], [1, HOLD, 2, HOLD, HOLD, 3]])
def test_a_figure_goes_round_so_often_and_no_more(figure):
    assert forbidden(figure * 3, repeats=4) == set()
    assert forbidden(figure * 4, repeats=4) >= {figure[0]}


def test_a_note_is_as_long_as_it_may_be():
    assert forbidden([1, *[HOLD] * 6], longest=8) == set()
    assert forbidden([1, *[HOLD] * 7], longest=8) == {HOLD}


@given(streams)
def test_nothing_is_forbidden_where_nothing_is_asked(stream):
    assert forbidden(stream) == set()


@given(st.lists(st.sampled_from([0, 1, HOLD, HOLD]), max_size=60), st.integers(1, 4), st.sampled_from([0, 1]))
def test_of_notes_and_rests_the_same_comes_too_often_as_of_steps(stream, repeats, symbol):
    stream = [0, *stream]
    onsets = [step for step, each in enumerate(stream) if each != HOLD]
    guards = Guards(HOLD, 0, repeats)
    guards.begin(stream)
    ids = [stream[onset] for onset in onsets]
    assert guards.comes_too_often(symbol, len(stream), onsets, ids) == (symbol in guards.forbidden())


@given(streams, st.integers(0, 20), st.integers(1, 4))
def test_so_many_holds_at_once_are_heard_as_one_after_another(stream, holds, repeats):
    together, each = Guards(HOLD, 8, repeats), Guards(HOLD, 8, repeats)
    together.begin(stream)
    together.hold(holds)
    each.begin([*stream, *[HOLD] * holds])
    assert (together.forbidden(), together.must_end) == (each.forbidden(), each.must_end)
