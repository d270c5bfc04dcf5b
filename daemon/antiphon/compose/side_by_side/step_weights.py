"""What the probabilities of each step are multiplied with before a draw. Pure."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.lstm import Probabilities
from antiphon.compose.side_by_side.ages import Ints

Factors = NDArray[np.float64]
# Gives factors (V,) on the probabilities of a step that is counted from where candidates are composed, and
# the pitch before it. For the same step and pitch they are always the same.
FactorsOf = Callable[[int, int | None], Factors]


class StepWeights:
    """The factors of each of so many steps times `weights` (V,), each looked up once; `by_pitch`: they are
    others where the pitch before is another.

    others   (K,) of each of the K different ones the highest weight of all but the hold, to that of the hold
    """

    def __init__(
        self, factors: FactorsOf, by_pitch: bool, steps: int, weights: Probabilities, hold_id: int
    ) -> None:
        self._factors, self._weights, self._hold_id = factors, weights, hold_id
        self._by_pitch = by_pitch
        self._of_step: Ints = np.full(steps, -1)
        self._places: dict[tuple[int, int | None], int] = {}
        self._alike: dict[int, tuple[int, Factors]] = {}  # many steps have the same factors
        self._table: Probabilities = np.zeros((8, len(weights)))
        self.others: Probabilities = np.zeros(8)

    def places(self, steps: Ints, last_pitches: Sequence[int | None]) -> Ints:
        """The rows of the table for these steps and the pitches before them: (A,)."""
        if not self._by_pitch:
            for step in sorted(set(steps[self._of_step[steps] < 0].tolist())):
                self._of_step[step] = self._place(self._factors(step, None))
            return self._of_step[steps]
        known, asked = self._places, list(zip(steps.tolist(), last_pitches, strict=True))
        for one in asked:
            if one not in known:
                known[one] = self._place(self._factors(*one))
        return np.array([known[one] for one in asked], np.int64)

    def at(self, places: Ints) -> Probabilities:
        """The weights at these rows of the table, (A, V)."""
        return self._table[places]

    def _place(self, factors: Factors) -> int:
        if (known := self._alike.get(id(factors))) is not None:
            return known[0]
        number = len(self._alike)
        self._alike[id(factors)] = number, factors
        if number == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
            self.others = np.concatenate([self.others, np.zeros_like(self.others)])
        row = self._table[number] = factors * self._weights
        hold = row[self._hold_id]
        self.others[number] = np.delete(row, self._hold_id).max() / hold if hold > 0 else np.inf
        return number
