"""Candidates: several ways in which a melody may go on, composed side by side in small parts.

Each has a source of chance of its own, so what it becomes does not depend on how many there are beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.guards import Guards
from antiphon.compose.sampling import Draw, SamplingSettings, copied
from antiphon.compose.side_by_side.ages import Ints
from antiphon.compose.side_by_side.candidate_rows import CandidateRows, Symbols
from antiphon.compose.side_by_side.copies import Beats, Copy
from antiphon.compose.side_by_side.event_rows import EventRows
from antiphon.compose.side_by_side.memory_rows import MemoryRows
from antiphon.compose.side_by_side.step_weights import FactorsOf
from antiphon.slices import Job, Sliced, finish

# So many go on side by side, those first that are least far.
_ROWS_AT_ONCE = 16

# Ranks several answers, each the ids of its steps, in small parts: gives their numbers, the chosen one first.
# The last of them are copies of what was played; the weights are theirs.
Rank = Callable[[Sequence[Ints], Sequence[float]], Sliced[Sequence[int]]]
# Works out copies of what was played, in small parts.
Copies = Callable[[], Sliced[list[Copy]]]


def no_copies() -> Sliced[list[Copy]]:
    """Nothing that was played comes once more as it is."""
    yield from ()
    return []


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of candidates.

    count       how many
    steps       of the model, that each has; fewer where it ends the song
    factors     on the probabilities of each step
    chance      the source of chance of each candidate
    rank        ranks them
    form        of the whole melody
    last_pitch  the pitch before the first step
    by_pitch    whether factors depend on the pitch before a step
    beats       whether what was played whole beats ago is ranked with them as it is, and what a beat is
    """

    count: int
    steps: int
    factors: FactorsOf
    chance: Callable[[int], np.random.Generator]
    rank: Rank
    form: Form = NO_FORM
    last_pitch: int | None = None
    by_pitch: bool = True
    beats: Beats | None = None


class Candidates:
    """`ready` are symbols that every candidate begins with, before its `wanted.steps`. `model` and `memory`
    make the rows of what was heard until now. The
    candidates after those that are composed are `copies`."""

    def __init__(
        self,
        wanted: Wanted,
        model: Callable[[], EventRows],
        memory: Callable[[EventRows], MemoryRows | None],
        guards: Guards,
        symbols: Symbols,
        settings: SamplingSettings,
        ready: Sequence[int] = (),
        copies: Copies = no_copies,
    ) -> None:
        self._wanted, self._model, self._memory, self._guards = wanted, model, memory, guards
        self._symbols, self._settings, self._ready = symbols, settings, tuple(ready)
        self._find_copies, self._copies = copies, list[Copy]()
        self._rows: CandidateRows | None = None
        self._alone_after: int | None = None
        self._parts = 0
        self._ranking: Sequence[int] = ()
        self._work = self._compose()

    @property
    def parts(self) -> int:
        """How many parts of the work are done."""
        return self._parts

    @property
    def done(self) -> bool:
        """Whether all are composed and ranked."""
        return bool(self._ranking)

    @property
    def ranking(self) -> Sequence[int]:
        """The candidates that were composed to their end, the chosen one first; none until all are."""
        return self._ranking

    @property
    def alone(self) -> bool:
        """Whether only the first is composed to its end."""
        return self._alone_after is not None and (self.done or self._parts >= self._alone_after)

    def leave_first(self, after_parts: int) -> None:
        """From so many parts on only the first candidate is composed: there is no time for more."""
        self._alone_after = after_parts

    def go_on(self) -> None:
        """Do one more part of the work, if any is left."""
        if not self.done:
            if self.alone and self._rows is not None and self._rows.finished(0):
                self._ranking = (0,)
                return
            try:
                next(self._work)
                self._parts += 1
            except StopIteration as done:
                self._ranking = done.value

    def finish(self) -> int:
        """Do all that is left; gives the number of the chosen one."""
        while not self.done:
            self.go_on()
        return self._ranking[0]

    def ids(self, candidate: int) -> Ints:
        """The ids of a candidate's steps; where it ends the song, the end is its last."""
        if candidate >= self._wanted.count:
            return self._copies[candidate - self._wanted.count].ids
        return np.zeros(0, np.int64) if self._rows is None else self._rows.said_ids(candidate)

    def draws(self, candidate: int, first: int = 0) -> tuple[Draw, ...]:
        """The symbols of a candidate from a step on, as far as it is composed, and how each was drawn."""
        if candidate >= self._wanted.count:
            ids, settings = self.ids(candidate)[first:], self._settings
            return tuple(copied(ids.tolist(), self._symbols.hold_id, settings))
        return () if self._rows is None else self._rows.draws(candidate, first, not self.alone)

    def _compose(self) -> Sliced[Sequence[int]]:
        rows = yield from self._begin()
        while len(some := self._unfinished(rows)):
            ids = yield from self._unless_alone(some, rows.ask(some))
            if ids is not None:
                yield from rows.say(some, ids)
        count = self._wanted.count
        if self._alone_after is not None or count == 1:
            return (0,)
        copies = yield from self._find_copies()
        for each in copies:
            if self._may_sound(each.ids):
                self._copies.append(each)
            yield
        answers = [self.ids(number) for number in range(count + len(self._copies))]
        return (yield from self._wanted.rank(answers, [each.weight for each in self._copies]))

    def _may_sound(self, ids: Ints) -> bool:
        """Whether nothing forbids a note or rest that begins in a copy, or its first step."""
        begins = ids != self._symbols.hold_id
        begins[0] = True
        return bool((self._symbols.weights[ids] > 0).all()) and all(
            self._wanted.factors(step, None)[ids[step]] > 0 for step in np.flatnonzero(begins).tolist()
        )

    def _begin(self) -> Sliced[CandidateRows]:
        wanted, model = self._wanted, self._model()
        yield
        memory = self._memory(model)
        yield
        rows = self._rows = CandidateRows(
            wanted.count,
            wanted.factors,
            wanted.by_pitch,
            wanted.last_pitch,
            model,
            memory,
            self._guards,
            self._symbols,
            self._settings,
            self._ready,
        )
        yield from rows.begin(wanted.chance)
        return rows

    def _unless_alone(self, rows: Ints, asking: Sliced[Ints]) -> Sliced[Ints | None]:
        """What is asked of these rows; None where meanwhile only the first is left, which does not wait."""
        job = Job(asking)
        while not job.done:
            if self.alone and len(rows) > 1:
                return None
            job.go_on()
            yield
        return finish(job.rest())

    def _unfinished(self, rows: CandidateRows) -> Ints:
        """The rows that go on now."""
        if self.alone:
            return np.flatnonzero([not rows.finished(0)])
        left: Ints = np.flatnonzero(rows.at < rows.end)
        if len(left) > _ROWS_AT_ONCE:
            left = np.sort(left[np.argsort(rows.at[left], kind="stable")[:_ROWS_AT_ONCE]])
        return left
