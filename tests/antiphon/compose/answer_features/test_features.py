"""Features of hand-made phrases and answers, exactly; and of any notes at all, finite."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.answer_features import features
from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.events import GridNote
from antiphon.slices import finish
from antiphon.timebase import Meter

FRAME = AnswerFrame(4, Meter(2, 4), 16, 32, "major", True)  # phrase and answer have two bars of two quarters


def melody(begin, rows):
    """From (length, pitch), one after the other; pitch None is a rest."""
    notes = []
    for length, pitch in rows:
        if pitch is not None:
            notes.append(GridNote(begin, length, pitch))
        begin += length
    return notes


PHRASE = melody(0, [(2, 60), (2, 62), (4, 64), (2, 65), (2, 64), (4, 62)])
RESTATED = melody(16, [(2, 60), (2, 62), (4, 64), (4, 62), (4, 60)])


def of(answer, frame=FRAME, phrase=PHRASE):
    return features.named(phrase, answer, frame)


def check(found, **wanted):
    assert {name: found[name] for name in wanted} == pytest.approx(wanted)


def test_the_frame_and_the_phrase():
    check(
        of(RESTATED),
        bar_quarters=2,
        beats_in_bar=2,
        answer_bars=2,
        closes=1,
        minor=0,
        phrase_bars=2,
        phrase_density=1.5,
        phrase_rests=0,
        phrase_short=4 / 6,
        phrase_rhythms=1 / 2,
        phrase_figures=1,
        phrase_last_degree=2,
        phrase_last_quarters=1,
    )


def test_rhythm():
    found = of(RESTATED)
    check(
        found,
        density=1.25,
        density_ratio=math.log(1.35 / 1.6),
        first_bar_denser=0.5,
        last_bar_denser=-0.5,
        share_eighth=2 / 5,
        share_quarter=3 / 5,
        more_eighth=2 / 5 - 4 / 6,
        foreign_lengths=0,
        kinds_of_lengths=2,
        usual_length=3 / 5,
        same_length=3 / 4,
        same_length_run=2,
        longest_note=1,
        off_beat=1 / 5,
        downbeats=1,
        syncopated=0,
        rests=0,
    )
    rests = of(melody(16, [(4, None), (2, 60), (2, None), (6, 62), (2, None)]))
    check(
        rests,
        rests=0.5,
        rests_inside=1,
        longest_rest=0.5,
        silent_start=1,
        silent_end=0.5,
        foreign_lengths=0.5,
    )
    check(of(melody(16, [(2, 60), (4, 60), (10, 60)])), syncopated=1 / 3 + 1 / 3, over_bar_line=1 / 3)


def test_pitch():
    check(
        of(RESTATED),
        degree_1=6 / 16,
        degree_2=6 / 16,
        degree_3=4 / 16,
        degree_5=0,
        degree_other=0,
        degree_1_more=6 / 16 - 2 / 16,
        range=4,
        range_more=-1,
        top_above=-1,
        bottom_above=0,
        different_pitches=3,
        new_pitches=0,
        top_place=2 / 5,
        tops=1,
        repeated=0,
        steps=1,
        turns=1 / 3,
        longest_line=1,
        seam=-2,
        seam_size=2,
        first_degree=0,
        first_above_first=0,
        largest_interval=2,
    )
    leap = of(melody(16, [(4, 60), (4, 67), (4, 69), (4, 69)]))
    check(
        leap, fourths=1 / 3, steps=1 / 3, repeated=1 / 3, leaps_not_turned=1, repeated_run=1, degree_other=0
    )


def test_form():
    check(
        of(RESTATED),
        parallel_rhythm=0.5,
        parallel_rhythm_first=1,
        parallel_rhythm_last=0,
        parallel_onsets_last=2 / 3,
        parallel_pitches_first=1,
        restates=1,
        copied_bars=0.5,
        copied_from_start=1,
        broken_off=1,
        copied_last=0,
        bars_of_phrase=0.5,
        rhythms_of_phrase=0.5,
        begins_as_phrase_ended=0,
        same_notes_from_start=3,
        different_rhythms=1,
        rhythm_again_next=0,
    )
    moved = melody(16, [(2, 62), (2, 64), (4, 66), (2, 62), (2, 64), (4, 66)])
    check(of(moved), restates=0, restates_moved=1, figure_again_next=1, same_rhythm_run=1, broken_off=0)
    last = melody(16, [(2, 65), (2, 64), (4, 62), (8, 60)])
    check(of(last), begins_as_phrase_ended=1, restates=0)


def test_figures():
    check(
        of(RESTATED),
        cells_of_phrase=1,
        cells_taken_up=1,
        lengths_of_phrase_2=1 / 2,
        intervals_of_phrase_2=1 / 3,
        degrees_of_phrase_2=3 / 4,
        moves_of_phrase_1=1 / 2,
        moves_again_2=0,
    )


def test_harmony():
    check(
        of(RESTATED),
        tonic_first_bar=6 / 8,
        dominant_last_bar=0.5,
        tonic_last_bar=0.5,
        strong_tonic=0.5,
        strong_in_tonic=0.5,
    )


def test_ending():
    check(
        of(RESTATED),
        last_degree=0,
        last_is_tonic=1,
        degree_before_last=2,
        leads_to_last=1,
        third_last_degree=4,
        closing_move=-2,
        closing_step=1,
        closing_repeats=0,
        closes_on_tonic=1,
        last_place=1,
        last_on_downbeat=0,
        last_in_middle=1,
        last_quarters=1,
        last_beside_before=1,
        last_bars_to_end=0.5,
        silent_end=0,
        ends_as_phrase=0,
        notes_in_last_bar=2,
        notes_in_last_beat=1,
        notes_before_last_bar=3,
    )
    check(
        of(melody(16, [(8, 62), (8, 62)])),
        closing_repeats=1,
        closing_step=0,
        last_on_downbeat=1,
        ends_as_phrase=1,
    )


def test_in_minor_degrees_are_those_of_a():
    minor = AnswerFrame(4, Meter(2, 4), 16, 32, "minor", False)
    check(
        of(melody(16, [(8, 68), (8, 69)]), minor),
        minor=1,
        closes=0,
        degree_7=0.5,
        degree_1=0.5,
        leads_to_last=1,
    )


def test_a_row_is_the_features_by_name():
    (row,) = finish(features.measure(PHRASE, [RESTATED], FRAME))
    assert row.tolist() == np.array(list(of(RESTATED).values()), np.float32).tolist()
    assert tuple(of(RESTATED)) == features.NAMES


notes = st.builds(GridNote, st.integers(0, 200), st.integers(1, 80), st.integers(0, 127))
frames = st.builds(
    AnswerFrame,
    st.sampled_from([1, 3, 4, 5, 24, 48, 96]),
    st.builds(Meter, st.integers(1, 13), st.sampled_from([1, 2, 4, 8, 16, 32])),
    st.integers(0, 100),
    st.integers(0, 200),
    st.sampled_from(["major", "minor"]),
    st.booleans(),
)


@given(st.lists(notes, max_size=12), st.lists(st.lists(notes, max_size=12), max_size=3), frames)
def test_any_notes_have_finite_features(phrase, answers, frame):
    measured = finish(features.measure(phrase, answers, frame))
    assert measured.shape == (len(answers), len(features.NAMES))
    assert np.isfinite(measured).all()
