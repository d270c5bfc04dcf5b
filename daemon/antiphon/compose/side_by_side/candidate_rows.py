"""The rows of candidates: what each has said so far, and what it says next. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.guards import Guards
from antiphon.compose.lstm import Probabilities
from antiphon.compose.sampling import Draw, SamplingSettings, draw_rows
from antiphon.compose.side_by_side.ages import AskedAges, Ints
from antiphon.compose.side_by_side.event_rows import EventRows
from antiphon.compose.side_by_side.memory_rows import MemoryRows
from antiphon.compose.side_by_side.said_rows import NOT_ASKED, SaidRows
from antiphon.compose.side_by_side.step_weights import FactorsOf, StepWeights
from antiphon.compose.side_by_side.sure_holds import sure_holds
from antiphon.slices import Sliced

# A row is asked so often at once at most; all are asked so often in one part, the network in smaller ones.
_MOST_ASKED, _ASKED_A_PART, _EXPECTED_A_PART = 16, 64, 24
# Sources of chance that are made in one part.
_SOURCES_A_PART = 4


@dataclass(frozen=True, slots=True)
class Symbols:
    """What candidates must know of a vocabulary: two ids, the pitch of each id or None, and weights (V,)."""

    hold_id: int
    end_id: int
    pitches: tuple[int | None, ...]
    weights: Probabilities


class _Asked(NamedTuple):
    """Rows that are asked what they say at a step if they hold what sounds for so many steps until then, and
    the chance that decides it; (A,) each."""

    rows: Ints
    at: Ints
    ahead: Ints
    chances: Probabilities

    def some(self, places: Ints) -> "_Asked":
        return _Asked(self.rows[places], self.at[places], self.ahead[places], self.chances[places])


class _Drawn(NamedTuple):
    """The probabilities (A, V), what they were multiplied with (A, V), the ids drawn (A,), and how (A, 3)."""

    expected: Probabilities
    weights: Probabilities
    ids: Ints
    how: Probabilities


class CandidateRows:
    """The rows of a model and of a memory, each with a source of chance of its own, that begin with the
    symbols `ready`. `at` and `end` (R,) are the step that each says next, and the one after its last."""

    def __init__(
        self,
        count: int,
        factors: FactorsOf,
        by_pitch: bool,
        last_pitch: int | None,
        model: EventRows,
        memory: MemoryRows | None,
        guards: Guards,
        symbols: Symbols,
        settings: SamplingSettings,
        ready: Sequence[int],
    ) -> None:
        self._model, self._memory, self._guards = model, memory, guards
        self._symbols, self._settings, self._ready = symbols, settings, ready
        self._last, steps = [last_pitch] * count, model.steps
        self._step_weights = StepWeights(factors, by_pitch, steps, symbols.weights, symbols.hold_id)
        self.at: Ints = np.zeros(count, np.int64)
        self.end: Ints = np.full(count, steps)
        self._said = SaidRows(count, steps, symbols.hold_id, settings)
        self._chances = np.zeros((count, steps - len(ready)))
        self._used: Ints = np.zeros(count, np.int64)
        self._asked = AskedAges(model.by_age, guards.longest)
        self._sources: list[np.random.Generator] = []

    def finished(self, row: int) -> bool:
        """Whether a row has said all."""
        return bool(self.at[row] >= self.end[row])

    def said_ids(self, row: int) -> Ints:
        """The ids of a row after those that were ready; where it ends the song, the end is its last."""
        return self._said.ids[row, len(self._ready) : self.end[row]]

    def draws(self, row: int, first: int, with_quotes: bool) -> tuple[Draw, ...]:
        """The symbols of a row from a step after those that were ready, as far as they are said, and how each
        was drawn; `with_quotes`: and which of them the memory quotes."""
        quoted = self._quoted(row) if with_quotes else set()
        return self._said.draws(row, len(self._ready) + first, int(self.at[row]), quoted)

    def _quoted(self, row: int) -> set[int]:
        """The steps at which something begins that the memory quotes; none where the memory is not asked."""
        if self._memory is None or self._settings.memory == 0:
            return set()
        return self._memory.quoted(row)

    def begin(self, chance: Callable[[int], np.random.Generator]) -> Sliced[None]:
        """Say what is ready, in small parts; `chance` gives each row its source."""
        rows = np.arange(len(self.at))
        for row in rows.tolist():
            self._sources.append(chance(row))
            self._chances[row] = self._sources[row].random(self._chances.shape[1])
            if (row + 1) % _SOURCES_A_PART == 0:
                yield
        yield from self._model.prepare()
        if self._memory is not None:
            yield from self._memory.prepare()
        for symbol_id in self._ready:
            yield from self._say(rows, np.full(len(rows), symbol_id))
        if self._weights(rows, self.at, self._model.ages)[0, self._symbols.hold_id] > 0:
            self._skip(rows)

    def ask(self, rows: Ints) -> Sliced[Ints]:
        """What each of these rows says next, after the holds before it, which it says; it is a hold where it
        is not known yet what ends them. No row changes before the last part."""
        asked, times = self._ahead(rows)
        yield
        final, ids = np.cumsum(times) - 1, np.full(len(asked.rows), self._symbols.hold_id)
        left, how = self._left(asked)
        yield
        expected, weights = [], []
        for first in range(0, len(left), _ASKED_A_PART):
            some = left[first : first + _ASKED_A_PART]
            drawn = yield from self._draw(asked.some(some))
            ids[some], how[some] = drawn.ids, drawn.how
            expected.append(drawn.expected)
            weights.append(drawn.weights)
            yield
        stopping = ids != self._symbols.hold_id
        stopping[final] = True
        stops = np.flatnonzero(stopping)
        last = stops[np.searchsorted(stops, final - times + 1)]
        self._used[rows] += last - final + times
        said = np.arange(len(ids)) <= np.repeat(last, times)
        self._said.how[asked.rows[said], asked.at[said]] = how[said]
        ids = ids[last]
        if self._guards.most_repeats and len(begins := np.flatnonzero(self._begins(ids))):
            place = np.searchsorted(left, last[begins])
            among = np.concatenate(expected)[place], np.concatenate(weights)[place]
            ids[begins] = self._within_limits(rows[begins], asked.at[last[begins]], ids[begins], *among)
        self._hold(rows, asked.ahead[last])
        self.at[rows] = asked.at[last]
        return ids

    def _left(self, asked: _Asked) -> tuple[Ints, Probabilities]:
        """Which of what is asked is not a hold for certain, and how all else is drawn (A, 3)."""
        rows, at, ahead = asked.rows, asked.at, asked.ahead
        ages, over = self._model.ages_after(rows, ahead), self._model.ends(rows, ahead)
        hold, others = 1.0 - over, over
        if self._memory is not None:
            strength = self._settings.memory
            hold, others = self._memory.hold_and_others(rows, at, ahead, ages, over, strength)
        against = np.divide(others, hold, out=np.full(len(rows), np.inf), where=hold > 0)
        place = self._weights_at(rows, at)
        weights = self._step_weights.others[place]
        found = sure_holds(against, weights, asked.chances, self._settings, len(self._symbols.weights))
        if self._guards.longest:
            found &= ages < self._guards.longest
        how = np.full((len(rows), 3), NOT_ASKED)
        how[found, 2] = 1.0 / (1.0 + against[found])
        return np.flatnonzero(~found), how

    def _ahead(self, rows: Ints) -> tuple[_Asked, Ints]:
        """What these rows are asked at once, one after another, and how often each is."""
        times = _MOST_ASKED if self._symbols.weights[self._symbols.hold_id] > 0 else 1
        number, row = np.arange(times), rows[:, None]
        at, ahead = self.at[row], self._asked.ahead(self._model.ages[rows], times)
        final = (at + ahead < self._model.steps).sum(axis=1, keepdims=True) - 1
        ahead = np.minimum(ahead, self._model.steps - 1 - at)
        chances = self._chances[row, np.minimum(self._used[row] + number, self._chances.shape[1] - 1)]
        # Most notes end where chance is below half of what the network gives their end. To ask more or less
        # often than a row needs changes nothing but the work.
        likely = chances < 0.5 * self._model.ends(row, ahead)
        times = np.argmax(likely | (number == final), axis=1) + 1
        some = number < times[:, None]
        owners, ahead = np.repeat(rows, times), ahead[some]
        return _Asked(owners, self.at[owners] + ahead, ahead, chances[some]), times

    def _draw(self, asked: _Asked) -> Sliced["_Drawn"]:
        rows, at, ahead, hold = asked.rows, asked.at, asked.ahead, self._symbols.hold_id
        ages = self._model.ages_after(rows, ahead)
        expected = yield from self._expected(rows, ahead)
        weights = self._weights(rows, at, ages)
        waits = (weights[:, hold] == 0) & (ages > 0) & ~self._model.by_age.may_end[ages]
        if waits.any():  # what may neither end nor be held: what follows if it ends all the same
            expected[waits, hold] = 0.0
            expected /= expected.sum(axis=1, keepdims=True)
        if self._memory is not None:
            expected = self._memory.mix(rows, at, ahead, ages, expected, self._settings.memory)
        yield
        drawn = draw_rows(expected, self._settings, weights, asked.chances)
        how = np.column_stack((drawn.entropies, drawn.temperatures, drawn.probabilities))
        return _Drawn(expected, weights, drawn.ids, how)

    def _expected(self, rows: Ints, ahead: Ints) -> Sliced[Probabilities]:
        found = []
        for first in range(0, len(rows), _EXPECTED_A_PART):
            some = slice(first, first + _EXPECTED_A_PART)
            found.append(self._model.expected(rows[some], ahead[some]))
            yield
        return np.concatenate(found)

    def _weights(self, rows: Ints, at: Ints, ages: Ints) -> Probabilities:
        """What the probabilities of each row are multiplied with there, shape (A, V)."""
        found = self._step_weights.at(self._weights_at(rows, at))
        if longest := self._guards.longest:
            for place in np.flatnonzero(ages >= longest).tolist():
                _forbid(found[place], [self._symbols.hold_id])
        return found

    def _weights_at(self, rows: Ints, at: Ints) -> Ints:
        last = self._last
        return self._step_weights.places(at - len(self._ready), [last[row] for row in rows.tolist()])

    def _within_limits(
        self, rows: Ints, at: Ints, ids: Ints, expected: Probabilities, weights: Probabilities
    ) -> Ints:
        """The ids, all of which begin something, drawn again where one would repeat a figure too often."""
        for place, row in enumerate(rows.tolist()):
            step = self._model.first + int(at[place])
            while self._guards.comes_too_often(
                int(ids[place]), step, self._model.onsets[row], self._model.ids[row]
            ) and _forbid(weights[place], [int(ids[place])]):
                chance = np.array([self._sources[row].random()])
                again = draw_rows(
                    expected[place : place + 1], self._settings, weights[place : place + 1], chance
                )
                ids[place] = again.ids[0]
        self._said.how[rows, at, 2] = expected[np.arange(len(ids)), ids]
        return ids

    def _begins(self, ids: Ints) -> NDArray[np.bool_]:
        """Which of these begin a note or a rest."""
        begins: NDArray[np.bool_] = (ids != self._symbols.end_id) & (ids != self._symbols.hold_id)
        return begins

    def say(self, rows: Ints, ids: Ints) -> Sliced[None]:
        """Each of these rows says a symbol, and the holds after it that are certain, in small parts."""
        yield from self._say(rows, ids)
        if self._symbols.weights[self._symbols.hold_id] > 0:
            self._skip(rows[ids != self._symbols.end_id])

    def _say(self, rows: Ints, ids: Ints) -> Sliced[None]:
        at, symbols = self.at[rows], self._symbols
        self._said.ids[rows, at] = ids
        ended, held, new = ids == symbols.end_id, ids == symbols.hold_id, self._begins(ids)
        self.end[rows[ended]] = at[ended] + 1
        self.at[rows] = at + 1
        self._hold(rows[held], np.ones(int(held.sum()), np.int64))
        rows, at, ids = rows[new], at[new], ids[new]
        for row, symbol_id in zip(rows.tolist(), ids.tolist(), strict=True):
            if (pitch := symbols.pitches[symbol_id]) is not None:
                self._last[row] = pitch
        if len(rows):
            yield from self._model.begin(rows, ids)
            yield
            if self._memory is not None:
                yield from self._memory.begin(rows, at, ids)
                yield

    def _skip(self, rows: Ints) -> None:
        """What sounds in these rows is held as long as it cannot end."""
        wait = np.minimum(self._asked.waits(self._model.ages[rows]), self._model.steps - self.at[rows])
        self._hold(rows, wait)
        self.at[rows] += wait

    def _hold(self, rows: Ints, steps: Ints) -> None:
        self._model.hold(rows, steps)
        if self._memory is not None:
            self._memory.hold(rows, steps)


def _of_two(probabilities: Probabilities) -> Probabilities:
    """The entropy, in nats, of what is so likely and its contrary; each above 0 and below or at 1."""
    others = 1.0 - probabilities
    logs = np.log(np.where(others > 0, others, 1.0))
    found: Probabilities = -probabilities * np.log(probabilities) - others * logs
    return found


def _forbid(weights: Probabilities, ids: list[int]) -> bool:
    """Set weights (V,) to 0, unless they are the only ones above; says whether it was done."""
    if not np.delete(weights, ids).any():
        return False
    weights[ids] = 0.0
    return True
