"""Several melodies stepped side by side by one network of events: one product of matrices for all of them.

Each row goes its own way from where the model is. Rows need not be at the same step: of each only the next
symbol is asked for, and of a note that cannot end yet nothing is.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.bar_likelihood import BarTables
from antiphon.compose.event_grid import EventGrid
from antiphon.compose.form import FORM_INPUTS, Form, FormRows
from antiphon.compose.lstm import Floats, Probabilities
from antiphon.compose.place import Bars
from antiphon.timebase import steps_of_sixteenths

Ints = NDArray[np.int64]
Number = TypeVar("Number", np.float32, np.float64)
# Once a note is longer than the longest length, it ends with this chance at every further sixteenth.
_LATE_END = 1 / 16
# The chance that a note ends where it has no length of the table: a player may do so, the model does not.
OFF_TABLE_END = 1e-6


@dataclass(frozen=True, slots=True)
class FormTables:
    """What a network says of each of the rows that `FormRows` names: (…, 4U), and (…, H) for the lengths.

    Both are empty for a network that knows no forms.
    """

    of_form: tuple[Floats, ...]
    length_of_form: tuple[NDArray[np.floating[Any]], ...]


@dataclass(frozen=True, slots=True)
class EventState:
    """Where a model of events is in its melody.

    step         the one that is asked for next
    hidden, carry  (U,) after the last note or rest that is over
    symbol_id, age   what sounds, and for how many steps; age 0 before the first note
    ends         (L,) for each class of lengths the chance that it ends there, if it was not over before
    onsets, ids  of its notes and rests so far
    """

    bars: Bars
    form: Form
    step: int
    hidden: Floats
    carry: Floats
    symbol_id: int
    age: int
    ends: Probabilities
    onsets: tuple[int, ...]
    ids: tuple[int, ...]


class EventRows:
    """So many rows, all at `state`; none goes on for more than `steps` steps.

    first        the step that they begin at
    onsets, ids  of each row the notes and rests so far
    """

    def __init__(
        self,
        tables: BarTables,
        forms: FormTables,
        state: EventState,
        hold_id: int,
        rows: int,
        steps: int,
    ) -> None:
        self._tables, self._bars, self._hold_id, self.first = tables, state.bars, hold_id, state.step
        self._forms, self._form = forms, state.form
        self.onsets = [list(state.onsets) for _ in range(rows)]
        self.ids = [list(state.ids) for _ in range(rows)]
        self._heard_until = state.onsets[-1] if state.onsets else -1
        self._told: Ints = np.zeros((rows, FORM_INPUTS), np.int64)
        self._told_at: dict[int, FormRows] = {}  # where nothing began at the parallel place
        self.ages: Ints = np.full(rows, state.age)
        self._steps: Ints = np.full(rows, state.step)
        self._hidden, self._carry = _many(state.hidden, rows), _many(state.carry, rows)
        self._over_hidden, self._over_carry = np.empty_like(self._hidden), np.empty_like(self._carry)
        base = state.hidden @ tables.recurrent + tables.of_symbol[state.symbol_id]
        self._base, self._ends = _many(base, rows), _many(state.ends, rows)
        self._places = np.zeros((steps + 1, 2), np.int64)  # of each step: its place, and that in its quarter
        self._of_step = np.zeros((steps + 1, len(base)), np.float32)
        self._known = np.zeros(steps + 1, bool)
        self._lengths = LengthTables(tables.grid)

    def expected(self, rows: Ints) -> Probabilities:
        """The next symbol's probabilities in each of these rows, shape (R, V)."""
        tables, units = self._tables, self._tables.units
        at, ages = self._at(rows), self.ages[rows]
        classes = self._lengths.classes(ages)
        gates = self._base[rows]
        gates += self._of_step[at]
        gates += tables.of_length[np.where(ages > 0, classes + 1, 0)]
        if self._forms.of_form:
            self._told[rows] = told = np.array([self._tell(row) for row in rows.tolist()])
            for number, table in enumerate(self._forms.of_form):
                gates += table[told[:, number]]
        np.tanh(gates, out=gates)
        sigmoids = gates[:, : 3 * units]
        sigmoids += 1.0
        sigmoids *= 0.5
        carry = self._carry[rows] * gates[:, units : 2 * units]
        carry += gates[:, :units] * gates[:, 3 * units :]
        hidden = np.tanh(carry) * gates[:, 2 * units : 3 * units]
        self._over_carry[rows], self._over_hidden[rows] = carry, hidden
        following = _softmax(hidden @ tables.out_kernel + tables.out_bias)
        over = np.where(self._lengths.may_end(ages), self._ends[rows, classes], OFF_TABLE_END)
        over = np.where(ages > 0, over, 1.0)
        following *= over[:, None]
        following[:, self._hold_id] += 1.0 - over
        return following

    def begin(self, rows: Ints, ids: Ints) -> None:
        """A note or a rest begins in rows that were asked: what sounded there is over."""
        tables = self._tables
        hidden = self._over_hidden[rows]
        self._hidden[rows], self._carry[rows] = hidden, self._over_carry[rows]
        self._base[rows] = hidden @ tables.recurrent + tables.of_symbol[ids]
        places = self._places[self._at(rows)]
        inner = hidden @ tables.length_kernel
        inner += tables.length_of_symbol[ids]
        inner += tables.length_of_place[places[:, 0]]
        inner += tables.length_of_within[places[:, 1]]
        for number, table in enumerate(self._forms.length_of_form):
            inner += table[self._told[rows, number]]
        np.maximum(inner, 0.0, out=inner)
        self._ends[rows] = hazards(_softmax(inner @ tables.length_out + tables.length_out_bias))
        for row, step, symbol_id in zip(rows.tolist(), self._steps[rows].tolist(), ids.tolist(), strict=True):
            self.onsets[row].append(step)
            self.ids[row].append(symbol_id)
        self.ages[rows] = 1
        self._steps[rows] += 1

    def _tell(self, row: int) -> FormRows:
        """What is told of the form where the next note or rest of a row begins."""
        step = int(self._steps[row])
        if step in self._told_at:
            return self._told_at[step]
        told = self._form.rows(step, self.onsets[row], self.ids[row], self._bars, self._tables.grid)
        if told.like <= 1 and step - self._form.phrase_steps < self._heard_until:  # it is so in every row
            self._told_at[step] = told
        return told

    def hold(self, rows: Ints, steps: Ints) -> None:
        """What sounds goes on for so many steps in each of these rows."""
        self._steps[rows] += steps
        self.ages[rows] += np.where(self.ages[rows] > 0, steps, 0)

    def until_end(self, rows: Ints) -> Ints:
        """For how many steps from now on what sounds cannot end."""
        ages = self.ages[rows]
        return np.where(ages > 0, self._lengths.next_end(ages) - ages, 0)

    def _at(self, rows: Ints) -> Ints:
        """Where the rows are, in steps from the first; what the tables say of those steps is known then."""
        at: Ints = self._steps[rows] - self.first
        for step in set(at[~self._known[at]].tolist()):
            place, bar = self._bars.at(self.first + step)
            within = self._bars.within_quarter(self.first + step)
            tables = self._tables
            self._places[step] = place, within
            self._of_step[step] = tables.of_place[place] + tables.of_bar[bar] + tables.of_within[within]
            self._known[step] = True
        return at


