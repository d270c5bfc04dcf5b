"""Duplicates, variants and the split: variants of one song must all be on the same side of the split.

Two songs are variants where they share a quarter or more of their runs of eight intervals. Pure; no files.
How variants are found among many songs stands in `clusters`.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.symbols import HOLD, decode, is_pitch
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.corpus.sections import whole_of
from antiphon_training.data.clusters import clusters

RUN_INTERVALS = 8
SPLITS = (("train", 80), ("valid", 10), ("test", 10))
_NO_INTERVAL = 128  # what stands for an interval of 0 semitones, so that each of −127…127 is a byte
Runs = NDArray[np.uint64]
_NO_RUNS: Runs = np.empty(0, np.uint64)


def trimmed(stream: Sequence[str]) -> tuple[str, ...]:
    """A stream without the rests before its first note and after its last."""
    pitches = [place for place, symbol in enumerate(stream) if is_pitch(symbol)]
    if not pitches:
        return ()
    end = pitches[-1] + 1
    while end < len(stream) and stream[end] == HOLD:
        end += 1
    return tuple(stream[pitches[0] : end])


def digest(stream: Sequence[str], steps_per_quarter: int = STEPS_PER_QUARTER) -> str:
    """The name of a song's music: equal for duplicates, whatever rests surround them.

    A song that sixteenths can say has the same name on every grid, so that it is on the same side of the
    split.
    """
    bare = trimmed(stream)
    step, rest = divmod(steps_per_quarter, STEPS_PER_QUARTER)
    if step > 1 and not rest and all(symbol == HOLD or at % step == 0 for at, symbol in enumerate(bare)):
        bare = bare[::step]
    return hashlib.sha256(" ".join(bare).encode("ascii")).hexdigest()


def runs(stream: Sequence[str]) -> Runs:
    """The different runs of eight successive intervals, ascending; shorter songs have none.

    A run is one number: its intervals in semitones, a byte each.
    """
    pitches = np.array([note.pitch for note in decode(stream)], np.int16)
    steps = (np.diff(pitches) + _NO_INTERVAL).astype(np.uint8)
    if len(steps) < RUN_INTERVALS:
        return _NO_RUNS
    windows = np.lib.stride_tricks.sliding_window_view(steps, RUN_INTERVALS)
    return np.unique(np.ascontiguousarray(windows).view(">u8").astype(np.uint64))


class Together:
    """Sections of one song, which belong together as variants do. A duplicate has the index of its twin."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._pairs: list[tuple[int, int]] = []

    def add(self, source: str, index: int) -> None:
        """A song or a section with this source has this index among the songs that are kept."""
        whole = whole_of(source)
        if whole == source:
            return
        if whole in self._last:
            self._pairs.append((self._last[whole], index))
        self._last[whole] = index

    def pairs(self) -> NDArray[np.int64]:
        """Pairs of indexes that belong together, (2, n)."""
        return np.array(self._pairs, np.int64).reshape(-1, 2).T


def cluster_names(
    digests: Sequence[str],
    all_runs: Runs,
    counts: NDArray[np.integer],
    together: NDArray[np.integer] | None = None,
) -> list[str]:
    """For each song the name of its cluster: the least digest in it, so no order and no index matters.

    `all_runs` holds the runs of all songs one after another, `counts` how many each has; `together` are the
    pairs of `Together`.
    """
    roots = clusters(all_runs, counts, together=together).tolist()
    least: dict[int, str] = {}
    for root, own in zip(roots, digests, strict=True):
        least[root] = min(own, least.get(root, own))
    return [least[root] for root in roots]


def cluster_names_of(
    streams: Sequence[Sequence[str]],
    steps_per_quarter: int = STEPS_PER_QUARTER,
    together: NDArray[np.integer] | None = None,
) -> list[str]:
    """`cluster_names` of songs that are in memory."""
    own = [runs(stream) for stream in streams]
    counts = np.array([len(one) for one in own], np.int64)
    names = [digest(stream, steps_per_quarter) for stream in streams]
    return cluster_names(names, np.concatenate([_NO_RUNS, *own]), counts, together)


def split_of(cluster: str) -> str:
    """train, valid or test, by the cluster's name alone: 80, 10 and 10 of a hundred."""
    place = int(hashlib.sha256(cluster.encode("ascii")).hexdigest(), 16) % 100
    for name, part in SPLITS:
        if place < part:
            return name
        place -= part
    raise AssertionError("the parts of the split add up to 100")
