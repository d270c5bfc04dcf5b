"""The answer that the others agree with most comes first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.side_by_side.agreement import Agreement
from antiphon.events import GridNote
from antiphon.slices import finish
from antiphon.timebase import Meter

FRAME = AnswerFrame(4, Meter(4, 4), 16, 32, "major", False)
ANSWERS = st.lists(
    st.lists(st.tuples(st.integers(16, 31), st.integers(60, 63)), max_size=5, unique_by=lambda note: note[0])
)


def log_odds(*answers, copies=()):
    notes = [[GridNote(onset, 1, pitch) for onset, pitch in answer] for answer in answers]
    return finish(Agreement(copies).log_odds_in_slices((), notes, FRAME))


def test_most_notes_that_others_have_too():
    lonely, shared, half = [(16, 70)], [(16, 60), (20, 62)], [(16, 60), (24, 67)]
    odds = log_odds(lonely, shared, half, shared)
    assert list(np.argsort(-odds, kind="stable")) == [1, 3, 2, 0]
    assert odds[1] - odds[2] > 100


def test_an_onset_or_a_pitch_alone_is_no_agreement():
    same, moved, other = [(16, 60)], [(17, 60)], [(16, 61)]
    assert len(set(log_odds(same, moved, other))) == 1


@given(ANSWERS)
def test_the_order_of_the_answers_does_not_matter_and_silence_is_allowed(answers):
    odds = log_odds(*answers)
    assert odds.shape == (len(answers),)
    assert np.isfinite(odds).all()
    assert np.allclose(odds[::-1], log_odds(*answers[::-1]))


def test_a_copy_counts_as_much_as_it_weighs():
    one, other, copy = [(16, 60)], [(16, 62)], [(16, 62)]
    odds = log_odds(one, one, other, copy, copies=(0.1,))
    assert odds[0] > odds[3]
    odds = log_odds(one, one, other, copy, copies=(2.0,))
    assert odds[0] < odds[3] == odds[2]
