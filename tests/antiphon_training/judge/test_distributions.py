"""Features, overlaps and divergences, worked out by hand."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.judge.distributions import (
    FEATURES,
    divergence_bits,
    divergences,
    features_of,
    halves,
    histograms,
    overlap,
    overlaps,
    rest_steps,
)
from toy_answers import quarters, toy_answer

counts = st.dictionaries(st.integers(0, 9), st.integers(1, 50), min_size=1).map(Counter)


def test_the_features_of_an_answer() -> None:
    answer = toy_answer("67 60 _ _ _", "60 _ 74 _ r _ 59 _ _ 59 _ _", pickup_steps=1)
    assert features_of(answer) == {
        "pitch class": [0, 2, 11, 11],
        "interval": [13, -13, 0],
        "duration": [2, 2, 3, 3],
        "place in the bar": [0, 2, 2, 1],
        "range": [15],
        "rests": [3],  # 2 of 12 steps are 3⅓ twentieths
        "note density": [5],  # 4 notes in 12 steps
        "self-repetition": [],
    }
    assert rest_steps(answer) == 2


def test_self_repetition_is_in_tenths() -> None:
    tune = quarters([60, 61, 63, 66, 70, 75, 69, 64, 60, 67])
    assert features_of(toy_answer(tune, tune))["self-repetition"] == [10]


def test_the_overlap_is_the_sum_of_the_smaller_shares() -> None:
    assert overlap(Counter({0: 3, 1: 1}), Counter({0: 1, 1: 2, 2: 1})) == pytest.approx(0.25 + 0.25)
    assert overlap(Counter(), Counter({0: 1})) == 0.0


def test_the_divergence_is_of_the_counts_with_a_half_added() -> None:
    # Two bins: (3, 1) → 3.5/5, 1.5/5; (1, 1) → 1/2, 1/2.
    expected = 0.7 * math.log2(0.7 / 0.5) + 0.3 * math.log2(0.3 / 0.5)
    assert divergence_bits(Counter({0: 3, 1: 1}), Counter({0: 1, 1: 1})) == pytest.approx(expected)
    # What the other never does: p = 1.5/2, 0.5/2 against q = 0.5/2, 1.5/2.
    assert divergence_bits(Counter({0: 1}), Counter({1: 1})) == pytest.approx(0.5 * math.log2(3))


@given(counts, counts)
def test_what_is_alike_overlaps_wholly_and_does_not_diverge(a: Counter[int], b: Counter[int]) -> None:
    assert overlap(a, a) == pytest.approx(1.0)
    assert divergence_bits(a, a) == 0.0
    assert overlap(a, b) == pytest.approx(overlap(b, a))
    assert -1e-9 <= overlap(a, b) <= 1 + 1e-9
    assert divergence_bits(a, b) >= -1e-12


def test_the_mean_is_over_the_features() -> None:
    one = histograms([features_of(toy_answer("60 _ _ _", quarters([60, 62])))])
    other = histograms([features_of(toy_answer("60 _ _ _", quarters([60, 65])))])
    found = overlaps(one, other)
    assert found["pitch class"] == 0.5
    assert (found["interval"], found["duration"], found["self-repetition"]) == (0.0, 1.0, 0.0)
    assert found["mean"] == pytest.approx(sum(found[name] for name in FEATURES) / 8)
    away = divergences(one, other)
    assert away["duration"] == 0.0
    assert away["interval"] == pytest.approx(0.5 * math.log2(3))
    assert away["mean"] == pytest.approx(sum(away[name] for name in FEATURES) / 8)


def test_halves_are_all_the_answers_each_once() -> None:
    answers = [{name: [number] for name in FEATURES} for number in range(7)]
    splits = list(halves(answers, 5, np.random.default_rng(0)))
    assert len(splits) == 5
    for one, other in splits:
        assert (one["range"].total(), other["range"].total()) == (3, 4)
        assert sorted([*one["range"], *other["range"]]) == list(range(7))
    assert len({tuple(sorted(one["range"])) for one, _ in splits}) > 1
