"""How hand-made answers end and take up their phrase."""

import pytest

from antiphon_training.judge import endings
from toy_answers import quarters, toy_answer

PHRASE = "60 _ 62 _ 64 _ _ _"


@pytest.mark.parametrize(
    ("answer", "key", "leads", "by_step", "repeats", "on_downbeat"),
    [
        ("62 _ _ _ 60 _ _ _", "C major", 1, 1, 0, 1),
        ("71 _ _ _ 72 _ _ _", "C major", 1, 1, 0, 1),
        ("70 _ _ _ 72 _ _ _", "C major", 0, 1, 0, 1),
        ("67 _ _ _ 69 _ _ _", "A minor", 1, 1, 0, 1),
        ("64 _ _ _ 60 _ _ _", "C major", 0, 0, 0, 1),
        ("60 _ _ _ 60 _ _ _", "C major", 0, 0, 1, 1),
        ("60 _ 62 _ r _ 60 _", "C major", 1, 1, 0, 0),
        ("60 _ _ _", "C major", 0, 0, 0, 1),
        ("r _ _ _", "C major", 0, 0, 0, 0),
    ],
)
def test_endings(answer: str, key: str, leads: int, by_step: int, repeats: int, on_downbeat: int) -> None:
    found = toy_answer(PHRASE, answer, key=key)
    assert endings.leads(found) == (leads, 1)
    assert endings.ends_by_step(found) == (by_step, 1)
    assert endings.ends_by_repeating(found) == (repeats, 1)
    assert endings.ends_on_downbeat(found) == (on_downbeat, 1)


@pytest.mark.parametrize(
    ("answer", "restates"), [("60 _ 62 _ 67 _ _ _", 1), ("60 _ _ _ 67 _ _ _", 0), ("60 _", 0)]
)
def test_a_first_bar_restates_that_of_the_phrase_where_it_is_the_same(answer: str, restates: int) -> None:
    assert endings.restates_the_phrase(toy_answer("59 _ " + PHRASE, answer, pickup_steps=2)) == (restates, 1)


def test_parallel_bars_have_the_same_onsets_and_rests() -> None:
    answer = toy_answer("59 _ " + PHRASE, "67 _ 69 _ 72 _ r _ " + quarters([60]), pickup_steps=2)
    assert endings.parallel_rhythms(answer) == (1, 2)  # a third bar has none at its place in the phrase
