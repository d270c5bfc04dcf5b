"""Rates and ends of training, from the bits on held-out songs alone."""

from dataclasses import replace

import pytest

from antiphon_training.fit.schedule import learning_rate, out_of_patience
from antiphon_training.recipe import RECIPES


@pytest.mark.parametrize(
    ("bits", "rate", "finished"),
    [
        ([], 0.003, False),
        ([2.0, 1.9, 1.8], 0.003, False),
        ([2.0, 2.1], 0.003, False),
        ([2.0, 2.1, 2.0], 0.0015, False),
        ([2.0, 1.9999, 1.9998], 0.0015, False),
        ([2.0, 2.1, 2.1, 1.9], 0.0015, False),
        ([2.0, *[2.1] * 4], 0.00075, False),
        ([2.0, *[2.1] * 6], 0.000375, True),
        ([2.0, *[2.1] * 5, 1.9], 0.00075, False),
    ],
)
def test_the_rate_is_halved_after_two_idle_epochs_and_six_end_it(
    bits: list[float], rate: float, finished: bool
) -> None:
    recipe = replace(RECIPES["stream"], wait=2, patience=6, learning_rate=0.003)
    assert learning_rate(recipe, bits) == pytest.approx(rate)
    assert out_of_patience(recipe, bits) == finished
    assert learning_rate(RECIPES["seed"], bits) == 0.001
    assert not out_of_patience(RECIPES["seed"], bits)


@pytest.mark.parametrize(
    ("done", "share"), [(0, 1.0), (10, 0.854), (20, 0.5), (30, 0.146), (37, 0.02), (40, 0.02), (50, 0.02)]
)
def test_a_cosine_falls_over_the_epochs_to_a_fiftieth_whatever_the_bits(done: int, share: float) -> None:
    recipe = replace(RECIPES["default"], epochs=40)
    for bits in ([1.0] * done, list(range(done))):
        assert learning_rate(recipe, bits) == pytest.approx(0.003 * share, abs=2e-6)
        assert not out_of_patience(recipe, bits)
