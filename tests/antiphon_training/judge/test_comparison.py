"""Answers are measured against the true continuations, and true ones against each other."""

import json

import pytest

from antiphon_training.judge.comparison import AnswerSet, Comparison, Spread, as_plain, judge
from antiphon_training.judge.copying import CopyIndex
from antiphon_training.judge.distributions import FEATURES
from toy_answers import quarters, toy_answer

TRUE = [toy_answer(quarters([60, 62]), quarters([64, 65, last])) for last in (60, 67)]
FAR = [toy_answer(quarters([60, 62]), "73 _ 85 r _ _ _ _ _ _ _ _")]
ALL_TRUE = AnswerSet("true, test", TRUE)


def judged() -> Comparison:
    index = CopyIndex([TRUE[0].whole])
    return judge(
        [AnswerSet("same", TRUE), AnswerSet("far", FAR)], ALL_TRUE, AnswerSet("true, valid", TRUE[:1]), index
    )


def test_what_is_the_truth_overlaps_it_wholly_and_what_is_far_hardly() -> None:
    same, far = judged().answers
    expected = {name: float(name != "self-repetition") for name in FEATURES}  # too short to repeat anything
    assert same.overlap == pytest.approx({**expected, "mean": 7 / 8})
    assert same.divergence_bits["mean"] == 0.0
    assert far.overlap["mean"] < 0.1
    assert far.divergence_bits["mean"] > 0.1


def test_the_columns_are_the_answers_in_order_then_real_songs() -> None:
    found = judged()
    assert [column.name for column in found.columns] == ["same", "far", "true, valid", "true, test"]
    assert [column.number for column in found.columns] == [2, 1, 1, 2]
    assert found.truth.copied_notes == (0, 0)  # three notes are no run


def test_halves_of_two_are_one_against_the_other() -> None:
    halves = judged().halves
    assert list(halves.overlap) == [*FEATURES, "mean"]
    pitch_class = halves.overlap["pitch class"]  # E F C against E F G
    assert [pitch_class.mean, pitch_class.least, pitch_class.most] == pytest.approx([2 / 3] * 3)
    assert halves.overlap["duration"] == Spread(1.0, 1.0, 1.0)


def test_a_spread_is_mean_least_and_most() -> None:
    assert Spread.of([1.0, 2.0, 6.0]) == Spread(3.0, 1.0, 6.0)


def test_all_of_it_is_said_in_json() -> None:
    plain = json.loads(json.dumps(as_plain(judged())))
    same = plain["columns"][0]
    assert same["histograms"]["pitch class"] == {"0": 1, "4": 2, "5": 2, "7": 1}
    assert same["figures"]["ends_on_tonic"] == 0.5
    assert same["overlap"]["pitch class"] == pytest.approx(1.0)
    assert plain["halves"]["overlap"]["duration"] == {"mean": 1.0, "least": 1.0, "most": 1.0}
