"""LSTM layers one above another with their states, and the softmax: a symbol in, probabilities out."""

import numpy as np

from antiphon.compose.lstm import Floats, LstmState, Probabilities, prepared, softmax
from antiphon.compose.lstm_weights import SymbolWeights


class Layers:
    """The layers of a network over symbols: about one pass over the weights a symbol.

    `rows` of songs or windows can be heard at once, each with a state of its own.
    """

    def __init__(self, weights: SymbolWeights, rows: tuple[int, ...] = ()) -> None:
        first, *above = weights.layers
        self._inputs = prepared(first.kernel + first.bias)  # (V, 4U)
        self._above = [(prepared(layer.kernel), prepared(layer.bias)) for layer in above]
        self._recurrent = [prepared(layer.recurrent) for layer in weights.layers]
        self._out_kernel = np.ascontiguousarray(weights.out_kernel)  # (U, V)
        self._out_bias = weights.out_bias
        self.states = [LstmState(layer.units, rows) for layer in weights.layers]
        self._gates: list[Floats] = [
            np.zeros((*rows, 4 * layer.units), np.float32) for layer in weights.layers
        ]

    def reset(self) -> None:
        for state in self.states:
            state.reset()

    def feed(self, symbol_id: int) -> None:
        """Move every state on by one symbol."""
        for place, (state, gates) in enumerate(zip(self.states, self._gates, strict=True)):
            np.dot(state.hidden, self._recurrent[place], out=gates)
            gates += self._inputs[symbol_id] if place == 0 else self._from_below(place)
            state.follow(state, gates)

    def _from_below(self, place: int) -> Floats:
        kernel, bias = self._above[place - 1]
        heard: Floats = self.states[place - 1].hidden @ kernel
        heard += bias
        return heard

    def probabilities(self, row: tuple[int, ...] = ()) -> Probabilities:
        """The next symbol's probabilities in one row, shape (V,), summing to one."""
        return softmax(self.states[-1].hidden[row] @ self._out_kernel + self._out_bias)

    def copy_row(self, row: tuple[int, ...], source: "Layers") -> None:
        """One row goes on from the state of `source`, which hears one song."""
        for state, other in zip(self.states, source.states, strict=True):
            state.hidden[row], state.carry[row] = other.hidden, other.carry
