"""What the memory keeps of what was played: notes, rests and gaps."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class MemoryEvents:
    """Notes, rests and gaps: the step at which each begins, and its symbol's id.

    Steps are counted from the oldest; of an event that began before that, only holds are left.
    """

    def __init__(self, most: int) -> None:
        self._onsets, self._ids = np.zeros((2, most), np.int64)
        self.count = 0

    @property
    def onsets(self) -> Ints:
        return self._onsets[: self.count]

    @property
    def ids(self) -> Ints:
        return self._ids[: self.count]

    def append(self, onset: int, symbol_id: int) -> None:
        self._onsets[self.count], self._ids[self.count] = onset, symbol_id
        self.count += 1

    def put(self, onsets: Ints, ids: Ints) -> None:
        """These in place of all."""
        self.count = len(ids)
        self._onsets[: self.count], self._ids[: self.count] = onsets, ids
