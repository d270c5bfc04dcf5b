"""What several melodies that are stepped side by side are told of their form: `Form.rows` for many at once.

Where a melody's parallel place lies in what all of them share, and nothing begins there, all are told the
same. That is worked out once for each step. Elsewhere it depends on each melody's own notes. Pure.
"""

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.form import FORM_INPUTS, LIKE_AFTER, Form
from antiphon.compose.place import Bars
from antiphon.compose.side_by_side.ages import Ints, classes_of

_LIKE = np.array(LIKE_AFTER, np.int64)


class ToldRows:
    """So many rows that go on from step `first` for at most `steps` steps, after the notes and rests `onsets`
    and `ids`.

    told    (steps, FORM_INPUTS) what every row is told at a step, where `alike` (steps,) says that it is so
    """

    def __init__(
        self,
        form: Form,
        grid: EventGrid,
        first: int,
        onsets: Sequence[int],
        ids: Sequence[int],
        rows: int,
        steps: int,
    ) -> None:
        self._form, self._grid, self._first = form, grid, first
        self._parallel_to_first = first - form.phrase_steps
        self.told: Ints = np.zeros((steps, FORM_INPUTS), np.int64)
        self.alike: NDArray[np.bool_] = np.ones(steps, np.bool_)
        self._known_until = onsets[-1] if onsets else -1
        # Of what was heard, what sounds from the first's parallel place on counts, and a few events before.
        kept = max(0, bisect_right(onsets, self._parallel_to_first) - 1 - len(LIKE_AFTER))
        heard = len(onsets) - kept
        self._onsets, self._ids = np.zeros((2, rows, heard + steps), np.int64)
        self._onsets[:, :heard], self._ids[:, :heard] = onsets[kept:], ids[kept:]
        self._events: Ints = np.full(rows, heard)
        # Which event sounds at each step from that place on; −1 before all.
        there = np.arange(self._parallel_to_first, first + steps)
        sounding = np.searchsorted(self._onsets[0, :heard], there, "right") - 1
        self._sounding: Ints = np.repeat(sounding[None], rows, axis=0)

    def prepare(self, some: slice, bars: Bars) -> None:
        """Work out what all rows are told at these steps, counted from the first."""
        at = np.arange(some.start, some.stop)
        left, quarter = self._form.left, self._grid.steps_per_quarter
        self.told[some, 0] = [left(step, bars, quarter) for step in (self._first + at).tolist()]
        if not self._form.phrase_steps:
            return
        shared = self._parallel_to_first + at < self._known_until
        self.alike[some] = shared
        if shared.any():
            at = at[shared]
            self.told[at, 1:] = self._parallel(np.zeros_like(at), at)
            self.alike[at] = self.told[at, 3] <= 1

    def of(self, rows: Ints, at: Ints) -> Ints:
        """What each of these rows is told, if a note or rest begins there next (A, FORM_INPUTS)."""
        told = self.told[at]
        if len(other := np.flatnonzero(~self.alike[at])):
            told[other, 1:] = self._parallel(rows[other], at[other])
        return told

    def _parallel(self, rows: Ints, at: Ints) -> Ints:
        """What each of these rows did one phrase before: (A, 3), the last columns of `FormRows`."""
        place, there = self._sounding[rows, at], self._parallel_to_first + at
        known = place >= 0
        following = np.minimum(place + 1, self._onsets.shape[1] - 1)
        goes_on = place + 1 >= self._events[rows]
        ends = np.where(goes_on, self._first + at, self._onsets[rows, following])
        found = np.zeros((len(rows), FORM_INPUTS - 1), np.int64)
        found[:, 0] = 1 + self._ids[rows, place]
        found[:, 1] = 1 + classes_of(self._grid, ends - there)
        found[:, 2] = 1
        begun = np.flatnonzero(known & (self._onsets[rows, place] == there))
        found[begun, 2] = self._like(rows[begun], place[begun])
        found[~known] = 0
        return found

    def _like(self, rows: Ints, place: Ints) -> Ints:
        """After how many events in a row, like those before `place`, something begins there."""
        back = np.arange(1, len(LIKE_AFTER))
        row, now, then = rows[:, None], self._events[rows][:, None] - back, place[:, None] - back
        same = (then >= 0) & (self._ids[row, now] == self._ids[row, then])
        same &= self._onsets[row, now] - self._onsets[row, then] == self._form.phrase_steps
        found: Ints = _LIKE[np.cumprod(same, axis=1).sum(axis=1)]
        return found

    def hear(self, rows: Ints, at: Ints, ids: Ints) -> None:
        """A note or a rest begins in each of these rows."""
        if not self._form.phrase_steps:
            return
        events = self._events[rows]
        self._onsets[rows, events], self._ids[rows, events] = self._first + at, ids
        self._events[rows] = events + 1
        first = at + self._form.phrase_steps
        for row, begins, event in zip(rows.tolist(), first.tolist(), events.tolist(), strict=True):
            self._sounding[row, begins:] = event
