"""What was played in this session, and how much of it returns: a short-term model beside the network.

Each earlier step predicts that its symbol comes again now. Its weight depends on how many bars ago it was,
and on how many notes before it are the same as the last notes before now. The weighted predictions are added
to the network's probabilities. Only the weights are learned beforehand.

Notes and rests are kept with the step they begin at, not step by step: a hold costs nothing, and an answer
costs the same on every grid.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from antiphon.compose.lstm import Probabilities
from antiphon.compose.memory.events import Ints, MemoryEvents
from antiphon.compose.memory.experience import (
    DISTANCES,
    FIRST_CLASS,
    MOST_SIXTEENTHS,
    RUN_CLASSES,
    RUNS,
    TASTE,
    Experience,
)
from antiphon.compose.place import Bars
from antiphon.compose.side_by_side.memory_rows import Past
from antiphon.timebase import STEPS_PER_QUARTER, steps_of_sixteenths

# If there are too many sixteenths, the oldest quarter is dropped.
_KEPT_SIXTEENTHS = 3072
_NONE = np.zeros(0, np.int64)


class Predictions(NamedTuple):
    """What all earlier steps predict.

    others        (V,) how many predict each id that are in class 0: no whole bars away, and no run
    ids, classes  (k,) what each of the rest predicts, V for nothing, and its class: distance · RUNS + run
    """

    others: Ints
    ids: Ints
    classes: Ints


class Memory:
    """The steps of a session, on its bars. `symbols`: V, the size of the vocabulary; `hold_id` is its hold.

    A song is under way at any time. Until `keep` it may be told again from its beginning, with `begin`.
    """

    def __init__(
        self,
        experience: Experience,
        symbols: int,
        hold_id: int,
        steps_per_quarter: int = STEPS_PER_QUARTER,
    ) -> None:
        self._weights = np.asarray(experience.weights, np.float64).ravel()
        self._hold_id, self._gap = hold_id, symbols
        self.most_steps = steps_of_sixteenths(MOST_SIXTEENTHS, steps_per_quarter)
        self._kept_steps = steps_of_sixteenths(_KEPT_SIXTEENTHS, steps_per_quarter)
        self._events = MemoryEvents(self.most_steps)
        self._bar_steps = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._events.count = self._length = self._kept = 0
        self._said = np.zeros(self._gap + 1, np.int64)  # how many steps predict each id, a gap's the last
        self._runs = _NONE
        self._before: tuple[Ints, Ints, int] | None = None  # events and steps before this song

    @property
    def steps(self) -> int:
        """How many are in memory, those of the song under way included."""
        return self._length

    def begin(self, bars: Bars) -> None:
        """A new song begins, in these bars; one that was not kept is forgotten."""
        if self._before is not None:  # older steps may have been forgotten for a song that is forgotten now
            onsets, ids, self._kept = self._before
            self._put(onsets, ids, self._kept)
        else:
            self._cut_to(self._kept)
        self._before = (self._events.onsets.copy(), self._events.ids.copy(), self._kept)
        self._bar_steps = bars.steps
        bar = self._bar_steps or 1
        gap = (bars.offset_steps - self._length) % bar
        if self._length + gap + bar >= self.most_steps:
            self._forget_oldest()
        # A gap of a bar: the notes before it do not count as those that led to the new song.
        self._begin_event(self._gap)
        self._go_on(gap or bar)

    def keep(self) -> None:
        """What was heard since `begin` stays."""
        self._kept, self._before = self._length, None

    def hear(self, symbol_id: int) -> None:
        """One more step."""
        if symbol_id == self._hold_id:
            self.hold(1)
            return
        self._runs = self._runs_after(symbol_id)
        self._begin_event(symbol_id)
        self._go_on(1)
        if self._length == self.most_steps:
            self._forget_oldest()

    def hold(self, steps: int) -> None:
        """What sounds goes on for so many steps."""
        while steps:
            if not self._events.count or self._events.last[1] == self._gap:
                self._begin_event(self._hold_id)  # a hold with nothing to hold
            part = min(steps, self.most_steps - self._length)
            self._go_on(part)
            steps -= part
            if self._length == self.most_steps:
                self._forget_oldest()

    def mix(self, expected: Probabilities, strength: float = 1.0) -> Probabilities:
        """The network's probabilities (V,) and, `strength` times as strong, the memory's. Sums to 1."""
        if self._length == 0 or strength == 0:
            return expected
        mixed: Probabilities = expected + strength * self.added(expected)
        mixed /= mixed.sum()
        return mixed

    def added(self, expected: Probabilities) -> Probabilities:
        """What is added to the network's probabilities (V,)."""
        others, ids, classes = self.predictions()
        said = (
            self._weights[0] * others + np.bincount(ids, self._weights[classes], self._gap + 1)[: self._gap]
        )
        added: Probabilities = said * expected**TASTE
        return added

    def past(self) -> Past:
        """What rows that go on from here share; it does not change with this memory."""
        events = self._events
        return Past(
            events.onsets.copy(),
            events.ids.copy(),
            self._runs.copy(),
            self._said.copy(),
            self._length,
            self._bar_steps,
            self._weights.reshape(DISTANCES, RUNS),
            FIRST_CLASS // RUNS,
            RUN_CLASSES,
            self._hold_id,
            TASTE,
        )

    def predictions(self) -> Predictions:
        """What each earlier step predicts."""
        ids, classes = (np.concatenate(pair) for pair in zip(self._bars_ago(), self._alike(), strict=True))
        others = self._said - np.bincount(ids, minlength=self._gap + 1)
        return Predictions(others[: self._gap], ids, classes)

    @property
    def age(self) -> int:
        """Steps since the last note or rest began."""
        return self._length - int(self._events.onsets[-1])

    def _bars_ago(self) -> tuple[Ints, Ints]:
        """Ids and classes of the steps that lie whole bars back."""
        if not self._bar_steps or self._length < self._bar_steps:
            return _NONE, _NONE
        steps = np.arange(self._length - self._bar_steps, -1, -self._bar_steps)
        events = self._events
        places = np.searchsorted(events.onsets, steps, "right") - 1
        ids, ages = events.ids[places], steps - events.onsets[places]
        runs = self._runs_at(places, ages)
        held = np.where((ages > 0) & (ids != self._gap), self._hold_id, ids)
        return held, FIRST_CLASS[: len(steps)] + RUN_CLASSES[np.minimum(runs, len(RUN_CLASSES) - 1)]

    def _runs_at(self, places: Ints, ages: Ints) -> Ints:
        """The run of each step: that of the event which it holds, or follows at once, as now follows."""
        if not len(self._runs):
            return np.zeros_like(places)
        # A step that begins an event belongs, as now does, to the note before it.
        owners = np.where(ages == 0, places - 1, places)
        lasted = np.where(ages == 0, self._events.onsets[places] - self._events.onsets[owners], ages)
        known = (owners >= 0) & (owners < len(self._runs)) & (lasted == self.age)
        return np.where(known, self._runs[np.where(known, owners, 0)], 0)

    def _alike(self) -> tuple[Ints, Ints]:
        """Ids and classes of the steps, no whole bars back, that a run of the same notes leads to."""
        led = np.flatnonzero(self._runs)
        if not len(led):
            return _NONE, _NONE
        age, onsets = self.age, self._events.onsets
        lengths = onsets[led + 1] - onsets[led]
        back = self._length - onsets[led] - age
        led_here = (lengths >= age) & (onsets[led] + age >= 0)
        if self._bar_steps:
            led_here &= back % self._bar_steps != 0
        led, lengths = led[led_here], lengths[led_here]
        ids = np.where(lengths > age, self._hold_id, self._events.ids[led + 1])
        return ids, RUN_CLASSES[np.minimum(self._runs[led], len(RUN_CLASSES) - 1)]

    def _runs_after(self, symbol_id: int) -> Ints:
        """For each earlier event how many in a row, it being the last, are like those up to this symbol."""
        events = self._events
        if not events.count:
            return _NONE
        runs = np.ones(events.count, np.int64)
        before = self._runs
        if len(before):
            lengths = np.diff(events.onsets)
            runs[1:] += before * (lengths == self._length - events.onsets[-1])
        runs *= (events.ids == symbol_id) & (events.onsets >= 0)
        return runs

    def _begin_event(self, symbol_id: int) -> None:
        if symbol_id in (self._gap, self._hold_id):
            self._runs = _NONE
        self._events.append(self._length, symbol_id)
        self._said[symbol_id] += 1

    def _go_on(self, steps: int) -> None:
        """So many steps of the event that has begun, its first included where it has just begun."""
        onset, symbol_id = self._events.last
        held = self._gap if symbol_id == self._gap else self._hold_id
        self._said[held] += steps - (self._length == onset)
        self._length += steps

    @property
    def kept(self) -> tuple[int, ...]:
        """The ids of the steps that are kept, V between songs."""
        steps: list[int] = []
        onsets = self._events.onsets.tolist()
        ends = [*onsets, self._length][1:]
        for onset, end, symbol_id in zip(onsets, ends, self._events.ids.tolist(), strict=True):
            held = self._gap if symbol_id == self._gap else self._hold_id
            steps += [symbol_id] * (onset >= 0) + [held] * (end - max(onset + 1, 0))
        return tuple(steps[: self._kept])

    def restore(self, kept: Sequence[int]) -> None:
        """Begin with what another memory has kept. Raises ValueError on an id that is none."""
        if not all(0 <= step <= self._gap for step in kept):
            raise ValueError(f"ids in a memory must be 0–{self._gap}")
        self.clear()
        last = np.array(kept[-self._kept_steps :], np.int64)
        begins = last != self._hold_id
        begins[1:] &= (last[1:] != self._gap) | (last[:-1] != self._gap)
        begins[1:] |= (last[1:] == self._hold_id) & (last[:-1] == self._gap)
        begins[:1] = True
        onsets = np.flatnonzero(begins)
        self._kept = len(last)
        self._put(onsets, last[onsets], len(last))

    def _put(self, onsets: Ints, ids: Ints, length: int) -> None:
        self._events.put(onsets, ids)
        self._length, self._runs = length, _NONE
        self._count()

    def _count(self) -> None:
        """How many steps predict each id, counted anew."""
        events = self._events
        self._said = np.bincount(events.ids[events.onsets >= 0], minlength=self._gap + 1)
        lengths = np.diff(np.maximum(events.onsets + 1, 0), append=self._length + 1) - 1
        gaps = events.ids == self._gap
        self._said[self._hold_id] += lengths[~gaps].sum()
        self._said[self._gap] += lengths[gaps].sum()

    def _cut_to(self, length: int) -> None:
        """Without the steps from `length` on."""
        whole = int(np.searchsorted(self._events.onsets, length))
        self._put(self._events.onsets[:whole].copy(), self._events.ids[:whole].copy(), length)

    def _forget_oldest(self) -> None:
        """By whole bars, so that the rest stays on its bars."""
        bar = self._bar_steps or 1
        gone = -(-(self.most_steps - self._kept_steps) // bar) * bar
        events = self._events
        first = max(0, int(np.searchsorted(events.onsets, gone)) - 1)
        events.put(events.onsets[first:] - gone, events.ids[first:].copy())
        runs = self._runs[first:].copy()
        if len(runs) and events.onsets[0] + (self._length - gone - events.onsets[-1]) < 0:
            runs[0] = 0  # what it led to is forgotten
        self._length -= gone
        self._kept = max(0, self._kept - gone)
        self._runs = runs
        self._count()
