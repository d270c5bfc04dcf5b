"""How loud a memory is beside the network: louder where it foresees what is heard, and the network does not.

The weights of a memory are fitted to songs that the network knows well. A phrase in another style surprises
the network, and then what was played before is the better guide. So one factor on all that the memory says is
learned anew in each phrase, by gradient, on its logarithm.
"""

import math

from antiphon.compose.lstm import Probabilities

# How fast the logarithm of the factor follows, and its limits. Rates from 0.3 to 1.2 need the fewest bits,
# within 1 %, on 98 voices of songs 261–420 of POP909 (Wang et al. 2020) and 100 validation songs of `all`.
_RATE = 0.3
_LEAST, _MOST = math.log(0.5), math.log(32.0)


class Loudness:
    """Follows the notes and rests of one phrase."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A phrase begins; nothing is known of it."""
        self._log = 0.0

    @property
    def factor(self) -> float:
        """What the memory's weights are multiplied with: 0.5–32, and 1 at the beginning."""
        return math.exp(self._log)

    @property
    def strangeness(self) -> float:
        """How foreign the phrase is to the network: 0 where the memory is at most twice as loud, below 1."""
        return max(0.0, 1.0 - 2.0 / self.factor)

    def hear(self, symbol_id: int, expected: Probabilities, added: Probabilities) -> None:
        """A symbol is heard. The network gave each `expected` (V,), summing to 1; the memory adds `added`."""
        right, total = self.factor * float(added[symbol_id]), self.factor * float(added.sum())
        share = right / (float(expected[symbol_id]) + right) if right else 0.0
        slope = share - total / (1.0 + total)
        self._log = min(max(self._log + _RATE * slope, _LEAST), _MOST)
