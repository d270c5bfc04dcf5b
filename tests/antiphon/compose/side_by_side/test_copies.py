"""What was played whole beats ago comes once more; it counts as much as the last beats are like those."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.side_by_side.copies import Beats, Line, copies
from antiphon.slices import finish

HOLD, REST, GAP = 8, 9, 10
PITCHED = np.array([True] * 8 + [False] * 3)
BEATS = Beats(quarter=4, beat=4, bar=16)


def line_of(*pitches):
    """A quarter each."""
    return np.array([step for pitch in pitches for step in (pitch, HOLD, HOLD, HOLD)], np.int64)


def copied(line, steps=16, beats=BEATS):
    sayable = np.arange(len(PITCHED)) != GAP
    return finish(copies(Line(line, PITCHED, sayable), steps, beats))


def test_a_loop_goes_on():
    loop = (0, 2, 4, 5, 7, 5, 4, 2)
    best = max(copied(line_of(*loop, *loop, *loop)), key=lambda one: one.weight)
    assert best.ids.tolist() == line_of(*loop[:4]).tolist()


def test_a_loop_goes_on_for_longer_than_it_lasts():
    best = max(copied(line_of(*(0, 1) * 8), steps=64), key=lambda one: one.weight)
    assert best.ids.tolist() == line_of(*(0, 1) * 8).tolist()


def test_copies_that_are_the_same_are_one():
    found = copied(line_of(*(0, 1) * 8))
    assert len({one.ids.tobytes() for one in found}) == len(found)
    alone = copied(line_of(*(0, 1) * 5))
    assert max(one.weight for one in found) > max(one.weight for one in alone)


def test_of_two_that_are_alike_the_one_whole_bars_ago_counts_more():
    line = line_of(*(0, 1, 2, 3) * 2, *(0, 1, 2, 3) * 2)
    weights = {one.ids.tobytes(): one.weight for one in copied(line)}
    assert max(weights, key=lambda ids: weights[ids]) == line[:16].tobytes()


def test_there_is_nothing_to_copy_of_a_single_note_or_of_silence():
    assert copied(line_of(0)) == []
    assert copied(np.full(64, REST)) == []
    assert copied(np.zeros(0, np.int64)) == []


def test_a_copy_without_a_note_is_none():
    line = np.concatenate([line_of(0, 1, 2, 3), np.full(64, HOLD), line_of(0, 1, 2, 3)])
    assert all(PITCHED[one.ids].any() for one in copied(line))


@given(
    st.lists(st.sampled_from([0, 1, 2, HOLD, HOLD, REST, GAP]), max_size=200),
    st.integers(1, 80),
    st.sampled_from([BEATS, Beats(4, 6, 12), Beats(2, 2, 6)]),
)
def test_each_is_what_was_played_whole_beats_ago(line, steps, beats):
    found = copied(np.array(line, np.int64), steps, beats)
    assert len(found) <= 8
    for one in found:
        assert one.weight > 0
        assert GAP not in one.ids
        lags = range(beats.beat, len(line) + 1, beats.beat)
        assert any(one.ids.tolist() == np.resize(line[-lag:], steps).tolist() for lag in lags)
