"""Features of small exchanges, worked out by hand; the same names for all."""

import math

import numpy as np
import pytest

from antiphon_training.judge.trained.features import features, matrix
from antiphon_training.judge.trained.line import exchange_of
from toy_answers import quarters, toy_answer

PHRASE = "60 _ 62 _ 64 _ _ _ 65 _ 67 _ r _ 60 _"
# In 8/16 every sixteenth is a beat.
FOUND = features(exchange_of(toy_answer(PHRASE, "60 _ 62 _ 64 _ _ _ 67 _ _ _ 67 _ r _", bar_steps=8)))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("answer degree 0", 2 / 14),  # C for an eighth of the 14 sixteenths that sound
        ("answer degree 7", 6 / 14),
        ("answer degree on beats 0", 4 / 14),  # on the bar line 4, on a beat 2
        ("answer interval 4", 1 / 4),  # the same pitch again
        ("answer interval 6", 2 / 4),  # a whole tone up
        ("answer length 1", 3 / 5),
        ("answer metric weight 2", 2 / 5),
        ("answer rests", 1 / 8),
        ("phrase rests", 1 / 8),
        ("answer notes a bar", 2.5),
        ("answer range", 7),
        ("answer longest repeat", 2),
        ("degree 1 from the end", 7),
        ("interval 1 from the end", 0),
        ("metric weight 1 from the end", 1),
        ("last onset before the end", 4),
        ("rest at the end", 2),
        ("first interval", 0),
        ("begins as the phrase", 1),
        ("ends as the phrase", 0),
        ("rhythms of 3 from the phrase", 1 / 3),
        ("pitches of 3 from the phrase", 1 / 3),
        ("rests beside the phrase", 0),
        ("bar 1 parallel rhythm", 1),
        ("bar 1 parallel pitches", 1),
        ("bar 2 parallel rhythm", 1 / 4),
        ("bar 2 note on the bar line", 1),
        ("rhythm of bars 1 2", 2 / 3),
        ("minor", 0),
        ("bar", 8),
        ("song ends", 1),
    ],
)
def test_a_feature_of_an_exchange(name: str, expected: float) -> None:
    assert FOUND[name] == pytest.approx(expected)


def test_what_there_is_not_has_no_number() -> None:
    assert math.isnan(FOUND["bar 3 notes"])
    assert math.isnan(FOUND["rhythm of bars 1 3"])


def test_neither_key_nor_grid_matters() -> None:
    fine = toy_answer("60 _ _ _ 64 _ _ _", "62 _ 64 _ 60 _ _ _", bar_steps=8)
    moved = features(exchange_of(fine))
    silent = features(exchange_of(toy_answer("r _ _ _", "r _ _ _")))
    assert list(moved) == list(FOUND) == list(silent)


def test_a_row_holds_them_all_as_numbers() -> None:
    answers = [toy_answer(PHRASE, quarters([60])), toy_answer("r _ _ _", "r _ _ _")]
    rows = matrix([exchange_of(answer) for answer in answers])
    assert rows.shape == (2, len(FOUND))
    assert rows.dtype == np.float64
