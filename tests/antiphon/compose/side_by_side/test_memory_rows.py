"""What a memory says of rows that go on from where it is: what it would say of each of them alone."""

from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.side_by_side.memory_rows import MemoryRows
from antiphon.slices import finish

V, HOLD, STEPS = 6, 5, 14
GENERATOR = np.random.default_rng(0)
EXPERIENCE = Experience(tuple(map(tuple, GENERATOR.uniform(0, 3, (DISTANCES, RUNS)).tolist())))
streams = st.lists(st.sampled_from([0, 1, 2, HOLD, HOLD]), min_size=STEPS, max_size=STEPS)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.sampled_from([0, 1, 2, HOLD, HOLD]), max_size=30), max_size=3),
    st.lists(st.sampled_from([0, 1, 2, HOLD]), min_size=1, max_size=20),
    st.lists(streams, min_size=1, max_size=4),
    st.sampled_from([NO_BARS, Bars("3/8"), Bars("3/8", -2)]),
)
def test_each_row_hears_what_the_memory_says_alone(songs, heard, said, bars):
    memory = Memory(EXPERIENCE, V, HOLD)
    for song in songs:
        memory.begin(bars)
        for symbol in song:
            memory.hear(symbol)
        memory.keep()
    memory.begin(bars)
    for symbol in (0, *heard):
        memory.hear(symbol)
    alone = [deepcopy(memory) for _ in said]
    rows = MemoryRows(memory.past(), len(said), STEPS, np.arange(1, 60))
    finish(rows.prepare())
    expected = np.linspace(1, 2, V) / np.linspace(1, 2, V).sum()
    all_rows, ages = np.arange(len(said)), np.full(len(said), memory.age)
    for step in range(STEPS):
        at, now = np.full(len(said), step), np.zeros(len(said), np.int64)
        mixed = rows.mix(all_rows, at, now, ages, np.repeat(expected[None], len(said), 0), 1.5)
        assert mixed == pytest.approx(np.stack([each.mix(expected, 1.5) for each in alone]))
        ids = np.array([stream[step] for stream in said])
        held = all_rows[ids == HOLD]
        rows.hold(held, np.ones(len(held), np.int64))
        if (ids != HOLD).any():
            finish(rows.begin(all_rows[ids != HOLD], at[ids != HOLD], ids[ids != HOLD]))
        ages = np.where(ids == HOLD, ages + 1, 1)
        for each, symbol in zip(alone, ids.tolist(), strict=True):
            each.hear(symbol)


def test_it_says_ahead_what_it_would_say_then():
    bars = Bars("3/8")
    memory = Memory(EXPERIENCE, V, HOLD)
    for _ in range(2):
        memory.begin(bars)
        for symbol in (0, HOLD, 1, HOLD, 0, HOLD, HOLD, 2):
            memory.hear(symbol)
        memory.keep()
    rows = MemoryRows(memory.past(), 2, STEPS, np.arange(1, 60))
    finish(rows.prepare())
    both, expected = np.arange(2), np.full((2, V), 1 / V)
    finish(rows.begin(np.array([0]), np.array([0]), np.array([1])))
    rows.hold(np.array([1]), np.array([1]))
    ages = np.array([1, memory.age + 1])
    for ahead in range(8):  # more than a bar
        at = np.full(2, 1 + ahead)
        found = rows.mix(both, at, np.full(2, ahead), ages + ahead, expected, 1.5)
        then = deepcopy(rows)
        then.hold(both, np.full(2, ahead))
        assert found == pytest.approx(then.mix(both, at, np.zeros(2, np.int64), ages + ahead, expected, 1.5))


def test_a_silent_memory_says_nothing():
    expected = np.full((2, V), 1 / V)
    empty = MemoryRows(Memory(EXPERIENCE, V, HOLD).past(), 2, 4, np.arange(1, 9))
    finish(empty.prepare())
    rows, at = np.arange(2), np.zeros(2, np.int64)
    assert empty.mix(rows, at, at, at, expected, 1.0) is expected
    heard = Memory(EXPERIENCE, V, HOLD)
    heard.begin(Bars("3/8"))
    heard.hear(0)
    assert MemoryRows(heard.past(), 2, 4, np.arange(1, 9)).mix(rows, at, at, at, expected, 0.0) is expected


def test_a_row_knows_where_it_quotes_what_the_memory_heard():
    memory = Memory(EXPERIENCE, V, HOLD)
    memory.begin(NO_BARS)
    for symbol in (0, HOLD, 1, 2, HOLD, HOLD, 0, 1):
        memory.hear(symbol)
    rows = MemoryRows(memory.past(), 2, STEPS, np.arange(1, 60))
    finish(rows.prepare())
    said = {0: (2, 2, 0, HOLD, 1, 2, HOLD, HOLD, 0), 1: (2, 2, 0, HOLD, 1, 2, HOLD, 0, 1)}
    for row, symbols in said.items():
        for step, symbol in enumerate(symbols):
            if symbol == HOLD:
                rows.hold(np.array([row]), np.array([1]))
            else:
                finish(rows.begin(np.array([row]), np.array([step]), np.array([symbol])))
    assert rows.quoted(0) == {2, 4, 5, 8}
    assert rows.quoted(1) == set()
