"""A critic in two stages: the second learns from what the first would choose."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.critic import CriticTrees
from antiphon.errors import Failure
from antiphon_training.critic.pools import Measured, Pool
from antiphon_training.critic.trees import Learner, as_trees, boosted, said

Numbers = NDArray[np.float64]
FOLDS = 3
MOST_DIFFERENCE = 1e-4


def learn(pools: Sequence[Pool], random_seed: int) -> CriticTrees:
    """A critic of pools of answers. Raises Failure where numpy and scikit-learn disagree on them.

    The first stage gives the odds that an answer is real; of a pool, one is drawn in proportion to them. The
    second weighs our answers by their chance to be drawn. What chooses on some pools learned from the others.
    """
    first = _stage(pools, None, random_seed)
    second = _stage(pools, _chances(pools, random_seed), random_seed + 1)
    learners = [first, second]
    trees = as_trees(learners)
    rows = np.concatenate([pool.ours for pool in pools])
    _check_agreement(trees, learners, rows)
    return trees


def _stage(pools: Sequence[Pool], chances: Sequence[Numbers] | None, random_seed: int) -> Learner:
    """Tell the true from ours. `chances`: how likely each answer of each pool is drawn; alike unless given."""
    if chances is None:
        chances = [np.full(len(pool.ours), 1 / max(1, len(pool.ours))) for pool in pools]
    truths = np.array([pool.truth for pool in pools])
    ours = np.concatenate([pool.ours for pool in pools])
    drawn = np.concatenate(chances)
    of_truth = np.full(len(truths), drawn.sum() / len(truths))
    real = np.arange(len(truths) + len(ours)) < len(truths)
    weights = np.concatenate([of_truth, drawn])
    return boosted(np.concatenate([truths, ours]), real, weights, random_seed)


def _chances(pools: Sequence[Pool], random_seed: int) -> list[Numbers]:
    found: list[Numbers] = [np.empty(0)] * len(pools)
    for fold in range(FOLDS):
        inside = range(fold * len(pools) // FOLDS, (fold + 1) * len(pools) // FOLDS)
        others = [pool for place, pool in enumerate(pools) if place not in inside]
        learner = _stage(others, None, random_seed)
        for place in inside:
            found[place] = shares(said([learner], pools[place].ours)) if len(pools[place].ours) else np.empty(0)
    return found


def shares(log_odds: Numbers) -> Numbers:
    """How likely each is drawn in proportion to its odds."""
    odds = np.exp(log_odds - log_odds.max())
    found: Numbers = odds / odds.sum()
    return found


def _check_agreement(trees: CriticTrees, learners: Sequence[Learner], rows: Measured) -> None:
    worst = float(np.abs(trees.log_odds(rows) - said(learners, rows)).max())
    if not worst <= MOST_DIFFERENCE:
        raise Failure(
            f"the critic in numpy and in scikit-learn differ by {worst:.2g} on answers, more than "
            f"{MOST_DIFFERENCE:g}; nothing was written"
        )
