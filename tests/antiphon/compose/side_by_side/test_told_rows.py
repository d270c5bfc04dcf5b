"""What several melodies are told of their form at once is what each would be told alone."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.form import Form
from antiphon.compose.place import Bars
from antiphon.compose.side_by_side.told_rows import ToldRows

GRID = EventGrid(4, (1, 2, 3, 4, 6, 8))
BARS = Bars("4/4", 0, 4)
STEPS = 12
LENGTHS = st.integers(1, 10)
IDS = st.integers(0, 2)
FORMS = st.builds(Form, st.none() | st.integers(0, 40), st.booleans(), st.integers(0, 24))


@given(
    FORMS,
    st.lists(st.tuples(LENGTHS, IDS), max_size=12),
    st.lists(st.lists(st.tuples(LENGTHS, IDS), min_size=1, max_size=6), min_size=1, max_size=3),
)
def test_rows_are_told_what_each_melody_is_told_alone(form, heard, said):
    onsets = [0, *np.cumsum([length for length, _ in heard]).tolist()][: len(heard)]
    ids = [symbol for _, symbol in heard]
    first = sum(length for length, _ in heard)
    told = ToldRows(form, GRID, first, onsets, ids, len(said), STEPS)
    for begin in range(0, STEPS, 5):
        told.prepare(slice(begin, min(begin + 5, STEPS)), BARS)
    for row, events in enumerate(said):
        own_onsets, own_ids = list(onsets), list(ids)
        begins = [0, *np.cumsum([length for length, _ in events]).tolist()]
        for (at, until), (_, symbol) in zip(pairwise(begins), events, strict=True):
            for step in range(at, min(until, STEPS)):
                alone = form.rows(first + step, own_onsets, own_ids, BARS, GRID)
                assert tuple(told.of(np.array([row]), np.array([step]))[0]) == alone
            if at < STEPS:
                told.hear(np.array([row]), np.array([at]), np.array([symbol]))
                own_onsets.append(first + at)
                own_ids.append(symbol)


def test_of_all_rows_the_same_is_told_only_where_nothing_of_their_own_can_count():
    told = ToldRows(Form(None, False, 8), GRID, 8, [0, 4], [1, 2], 2, STEPS)
    told.prepare(slice(0, STEPS), BARS)
    # Parallel to the steps 0 … 3 lies what was heard; at 0 something begins there, and from 4 on the last
    # note sounds that was heard, whose length the rows decide.
    assert told.alike.tolist() == [False, True, True, True, *[False] * 8]