class LengthTables:
    """What a grid says of lengths, for many of them at once. Beyond its table a note ends on sixteenths."""

    def __init__(self, grid: EventGrid) -> None:
        self._longest, self._sixteenth = grid.lengths[-1], steps_of_sixteenths(1, grid.steps_per_quarter)
        self._classes = np.array([grid.class_of(age) for age in range(self._longest + 2)], np.int64)
        ends = np.array(grid.lengths, np.int64)
        self._next = ends[np.searchsorted(ends, np.arange(self._longest + 1))]

    def classes(self, ages: Ints) -> Ints:
        found: Ints = self._classes[np.minimum(ages, self._longest + 1)]
        return found

    def next_end(self, ages: Ints) -> Ints:
        """The first age, from each of these on, at which a note may end."""
        beyond = -(-ages // self._sixteenth) * self._sixteenth
        within = self._next[np.minimum(ages, self._longest)]
        return np.where(ages > self._longest, beyond, within)

    def may_end(self, ages: Ints) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.next_end(ages) == ages
        return found


def hazards(chances: Probabilities) -> Probabilities:
    """From how likely each length is, shape (…, L), to the chance that a note that lasted so long ends."""
    left = np.cumsum(chances[..., ::-1], axis=-1)[..., ::-1]
    # Where the network thinks it impossible that a note lasts so long, it ends.
    ends: Probabilities = np.divide(chances, left, out=np.ones_like(chances), where=left > 0)
    ends[..., -1] = _LATE_END
    return ends


def _softmax(logits: NDArray[np.floating[Any]]) -> Probabilities:
    wide = logits.astype(np.float64)
    wide -= wide.max(axis=1, keepdims=True)
    np.exp(wide, out=wide)
    wide /= wide.sum(axis=1, keepdims=True)
    return wide


def _many(row: NDArray[Number], rows: int) -> NDArray[Number]:
    return np.repeat(row[None], rows, axis=0)
