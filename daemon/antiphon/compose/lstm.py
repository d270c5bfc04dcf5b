"""One step of LSTM layers one above another, and the softmax, in numpy. Knows nothing of files or training.

The arithmetic is Keras's (gates i, f, c, o; sigmoid and tanh), so a trained network gives the same numbers
here to within rounding. The sigmoid is computed as (1 + tanh(x/2))/2, so that one tanh serves all four gates.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Probabilities = NDArray[np.float64]


def prepared(gates: Floats) -> Floats:
    """Columns (…, 4U) of weights as `LstmState.follow` wants them: i f c o → i f o c, sigmoids halved.

    Halving is exact in binary, so it is done here once and not at each step.
    """
    units = gates.shape[-1] // 4
    order = np.r_[0 : 2 * units, 3 * units : 4 * units, 2 * units : 3 * units]
    halved = np.where(np.arange(4 * units) < 3 * units, np.float32(0.5), np.float32(1.0))
    return np.ascontiguousarray(gates[..., order] * halved)


class LstmState:
    """What an LSTM layer remembers; `hidden` and `carry` have shape (U,), with `rows` (R, U)."""

    def __init__(self, units: int, rows: tuple[int, ...] = ()) -> None:
        self.hidden: Floats = np.zeros((*rows, units), np.float32)
        self.carry: Floats = np.zeros((*rows, units), np.float32)

    def reset(self) -> None:
        """The beginning of a song."""
        self.hidden.fill(0.0)
        self.carry.fill(0.0)

    def follow(self, before: "LstmState", gates: Floats) -> None:
        """Become the state after `before`, which may be this one; `gates` (…, 4U), prepared, are used up."""
        units = self.hidden.shape[-1]
        np.tanh(gates, out=gates)
        sigmoids = gates[..., : 3 * units]
        sigmoids += 1.0
        sigmoids *= 0.5
        np.multiply(before.carry, gates[..., units : 2 * units], out=self.carry)
        self.carry += gates[..., :units] * gates[..., 3 * units :]
        np.tanh(self.carry, out=self.hidden)
        self.hidden *= gates[..., 2 * units : 3 * units]


def softmax(logits: NDArray[np.floating[Any]]) -> Probabilities:
    """Shape (V,), in double precision, summing to one."""
    wide = logits.astype(np.float64)
    wide -= wide.max()
    np.exp(wide, out=wide)
    wide /= wide.sum()
    return wide
