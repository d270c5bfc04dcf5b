"""What each recipe refuses on the grid of sixteenths."""

import pytest

from antiphon_training.corpus.songs import ParsedSong, Sound
from antiphon_training.data.gridding import (
    ACCEPTABLE_DURATIONS,
    LONGEST_QUARTERS,
    RefusedError,
    notes_acceptable,
    notes_rounded,
)


def song(*lengths, pitch=60):
    onset, found = 0.0, []
    for length in lengths:
        found.append(Sound(onset, length, (length,), pitch))
        onset += length
    return ParsedSong("t", "s", tuple(found), ("4/4",), 0.0, None)


def reason(function, *arguments):
    with pytest.raises(RefusedError) as refused:
        function(*arguments)
    return refused.value.reason


def test_what_both_recipes_take_is_the_same_for_both():
    usual = song(1.0, 0.5, 0.25, 0.25, 4.0, 1.5)
    assert notes_rounded(usual) == notes_acceptable(usual, ACCEPTABLE_DURATIONS)


@pytest.mark.parametrize("lengths", [(2.5, 0.5), (1 / 3, 1 / 3, 1 / 3), (1.75, 0.25), (6.0, 1.0)])
def test_the_seed_recipe_has_a_list_and_the_default_recipe_has_none(lengths):
    assert reason(notes_acceptable, song(*lengths), ACCEPTABLE_DURATIONS) == "durations"
    assert len(notes_rounded(song(*lengths)).notes) == len(lengths)


def test_a_few_notes_without_a_step_are_left_out_and_many_are_refused():
    fast = (1 / 8, 1 / 8)
    assert notes_rounded(song(*fast, *[1.0] * 9)).left_out == 1
    assert reason(notes_rounded, song(*fast, *[1.0] * 7)) == "off the grid"


def test_what_is_too_long_or_no_pitch_is_refused():
    assert reason(notes_rounded, song(LONGEST_QUARTERS + 1.0)) == "too long"
    assert reason(notes_rounded, song(1.0, pitch=128)) == "pitch out of range"


def test_notes_that_sound_at_once_are_refused():
    both = (Sound(0.0, 2.0, (2.0,), 60), Sound(1.0, 1.0, (1.0,), 62))
    assert reason(notes_rounded, ParsedSong("t", "s", both, (), 0.0, None)) == "overlapping notes"
