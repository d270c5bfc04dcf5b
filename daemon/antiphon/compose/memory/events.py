"""What the memory keeps of what was played, notes, rests and gaps; and which of them were played before."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# So many notes and rests in a row, alike in pitch and rhythm, are a quotation: with three that are alike
# before it, the memory says more of the next one than the network does.
QUOTED_RUN = 4
# Two runs are compared by one number each, a sum modulo 2⁶⁴ with these odd factors.
_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


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

    @property
    def last(self) -> tuple[int, int]:
        """The step at which the last one begins, and its id; there is one."""
        return int(self._onsets[self.count - 1]), int(self._ids[self.count - 1])

    def append(self, onset: int, symbol_id: int) -> None:
        self._onsets[self.count], self._ids[self.count] = onset, symbol_id
        self.count += 1

    def put(self, onsets: Ints, ids: Ints) -> None:
        """These in place of all."""
        self.count = len(ids)
        self._onsets[: self.count], self._ids[: self.count] = onsets, ids


def quoted(onsets: Ints, ids: Ints, gap: int) -> NDArray[np.bool_]:
    """Which of these events, (E,) each, are part of a run that came before, in pitch and rhythm.

    How long the last of a run lasts does not count; a run over a `gap` between two songs is none.
    """
    found = np.zeros(len(ids), np.bool_)
    runs = len(ids) - QUOTED_RUN + 1
    if runs <= QUOTED_RUN:
        return found
    lasted = np.append(np.diff(onsets), 0)
    whole = np.ones(runs, np.bool_)
    said = np.zeros(runs, np.uint64)
    for place in range(QUOTED_RUN):
        part = slice(place, place + runs)
        whole &= ids[part] != gap
        said = said * _FACTORS[0] + ids[part].astype(np.uint64) * _FACTORS[1]
        if place < QUOTED_RUN - 1:
            said += lasted[part].astype(np.uint64) * _FACTORS[2]
    at = np.flatnonzero(whole)
    _, first, which = np.unique(said[at], return_index=True, return_inverse=True)
    again = at[at >= at[first[which]] + QUOTED_RUN] if len(at) else at
    for place in range(QUOTED_RUN):
        found[again + place] = True
    return found
