"""A melody model at play time: an LSTM over symbols; a symbol in, the next one's probabilities out.

Knows nothing of files or training.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from antiphon.compose.context import Context
from antiphon.compose.lstm import Floats, LstmState, Probabilities, prepared, softmax
from antiphon.compose.place import NO_BARS, Bars

# Trained weights are below 100; with none beyond this no sum of them leaves what float32 can say.
LARGEST_WEIGHT = 1e4


def check_dimensions(holder: object, names: Sequence[str], dimensions: int) -> None:
    """Raises ValueError, naming the attribute, where an array has not so many dimensions."""
    for name in names:
        array: Floats = getattr(holder, name)
        if array.ndim != dimensions:
            raise ValueError(f"{name} must have shape ({', '.join('…' * dimensions)}), got {array.shape}")


def check_arrays(holder: object, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises ValueError, naming the attribute, where a shape is another or a number is no weight."""
    for name, shape in shapes.items():
        array: Floats = getattr(holder, name)
        if array.shape != shape:
            raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds a number that is not finite")
        if array.size and (largest := float(np.abs(array).max())) > LARGEST_WEIGHT:
            raise ValueError(f"{name} must hold numbers of at most {LARGEST_WEIGHT:g}, got {largest:g}")


@dataclass(frozen=True, slots=True)
class LstmWeights:
    """One LSTM layer and a softmax layer, in Keras's layout. V symbols, U units; all float32.

    Raises ValueError, naming the array, where shapes do not fit each other or a number is not finite.
    """

    kernel: Floats  # (V, 4U)
    recurrent: Floats  # (U, 4U)
    bias: Floats  # (4U,)
    out_kernel: Floats  # (U, V)
    out_bias: Floats  # (V,)

    def __post_init__(self) -> None:
        check_dimensions(self, ("kernel", "recurrent"), 2)
        symbols, units = self.kernel.shape[0], self.recurrent.shape[0]
        shapes = {
            "kernel": (symbols, 4 * units),
            "recurrent": (units, 4 * units),
            "bias": (4 * units,),
            "out_kernel": (units, symbols),
            "out_bias": (symbols,),
        }
        check_arrays(self, shapes)

    @property
    def kind(self) -> str:
        return "lstm"

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])

    @property
    def symbols(self) -> int:
        return int(self.kernel.shape[0])


class Model(Protocol):
    """What composing needs of a model: begin anew, then one symbol in, the next one's probabilities out.

    `bars` says where in the bar a new song's first symbol falls; a model may make use of it or not.
    """

    def reset(self, bars: Bars = NO_BARS) -> None: ...

    def step(self, symbol_id: int) -> Probabilities: ...


class _Layers:
    """The LSTM layer with its state, and the softmax layer: about one pass over the weights a symbol."""

    def __init__(self, weights: LstmWeights) -> None:
        self._inputs = prepared(weights.kernel + weights.bias)  # (V, 4U)
        self._recurrent = prepared(weights.recurrent)  # (U, 4U)
        self._out_kernel = np.ascontiguousarray(weights.out_kernel)  # (U, V)
        self._out_bias = weights.out_bias
        self._state = LstmState(weights.units)
        self._gates = np.zeros(4 * weights.units, np.float32)

    def reset(self) -> None:
        self._state.reset()

    def feed(self, symbol_id: int) -> None:
        """Move the state on by one symbol."""
        np.dot(self._state.hidden, self._recurrent, out=self._gates)
        self._gates += self._inputs[symbol_id]
        self._state.follow(self._state, self._gates)

    def probabilities(self) -> Probabilities:
        """The next symbol's probabilities, shape (V,), summing to one."""
        return softmax(self._state.hidden @ self._out_kernel + self._out_bias)


class StreamModel:
    """State carried on for as long as the music lasts; every step costs the same."""

    def __init__(self, weights: LstmWeights) -> None:
        self._layers = _Layers(weights)

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - never learned of bars
        self._layers.reset()

    def step(self, symbol_id: int) -> Probabilities:
        self._layers.feed(symbol_id)
        return self._layers.probabilities()


class WindowModel:
    """The last `length` symbols from a zero state at every step: what the seed recipe trains and asks for.

    A melody shorter than the window is preceded by `padding_id`, as in training.
    """

    def __init__(self, weights: LstmWeights, length: int, padding_id: int) -> None:
        if length < 1:
            raise ValueError(f"a window must be 1 symbol or more, got {length}")
        self._layers = _Layers(weights)
        self._length = length
        self._padding_id = padding_id
        self.reset()

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - never learned of bars
        self._window = deque([self._padding_id] * self._length, maxlen=self._length)

    def step(self, symbol_id: int) -> Probabilities:
        self._window.append(symbol_id)
        self._layers.reset()
        for past_id in self._window:
            self._layers.feed(past_id)
        return self._layers.probabilities()


def build(weights: LstmWeights, context: Context, window_length: int, end_id: int) -> Model:
    """A model that hears either the whole stream or a window of it."""
    if context == "window":
        return WindowModel(weights, window_length, end_id)
    return StreamModel(weights)


def prime(model: Model, symbol_ids: Iterable[int], end_id: int, bars: Bars = NO_BARS) -> Probabilities:
    """Begin anew after a song's end, hear `symbol_ids`, and give the probabilities of what follows."""
    model.reset(bars)
    following = model.step(end_id)
    for symbol_id in symbol_ids:
        following = model.step(symbol_id)
    return following
