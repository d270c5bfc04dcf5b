import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import temperature_picture
from antiphon.compose.sampling import (
    SamplingSettings,
    adaptive_temperature,
    draw,
    draw_rows,
    entropy,
    temper,
    truncate,
    weight_row,
)
from antiphon.compose.symbols import Vocabulary

distributions = (
    hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1))
    .filter(lambda p: p.sum() > 1e-6)
    .map(lambda p: p / p.sum())
)
SEEDS_OWN_RULE = SamplingSettings(softness=0, low_entropy=0.5, high_entropy=2.5)


def test_entropy_of_what_is_known():
    assert entropy(np.array([1.0, 0.0])) == 0.0
    assert entropy(np.full(8, 1 / 8)) == pytest.approx(math.log(8))


@given(distributions)
def test_entropy_is_between_nothing_and_uniform(p):
    assert 0.0 <= entropy(p) <= math.log(len(p)) + 1e-9


@pytest.mark.parametrize(("nats", "expected"), [(0.0, 1.1), (0.49, 1.1), (0.5, 1.0), (2.5, 1.0), (2.51, 0.8)])
def test_the_three_way_rule(nats, expected):
    assert adaptive_temperature(nats, SEEDS_OWN_RULE) == pytest.approx(expected)


@given(st.floats(0, 5), st.floats(0, 5), st.floats(0, 2))
def test_more_entropy_never_means_more_temperature(a, b, softness):
    settings = SamplingSettings(softness=softness)
    low, high = sorted([a, b])
    assert adaptive_temperature(low, settings) >= adaptive_temperature(high, settings) - 1e-12


@given(st.floats(0, 10), st.floats(0.1, 9), st.floats(0, 2))
def test_the_limits_hold(nats, temperature, softness):
    settings = SamplingSettings(temperature=temperature, softness=softness)
    result = adaptive_temperature(nats, settings)
    assert settings.min_temperature <= result <= settings.max_temperature


@given(distributions, st.floats(0.01, 10))
def test_tempering_keeps_a_distribution_and_its_order(p, temperature):
    tempered = temper(p, temperature)
    assert tempered.sum() == pytest.approx(1.0)
    assert (tempered[p == 0] == 0).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(tempered[order]) >= -1e-12).all()


def test_temperature_one_changes_nothing_and_zero_is_refused():
    p = np.array([0.2, 0.3, 0.5])
    assert temper(p, 1.0) == pytest.approx(p)
    with pytest.raises(ValueError, match="temperature must be above 0, got 0"):
        temper(p, 0.0)


def test_weights_follow_the_vocabulary():
    vocabulary = Vocabulary(("60", "62", "/", "_", "r"))
    assert weight_row(vocabulary, {"r": 0.9, "62": 2.0, "99": 5.0}).tolist() == [1, 2, 1, 1, 0.9]


@given(distributions, st.integers(0, 2**32), st.floats(0.05, 5))
def test_a_draw_is_possible_and_repeatable(p, seed, temperature):
    settings = SamplingSettings(temperature=temperature)
    weights = np.ones(len(p))
    first = draw(p, settings, weights, np.random.default_rng(seed))
    assert first == draw(p, settings, weights, np.random.default_rng(seed))
    assert p[first.symbol_id] > 0
    assert first.probability == p[first.symbol_id]


@given(distributions, st.integers(0, 11), st.integers(0, 1000))
def test_a_weight_of_nothing_forbids(p, place, seed):
    weights = np.ones(len(p))
    weights[place % len(p)] = 0.0
    chosen = draw(p, SamplingSettings(), weights, np.random.default_rng(seed)).symbol_id
    assert weights[chosen] > 0 or len(p) == 1


def test_draws_follow_the_tempered_and_weighted_shares():
    p, weights = np.array([0.1, 0.2, 0.7]), np.array([1.0, 0.5, 1.0])
    settings = SamplingSettings(temperature=2.0, sure_factor=1.0, unsure_factor=1.0)
    generator = np.random.default_rng(1)
    counts = np.bincount(
        [draw(p, settings, weights, generator).symbol_id for _ in range(20_000)], minlength=3
    )
    shares = np.sqrt(p) * weights
    assert counts / 20_000 == pytest.approx(shares / shares.sum(), abs=0.015)


@given(distributions, st.floats(0, 1), st.floats(0.01, 1))
def test_what_is_left_out_is_less_likely_than_what_stays(p, min_p, top_p):
    kept = truncate(p, min_p, top_p)
    assert kept.max() == p.max()
    stays = kept > 0
    assert (kept[stays] == p[stays]).all()
    assert (p[stays] >= min_p * p.max()).all()
    assert not stays.all() or min_p == 0 or p.min() >= min_p * p.max()
    if (~stays & (p > 0)).any():
        assert p[~stays].max() <= p[stays].min()


def test_the_nucleus_and_the_least_share_by_hand():
    p = np.array([0.5, 0.3, 0.15, 0.05])
    assert truncate(p, 0.0, 1.0).tolist() == p.tolist()
    assert truncate(p, 0.0, 0.75).tolist() == [0.5, 0.3, 0, 0]
    assert truncate(p, 0.0, 0.5).tolist() == [0.5, 0, 0, 0]
    assert truncate(p, 0.2, 1.0).tolist() == [0.5, 0.3, 0.15, 0]
    assert truncate(p, 1.0, 1.0).tolist() == [0.5, 0, 0, 0]


def test_what_was_left_out_is_never_drawn():
    p = np.array([0.6, 0.35, 0.05])
    settings = SamplingSettings(min_p=0.2, softness=0)
    generator = np.random.default_rng(0)
    assert {draw(p, settings, np.ones(3), generator).symbol_id for _ in range(300)} == {0, 1}


def test_the_picture_of_it_is_true():
    assert temperature_picture.FILE.read_text("utf-8") == temperature_picture.picture()


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=1, max_size=5),
    st.integers(0, 2**16),
    st.sampled_from(
        [SamplingSettings(), SamplingSettings(softness=0.0, min_p=0.2), SamplingSettings(top_p=0.7)]
    ),
)
def test_rows_are_drawn_as_one_is(numbers, seed, how):
    probabilities = np.array(numbers) + 1e-9
    probabilities[:, 2] = 0.0
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    weights = np.array([1.0, 0.9, 1.0, 0.0])
    rows = draw_rows(
        probabilities,
        how,
        np.repeat(weights[None], len(numbers), 0),
        np.array([np.random.default_rng(seed).random()] * len(numbers)),
    )
    for place, row in enumerate(probabilities):
        one = draw(row, how, weights, np.random.default_rng(seed))
        assert rows.ids[place] == one.symbol_id
        assert (rows.entropies[place], rows.temperatures[place]) == pytest.approx(
            (one.entropy, one.temperature)
        )
        assert rows.probabilities[place] == one.probability
