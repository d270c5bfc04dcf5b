"""Candidates: several ways in which a melody may go on, composed side by side in small parts.

Each has a source of chance of its own, so what it becomes does not depend on how many there are beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.form import NO_FORM, Form
from antiphon.compose.guards import Guards
from antiphon.compose.lstm import Probabilities
from antiphon.compose.sampling import Draw, SamplingSettings, adaptive_temperature, draw_rows
from antiphon.compose.side_by_side.event_rows import EventRows, Ints
from antiphon.compose.side_by_side.memory_rows import MemoryRows
from antiphon.slices import Sliced

# So many go on in one part, those first that are least far: below half a millisecond.
_ROWS_A_PART = 16
# Sources of chance that are made in one part.
_SOURCES_A_PART = 8

Factors = NDArray[np.float64]
# Gives factors (V,) on the probabilities of a step that is counted from where candidates are composed, and
# the pitch before it.
FactorsOf = Callable[[int, int | None], Factors]
# Ranks several answers, each the ids of its steps, in small parts: gives their numbers, the chosen one first.
Rank = Callable[[Sequence[Ints]], Sliced[Sequence[int]]]


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
    """

    count: int
    steps: int
    factors: FactorsOf
    chance: Callable[[int], np.random.Generator]
    rank: Rank
    form: Form = NO_FORM
    last_pitch: int | None = None


@dataclass(frozen=True, slots=True)
class Symbols:
    """What candidates must know of a vocabulary: two ids, the pitch of each id or None, and weights (V,)."""

    hold_id: int
    end_id: int
    pitches: tuple[int | None, ...]
    weights: Probabilities


