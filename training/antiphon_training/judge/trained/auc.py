"""How well scores tell two sets apart: the area under the ROC curve, and how sure that is. Pure.

The area is the chance that one of the second set scores higher than one of the first, ties counting half
(Hanley & McNeil 1982): 0.5 means that the scores cannot tell, 1 that they always can.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLED = 1000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Area:
    """An area under the curve with the ends of its confidence interval, and how many answers it is of."""

    auc: float
    low: float
    high: float
    answers: int

    def __str__(self) -> str:
        return f"{self.auc:.3f} ({self.low:.3f}–{self.high:.3f})"


def auc(true: Floats, ours: Floats) -> float:
    """The area for the scores of true ones and of ours; none may be empty."""
    return _area(_order(true, ours), np.ones(len(true)), np.ones(len(ours)))


def area(true: Floats, ours: Floats, groups: Sequence[str]) -> Area:
    """The area with its 95 % interval; `groups` names for each pair of scores what it depends on.

    The interval is that of a bootstrap that draws whole groups (Efron & Tibshirani 1993, §13.3), since
    variants of one song are not independent. Raises ValueError where the numbers of scores differ or are 0.
    """
    if not len(true) == len(ours) == len(groups) or not len(true):
        raise ValueError(f"{len(true)} true scores, {len(ours)} of ours and {len(groups)} groups")
    order, rng = _order(true, ours), np.random.default_rng(0)
    names, own = np.unique(groups, return_inverse=True)
    found = []
    for _ in range(RESAMPLED):
        drawn = rng.integers(0, len(names), len(names))
        weights = np.bincount(drawn, minlength=len(names))[own].astype(np.float64)
        found.append(_area(order, weights, weights))
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    once = np.ones(len(true))
    return Area(_area(order, once, once), float(low), float(high), len(ours))


@dataclass(frozen=True, slots=True)
class _Order:
    """For each score the number of its value among the different ones, ascending."""

    true: NDArray[np.intp]
    ours: NDArray[np.intp]
    values: int


def _order(true: Floats, ours: Floats) -> _Order:
    values, places = np.unique(np.concatenate([true, ours]), return_inverse=True)
    return _Order(places[: len(true)], places[len(true) :], len(values))


def _area(order: _Order, true_weights: Floats, our_weights: Floats) -> float:
    of_true = np.bincount(order.true, true_weights, order.values)
    of_ours = np.bincount(order.ours, our_weights, order.values)
    below = np.cumsum(of_true) - of_true
    return float((of_ours * (below + of_true / 2)).sum() / (of_true.sum() * of_ours.sum()))
