"""Gradient boosting of scikit-learn, and its trees as the arrays that a critic has at play time."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

from antiphon.compose.answer_features import features
from antiphon.compose.critic import CriticTrees

Rows = NDArray[np.float32]
Numbers = NDArray[np.float64]
Asked = NDArray[np.int64]
Learner: TypeAlias = GradientBoostingClassifier
TREES, DEPTH, RATE = 250, 4, 0.05


def boosted(rows: Rows, real: NDArray[np.bool_], weights: Numbers, random_seed: int) -> Learner:
    """Trees that tell real rows from the others. Friedman 2002, "Stochastic gradient boosting"."""
    learner = GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=0.5,
        max_features=0.12,
        min_samples_leaf=15,
        random_state=random_seed,
    )
    return learner.fit(rows, real, sample_weight=weights)


def as_trees(learners: Sequence[Learner]) -> CriticTrees:
    """The sum of what all of them say, as complete trees of one depth."""
    depth = max(learner.max_depth for learner in learners)
    found = [_complete(tree, depth, rate) for tree, rate in _trees(learners)]
    return CriticTrees(
        np.array(features.VERSION, np.int32),
        np.array([asked for asked, _, _ in found], np.int16),
        np.array([thresholds for _, thresholds, _ in found], np.float32),
        np.array([leaves for _, _, leaves in found], np.float32),
        np.array(sum(map(_bias, learners)), np.float32),
    )


def said(learners: Sequence[Learner], rows: Rows) -> Numbers:
    """The same by scikit-learn: log odds (N,)."""
    total: Numbers = np.sum([learner.decision_function(rows) for learner in learners], axis=0)
    return total


def _trees(learners: Sequence[Learner]) -> Iterator[tuple[Any, float]]:
    for learner in learners:
        for regressor in learner.estimators_[:, 0]:
            yield regressor.tree_, learner.learning_rate


def _bias(learner: Learner) -> float:
    """What it says before any tree: the log odds of the classes as they are weighed."""
    ours, real = learner.init_.class_prior_
    return math.log(real / ours)


def _complete(tree: Any, depth: int, rate: float) -> tuple[Asked, Numbers, Numbers]:
    """A tree of scikit-learn with each leaf brought down to the lowest level."""
    asked = np.zeros(2**depth - 1, np.int64)
    thresholds = np.full(2**depth - 1, np.inf)
    leaves = np.zeros(2**depth)

    def place(ours: int, theirs: int) -> None:
        left, right = tree.children_left[theirs], tree.children_right[theirs]
        if ours >= len(asked):
            leaves[ours - len(asked)] = rate * tree.value[theirs, 0, 0]
            return
        if left == right:  # a leaf: what is below says the same
            left = right = theirs
        else:
            asked[ours], thresholds[ours] = tree.feature[theirs], _at_most(tree.threshold[theirs])
        place(2 * ours + 1, left)
        place(2 * ours + 2, right)

    place(0, 0)
    return asked, thresholds, leaves


def _at_most(threshold: float) -> float:
    """The largest float32 that is not above it: of numbers in float32 the same ones are above."""
    nearest = np.float32(threshold)
    above = float(nearest) > threshold
    return float(np.nextafter(nearest, np.float32(-np.inf)) if above else nearest)