class Candidates:
    """`ready` are symbols that every candidate begins with, before its `wanted.steps`."""

    def __init__(
        self,
        wanted: Wanted,
        model: EventRows,
        memory: MemoryRows | None,
        guards: Guards,
        symbols: Symbols,
        settings: SamplingSettings,
        ready: Sequence[int] = (),
    ) -> None:
        self._wanted, self._model, self._memory, self._guards = wanted, model, memory, guards
        self._symbols, self._settings, self._ready = symbols, settings, tuple(ready)
        self._last = [wanted.last_pitch] * wanted.count
        self._end = len(ready) + wanted.steps
        self._at: Ints = np.zeros(wanted.count, np.int64)
        self._ids: Ints = np.full((wanted.count, self._end), symbols.hold_id)
        self._said: Ints = np.full(wanted.count, self._end)
        certain = Draw(symbols.hold_id, 0.0, adaptive_temperature(0.0, settings), 1.0)
        self._how = np.tile(
            (certain.entropy, certain.temperature, certain.probability), (*self._ids.shape, 1)
        )
        self._chances = np.zeros((wanted.count, wanted.steps))
        self._used: Ints = np.zeros(wanted.count, np.int64)
        self._sources: list[np.random.Generator] = []
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
        return self._alone_after is not None and self._parts >= self._alone_after

    def leave_first(self, after_parts: int) -> None:
        """From so many parts on only the first candidate is composed: there is no time for more."""
        self._alone_after = after_parts

    def go_on(self) -> None:
        """Do one more part of the work, if any is left."""
        if not self.done:
            if self.alone and self._at[0] >= self._said[0]:
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
        found: Ints = self._ids[candidate, len(self._ready) : self._said[candidate]]
        return found

    def draws(self, candidate: int, first: int = 0) -> tuple[Draw, ...]:
        """The symbols of a candidate from a step on, as far as it is composed, and how each was drawn."""
        begins = len(self._ready) + first
        said = slice(begins, int(self._at[candidate]))
        ids, how = self._ids[candidate, said].tolist(), self._how[candidate, said].tolist()
        quoted = self._quoted(candidate)
        return tuple(
            Draw(symbol, entropy, temperature, probability, step in quoted)
            for step, symbol, (entropy, temperature, probability) in zip(
                count(begins), ids, how, strict=False
            )
        )

    def _quoted(self, candidate: int) -> set[int]:
        """The steps at which something begins that the memory quotes; none where the memory is not asked."""
        if self._memory is None or self._settings.memory == 0 or self.alone:
            return set()
        return self._memory.quoted(candidate)

    def _compose(self) -> Sliced[Sequence[int]]:
        yield from self._begin()
        while len(rows := self._unfinished()):
            self._step(rows)
            yield
        if self.alone or len(self._at) == 1:
            return (0,)
        return (yield from self._wanted.rank([self.ids(row) for row in range(len(self._at))]))

    def _begin(self) -> Sliced[None]:
        for row in range(len(self._at)):
            self._sources.append(self._wanted.chance(row))
            self._chances[row] = self._sources[row].random(self._wanted.steps)
            if row % _SOURCES_A_PART == 0:
                yield
        if self._memory is not None:
            yield from self._memory.prepare()
        for symbol_id in self._ready:
            self._hear(symbol_id)
            yield
        rows = np.arange(len(self._at))
        if self._weights(rows)[0, self._symbols.hold_id] > 0:
            self._skip(rows)

    def _hear(self, symbol_id: int) -> None:
        rows = np.arange(len(self._at))
        if symbol_id != self._symbols.hold_id:
            self._model.expected(rows)
        self._say(rows, np.full(len(rows), symbol_id))

    def _unfinished(self) -> Ints:
        """The rows that go on now."""
        left: Ints = np.flatnonzero(self._at < self._said)
        if self.alone:
            left = left[left == 0]
        elif len(left) > _ROWS_A_PART:
            left = np.sort(left[np.argsort(self._at[left], kind="stable")[:_ROWS_A_PART]])
        return left

    def _step(self, rows: Ints) -> None:
        """Each of these rows says one symbol, and the holds after it that are certain."""
        at, ages, hold = self._at[rows], self._model.ages[rows], self._symbols.hold_id
        expected, weights = self._model.expected(rows), self._weights(rows)
        if not self._all_can_hold(weights):
            wait = (self._model.until_end(rows) > 0) & (weights[:, hold] == 0)
            expected[wait, hold] = 0.0
            expected /= expected.sum(axis=1, keepdims=True)
        if self._memory is not None:
            expected = self._memory.mix(rows, at, ages, expected, self._settings.memory)
        drawn = draw_rows(expected, self._settings, weights, self._chance(rows))
        ids = drawn.ids
        if self._guards.most_repeats:
            ids = self._within_limits(rows, at, ids, expected, weights)
        self._how[rows, at, 0], self._how[rows, at, 1] = drawn.entropies, drawn.temperatures
        self._how[rows, at, 2] = expected[np.arange(len(rows)), ids]
        self._say(rows, ids)
        if self._symbols.weights[hold] > 0:
            self._skip(rows[ids != self._symbols.end_id])

    def _all_can_hold(self, weights: Probabilities) -> bool:
        return bool((weights[:, self._symbols.hold_id] > 0).all())

    def _weights(self, rows: Ints) -> Probabilities:
        """What the probabilities of each row are multiplied with, shape (R, V)."""
        first = len(self._ready)
        at, factors = (self._at[rows] - first).tolist(), self._wanted.factors
        found = np.concatenate(
            [factors(a, self._last[row]) for a, row in zip(at, rows.tolist(), strict=True)]
        )
        found = found.reshape(len(rows), -1)
        found *= self._symbols.weights
        if longest := self._guards.longest:
            for row in np.flatnonzero(self._model.ages[rows] >= longest).tolist():
                _forbid(found[row], [self._symbols.hold_id])
        return found

    def _chance(self, rows: Ints) -> Probabilities:
        found: Probabilities = self._chances[rows, self._used[rows]]
        self._used[rows] += 1
        return found

    def _within_limits(
        self, rows: Ints, at: Ints, ids: Ints, expected: Probabilities, weights: Probabilities
    ) -> Ints:
        """The ids, drawn again where one of them would repeat a figure too often."""
        ids = ids.copy()
        for place in np.flatnonzero((ids != self._symbols.hold_id) & (ids != self._symbols.end_id)).tolist():
            row, step = int(rows[place]), self._model.first + int(at[place])
            while self._guards.comes_too_often(
                int(ids[place]), step, self._model.onsets[row], self._model.ids[row]
            ) and _forbid(weights[place], [int(ids[place])]):
                chance = np.array([self._sources[row].random()])
                again = draw_rows(
                    expected[place : place + 1], self._settings, weights[place : place + 1], chance
                )
                ids[place] = again.ids[0]
        return ids

    def _say(self, rows: Ints, ids: Ints) -> None:
        """Each of these rows says a symbol."""
        at, symbols = self._at[rows], self._symbols
        self._ids[rows, at] = ids
        ended, held = ids == symbols.end_id, ids == symbols.hold_id
        self._said[rows[ended]] = at[ended] + 1
        self._at[rows] = at + 1
        new = ~(ended | held)
        if held.any():
            self._hold(rows[held], np.ones(int(held.sum()), np.int64))
        if new.any():
            self._model.begin(rows[new], ids[new])
            if self._memory is not None:
                self._memory.begin(rows[new], at[new], ids[new])
        for row, symbol_id in zip(rows[new].tolist(), ids[new].tolist(), strict=True):
            if (pitch := symbols.pitches[symbol_id]) is not None:
                self._last[row] = pitch

    def _skip(self, rows: Ints) -> None:
        """What sounds in these rows is held as long as it cannot end."""
        wait = np.minimum(self._model.until_end(rows), self._end - self._at[rows])
        if longest := self._guards.longest:
            wait = np.minimum(wait, np.maximum(0, longest - self._model.ages[rows]))
        rows, wait = rows[wait > 0], wait[wait > 0]
        self._hold(rows, wait)
        self._at[rows] += wait

    def _hold(self, rows: Ints, steps: Ints) -> None:
        self._model.hold(rows, steps)
        if self._memory is not None:
            self._memory.hold(rows, steps)


def _forbid(weights: Probabilities, ids: list[int]) -> bool:
    """Set weights (V,) to 0, unless they are the only ones above; says whether it was done."""
    if not np.delete(weights, ids).any():
        return False
    weights[ids] = 0.0
    return True
