from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.shape import Frame, Shape, ShapeSettings
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary

VOCABULARY = Vocabulary.of([map(str, range(55, 80))])
PHRASE = ("60", "_", "_", "_", "64", "_", "62", "_")
FRAME = Frame(16, 8, 4, "major")


def factors(step, last=None, *, frame=FRAME, closeness=0.0, cadence=0.0, phrase=PHRASE):
    return Shape(VOCABULARY, frame, phrase, ShapeSettings(closeness, cadence)).factors(step, last)


def of(found, symbol):
    return found[VOCABULARY.id(symbol)]


def test_it_begins_with_a_note():
    found = factors(0)
    assert [of(found, symbol) for symbol in (HOLD, REST, END)] == [0, 0, 0]
    assert of(found, "60") == 1


@pytest.mark.parametrize(("step", "may_end"), [(1, False), (7, False), (8, True), (15, True)])
def test_it_ends_in_its_last_bar(step, may_end):
    assert bool(of(factors(step), END) > 0) == may_end


def test_an_answer_without_end_never_ends_by_itself():
    endless = Frame(None, 8, 4, "major")
    assert all(of(factors(step, frame=endless, cadence=1.0), END) == 0 for step in range(100))


@pytest.mark.parametrize(
    ("mode", "tonic", "chord", "other"), [("major", "60", "64", "62"), ("minor", "69", "60", "67")]
)
def test_it_comes_to_rest_on_the_chord_of_the_tonic(mode, tonic, chord, other):
    frame = Frame(16, 8, 4, mode)
    before, early, late = (factors(step, 60, frame=frame, cadence=1.0) for step in (7, 8, 12))
    assert of(before, tonic) == of(before, other) == 1
    assert of(early, tonic) > of(early, chord) > of(early, other) > 0
    assert of(late, tonic) > of(late, chord) > of(late, other) == 0
    assert of(late, REST) == 0


def test_near_to_the_phrase_its_rhythm_and_its_moves_are_likelier():
    at_note, at_hold = factors(4, 67, closeness=1.0), factors(5, 67, closeness=1.0)
    assert of(at_note, HOLD) < 0.1 < 10 < of(at_hold, HOLD)
    pitches = [of(at_note, str(pitch)) for pitch in range(55, 80)]
    assert np.argmax(pitches) + 55 == 67 + 4  # the phrase goes up from 60 to 64
    assert of(factors(12, 67, closeness=1.0), "71") == of(at_note, "71")  # the phrase is gone through again


@given(st.integers(0, 40), st.none() | st.integers(55, 79), st.floats(0, 1), st.floats(0, 1))
def test_something_may_always_follow(step, last, closeness, cadence):
    found = factors(step, last, closeness=closeness, cadence=cadence)
    assert found.shape == (len(VOCABULARY),)
    assert (found >= 0).all()
    assert found.sum() > 0
    assert np.isfinite(found).all()


def test_without_a_phrase_there_is_nothing_to_be_near_to():
    assert (factors(5, 60, closeness=1.0, phrase=()) == factors(5, 60)).all()


@given(
    st.integers(0, 40),
    st.none() | st.integers(55, 79),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["major", "minor"]),
)
def test_a_strict_answer_has_only_notes_of_the_scale(step, last, closeness, cadence, mode):
    strict = Frame(16, 8, 4, mode, strict=True)
    found = factors(step, last, frame=strict, closeness=closeness, cadence=cadence)
    free = factors(step, last, frame=replace(strict, strict=False), closeness=closeness, cadence=cadence)
    outside = {1, 3, 6, 8, 10} if mode == "major" else {1, 3, 6, 10}
    for symbol, factor, without in zip(VOCABULARY.symbols, found, free, strict=True):
        strays = symbol.isdigit() and int(symbol) % 12 in outside
        assert factor == (0 if strays else without)


def test_where_a_model_has_no_note_of_the_scale_nothing_is_forbidden():
    black = Vocabulary.of([["61", "63", "66"]])
    shape = Shape(black, Frame(16, 8, 4, "major", strict=True), (), ShapeSettings())
    assert [shape.factors(0, None)[black.id(pitch)] for pitch in ("61", "63", "66")] == [1, 1, 1]
