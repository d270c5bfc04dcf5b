"""Trees of scikit-learn say the same in numpy, row by row."""

import numpy as np
import pytest

from antiphon.compose.answer_features import features

pytestmark = pytest.mark.train


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    from antiphon_training.critic import trees

    monkeypatch.setattr(trees, "TREES", 20)


def toy_rows(number=400):
    """Rows whose second feature, and the sum of two others, say whether they are real."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(number, len(features.NAMES))).round(1).astype(np.float32)
    real = rows[:, 1] + 0.5 * rows[:, 2] * rows[:, 3] > 0.3
    return rows, real, rng.uniform(0.5, 2, number)


def test_numpy_says_what_scikit_learn_says():
    from antiphon_training.critic.trees import as_trees, boosted, said

    rows, real, weights = toy_rows()
    learners = [boosted(rows, real, weights, seed) for seed in range(2)]
    trees = as_trees(learners)
    assert trees.leaves.shape[0] == 40
    assert trees.log_odds(rows) == pytest.approx(said(learners, rows), abs=1e-5)
    told = (trees.log_odds(rows) > 0) == real
    assert told.mean() > 0.8


def test_a_threshold_between_two_float32_stays_between_them():
    from antiphon_training.critic.trees import _at_most

    low = np.float32(0.1)
    high = np.nextafter(low, np.float32(1))
    for threshold in (float(low), (float(low) + float(high)) / 2, float(high)):
        kept = np.float32(_at_most(threshold))
        for number in (low, high, np.nextafter(high, np.float32(1))):
            assert (number <= kept) == (float(number) <= threshold)


def test_trees_that_never_ask_are_leaves_all_the_same():
    from antiphon_training.critic.trees import as_trees, boosted, said

    rows = np.zeros((60, len(features.NAMES)), np.float32)
    learner = boosted(rows, np.arange(60) < 20, np.ones(60), 0)
    assert as_trees([learner]).log_odds(rows[:1]) == pytest.approx(said([learner], rows[:1]), abs=1e-6)
    assert float(as_trees([learner]).bias) == pytest.approx(np.log(0.5))
