"""How songs end, and which answers end so."""

import numpy as np
import pytest

from antiphon.compose import endings
from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.events import GridNote
from antiphon.timebase import Meter

FRAME = AnswerFrame(4, Meter(), 16, 48, "major", True)
BEGINNING = [GridNote(16, 8, 64), GridNote(24, 8, 67)]


def ending(*notes, frame=FRAME):
    return float(endings.log_odds([[*BEGINNING, *(GridNote(*note) for note in notes)]], frame)[0])


CLOSE = ending((32, 4, 65), (36, 4, 62), (40, 8, 60))


@pytest.mark.parametrize(
    "notes",
    [
        [(32, 4, 65), (36, 4, 60), (40, 8, 60)],  # the last note only repeats
        [(32, 4, 65), (36, 4, 60), (40, 8, 67)],  # on the fifth
        [(32, 4, 65), (36, 4, 69), (40, 8, 60)],  # after the sixth
        [(32, 4, 65), (36, 8, 62), (44, 4, 60)],  # on the last beat, and short
        [(32, 4, 65), (36, 9, 62), (45, 3, 60)],  # off the beat
    ],
)
def test_a_step_to_the_tonic_on_a_strong_beat_closes_better(notes):
    assert ending(*notes) < CLOSE - 0.5


def test_the_tonic_is_that_of_the_mode():
    minor = AnswerFrame(4, Meter(), 16, 48, "minor", True)
    moved = ending((32, 4, 62), (36, 4, 71), (40, 8, 69), frame=minor)
    assert moved == pytest.approx(CLOSE)
    assert ending((32, 4, 65), (36, 4, 62), (40, 8, 60), frame=minor) < moved


def test_what_has_no_two_notes_closes_nothing():
    found = endings.log_odds([[], BEGINNING[:1], BEGINNING], FRAME)
    assert found[0] == found[1] < found[2]


def test_each_question_has_one_of_its_numbers():
    rows = endings.of_answer([GridNote(32, 4, 62), GridNote(36, 12, 60)], FRAME)
    assert rows == sorted(set(rows))
    assert max(rows) < len(endings.TABLE)
    assert np.isfinite(endings.TABLE).all()
