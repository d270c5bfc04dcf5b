"""What a player does again and again, told from chance: a linear regression that begins with "nothing".

Bayesian, with a normal prior on each coefficient (Bishop, Pattern Recognition and Machine Learning, 3.3). Few
or uneven observations leave the coefficients near 0. Older observations count less and less.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_Array = NDArray[np.float64]
# After so many more observations an earlier one counts half.
_HALF_LIFE = 96.0
# Of one group, an observation counts as if it were so many standard deviations from what is expected at most.
# That deviation comes from the median; it is taken to be this share of the prior's at least.
_OUTLYING, _OF_MEDIAN, _EVEN = 2.5, 1.4826, 0.05
_TURNS = 3  # what is expected and what is outlying depend on each other
# The prior of the noise counts as so many observations.
_PRIOR_COUNT = 4.0
# A group that the habit explains worse than a new one by so much (chi-squared, for each coefficient and in
# all) is of another habit: what was before is forgotten.
_CHANGED_EACH, _CHANGED = 4.0, 6.0


@dataclass(frozen=True, eq=False)
class Habit:
    """Coefficients of a linear model y = x · coefficients + noise. Begin with `Habit.none`.

    spreads   the standard deviation of each coefficient in the prior, shape (features,), in the unit of y
    noise     the standard deviation of an observation that the prior takes, in the unit of y
    """

    spreads: _Array
    noise: float
    _xx: _Array
    _xy: _Array
    _yy: float = 0.0
    _count: float = 0.0

    @classmethod
    def none(cls, spreads: Sequence[float] | _Array, noise: float) -> "Habit":
        """Nothing was heard."""
        features = len(spreads)
        return cls(np.array(spreads), noise, np.zeros((features, features)), np.zeros(features))

    def hear(self, x: _Array, y: _Array) -> "Habit":
        """With one more group of observations, x of shape (observations, features), y (observations,)."""
        if not len(y):
            return self
        alone = Habit.none(self.spreads, self.noise)._with(x, y)
        before = Habit.none(self.spreads, self.noise) if self._differs(alone, x, y) else self
        nearer = y
        for _ in range(_TURNS):
            expected = x @ before._with(x, nearer)._fitted
            middle = float(np.sort(np.abs(y - expected))[len(y) // 2])  # np.median takes ten times as long
            spread = _OF_MEDIAN * middle
            limit = _OUTLYING * max(spread, _EVEN * self.noise)
            nearer = expected + np.clip(y - expected, -limit, limit)
        return before._with(x, nearer)

    @cached_property
    def coefficients(self) -> _Array:
        """Those that explain what was heard; near 0 where chance explains it about as well; (features,).

        They are worked out when they are first asked for.
        """
        fitted = self._fitted
        variance = self._variance(fitted)
        scaled = np.diag(np.square(self.spreads)) @ self._xx / variance
        _, log_volume = np.linalg.slogdet(np.eye(len(fitted)) + scaled)
        log_odds = 0.5 * (float(fitted @ self._xy) / variance - float(log_volume))
        return np.asarray(fitted / (1.0 + math.exp(-min(max(log_odds, -50.0), 50.0))), np.float64)

    def _with(self, x: _Array, y: _Array) -> "Habit":
        kept = 0.5 ** (len(y) / _HALF_LIFE)
        return replace(
            self,
            _xx=x.T @ x + kept * self._xx,
            _xy=x.T @ y + kept * self._xy,
            _yy=float(y @ y) + kept * self._yy,
            _count=len(y) + kept * self._count,
        )

    def _differs(self, alone: "Habit", x: _Array, y: _Array) -> bool:
        """Whether a group, whose own habit is `alone`, is of another habit than what was before."""
        if self._count == 0.0:
            return False
        theirs = alone._fitted
        worse = float(np.sum((y - x @ self._fitted) ** 2) - np.sum((y - x @ theirs) ** 2))
        return worse > (_CHANGED + _CHANGED_EACH * len(theirs)) * alone._variance(theirs)

    @property
    def _fitted(self) -> _Array:
        """The coefficients most likely by prior and observations."""
        return self._solved(self._variance(self._solved(self.noise**2)))

    def _solved(self, variance: float) -> _Array:
        precision = self._xx + np.diag(variance / np.square(self.spreads))
        return np.asarray(np.linalg.solve(precision, self._xy), np.float64)

    def _variance(self, coefficients: _Array) -> float:
        """Of the noise, by prior and observations."""
        left = self._yy - 2 * float(coefficients @ self._xy) + float(coefficients @ self._xx @ coefficients)
        return (_PRIOR_COUNT * self.noise**2 + max(0.0, left)) / (_PRIOR_COUNT + self._count)
