"""Several melodies stepped side by side by one network of events: one product of matrices for all of them.

Each row goes its own way from where the model is. Rows need not be at the same step. While what sounds in a
row is held, the network stays as it is: so a row can be asked at several of its next steps at once.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.bar_likelihood import BarTables
from antiphon.compose.form import Form
from antiphon.compose.lstm import Floats, Probabilities
from antiphon.compose.place import Bars
from antiphon.compose.side_by_side.ages import Ages, Ints
from antiphon.compose.side_by_side.told_rows import ToldRows
from antiphon.slices import Sliced

Number = TypeVar("Number", np.float32, np.float64)
# Once a note is longer than the longest length, it ends with this chance at every further sixteenth.
_LATE_END = 1 / 16
# The chance that a note ends where it has no length of the table: a player may do so, the model does not.
OFF_TABLE_END = 1e-6
# Of so many steps it is worked out in one part what is told of them.
_STEPS_A_PART = 64


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
    steps        how many they have at most
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
        self._tables, self._bars, self._hold_id = tables, state.bars, hold_id
        self.first, self.steps = state.step, steps
        self._forms, grid = forms, tables.grid
        self.onsets = [list(state.onsets) for _ in range(rows)]
        self.ids = [list(state.ids) for _ in range(rows)]
        self._told = ToldRows(state.form, grid, state.step, state.onsets, state.ids, rows, steps)
        self.ages: Ints = np.full(rows, state.age)
        self._steps: Ints = np.full(rows, state.step)
        self._carry = _many(state.carry, rows)
        base = state.hidden @ tables.recurrent + tables.of_symbol[state.symbol_id]
        self._base = _many(base, rows)
        # For each class of lengths; where no length of the table is; where nothing sounds.
        self._ends = _many(np.append(state.ends, (OFF_TABLE_END, 1.0)), rows)
        self._places = np.zeros((steps, 3), np.int64)  # each its place, its bar, its place in a quarter
        self._of_step, self._known = np.zeros((steps, len(base)), np.float32), np.zeros(steps, np.bool_)
        ages = self.by_age = Ages(grid, state.age + steps)
        self._length_row, self._end_column = ages.classes + 1, ages.classes.copy()
        self._end_column[~ages.may_end] = grid.classes
        self._length_row[0], self._end_column[0] = 0, grid.classes + 1

    def prepare(self) -> Sliced[None]:
        """Work out, in small parts, what the rows share."""
        for first in range(0, self.steps, _STEPS_A_PART):
            some = slice(first, min(first + _STEPS_A_PART, self.steps))
            steps = range(self.first + some.start, self.first + some.stop)
            self._places[some] = [(*self._bars.at(step), self._bars.within_quarter(step)) for step in steps]
            if self._forms.of_form:
                self._told.prepare(some, self._bars)
            yield

    def _know(self, at: Ints) -> None:
        """Work out what the network says of these steps, where that was not asked before."""
        asked = np.zeros(self.steps, np.bool_)
        asked[at] = True
        steps = np.flatnonzero(asked & ~self._known)
        if not len(steps):
            return
        tables = self._tables
        place, bar, within = self._places[steps].T
        of_step = tables.of_place[place]
        of_step += tables.of_bar[bar]
        of_step += tables.of_within[within]
        if self._forms.of_form:
            alike = self._told.alike[steps]
            of_step[alike] += self._of_form(self._told.told[steps[alike]])
        self._of_step[steps], self._known[steps] = of_step, True

    def expected(self, rows: Ints, ahead: Ints) -> Probabilities:
        """The next symbol's probabilities in each of these rows, shape (A, V), once what sounds there was
        held for so many steps more (A,). A row may be asked several times."""
        tables = self._tables
        hidden, _, _ = self._over(rows, ahead)
        following = _softmax(hidden @ tables.out_kernel + tables.out_bias)
        over = self.ends(rows, ahead)
        following *= over[:, None]
        following[:, self._hold_id] += 1.0 - over
        return following

    def ends(self, rows: Ints, ahead: Ints) -> Probabilities:
        """The chance that what sounds in each of these rows ends then, if it is held for so many steps."""
        found: Probabilities = self._ends[rows, self._end_column[self.ages_after(rows, ahead)]]
        return found

    def _over(self, rows: Ints, ahead: Ints) -> tuple[Floats, Floats, Ints]:
        """The network's state after what sounds in these rows, if it ends then: hidden and carry (A, U), and
        what is told of the form there (A, FORM_INPUTS)."""
        units, at = self._tables.units, self._steps[rows] - self.first + ahead
        told = self._told.of(rows, at)
        self._know(at)
        gates = self._base[rows]
        gates += self._of_step[at]
        gates += self._tables.of_length[self._length_row[self.ages_after(rows, ahead)]]
        if len(other := np.flatnonzero(~self._told.alike[at])):
            gates[other] += self._of_form(told[other])
        np.tanh(gates, out=gates)
        sigmoids = gates[:, : 3 * units]
        sigmoids += 1.0
        sigmoids *= 0.5
        carry = self._carry[rows]
        carry *= gates[:, units : 2 * units]
        carry += gates[:, :units] * gates[:, 3 * units :]
        hidden = np.tanh(carry)
        hidden *= gates[:, 2 * units : 3 * units]
        return hidden, carry, told

    def begin(self, rows: Ints, ids: Ints) -> Sliced[None]:
        """A note or a rest begins in these rows: what sounded there is over; in two parts."""
        tables = self._tables
        hidden, self._carry[rows], told = self._over(rows, np.zeros_like(rows))
        yield
        self._base[rows] = hidden @ tables.recurrent + tables.of_symbol[ids]
        places = self._places[self._steps[rows] - self.first]
        inner = hidden @ tables.length_kernel
        inner += tables.length_of_symbol[ids]
        inner += tables.length_of_place[places[:, 0]]
        inner += tables.length_of_within[places[:, 2]]
        for number, table in enumerate(self._forms.length_of_form):
            inner += table[told[:, number]]
        np.maximum(inner, 0.0, out=inner)
        self._ends[rows, : tables.grid.classes] = hazards(
            _softmax(inner @ tables.length_out + tables.length_out_bias)
        )
        self._told.hear(rows, self._steps[rows] - self.first, ids)
        for row, step, symbol_id in zip(rows.tolist(), self._steps[rows].tolist(), ids.tolist(), strict=True):
            self.onsets[row].append(step)
            self.ids[row].append(symbol_id)
        self.ages[rows] = 1
        self._steps[rows] += 1

    def _of_form(self, told: Ints) -> Floats:
        """What the network makes of what is told: (A, 4U)."""
        found = np.zeros((len(told), self._of_step.shape[1]), np.float32)
        for table, rows in zip(self._forms.of_form, told.T, strict=True):
            found += table[rows]
        return found

    def hold(self, rows: Ints, steps: Ints) -> None:
        """What sounds goes on for so many steps in each of these rows."""
        self._steps[rows] += steps
        self.ages[rows] += np.where(self.ages[rows] > 0, steps, 0)

    def ages_after(self, rows: Ints, ahead: Ints) -> Ints:
        """For how many steps what sounds in these rows will have sounded then; 0 where nothing does yet."""
        ages = self.ages[rows]
        return np.where(ages > 0, ages + ahead, 0)


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
