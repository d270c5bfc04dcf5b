"""What was played in this session, and how much of it returns: a short-term model beside the network.

Each earlier step predicts that its symbol comes again now. Its weight depends on how many bars ago it was,
and on how many notes before it are the same as the last notes before now. The weighted predictions are added
to the network's probabilities. Only the weights are learned beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.lstm import Probabilities
from antiphon.compose.place import Bars

# How far back a step lies: not a whole number of bars; 1, 2, 3, 4, 6 or 8 bars; 5 or 7; 12 or 16; others.
_OTHER = 9
_DISTANCES = {1: 1, 2: 2, 3: 3, 4: 4, 6: 5, 8: 6, 5: 7, 7: 7, 12: 8, 16: 8}
DISTANCES = 10
# How many notes and rests in a row are the same before it and before now, in classes: 0, 1, 2, 3, 4, 5–6,
# 7–9, 10–15, more.
_RUNS = np.repeat(np.arange(9, dtype=np.uint8), [1, 1, 1, 1, 1, 2, 3, 6, 1])
RUNS = 9
# The weight is also multiplied by what the network gives the predicted symbol, to this power.
TASTE = 0.2
# Steps that are kept: some eight minutes at 120 bpm. When they are too many, the oldest quarter is dropped.
MOST_STEPS, _KEPT_STEPS = 4096, 3072


@dataclass(frozen=True, slots=True)
class Experience:
    """The weight of an earlier step's prediction, shape (DISTANCES, RUNS), where the network weighs 1.

    Raises ValueError where the shape is another or a weight is below 0.
    """

    weights: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        table = np.asarray(self.weights, np.float64)
        if table.shape != (DISTANCES, RUNS):
            raise ValueError(f"a memory's weights must have shape {(DISTANCES, RUNS)}, got {table.shape}")
        if not (np.isfinite(table).all() and (table >= 0).all()):
            raise ValueError("a memory's weights must be 0 or more")


class Memory:
    """The steps of a session, on its bars. `symbols`: V, the size of the vocabulary; `hold_id` is its hold.

    A song is under way at any time. Until `keep` it may be told again from its beginning, with `begin`.
    """

    def __init__(self, experience: Experience, symbols: int, hold_id: int) -> None:
        self._weights = np.asarray(experience.weights, np.float64).ravel()
        self._hold_id, self._gap = hold_id, symbols
        self._steps = np.full(MOST_STEPS, self._gap, np.int64)
        self._runs, self._spare = (np.zeros(MOST_STEPS + 1, np.int64) for _ in range(2))
        self._distance = np.zeros(MOST_STEPS + 1, np.int64)
        self._bar_steps = 0
        self._before: tuple[NDArray[np.int64], int] | None = None  # steps and how many, before this song
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._length = self._kept = 0
        self._runs[:] = 0
        self._before = None

    def begin(self, bars: Bars) -> None:
        """A new song begins, in these bars; one that was not kept is forgotten."""
        if self._before is not None:  # older steps may have been forgotten for a song that is forgotten now
            steps, self._kept = self._before
            self._steps[: self._kept] = steps
        self._length = self._kept
        self._before = (self._steps[: self._kept].copy(), self._kept)
        self._runs[:] = 0
        self._measure(bars.steps)
        bar = self._bar_steps or 1
        gap = (bars.offset_steps - self._length) % bar
        if self._length + gap + bar >= MOST_STEPS:
            self._forget_oldest()
        # A gap of a bar: the notes before it do not count as those that led to the new song.
        self._steps[self._length : self._length + (gap or bar)] = self._gap
        self._length += gap or bar

    def keep(self) -> None:
        """What was heard since `begin` stays."""
        self._kept, self._before = self._length, None

    def hear(self, symbol_id: int) -> None:
        """One more step."""
        before, after, n = self._runs, self._spare, self._length
        alike = self._steps[:n] == symbol_id
        np.add(before[:n], symbol_id != self._hold_id, out=after[1 : n + 1])
        after[1 : n + 1] *= alike
        after[0] = 0
        self._runs, self._spare = after, before
        self._append(symbol_id)

    def mix(self, expected: Probabilities, strength: float = 1.0) -> Probabilities:
        """The network's probabilities (V,) and, `strength` times as strong, the memory's. Sums to 1."""
        if self._length == 0 or strength == 0:
            return expected
        said = np.bincount(self.said, self._weights[self.classes], self._gap + 1)[: self._gap]
        mixed: Probabilities = expected + strength * said * expected**TASTE
        mixed /= mixed.sum()
        return mixed

    @property
    def said(self) -> NDArray[np.int64]:
        """What each earlier step predicts: an id, or V where it predicts nothing; the oldest first."""
        return self._steps[: self._length]

    @property
    def classes(self) -> NDArray[np.int64]:
        """The class of each earlier step, an index into the weights: distance · RUNS + run."""
        n = self._length
        runs = _RUNS[np.minimum(self._runs[:n], len(_RUNS) - 1)]
        return self._distance[n:0:-1] * RUNS + runs

    @property
    def kept(self) -> tuple[int, ...]:
        """The ids that are kept, V between songs."""
        return tuple(int(step) for step in self._steps[: self._kept])

    def restore(self, kept: Sequence[int]) -> None:
        """Begin with what another memory has kept. Raises ValueError on an id that is none."""
        if not all(0 <= step <= self._gap for step in kept):
            raise ValueError(f"ids in a memory must be 0–{self._gap}")
        self.clear()
        last = kept[-_KEPT_STEPS:]
        self._steps[: len(last)] = last
        self._length = self._kept = len(last)

    def _append(self, step: int) -> None:
        self._steps[self._length] = step
        self._length += 1
        if self._length == MOST_STEPS:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        """By whole bars, so that the rest stays on its bars."""
        bar = self._bar_steps or 1
        gone = -(-(MOST_STEPS - _KEPT_STEPS) // bar) * bar
        for array in (self._steps, self._runs):
            array[: MOST_STEPS - gone] = array[gone:MOST_STEPS].copy()
        self._length -= gone
        self._kept = max(0, self._kept - gone)

    def _measure(self, bar_steps: int) -> None:
        """The distance class of each number of steps back, for bars of this length; 0: not known."""
        if bar_steps == self._bar_steps:
            return
        self._bar_steps = bar_steps
        self._distance[:] = 0
        for back in range(bar_steps, MOST_STEPS + 1, bar_steps or MOST_STEPS + 1):
            self._distance[back] = _DISTANCES.get(back // bar_steps, _OTHER) if bar_steps else 0
