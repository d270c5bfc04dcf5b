"""A model that thinks in notes and speaks in symbols: an LSTM over (symbol, length) pairs, stepped in numpy.

It hears a note once it is over, predicts which symbol follows, and once that is known how long it lasts. Step
by step this is read out as a hazard: the chance that a note ends now, having lasted until now. So what comes
out is what comes out of any model here: the next symbol's probabilities, summing to one.
"""

from dataclasses import dataclass

import numpy as np

from antiphon.compose.arrays import check_arrays, check_dimensions
from antiphon.compose.bar_likelihood import BarTables
from antiphon.compose.lstm import Floats, LstmState, Probabilities, prepared, softmax
from antiphon.compose.place import BAR_NUMBERS, NO_BARS, PLACES, Bars

LENGTHS = 33  # lengths of 1 … 32 steps, and of more
# Once a note is longer than the longest length, it ends with this chance at every further step.
_LATE_END = 1 / 16


@dataclass(frozen=True, slots=True)
class EventWeights:
    """Arrays of the network, float32. V symbols (the vocabulary's), U units, H units of the length's layer.

    Raises ValueError, naming the array, where shapes do not fit each other or a number is not finite.
    """

    symbol_embedding: Floats  # (V, a)
    length_embedding: Floats  # (LENGTHS + 1, b), row 0 before the first note
    place_embedding: Floats  # (PLACES, c)
    bar_embedding: Floats  # (BAR_NUMBERS, d)
    kernel: Floats  # (a + b + c + d, 4U), gates i f c o
    recurrent: Floats  # (U, 4U)
    bias: Floats  # (4U,)
    out_kernel: Floats  # (U, V)
    out_bias: Floats  # (V,)
    length_kernel: Floats  # (U + a + c, H)
    length_bias: Floats  # (H,)
    length_out_kernel: Floats  # (H, LENGTHS)
    length_out_bias: Floats  # (LENGTHS,)

    def __post_init__(self) -> None:
        tables = ("symbol_embedding", "length_embedding", "place_embedding", "bar_embedding")
        check_dimensions(self, (*tables, "recurrent"), 2)
        check_dimensions(self, ("length_bias",), 1)
        a, b, c, d = (table.shape[-1] for table in self.tables)
        units, hidden, symbols = self.recurrent.shape[0], self.length_bias.shape[0], self.symbols
        shapes = {
            "symbol_embedding": (symbols, a),
            "length_embedding": (LENGTHS + 1, b),
            "place_embedding": (PLACES, c),
            "bar_embedding": (BAR_NUMBERS, d),
            "kernel": (a + b + c + d, 4 * units),
            "recurrent": (units, 4 * units),
            "bias": (4 * units,),
            "out_kernel": (units, symbols),
            "out_bias": (symbols,),
            "length_kernel": (units + a + c, hidden),
            "length_bias": (hidden,),
            "length_out_kernel": (hidden, LENGTHS),
            "length_out_bias": (LENGTHS,),
        }
        check_arrays(self, shapes)

    @property
    def tables(self) -> tuple[Floats, Floats, Floats, Floats]:
        return self.symbol_embedding, self.length_embedding, self.place_embedding, self.bar_embedding

    @property
    def kind(self) -> str:
        return "events"

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])

    @property
    def symbols(self) -> int:
        return int(self.symbol_embedding.shape[0])


