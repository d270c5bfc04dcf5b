"""How likely a phrase is at each place in the bar, by a network that knows bars. Pure.

All places are followed side by side, as rows of one state, so that another place costs little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.lstm import Floats
from antiphon.compose.place import Bars
from antiphon.slices import Sliced

LogLikelihoods = NDArray[np.float64]
# So many places are followed in one slice: below half a millisecond in most cases.
_ROWS = 8


@dataclass(frozen=True, slots=True)
class HeardEvent:
    """A note or a rest of a phrase: its symbol's id, and its length in steps; `over`: it has ended."""

    symbol_id: int
    steps: int
    over: bool = True


@dataclass(frozen=True, slots=True)
class BarTables:
    """What a network of events is made of, each table of inputs multiplied with its share of the kernel.

    V symbols, U units, H units of the length's layer, L classes of lengths, S steps in a quarter. Gates are
    as `lstm.prepared` gives them.
    """

    of_symbol: Floats  # (V, 4U)
    of_length: Floats  # (L + 1, 4U), row 0 before the first note
    of_place: Floats  # (PLACES, 4U)
    of_bar: Floats  # (BAR_NUMBERS, 4U)
    of_within: Floats  # (S + 1, 4U)
    recurrent: Floats  # (U, 4U)
    out_kernel: Floats  # (U, V)
    out_bias: Floats  # (V,)
    length_kernel: Floats  # (U, H)
    length_of_symbol: Floats  # (V, H)
    length_of_place: Floats  # (PLACES, H)
    length_of_within: Floats  # (S + 1, H)
    length_out: Floats  # (H, L)
    length_out_bias: Floats  # (L,)
    end_id: int
    grid: EventGrid

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])


def log_likelihoods(
    tables: BarTables, events: Sequence[HeardEvent], places: Sequence[Bars]
) -> Sliced[LogLikelihoods]:
    """The natural logarithm of how likely a phrase is in each of these bars, shape (len(places),)."""
    found = np.zeros(len(places))
    for first in range(0, len(places), _ROWS):
        rows = _Rows(tables, places[first : first + _ROWS])
        for event in events:
            rows.hear(event)
            yield
        found[first : first + _ROWS] = rows.found
    return found


class _Rows:
    """The network's state in several bars at once; `found` (N,) is how likely each is so far."""

    def __init__(self, tables: BarTables, places: Sequence[Bars]) -> None:
        self._tables, self._places = tables, places
        self._carry: Floats = np.zeros((len(places), tables.units), np.float32)
        self._hidden: Floats = np.zeros((len(places), tables.units), np.float32)
        self._step, self._symbol_id, self._length = 0, tables.end_id, 0  # the length's row in its table
        self.found: LogLikelihoods = np.zeros(len(places))

    def hear(self, event: HeardEvent) -> None:
        tables = self._tables
        ids = np.array([(*place.at(self._step), place.within_quarter(self._step)) for place in self._places])
        self._follow(ids)
        self.found += _log_softmax(self._hidden @ tables.out_kernel + tables.out_bias)[:, event.symbol_id]
        self.found += self._log_length(event, ids)
        self._symbol_id, self._length = event.symbol_id, tables.grid.class_of(event.steps) + 1
        self._step += event.steps

    def _follow(self, ids: NDArray[np.int64]) -> None:
        """The state after the last event, as `LstmState.follow` has it, in every row."""
        tables, units = self._tables, self._tables.units
        gates = self._hidden @ tables.recurrent
        gates += tables.of_symbol[self._symbol_id] + tables.of_length[self._length]
        gates += tables.of_place[ids[:, 0]]
        gates += tables.of_bar[ids[:, 1]]
        gates += tables.of_within[ids[:, 2]]
        np.tanh(gates, out=gates)
        sigmoids = gates[:, : 3 * units]
        sigmoids += 1.0
        sigmoids *= 0.5
        self._carry = self._carry * gates[:, units : 2 * units] + gates[:, :units] * gates[:, 3 * units :]
        self._hidden = np.tanh(self._carry) * gates[:, 2 * units : 3 * units]

    def _log_length(self, event: HeardEvent, ids: NDArray[np.int64]) -> LogLikelihoods:
        """Of an event's length; where it is not over yet, of this length or a longer one."""
        tables = self._tables
        hidden = self._hidden @ tables.length_kernel
        hidden += tables.length_of_symbol[event.symbol_id]
        hidden += tables.length_of_place[ids[:, 0]]
        hidden += tables.length_of_within[ids[:, 2]]
        np.maximum(hidden, 0.0, out=hidden)
        logs = _log_softmax(hidden @ tables.length_out + tables.length_out_bias)
        index = tables.grid.class_of(event.steps)
        if event.over:
            chance: LogLikelihoods = logs[:, index]
            return chance
        longer: LogLikelihoods = np.log(np.exp(logs[:, index:]).sum(axis=1) + 1e-12)
        return longer


def _log_softmax(logits: NDArray[np.floating[Any]]) -> LogLikelihoods:
    wide: LogLikelihoods = logits.astype(np.float64)
    wide -= wide.max(axis=1, keepdims=True)
    wide -= np.log(np.exp(wide).sum(axis=1, keepdims=True))
    return wide
