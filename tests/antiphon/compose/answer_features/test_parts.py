"""Phrase and answer in bars: the same whatever the grid, and pickups belong to no bar."""

import pytest

from antiphon.compose.answer_features.parts import (
    QUARTER,
    AnswerFrame,
    Bar,
    answer_part,
    intervals,
    phrase_part,
)
from antiphon.events import GridNote
from antiphon.timebase import Meter


def frame(steps=4, start=16, end=32, meter=None, mode="major"):
    return AnswerFrame(steps, meter or Meter(), start, end, mode, False)


def test_notes_lie_in_bars_with_their_silences_and_degrees():
    answer = [GridNote(24, 4, 69), GridNote(17, 3, 60), GridNote(20, 4, 62)]
    part = answer_part(answer, frame(mode="minor"))
    assert (part.begin, part.end) == (4 * QUARTER, 8 * QUARTER)
    assert part.onsets == [17 * QUARTER // 4, 5 * QUARTER, 6 * QUARTER]
    assert part.durations == [3 * QUARTER // 4, QUARTER, QUARTER]
    assert part.degrees == [3, 5, 0]  # above A
    assert part.silences == [QUARTER // 4, 0, 0, QUARTER]
    moves = ((24, 0), (96, 2), (192, 7))
    assert part.bars == [Bar((24, 96, 192), ((24, 60), (96, 62), (192, 69)), moves)]
    assert intervals(part) == [2, 7]


@pytest.mark.parametrize("steps", [4, 12, 24, 48])
def test_another_grid_gives_the_same_part(steps):
    ratio = steps // 4
    notes = [GridNote(16 + 2 * place, 2, 60 + place) for place in range(8)]
    finer = [GridNote(n.onset_steps * ratio, n.duration_steps * ratio, n.pitch) for n in notes]
    assert answer_part(finer, frame(steps, 16 * ratio, 32 * ratio)) == answer_part(notes, frame())


def test_what_lies_outside_is_left_out_and_a_note_ends_with_the_answer():
    answer = [GridNote(0, 4, 60), GridNote(28, 9, 62), GridNote(32, 4, 64)]
    part = answer_part(answer, frame())
    assert (part.pitches, part.durations) == ([62], [QUARTER])


def test_a_phrase_that_begins_in_the_second_half_of_a_bar_has_a_pickup():
    notes = [GridNote(12, 4, 60), *(GridNote(16 + 4 * place, 4, 62) for place in range(4))]
    part = phrase_part(notes, frame(start=32, end=48))
    assert part.begin == 4 * QUARTER
    assert part.pitches == [62] * 4
    early = phrase_part([GridNote(4, 12, 60), *notes[1:]], frame(start=32, end=48))
    assert early.begin == 0
    assert len(early.bars) == 2


def test_a_phrase_of_one_late_note_is_a_bar_all_the_same():
    part = phrase_part([GridNote(12, 4, 60)], frame())
    assert part.pitches == [60]
    assert len(part.bars) == 1


def test_an_answer_in_mid_bar_begins_in_a_part_of_a_bar():
    part = answer_part([GridNote(20, 4, 60), GridNote(32, 4, 62)], frame(start=20, end=36))
    assert [bar.rhythm for bar in part.bars] == [(QUARTER,), (0,)]
    assert part.silences == [0, 2 * QUARTER, 0]


def test_nothing_is_a_part_with_an_empty_bar():
    assert answer_part([], frame()).bars == [Bar((), (), ())]
    assert phrase_part([], frame()).silences == [4 * QUARTER]
