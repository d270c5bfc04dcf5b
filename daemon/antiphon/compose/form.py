"""The form that a melody is to have: where it ends, and how long its phrases are. As rows of tables. Pure.

How a composer uses it. A model hears the phrase without a form. Before it is asked for the answer's first
symbol, `Model.tell(form)` (or `Melody.tell`) says the form; from then on the model hears at each event how
much is left, and what the melody did one phrase earlier. `Form` counts in the model's steps from the
melody's first step, as `hear` does: where the phrase is heard in `until` steps and the answer lasts `steps`,
its end is `until + steps`. `Model.reset`, and `/`, forget the form: the next song has none (`NO_FORM`).
`Model.knows_form` says whether a model has these inputs; one that has none ignores what it is told.

To step several melodies side by side, keep for each the onsets and ids of its events, and ask
`Form.rows(step, onsets, ids, bars, grid)` for each; the rows are those of the four tables `EventWeights` ends
with, in that order.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.place import Bars

# What is left of a melody, in quarters: each of these is the upper bound of a class; beyond, by bars.
_QUARTERS_LEFT = (0, 0.25, 0.5, 0.75, 1, *(0.5 * halves for halves in range(3, 17)))
_MOST_BARS_LEFT = 24
_BAR_WITHOUT_METER = 4  # quarters
_WAYS_LEFT = len(_QUARTERS_LEFT) + _MOST_BARS_LEFT
# Row 0: not known; then until a close, then until an open end.
LEFT_ROWS = 1 + 2 * _WAYS_LEFT
# How the melody was like itself one phrase earlier up to now. 0: not known; 1: nothing began there; then:
# something began there, after so many events in a row that were the same: 0, 1, 2, 3 or 4, more.
LIKE_AFTER = (2, 3, 4, 5, 5, 6)
LIKE_ROWS = 7
FORM_INPUTS = 4


class FormRows(NamedTuple):
    """Rows of the tables of a model that knows forms; 0 is "not known" in each.

    left      how much is left until the end, a close or an open one; below LEFT_ROWS
    parallel  1 + the id of the symbol that sounds or begins one phrase earlier
    lasting   1 + the class of how long that goes on from there
    like      below LIKE_ROWS, as above
    """

    left: int = 0
    parallel: int = 0
    lasting: int = 0
    like: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """What a model is told of a melody's form, in its steps; each of it may be not known.

    end_step     the melody's end, counted from its first step; None: not known
    open_end     whether it only pauses there; else it closes
    phrase_steps how far back the parallel place lies, as a rule whole bars: from the answer's first bar line
                 to that of the phrase; 0: not known

    Raises ValueError for a length below 0.
    """

    end_step: int | None = None
    open_end: bool = False
    phrase_steps: int = 0

    def __post_init__(self) -> None:
        if self.phrase_steps < 0:
            raise ValueError(f"a phrase must be 0 steps or more, got {self.phrase_steps}")

    def rows(
        self, step: int, onsets: Sequence[int], ids: Sequence[int], bars: Bars, grid: EventGrid
    ) -> FormRows:
        """What is told where the next note or rest begins, at `step`.

        `onsets` and `ids` are those of the events so far, ascending; each lasts until the next one, the last
        until `step`.
        """
        left = self.left(step, bars, grid.steps_per_quarter)
        there = step - self.phrase_steps
        if not self.phrase_steps or not onsets or there < onsets[0]:
            return FormRows(left)
        place = bisect_right(onsets, there) - 1
        end = onsets[place + 1] if place + 1 < len(onsets) else step
        like = 1
        if onsets[place] == there:
            like = LIKE_AFTER[min(self._alike(place, onsets, ids), len(LIKE_AFTER) - 1)]
        return FormRows(left, 1 + ids[place], 1 + grid.class_of(end - there), like)

    def left(self, step: int, bars: Bars, steps_per_quarter: int) -> int:
        """The row that says how much is left at a step."""
        if self.end_step is None or step > self.end_step or (self.open_end and step == self.end_step):
            return 0
        left = self.end_step - step
        kind = bisect_left(_QUARTERS_LEFT, left / steps_per_quarter)
        if kind == len(_QUARTERS_LEFT):
            bar = bars.steps or _BAR_WITHOUT_METER * steps_per_quarter
            kind += min(-(-left // bar), _MOST_BARS_LEFT) - 1
        return 1 + kind + self.open_end * _WAYS_LEFT

    def _alike(self, place: int, onsets: Sequence[int], ids: Sequence[int]) -> int:
        """How many events before now, in a row, are those before `place`; at most as many as matter."""
        found = 0
        for now in range(len(onsets) - 1, len(onsets) - len(LIKE_AFTER), -1):
            then = place - (len(onsets) - now)
            same = now >= 0 and then >= 0 and ids[now] == ids[then]
            if not same or onsets[now] - onsets[then] != self.phrase_steps:
                return found
            found += 1
        return found


NO_FORM = Form()


def answer_form(offset_steps: int, bar_steps: int, start: int, end: int | None, closes: bool) -> Form:
    """The form of a melody that a phrase begins and an answer from `start` to `end` ends; `end` None: without
    end.

    The melody begins `offset_steps` after its first bar line, as in `Bars`. The answer's first bar lies
    parallel to the phrase's first bar. It closes as a song does, or has an open end.
    """
    bars = max(1, round((start + offset_steps) / bar_steps))
    return Form(end, end is not None and not closes, bars * bar_steps)
