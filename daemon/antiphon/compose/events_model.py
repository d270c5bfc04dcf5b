"""A model that thinks in notes and speaks in symbols: an LSTM over (symbol, length) pairs, stepped in numpy.

It hears a note once it is over, predicts which symbol follows, and once that is known how long it lasts. Step
by step this is read out as a hazard: the chance that a note ends now, having lasted until now. So what comes
out is what comes out of any model here: the next symbol's probabilities, summing to one.

Nothing is computed for a hold that is only heard: on a fine grid most are.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from antiphon.compose.bar_likelihood import BarTables
from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.form import NO_FORM, Form, FormRows
from antiphon.compose.lstm import Floats, LstmState, Probabilities, prepared, softmax
from antiphon.compose.model import Model
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.side_by_side.event_rows import OFF_TABLE_END, EventRows, EventState, FormTables, hazards


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
