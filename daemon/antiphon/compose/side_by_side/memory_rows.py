"""What a memory says of several melodies that go on from where it is, each in its own way.

What was played before is shared. Of a row it matters which of the earlier notes led up to its newest one;
that is worked out once for each note, for all lengths it may have, so that a hold costs nearly nothing. The
numbers are those of `Memory.mix`.
"""

from dataclasses import dataclass

import numpy as np

from antiphon.compose.lstm import Probabilities
from antiphon.compose.memory.events import Ints, quoted
from antiphon.slices import Sliced

# Earlier steps that are counted in one part: about a third of a millisecond.
_STEPS_A_PART = 16384


@dataclass(frozen=True, slots=True)
class Past:
    """What a memory holds when the rows begin, `length` steps; V symbols, R runs, D distances.

    onsets, ids   (E,) of its notes, rests and gaps (id V)
    runs          (E − 1,) or none: for each how many in a row are like those up to the newest
    counts        (V + 1,) how many steps predict each id
    bar_steps     0 where the bars are not known
    weights       (D, R) of predictions; distance 0: not a whole number of bars
    distances     (most bars,) the distance of so many bars, from 1 on
    run_classes   (longest run + 1,)
    taste         the power of the network's probability
    """

    onsets: Ints
    ids: Ints
    runs: Ints
    counts: Ints
    length: int
    bar_steps: int
    weights: Probabilities
    distances: Ints
    run_classes: Ints
    hold_id: int
    taste: float

    @property
    def gap(self) -> int:
        return len(self.counts) - 1

    def line(self) -> Ints:
        """The id that each step is: of a note's first one the note, then a hold."""
        held = np.full(self.length, self.hold_id)
        begun = self.onsets >= 0
        held[self.onsets[begun]] = self.ids[begun]
        for event in np.flatnonzero(self.ids == self.gap).tolist():
            end = self.onsets[event + 1] if event + 1 < len(self.onsets) else self.length
            held[max(0, self.onsets[event]) : end] = self.gap
        return held


