"""Two stages: the second looks for what the first would still choose."""

import numpy as np
import pytest

from antiphon.compose.answer_features import features
from antiphon.errors import Failure
from antiphon_training.critic.pools import Pool

pytestmark = pytest.mark.train
TELLING = 5  # the feature that tells


def toy_pools(number, answers=4):
    """True continuations have one feature above 0, most of our answers below."""
    rng = np.random.default_rng(0)
    for _ in range(number):
        rows = rng.normal(size=(1 + answers, len(features.NAMES))).astype(np.float32)
        rows[0, TELLING] = abs(rows[0, TELLING])
        rows[1:, TELLING] -= 0.8
        yield Pool(rows[0], rows[1:])


NO_MORE = np.empty((0, len(features.NAMES)), np.float32)


def test_what_is_real_is_told_on_pools_that_were_not_seen(monkeypatch):
    from antiphon_training.critic import trees
    from antiphon_training.critic.learn import learn

    monkeypatch.setattr(trees, "TREES", 30)
    pools = list(toy_pools(150))
    learned = learn(pools[:100], np.array([pool.truth for pool in pools[100:]]), 0)
    assert 0.7 < learned.auc < 1.0
    assert len(learned.trees.leaves) == 60
    row = np.zeros((2, len(features.NAMES)), np.float32)
    row[:, TELLING] = -1, 1
    low, high = learned.trees.log_odds(row)
    assert high > low + 1


def test_the_same_pools_and_seed_give_the_same_critic(monkeypatch):
    from antiphon_training.critic import trees
    from antiphon_training.critic.learn import learn

    monkeypatch.setattr(trees, "TREES", 5)
    one, other = (learn(list(toy_pools(40)), NO_MORE, 3).trees for _ in range(2))
    assert (one.leaves == other.leaves).all()
    assert (one.asked == other.asked).all()


def test_a_few_phrases_are_too_few():
    from antiphon_training.critic.learn import learn

    with pytest.raises(Failure, match="at least 30 phrases to learn from, got 7"):
        learn(list(toy_pools(7)), NO_MORE, 0)


def test_a_critic_that_disagrees_is_not_written(monkeypatch):
    from antiphon_training.critic import learn as module
    from antiphon_training.critic import trees

    monkeypatch.setattr(trees, "TREES", 5)
    monkeypatch.setattr(module, "MOST_DIFFERENCE", -1.0)
    with pytest.raises(Failure, match=r"in numpy and in scikit-learn differ by .* nothing was written"):
        module.learn(list(toy_pools(40)), NO_MORE, 0)


def test_shares_are_the_odds_of_each():
    from antiphon_training.critic.learn import shares

    assert shares(np.log([1.0, 3.0, 4.0])) == pytest.approx([1 / 8, 3 / 8, 4 / 8])
    assert shares(np.array([900.0, -900.0])) == pytest.approx([1, 0])