class EventModel:
    """The network with its state. `hold_id` and `end_id` are those of the vocabulary."""

    def __init__(self, weights: EventWeights, hold_id: int, end_id: int) -> None:
        self._hold_id, self._end_id = hold_id, end_id
        self._fold(weights)
        self.reset()

    def _fold(self, weights: EventWeights) -> None:
        """Each input is a row of a table: a table is multiplied with its share of the kernel here, once."""
        units = self._units = weights.units
        kernel = prepared(weights.kernel)
        ends = np.cumsum([0, *(table.shape[1] for table in weights.tables)])
        folded = [
            np.ascontiguousarray(table @ kernel[first:last])
            for table, first, last in zip(weights.tables, ends, ends[1:], strict=False)
        ]
        self._of_symbol, self._of_length, self._of_place, self._of_bar = folded
        self._of_symbol += prepared(weights.bias)
        self._recurrent = prepared(weights.recurrent)
        self._out_kernel, self._out_bias = weights.out_kernel, weights.out_bias.copy()
        self._out_bias[self._hold_id] = -np.inf  # no note begins with a hold
        width = weights.symbol_embedding.shape[1]
        self._length_kernel = np.ascontiguousarray(weights.length_kernel[:units])
        self._length_of_symbol = (
            weights.symbol_embedding @ weights.length_kernel[units : units + width] + weights.length_bias
        )
        self._length_of_place = weights.place_embedding @ weights.length_kernel[units + width :]
        self._length_out, self._length_out_bias = weights.length_out_kernel, weights.length_out_bias

    @property
    def bar_tables(self) -> BarTables:
        """What says how likely a phrase is at each place in the bar; it leaves this model's state alone."""
        return BarTables(
            self._of_symbol,
            self._of_length,
            self._of_place,
            self._of_bar,
            self._recurrent,
            self._out_kernel,
            self._out_bias,
            self._length_kernel,
            self._length_of_symbol,
            self._length_of_place,
            self._length_out,
            self._length_out_bias,
            self._end_id,
        )

    def reset(self, bars: Bars = NO_BARS) -> None:
        self._bars = bars
        self._step = 0  # of the melody, the one that is asked for next
        self._before = LstmState(self._units)  # after the last note that is over
        self._now = LstmState(self._units)  # if what sounds is over now
        self._symbol_id, self._age = self._end_id, 0
        self._ends: Probabilities = np.ones(LENGTHS)

    def step(self, symbol_id: int) -> Probabilities:
        """Hear a symbol; the next one's probabilities, shape (V,), summing to one. After `/`, a new song."""
        if symbol_id == self._end_id:
            self.reset(self._bars)
        elif symbol_id == self._hold_id:
            self._step += 1
            self._age += self._age > 0  # before the first note there is nothing to hold
        else:
            self._begin(symbol_id)
        return self._following()

    def _begin(self, symbol_id: int) -> None:
        """What sounded is over, and the state that was only supposed becomes the true one."""
        self._before, self._now = self._now, self._before
        self._ends = self._hazards(symbol_id)
        self._symbol_id, self._age, self._step = symbol_id, 1, self._step + 1

    def _hazards(self, symbol_id: int) -> Probabilities:
        """For each length the chance that a note of this symbol ends there, if it was not over before."""
        place, _ = self._bars.at(self._step)
        hidden = self._before.hidden @ self._length_kernel
        hidden += self._length_of_symbol[symbol_id]
        hidden += self._length_of_place[place]
        np.maximum(hidden, 0.0, out=hidden)
        chances = softmax(hidden @ self._length_out + self._length_out_bias)
        left = np.cumsum(chances[::-1])[::-1]
        # Where the network thinks it impossible that a note lasts so long, it ends.
        ends: Probabilities = np.divide(chances, left, out=np.ones(LENGTHS), where=left > 0)
        ends[-1] = _LATE_END
        return ends

    def _following(self) -> Probabilities:
        place, bar = self._bars.at(self._step)
        gates = self._before.hidden @ self._recurrent
        gates += self._of_symbol[self._symbol_id]
        gates += self._of_length[min(self._age, LENGTHS)]
        gates += self._of_place[place]
        gates += self._of_bar[bar]
        self._now.follow(self._before, gates)
        following = softmax(self._now.hidden @ self._out_kernel + self._out_bias)
        if self._age:
            over = self._ends[min(self._age, LENGTHS) - 1]
            following *= over
            following[self._hold_id] = 1.0 - over
        return following