class MemoryRows:
    """So many rows that go on for at most `steps` steps. Notes are only asked about at these `ages`."""

    def __init__(self, past: Past, rows: int, steps: int, ages: Ints) -> None:
        self._past, self._ages = past, ages
        self._before = len(past.ids)
        width = self._before + steps
        self._onsets, self._ids = np.zeros((2, rows, width), np.int64)
        self._onsets[:, : self._before], self._ids[:, : self._before] = past.onsets, past.ids
        self._runs = np.zeros((rows, width), np.int64)
        self._runs[:, : len(past.runs)] = past.runs
        self._counts: Probabilities = np.repeat(past.counts[None].astype(np.float64), rows, axis=0)
        self._events: Ints = np.full(rows, self._before)
        self._said: Ints = np.full((rows, steps), past.hold_id)  # the id of each step
        self._led = np.zeros((rows, len(ages), past.gap + 1))
        self._of_bars = np.zeros((steps, past.gap + 1))
        # Of the counts, of `_led` and of `_of_bars` what is said of all but the hold, and the gap.
        self._others = self._but_hold(self._counts)
        self._led_others, self._of_bars_others = np.zeros((rows, len(ages))), np.zeros(steps)
        self._class = np.searchsorted(ages, np.arange(ages[-1] + 2))
        self._where = np.argsort(past.ids, kind="stable")
        self._where = self._where[past.onsets[self._where] >= 0]
        self._first = np.searchsorted(past.ids[self._where], np.arange(past.gap + 2))

    def prepare(self) -> Sliced[None]:
        """Work out, in small parts, what the rows share."""
        past = self._past
        if self._before:
            event = np.flatnonzero(past.runs)
            self._lead(np.zeros(1, np.int64), np.zeros_like(event), event)
            self._led[:], self._led_others[:] = self._led[0], self._led_others[0]
            yield
        steps, bar = len(self._of_bars), past.bar_steps
        if not bar:
            return
        held = past.line()
        yield
        back = bar * np.arange(1, (past.length + steps) // bar + 1)
        if not len(back):
            return
        part = max(1, _STEPS_A_PART // len(back))
        for first in range(0, steps, part):
            there = past.length + np.arange(first, min(first + part, steps))[:, None] - back
            known = (there >= 0) & (there < past.length)
            step, bars = np.nonzero(known)
            size = self._of_bars[first : first + part].shape
            place = step * size[1] + held[there[step, bars]]
            found = np.bincount(place, self._more(bars + 1), size[0] * size[1]).astype(np.float64)
            self._of_bars[first : first + part] = found.reshape(size)
            self._of_bars_others[first : first + part] = self._but_hold(self._of_bars[first : first + part])
            yield

    def _but_hold(self, said: Probabilities) -> Probabilities:
        """What is said (…, V + 1) of all but the hold, and the gap, together: (…)."""
        past = self._past
        others: Probabilities = said[..., : past.gap].sum(axis=-1) - said[..., past.hold_id]
        return others

    def _more(self, bars: Ints) -> Probabilities:
        """How much more than others a step without a run weighs that is so many bars back."""
        weights = self._past.weights[:, 0]
        more: Probabilities = weights[self._distance(bars)] - weights[0]
        return more

    def _distance(self, bars: Ints) -> Ints:
        known = self._past.distances
        found: Ints = known[np.minimum(bars, len(known)) - 1]
        return found

    def mix(
        self, rows: Ints, at: Ints, ahead: Ints, ages: Ints, expected: Probabilities, strength: float
    ) -> Probabilities:
        """The network's probabilities (A, V) and the memory's, at steps counted from where the rows began.

        What sounds in each of `rows` is held for `ahead` steps more until there; `ages` are its ages then.
        """
        past = self._past
        if strength == 0 or past.length == 0:
            return expected
        said = self._counts[rows]
        said[:, past.hold_id] += ahead
        said *= past.weights[0, 0]
        said += self._of_bars[at]
        said += self._led[rows, self._class[np.minimum(ages, self._ages[-1])]]
        self._own_bars(rows, at, said)
        mixed: Probabilities = expected + strength * said[:, : past.gap] * expected**past.taste
        mixed /= mixed.sum(axis=1, keepdims=True)
        return mixed

    def hold_and_others(
        self, rows: Ints, at: Ints, ahead: Ints, ages: Ints, over: Probabilities, strength: float
    ) -> tuple[Probabilities, Probabilities]:
        """What `mix` makes of a hold, and at most of all others together, before they are normalised: (A,)
        each. `over` (A,) is how likely the network thinks it that what sounds is over."""
        past, held = self._past, 1.0 - over
        if strength == 0 or past.length == 0:
            return held, over
        hold, others = self._said_of_holds(rows, at, ahead, ages)
        # Σ sᵢ pᵢᵗ is at most Σ sᵢ · (Σ pᵢ)ᵗ.
        return held + strength * hold * held**past.taste, over + strength * others * over**past.taste

    def _said_of_holds(
        self, rows: Ints, at: Ints, ahead: Ints, ages: Ints
    ) -> tuple[Probabilities, Probabilities]:
        """What is said of a hold, and of all others together."""
        usual, hold_id, bar = self._past.weights[0, 0], self._past.hold_id, self._past.bar_steps
        age = self._class[np.minimum(ages, self._ages[-1])]
        hold = usual * (self._counts[rows, hold_id] + ahead)
        hold += self._of_bars[at, hold_id] + self._led[rows, age, hold_id]
        others = usual * self._others[rows] + self._of_bars_others[at] + self._led_others[rows, age]
        if bar:
            for number, more in enumerate(self._more(np.arange(1, int(at.max()) // bar + 1)).tolist(), 1):
                there = at - number * bar
                known = np.flatnonzero(there >= 0)
                held = self._said[rows[known], there[known]] == hold_id
                hold[known] += more * held
                others[known] += more * ~held
        return hold, np.maximum(others, 0.0)

    def _own_bars(self, rows: Ints, at: Ints, said: Probabilities) -> None:
        """Steps of the rows themselves, whole bars ago."""
        bar = self._past.bar_steps
        if not bar:
            return
        for number, more in enumerate(self._more(np.arange(1, int(at.max()) // bar + 1)).tolist(), 1):
            there = at - number * bar
            known = np.flatnonzero(there >= 0)
            said[known, self._said[rows[known], there[known]]] += more

    def quoted(self, row: int) -> set[int]:
        """The steps of a row, counted from where it began, at which a note or rest of a quotation begins."""
        events = slice(0, int(self._events[row]))
        onsets = self._onsets[row, events]
        found = quoted(onsets, self._ids[row, events], self._past.gap)
        return set((onsets[found] - self._past.length).tolist())

    def hold(self, rows: Ints, steps: Ints) -> None:
        """What sounds goes on for so many steps."""
        self._counts[rows, self._past.hold_id] += steps

    def begin(self, rows: Ints, at: Ints, ids: Ints) -> Sliced[None]:
        """A note or a rest begins in each of these rows, at steps counted from where they began; in two
        parts."""
        onset = self._past.length + at
        found, event = self._same(rows, ids)
        row = rows[found]
        runs = np.ones(len(event), np.int64)
        after = event > 0
        before, whose = event[after] - 1, row[after]
        lasted = self._onsets[whose, before + 1] - self._onsets[whose, before]
        newest = self._onsets[rows, self._events[rows] - 1]
        runs[after] += self._runs[whose, before] * (lasted == (onset - newest)[found[after]])
        self._runs[rows] = 0
        self._runs[row, event] = runs
        self._onsets[rows, self._events[rows]], self._ids[rows, self._events[rows]] = onset, ids
        self._events[rows] += 1
        self._said[rows, at] = ids
        self._counts[rows, ids] += 1
        self._others[rows] += 1
        yield
        self._lead(rows, found, event)

    def _same(self, rows: Ints, ids: Ints) -> tuple[Ints, Ints]:
        """The earlier events that are the same, the newest included: which of `rows`, and which event."""
        first, after = self._first[ids], self._first[ids + 1]
        shared = np.concatenate(
            [self._where[a:b] for a, b in zip(first.tolist(), after.tolist(), strict=True)]
        )
        found = np.repeat(np.arange(len(rows)), after - first)
        most = int(self._events[rows].max()) - self._before
        if not most:
            return found, shared
        own = self._ids[rows, self._before : self._before + most] == ids[:, None]
        own &= np.arange(most) < (self._events[rows] - self._before)[:, None]
        whose, place = np.nonzero(own)
        return np.concatenate([found, whose]), np.concatenate([shared, place + self._before])

    def _lead(self, rows: Ints, found: Ints, event: Ints) -> None:
        """What the events that `rows[found]`'s newest repeats lead to, for each age of the newest."""
        past, row = self._past, rows[found]
        classes, symbols = len(self._ages), past.gap + 1
        newest = self._onsets[rows, self._events[rows] - 1]
        back = newest[found] - self._onsets[row, event]
        lasted = self._onsets[row, event + 1] - self._onsets[row, event]
        distance = np.zeros(len(back), np.int64)
        if past.bar_steps:
            bars, rest = np.divmod(back, past.bar_steps)
            whole = rest == 0
            distance[whole] = self._distance(bars[whole])
        run = past.run_classes[np.minimum(self._runs[row, event], len(past.run_classes) - 1)]
        more = past.weights[distance, run] - past.weights[distance, 0]
        size = len(rows) * classes
        at = self._class[np.minimum(lasted, self._ages[-1] + 1)]
        longer = np.bincount(found * (classes + 1) + at, more, len(rows) * (classes + 1))
        longer = np.cumsum(longer.reshape(len(rows), classes + 1)[:, ::-1], axis=1)[:, ::-1]
        ends = (at < classes) & (self._ages[np.minimum(at, classes - 1)] == lasted)
        place = (found[ends] * classes + at[ends]) * symbols + self._ids[row[ends], event[ends] + 1]
        led = np.bincount(place, more[ends], size * symbols).astype(np.float64)
        led = led.reshape(len(rows), classes, symbols)
        led[:, :, past.hold_id] += longer[:, 1:]
        self._led[rows], self._led_others[rows] = led, self._but_hold(led)
