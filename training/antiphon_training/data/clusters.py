"""Songs that share runs are joined into clusters, exactly, without looking at every pair of songs.

Two steps. First MinHash (Broder 1997): songs whose runs have the same least hash are likely to share many,
so neighbours among these are compared and joined. That finds most of every large family. Then only the runs
that songs of different clusters share go into a sparse product, which counts for all pairs of songs how many
runs they share. Pure; arrays alone.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]
SHARED = 0.25  # of the smaller set of runs
HASHES = 16
BLOCK_PAIRS = 20_000_000  # pairs of songs with a common run that are held in memory at a time


def clusters(
    runs: NDArray[np.uint64], counts: Numbers, threshold: float = SHARED, together: Numbers | None = None
) -> Numbers:
    """For each song the number of its cluster's first song: songs joined directly or through others.

    `runs` holds the different runs of each song, one song after another; `counts` (songs,) how many each has.
    Two songs are joined where they share `threshold` of the runs of the one that has fewer, and where
    `together`, pairs of songs (2, n), says so.
    """
    table = _table(runs, counts)
    wanted = threshold * np.asarray(counts)
    joined = _Joined(len(wanted))
    if together is not None:
        joined.join(together)
    for pairs in _likely_pairs(table):
        joined.join(_that_share(table, pairs, wanted))
    labels = joined.labels()
    for pairs in _pairs_across(_between(table, labels), labels, wanted):
        joined.join(pairs)
    return joined.firsts()


def _table(runs: NDArray[np.uint64], counts: Numbers) -> Any:
    """Songs × different runs, 1 where a song has a run; a scipy.sparse.csr_matrix."""
    from scipy.sparse import csr_matrix

    names, columns = np.unique(runs, return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(counts)])
    return csr_matrix((np.ones(len(runs), np.int32), columns, starts), shape=(len(counts), len(names)))


class _Joined:
    """Which songs are joined so far; `pairs` are arrays (2, number) of songs."""

    def __init__(self, songs: int) -> None:
        self._labels: Numbers = np.arange(songs)

    def join(self, pairs: Numbers) -> None:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        if not pairs.size:
            return
        ends = self._labels[pairs]
        size = int(self._labels.max()) + 1
        graph = coo_matrix((np.ones(ends.shape[1], np.int8), ends), shape=(size, size))
        self._labels = connected_components(graph, directed=False)[1][self._labels]

    def labels(self) -> Numbers:
        return self._labels

    def firsts(self) -> Numbers:
        """For each song the first one with the same label."""
        _, first, own = np.unique(self._labels, return_index=True, return_inverse=True)
        return first[own]


def _likely_pairs(table: Any) -> Iterator[Numbers]:
    """For each of several hashes: songs next to each other among those with the same least hash."""
    songs = np.flatnonzero(np.diff(table.indptr))
    if not len(songs):
        return
    rng = np.random.default_rng(0)
    for _ in range(HASHES):
        hashed = rng.permutation(table.shape[1])[table.indices]
        least = np.minimum.reduceat(hashed, table.indptr[songs])
        order = np.argsort(least, kind="stable")
        same = np.flatnonzero(least[order][1:] == least[order][:-1])
        yield songs[np.stack([order[same], order[same + 1]])]


def _that_share(table: Any, pairs: Numbers, wanted: NDArray[np.floating]) -> Numbers:
    """Of the pairs those that share enough."""
    one, other = pairs
    common = np.asarray(table[one].multiply(table[other]).sum(axis=1)).ravel()
    return pairs[:, common >= np.minimum(wanted[one], wanted[other])]


def _between(table: Any, labels: Numbers) -> Any:
    """The table with only the runs that songs of different clusters share."""
    by_run = table.tocsc()
    held_by = labels[by_run.indices]
    if not len(held_by):
        return table
    starts = by_run.indptr[:-1]  # every run has a song
    return table[:, np.minimum.reduceat(held_by, starts) != np.maximum.reduceat(held_by, starts)]


def _pairs_across(table: Any, labels: Numbers, wanted: NDArray[np.floating]) -> Iterator[Numbers]:
    """The pairs of songs of different clusters that share enough, some at a time."""
    across = table.T.tocsr()
    cost = np.asarray(table @ np.diff(across.indptr)).ravel()  # pairs that a song's runs name
    block = np.cumsum(cost) // BLOCK_PAIRS
    for rows in np.split(np.arange(len(cost)), np.flatnonzero(np.diff(block)) + 1):
        common = (table[rows] @ across).tocoo()
        one, other = rows[common.row], common.col
        far = (one < other) & (labels[one] != labels[other])
        one, other, shared = one[far], other[far], common.data[far]
        enough = shared >= np.minimum(wanted[one], wanted[other])
        yield np.stack([one[enough], other[enough]])
