"""Trees say what going through them by hand says; one of many is drawn by its odds, the same by each seed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.answer_features import features
from antiphon.compose.critic import AnswerFrame, Critic, choose
from antiphon.events import GridNote
from antiphon.slices import Job, finish
from antiphon.timebase import Meter
from toy_critic import random_trees, tree_of

FRAME = AnswerFrame(4, Meter(), 16, 32, "major", True)
PHRASE = [GridNote(4 * place, 4, 60 + place) for place in range(4)]


def ending_on(pitch):
    return [GridNote(16, 8, 62), GridNote(24, 8, pitch)]


def test_an_answer_is_as_real_as_the_tree_says():
    critic = Critic(tree_of("closes_on_tonic", 0.5, -1.0, 2.0, bias=0.25))
    said = critic.log_odds(PHRASE, [ending_on(64), ending_on(60), []], FRAME)
    assert said.tolist() == [-0.75, 2.25, -0.75]
    assert critic.log_odds(PHRASE, [], FRAME).shape == (0,)


def test_a_feature_at_the_threshold_goes_to_the_first_child():
    trees = tree_of("last_degree", 4.0, -1.0, 1.0)
    assert Critic(trees).log_odds(PHRASE, [ending_on(64), ending_on(65)], FRAME).tolist() == [-1.0, 1.0]


def by_hand(trees, row):
    total = float(trees.bias)
    for asked, thresholds, leaves in zip(trees.asked, trees.thresholds, trees.leaves, strict=True):
        node = 0
        while node < len(asked):
            node = 2 * node + 1 + bool(row[asked[node]] > thresholds[node])
        total += float(leaves[node - len(asked)])
    return total


@pytest.mark.parametrize(("trees", "depth", "rows"), [(20, 3, 5), (300, 4, 16), (7, 1, 3000), (3, 8, 1)])
def test_many_trees_say_what_each_of_them_says(trees, depth, rows):
    forest = random_trees(trees, depth)
    measured = np.random.default_rng(1).normal(size=(rows, len(features.NAMES))).astype(np.float32)
    few = slice(0, 20)
    wanted = [by_hand(forest, row) for row in measured[few]]
    assert forest.log_odds(measured)[few] == pytest.approx(wanted, abs=1e-4)


def test_the_parts_of_the_work_say_the_same_as_the_whole():
    critic, answers = Critic(random_trees(300, 4)), [ending_on(pitch) for pitch in range(55, 71)]
    job = Job(critic.log_odds_in_slices(PHRASE, answers, FRAME))
    parts = sum(1 for _ in job.rest())
    assert (finish(job.rest()) == critic.log_odds(PHRASE, answers, FRAME)).all()
    assert parts > len(answers)


notes = st.builds(GridNote, st.integers(0, 64), st.integers(1, 40), st.integers(0, 127))


@given(st.lists(notes, max_size=9), st.lists(st.lists(notes, max_size=9), min_size=1, max_size=4))
def test_log_odds_are_finite_for_any_notes(phrase, answers):
    assert np.isfinite(Critic(random_trees()).log_odds(phrase, answers, FRAME)).all()


def test_a_choice_is_the_seeds():
    log_odds = np.array([0.0, 1.0, 0.5, -1.0])
    drawn = [choose(log_odds, np.random.default_rng(seed)) for seed in range(40)]
    assert drawn == [choose(log_odds, np.random.default_rng(seed)) for seed in range(40)]
    assert set(drawn) == {0, 1, 2, 3}


def test_candidates_are_drawn_in_proportion_to_their_odds():
    odds = np.array([1.0, 2.0, 5.0, 0.0, 2.0])
    generator = np.random.default_rng(0)
    with np.errstate(divide="ignore"):
        drawn = [choose(np.log(odds), generator) for _ in range(5000)]
    assert np.bincount(drawn, minlength=5) / 5000 == pytest.approx(odds / 10, abs=0.02)


@pytest.mark.parametrize("log_odds", [[500.0, -500.0], [-900.0, -2000.0], [3.0]])
def test_very_sure_critics_are_followed(log_odds):
    assert choose(np.array(log_odds), np.random.default_rng(0)) == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": np.array(99, np.int32)}, "features have version 99, this Antiphon computes version"),
        ({"version": np.array([1], np.int32)}, r"version must be one number, got shape \(1,\)"),
        ({"bias": np.zeros(2, np.float32)}, r"bias must be one number, got shape \(2,\)"),
        (
            {"leaves": np.zeros((20, 7), np.float32)},
            r"leaves must have shape \(trees, 2 … 256\), got \(20, 7\)",
        ),
        ({"leaves": np.zeros(20, np.float32)}, "leaves must have shape"),
        ({"leaves": np.zeros((5000, 2), np.float32)}, "at most 4096 trees, got 5000"),
        ({"leaves": np.full((20, 8), np.nan, np.float32)}, "leaves must hold numbers of at most 100"),
        ({"bias": np.array(np.inf, np.float32)}, "bias must hold numbers of at most 100"),
        ({"asked": np.zeros((20, 6), np.int16)}, r"asked must have shape \(20, 7\), got \(20, 6\)"),
        ({"asked": np.full((20, 7), 999, np.int16)}, "asked must name features 0–"),
        ({"asked": np.full((20, 7), -1, np.int16)}, "asked must name features 0–"),
        ({"thresholds": np.zeros((3, 7), np.float32)}, r"thresholds must have shape \(20, 7\), got \(3, 7\)"),
        ({"thresholds": np.full((20, 7), np.nan, np.float32)}, "thresholds must hold numbers"),
    ],
)
def test_trees_that_cannot_be_are_refused(changes, reason):
    with pytest.raises(ValueError, match=reason):
        replace(random_trees(), **changes)


def test_no_trees_say_nothing():
    none = random_trees(0)
    assert (
        finish(none.log_odds_in_slices(np.zeros((2, len(features.NAMES)), np.float32))).tolist() == [0.25] * 2
    )
