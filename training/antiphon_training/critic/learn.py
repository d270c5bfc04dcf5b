"""A critic in two stages: the second learns from what the first would choose."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from antiphon.compose.critic import CriticTrees
from antiphon.errors import Failure
from antiphon_training.critic.pools import Measured, Pool
from antiphon_training.critic.trees import Learner, as_trees, boosted, said

Numbers = NDArray[np.float64]
FOLDS = 3
MOST_DIFFERENCE = 1e-4
FEWEST_POOLS = 30  # with fewer there is nothing to learn


@dataclass(frozen=True, slots=True)
class Learned:
    """A critic, and how well its first stage tells songs from answers on songs that it did not learn from.

    `auc`: the chance that of a true continuation and an answer it finds the true one the more real.
    """

    trees: CriticTrees
    auc: float


def learn(pools: Sequence[Pool], truths: Measured, random_seed: int) -> Learned:
    """A critic of pools of answers, and of further true continuations (M, F) without answers to them.

    The first stage says the odds that an answer is real; of a pool, one is drawn in proportion to them. The
    second stage weighs each answer by its chance to be drawn, as said by trees that learned from other pools.
    Raises Failure where there are too few pools, or where numpy and scikit-learn disagree on them.
    """
    if len(pools) < FEWEST_POOLS:
        raise Failure(f"a critic must have at least {FEWEST_POOLS} phrases to learn from, got {len(pools)}")
    even = [np.full(len(pool.ours), 1 / len(pool.ours)) for pool in pools]
    unseen = _unseen(pools, truths, even, random_seed)
    drawn = [shares(odds[1:]) for odds in unseen]
    learners = [
        _stage(pools, truths, even, random_seed),
        _stage(pools, truths, drawn, random_seed + 1),
    ]
    trees = as_trees(learners)
    _check_agreement(trees, learners, np.concatenate([pool.ours for pool in pools]))
    return Learned(trees, _auc(unseen))


def _stage(pools: Sequence[Pool], truths: Measured, chances: Sequence[Numbers], random_seed: int) -> Learner:
    """Trees that tell the true from ours; `chances` says how likely each answer of each pool is drawn."""
    true = np.concatenate([[pool.truth for pool in pools], truths])
    ours, drawn = np.concatenate([pool.ours for pool in pools]), np.concatenate(chances)
    real = np.arange(len(true) + len(ours)) < len(true)
    weights = np.concatenate([np.full(len(true), drawn.sum() / len(true)), drawn])
    return boosted(np.concatenate([true, ours]), real, weights, random_seed)


def _unseen(
    pools: Sequence[Pool], truths: Measured, chances: Sequence[Numbers], random_seed: int
) -> list[Numbers]:
    """For each pool the log odds of its truth and of its answers, by a stage that learned from others.

    The pools are in the order of their songs, so a song is in one fold.
    """
    found: list[Numbers] = []
    for fold in range(FOLDS):
        first, after = (place * len(pools) // FOLDS for place in (fold, fold + 1))
        learner = _stage(
            [*pools[:first], *pools[after:]], truths, [*chances[:first], *chances[after:]], random_seed
        )
        found += [said([learner], np.vstack([pool.truth, pool.ours])) for pool in pools[first:after]]
    return found


def shares(log_odds: Numbers) -> Numbers:
    """How likely each is drawn in proportion to its odds."""
    odds = np.exp(log_odds - log_odds.max())
    found: Numbers = odds / odds.sum()
    return found


def _auc(unseen: Sequence[Numbers]) -> float:
    real = np.concatenate([np.arange(len(odds)) == 0 for odds in unseen])
    return float(roc_auc_score(real, np.concatenate(unseen)))


def _check_agreement(trees: CriticTrees, learners: Sequence[Learner], rows: Measured) -> None:
    worst = float(np.abs(trees.log_odds(rows) - said(learners, rows)).max())
    if not worst <= MOST_DIFFERENCE:
        raise Failure(
            f"the critic in numpy and in scikit-learn differ by {worst:.2g} on answers, more than "
            f"{MOST_DIFFERENCE:g}; nothing was written"
        )
