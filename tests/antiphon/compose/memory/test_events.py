"""Which of the notes in memory were played before, in pitch and rhythm."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.memory.events import QUOTED_RUN, MemoryEvents, quoted

GAP = 9


def marked(*events):
    """The marks of events that are given as (id, steps)."""
    ids, lengths = np.array([*zip(*events, strict=True)], np.int64)
    return quoted(np.cumsum([0, *lengths[:-1]]), ids, GAP).tolist()


FIGURE = [(0, 4), (2, 2), (4, 2), (5, 4)]


def test_a_figure_that_comes_again_is_quoted_where_it_comes_again():
    assert marked(*FIGURE, (7, 4), *FIGURE) == [False] * 5 + [True] * 4


def test_how_long_its_last_note_lasts_does_not_count():
    assert marked(*FIGURE, (7, 4), *FIGURE[:3], (5, 12))[-4:] == [True] * 4


@pytest.mark.parametrize(
    "other", [[(0, 4), (2, 2), (4, 2), (6, 4)], [(0, 4), (2, 3), (4, 1), (5, 4)], FIGURE[:3]]
)
def test_another_pitch_another_rhythm_or_fewer_notes_are_no_quotation(other):
    assert not any(marked(*FIGURE, (7, 4), *other, (8, 1)))


def test_a_note_that_is_repeated_does_not_quote_itself():
    assert marked(*[(3, 2)] * 7) == [False] * 7
    assert marked(*[(3, 2)] * 8) == [False] * 4 + [True] * 4


def test_what_goes_over_a_gap_between_two_songs_is_no_quotation():
    over = [(0, 4), (2, 2), (GAP, 8), (5, 4)]
    assert not any(marked(*over, (7, 4), *over))


events = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 2)), min_size=1, max_size=40)


@given(events)
def test_it_finds_the_runs_that_came_before(played):
    def same(one, other):
        runs = [played[at : at + QUOTED_RUN] for at in (one, other)]
        ids, lengths = ([[event[part] for event in run] for run in runs] for part in (0, 1))
        return ids[0] == ids[1] and lengths[0][:-1] == lengths[1][:-1]

    wanted = [False] * len(played)
    for at in range(len(played) - QUOTED_RUN + 1):
        if any(same(earlier, at) for earlier in range(at - QUOTED_RUN + 1)):
            wanted[at : at + QUOTED_RUN] = [True] * QUOTED_RUN
    assert marked(*played) == wanted


def test_events_are_kept_in_order():
    kept = MemoryEvents(3)
    kept.append(0, 5)
    kept.append(4, 6)
    assert (kept.onsets.tolist(), kept.ids.tolist()) == ([0, 4], [5, 6])
    kept.put(np.array([2]), np.array([7]))
    assert (kept.count, kept.onsets.tolist(), kept.ids.tolist()) == (1, [2], [7])
