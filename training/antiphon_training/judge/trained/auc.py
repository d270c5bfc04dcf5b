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
    """The area for the scores of true ones and of ours; none may be empty.

    It is worked out from the ranks of ours among all (Mann & Whitney 1947).
    """
    from scipy.stats import rankdata

    ranks, others, own = rankdata(np.concatenate([true, ours])), len(true), len(ours)
    return float((ranks[others:].sum() - own * (own + 1) / 2) / (others * own))


def area(true: Floats, ours: Floats, groups: Sequence[str]) -> Area:
    """The area with its 95 % interval; `groups` names for each pair of scores what it depends on.

    The interval is that of a bootstrap that draws whole groups (Efron & Tibshirani 1993, §13.3), since
    variants of one song are not independent. Raises ValueError where the numbers of scores differ or are 0.
    """
    if not len(true) == len(ours) == len(groups) or not len(true):
        raise ValueError(f"{len(true)} true scores, {len(ours)} of ours and {len(groups)} groups")
    rng = np.random.default_rng(0)
    names, own = np.unique(groups, return_inverse=True)
    found = []
    for _ in range(RESAMPLED):
        drawn = rng.integers(0, len(names), len(names))
        times = np.bincount(drawn, minlength=len(names))[own]
        found.append(auc(np.repeat(true, times), np.repeat(ours, times)))
    low, high = np.quantile(found, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Area(auc(true, ours), float(low), float(high), len(ours))
