"""A melody model at play time: an LSTM over symbols; a symbol in, the next one's probabilities out.

Knows nothing of files or training.
"""

from collections.abc import Iterable
from typing import Protocol

from antiphon.compose.context import Context
from antiphon.compose.form import Form
from antiphon.compose.layers import Layers
from antiphon.compose.lstm import Floats, Probabilities
from antiphon.compose.lstm_weights import SymbolWeights
from antiphon.compose.place import NO_BARS, Bars


class Model(Protocol):
    """What composing needs of a model: begin anew, hear a symbol, say how likely each symbol is next.

    `bars` says where in the bar a new song's first symbol falls; a model may make use of it or not. A model
    that may be asked for less than it hears puts off what it computes until it is asked.
    """

    def reset(self, bars: Bars = NO_BARS) -> None: ...

    def hear(self, symbol_id: int) -> None: ...

    def hear_holds(self, hold_id: int, steps: int) -> None:
        """Hear so many holds."""
        for _ in range(steps):
            self.hear(hold_id)

    def expected(self) -> Probabilities:
        """The next symbol's probabilities, shape (V,), summing to one; some symbol was heard."""
        ...

    @property
    def must_hold(self) -> bool:
        """Whether what sounds cannot end now, so that a hold follows and nothing need be asked."""
        return False

    @property
    def knows_form(self) -> bool:
        """Whether `tell` makes a difference."""
        return False

    def tell(self, form: Form) -> None:  # noqa: ARG002 - only some know forms
        """The melody that is under way has this form, from the next symbol on; `reset` forgets it."""
        return

    def step(self, symbol_id: int) -> Probabilities:
        """Hear a symbol; the next one's probabilities."""
        self.hear(symbol_id)
        return self.expected()


class StreamModel(Model):
    """State carried on for as long as the music lasts; every step costs the same."""

    def __init__(self, weights: SymbolWeights) -> None:
        self._layers = Layers(weights)

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - never learned of bars
        self._layers.reset()

    def hear(self, symbol_id: int) -> None:
        self._layers.feed(symbol_id)

    def expected(self) -> Probabilities:
        return self._layers.probabilities()


class WindowModel(Model):
    """The last `length` symbols from a zero state at every step: what the seed recipe trains and asks for.

    A melody shorter than the window is preceded by `padding_id`, as in training. There are `length` states,
    each begun one symbol after the one before it. All of them hear each symbol, in one product of matrices;
    the one that has heard `length` symbols is asked, and begins anew at the next symbol. The numbers are
    those of going through the window again.
    """

    def __init__(self, weights: SymbolWeights, length: int, padding_id: int) -> None:
        if length < 1:
            raise ValueError(f"a window must be 1 symbol or more, got {length}")
        self._length = length
        self._layers = Layers(weights, (length,))
        self._silent = Layers(weights)
        self._begin = _after_padding(weights, length, padding_id)
        self.reset()

    def reset(self, bars: Bars = NO_BARS) -> None:  # noqa: ARG002 - never learned of bars
        for state, (hidden, carry) in zip(self._layers.states, self._begin, strict=True):
            state.hidden[:], state.carry[:] = hidden, carry
        self._row, self._full = 0, False

    def hear(self, symbol_id: int) -> None:
        if self._full:
            self._layers.copy_row((self._row,), self._silent)
            self._row = (self._row + 1) % self._length
        self._layers.feed(symbol_id)
        self._full = True

    def expected(self) -> Probabilities:
        return self._layers.probabilities((self._row,))


def _after_padding(weights: SymbolWeights, length: int, padding_id: int) -> list[tuple[Floats, Floats]]:
    """The states (hidden, carry) of each layer at a song's start, one row for each place in the window.

    Row k is asked after k + 1 symbols of the song, so it has heard `padding_id` length − 1 − k times.
    """
    windows, padding = Layers(weights, (length,)), Layers(weights)
    for row in reversed(range(length)):
        windows.copy_row((row,), padding)
        padding.feed(padding_id)
    return [(state.hidden, state.carry) for state in windows.states]


def build(weights: SymbolWeights, context: Context, window_length: int, end_id: int) -> Model:
    """A model that hears either the whole stream or a window of it."""
    if context == "window":
        return WindowModel(weights, window_length, end_id)
    return StreamModel(weights)


def prime(model: Model, symbol_ids: Iterable[int], end_id: int, bars: Bars = NO_BARS) -> Probabilities:
    """Begin anew after a song's end, hear `symbol_ids`, and give the probabilities of what follows."""
    model.reset(bars)
    for symbol_id in (end_id, *symbol_ids):
        model.hear(symbol_id)
    return model.expected()
