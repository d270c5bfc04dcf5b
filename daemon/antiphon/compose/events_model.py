"""A model that thinks in notes and speaks in symbols: an LSTM over (symbol, length) pairs, stepped in numpy.

It hears a note once it is over, predicts which symbol follows, and once that is known how long it lasts. Step
by step this is read out as a hazard: the chance that a note ends now, having lasted until now. So what comes
out is what comes out of any model here: the next symbol's probabilities, summing to one.

Nothing is computed for a hold that is only heard: on a fine grid most are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from antiphon.compose.arrays import check_arrays, check_dimensions
from antiphon.compose.bar_likelihood import BarTables
from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.form import LEFT_ROWS, LIKE_ROWS, NO_FORM, Form, FormRows
from antiphon.compose.lstm import Floats, LstmState, Probabilities, prepared, softmax
from antiphon.compose.model import Model
from antiphon.compose.place import BAR_NUMBERS, NO_BARS, PLACES, Bars
from antiphon.compose.side_by_side.event_rows import OFF_TABLE_END, EventRows, EventState, FormTables, hazards
from antiphon.timebase import STEPS_PER_QUARTER

FORM_TABLES = ("left_embedding", "parallel_embedding", "lasting_embedding", "like_embedding")


def _no_table() -> Floats:
    return np.zeros((1, 0), np.float32)


@dataclass(frozen=True, slots=True)
class EventWeights:
    """Arrays of the network, float32. V symbols (the vocabulary's), U units, H units of the length's layer,
    L classes of lengths, S steps in a quarter.

    A network of sixteenths has no `within_embedding`: its places in the bar say all. One that was never told
    of forms has none of the tables from `left_embedding` on. Raises ValueError, naming the array, where
    shapes do not fit each other or a number is not finite.
    """

    symbol_embedding: Floats  # (V, a)
    length_embedding: Floats  # (L + 1, b), row 0 before the first note
    place_embedding: Floats  # (PLACES, c)
    bar_embedding: Floats  # (BAR_NUMBERS, d)
    kernel: Floats  # (a + b + c + d + e + f + g + h + i, 4U), gates i f c o
    recurrent: Floats  # (U, 4U)
    bias: Floats  # (4U,)
    out_kernel: Floats  # (U, V)
    out_bias: Floats  # (V,)
    length_kernel: Floats  # (U + a + c + e + f + g + h + i, H)
    length_bias: Floats  # (H,)
    length_out_kernel: Floats  # (H, L)
    length_out_bias: Floats  # (L,)
    within_embedding: Floats = field(  # (S + 1, e), row 0 where the bars are not known
        default_factory=lambda: np.zeros((STEPS_PER_QUARTER + 1, 0), np.float32)
    )
    # What `FormRows` are rows of; row 0 of each where nothing is known.
    left_embedding: Floats = field(default_factory=_no_table)  # (LEFT_ROWS, f)
    parallel_embedding: Floats = field(default_factory=_no_table)  # (V + 1, g)
    lasting_embedding: Floats = field(default_factory=_no_table)  # (L + 1, h)
    like_embedding: Floats = field(default_factory=_no_table)  # (LIKE_ROWS, i)

    def __post_init__(self) -> None:
        tables = ("symbol_embedding", "length_embedding", "place_embedding", "bar_embedding")
        check_dimensions(self, (*tables, "recurrent", "within_embedding", *FORM_TABLES), 2)
        check_dimensions(self, ("length_bias", "length_out_bias"), 1)
        a, b, c, d, e, *told = (table.shape[-1] for table in self.tables)
        units, hidden, symbols = self.recurrent.shape[0], self.length_bias.shape[0], self.symbols
        lengths = self.lengths
        shapes = {
            "symbol_embedding": (symbols, a),
            "length_embedding": (lengths + 1, b),
            "place_embedding": (PLACES, c),
            "bar_embedding": (BAR_NUMBERS, d),
            "kernel": (a + b + c + d + e + sum(told), 4 * units),
            "recurrent": (units, 4 * units),
            "bias": (4 * units,),
            "out_kernel": (units, symbols),
            "out_bias": (symbols,),
            "length_kernel": (units + a + c + e + sum(told), hidden),
            "length_bias": (hidden,),
            "length_out_kernel": (hidden, lengths),
            "length_out_bias": (lengths,),
            "within_embedding": (self.steps_per_quarter + 1, e),
        }
        rows = (LEFT_ROWS, symbols + 1, lengths + 1, LIKE_ROWS)
        for name, count, width in zip(FORM_TABLES, rows, told, strict=True):
            shapes[name] = (count if width else 1, width)
        check_arrays(self, shapes)

    @property
    def tables(self) -> tuple[Floats, ...]:
        """The tables of inputs, in the order of their shares of the kernel."""
        return (
            self.symbol_embedding,
            self.length_embedding,
            self.place_embedding,
            self.bar_embedding,
            self.within_embedding,
            *self.form_tables,
        )

    @property
    def form_tables(self) -> tuple[Floats, Floats, Floats, Floats]:
        """The tables of what is told of a form, in the order of `FormRows`; empty where nothing is."""
        return self.left_embedding, self.parallel_embedding, self.lasting_embedding, self.like_embedding

    @property
    def knows_form(self) -> bool:
        return any(table.size for table in self.form_tables)

    @property
    def lengths(self) -> int:
        """How many classes of lengths the network tells apart."""
        return int(self.length_out_bias.shape[0])

    @property
    def steps_per_quarter(self) -> int:
        return int(self.within_embedding.shape[0]) - 1

    @property
    def kind(self) -> str:
        return "events"

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])

    @property
    def symbols(self) -> int:
        return int(self.symbol_embedding.shape[0])


class EventModel(Model):
    """The network with its state. `hold_id` and `end_id` are the vocabulary's, `grid` the network's."""

    def __init__(
        self, weights: EventWeights, hold_id: int, end_id: int, grid: EventGrid = SIXTEENTHS
    ) -> None:
        self._hold_id, self._end_id, self._grid = hold_id, end_id, grid
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
        self._of_symbol, self._of_length, self._of_place, self._of_bar, self._of_within, *told = folded
        self._of_symbol += prepared(weights.bias)
        self._recurrent = prepared(weights.recurrent)
        self._out_kernel, self._out_bias = weights.out_kernel, weights.out_bias.copy()
        self._out_bias[self._hold_id] = -np.inf  # no note begins with a hold
        heard = (weights.symbol_embedding, weights.place_embedding, weights.within_embedding)
        tables = [*heard, *weights.form_tables]
        ends = np.cumsum([units, *(table.shape[1] for table in tables[:-1])])
        of_hidden, of_symbol, of_place, of_within, *of_form = np.split(weights.length_kernel, ends)
        self._length_kernel = np.ascontiguousarray(of_hidden)
        self._length_of_symbol = weights.symbol_embedding @ of_symbol + weights.length_bias
        self._length_of_place = weights.place_embedding @ of_place
        self._length_of_within = weights.within_embedding @ of_within
        self._length_out, self._length_out_bias = weights.length_out_kernel, weights.length_out_bias
        # A model that was never told of forms has nothing to add for them.
        self._of_form = told if weights.knows_form else []
        pairs = zip(weights.form_tables, of_form, strict=True) if weights.knows_form else ()
        self._length_of_form = [table @ share for table, share in pairs]

    @property
    def bar_tables(self) -> BarTables:
        """What says how likely a phrase is at each place in the bar; it leaves this model's state alone.

        Of a form nothing is known there, which is the same at each event.
        """
        return self._tables(
            self._of_symbol + sum(table[0] for table in self._of_form),
            self._length_of_symbol + sum(table[0] for table in self._length_of_form),
        )

    def _tables(self, of_symbol: Floats, length_of_symbol: Floats) -> BarTables:
        return BarTables(
            of_symbol,
            self._of_length,
            self._of_place,
            self._of_bar,
            self._of_within,
            self._recurrent,
            self._out_kernel,
            self._out_bias,
            self._length_kernel,
            length_of_symbol,
            self._length_of_place,
            self._length_of_within,
            self._length_out,
            self._length_out_bias,
            self._end_id,
            self._grid,
        )

    @property
    def grid(self) -> EventGrid:
        return self._grid

    def rows(self, rows: int, steps: int, form: Form) -> EventRows:
        """Melodies of a form that go on from here for at most `steps` steps; this model stays here."""
        return self.rows_from_here(form)(rows, steps)

    def rows_from_here(self, form: Form) -> Callable[[int, int], EventRows]:
        """The same, to be made later: what it is called with is how many, and the steps."""
        before = self._before
        state = EventState(
            self._bars,
            form,
            self._step,
            before.hidden.copy(),
            before.carry.copy(),
            self._symbol_id,
            self._age,
            self._ends,
            tuple(self._onsets),
            tuple(self._ids),
        )
        form_tables = FormTables(tuple(self._of_form), tuple(self._length_of_form))
        tables = self._tables(self._of_symbol, self._length_of_symbol)
        return partial(EventRows, tables, form_tables, state, self._hold_id)

    @property
    def knows_form(self) -> bool:
        return bool(self._of_form)

    def tell(self, form: Form) -> None:
        self._form, self._supposed = form, False

    def reset(self, bars: Bars = NO_BARS) -> None:
        self._bars, self._form = bars, NO_FORM
        self._onsets: list[int] = []  # of the notes and rests so far
        self._ids: list[int] = []
        self._told = FormRows()  # at the step that is asked for next, once that is supposed
        self._step = 0  # of the melody, the one that is asked for next
        self._before = LstmState(self._units)  # after the last note that is over
        self._now = LstmState(self._units)  # if what sounds is over now …
        self._supposed = False  # … once that is computed
        self._symbol_id, self._age = self._end_id, 0
        self._ends: Probabilities = np.ones(self._grid.classes)

    def hear(self, symbol_id: int) -> None:
        """After `/`, a new song begins."""
        if symbol_id == self._end_id:
            self.reset(self._bars)
        elif symbol_id == self._hold_id:
            self.hear_holds(symbol_id, 1)
        else:
            self._begin(symbol_id)

    def hear_holds(self, hold_id: int, steps: int) -> None:  # noqa: ARG002 - it is the network's
        self._step += steps
        self._age += steps * (self._age > 0)  # before the first note there is nothing to hold
        self._supposed = False

    @property
    def must_hold(self) -> bool:
        return self._age > 0 and not self._grid.may_end(self._age)

    def expected(self) -> Probabilities:
        self._suppose()
        following = softmax(self._now.hidden @ self._out_kernel + self._out_bias)
        if self._age:
            known = not self.must_hold
            over = self._ends[self._grid.class_of(self._age)] if known else OFF_TABLE_END
            following *= over
            following[self._hold_id] = 1.0 - over
        return following

    def _begin(self, symbol_id: int) -> None:
        """What sounded is over, and the state that was only supposed becomes the true one."""
        self._suppose()
        self._before, self._now = self._now, self._before
        self._ends = self._hazards(symbol_id)
        self._onsets.append(self._step)
        self._ids.append(symbol_id)
        self._symbol_id, self._age, self._step = symbol_id, 1, self._step + 1
        self._supposed = False

    def _hazards(self, symbol_id: int) -> Probabilities:
        """For each length the chance that a note of this symbol ends there, if it was not over before."""
        place, _ = self._bars.at(self._step)
        hidden = self._before.hidden @ self._length_kernel
        hidden += self._length_of_symbol[symbol_id]
        hidden += self._length_of_place[place]
        hidden += self._length_of_within[self._bars.within_quarter(self._step)]
        for table, row in zip(self._length_of_form, self._told, strict=False):
            hidden += table[row]
        np.maximum(hidden, 0.0, out=hidden)
        chances = softmax(hidden @ self._length_out + self._length_out_bias)
        return hazards(chances)

    def _suppose(self) -> None:
        """The state if what sounds is over now."""
        if self._supposed:
            return
        place, bar = self._bars.at(self._step)
        gates = self._before.hidden @ self._recurrent
        gates += self._of_symbol[self._symbol_id]
        gates += self._of_length[self._grid.class_of(self._age) + 1 if self._age else 0]
        gates += self._of_place[place]
        gates += self._of_bar[bar]
        gates += self._of_within[self._bars.within_quarter(self._step)]
        if self._of_form:
            self._told = self._form.rows(self._step, self._onsets, self._ids, self._bars, self._grid)
        for table, row in zip(self._of_form, self._told, strict=False):
            gates += table[row]
        self._now.follow(self._before, gates)
        self._supposed = True
