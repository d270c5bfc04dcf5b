"""Duplicates, variants and the split: variants of one song must all be on the same side of the split.

Two songs are variants where they share a quarter or more of their runs of eight intervals. Pure; no files.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from antiphon.compose.symbols import HOLD, decode, is_pitch

RUN_INTERVALS = 8
SHARED = 0.25
SPLITS = (("train", 80), ("valid", 10), ("test", 10))


def trimmed(stream: Sequence[str]) -> tuple[str, ...]:
    """A stream without the rests before its first note and after its last."""
    pitches = [place for place, symbol in enumerate(stream) if is_pitch(symbol)]
    if not pitches:
        return ()
    end = pitches[-1] + 1
    while end < len(stream) and stream[end] == HOLD:
        end += 1
    return tuple(stream[pitches[0] : end])


def digest(stream: Sequence[str]) -> str:
    """The name of a song's music: equal for duplicates, whatever rests surround them."""
    return hashlib.sha256(" ".join(trimmed(stream)).encode("ascii")).hexdigest()


def runs(stream: Sequence[str], length: int = RUN_INTERVALS) -> frozenset[tuple[int, ...]]:
    """The different runs of successive intervals, in semitones; shorter songs have none."""
    pitches = [note.pitch for note in decode(stream)]
    steps = [b - a for a, b in pairwise(pitches)]
    return frozenset(tuple(steps[i : i + length]) for i in range(len(steps) - length + 1))


def share(a: frozenset[tuple[int, ...]], b: frozenset[tuple[int, ...]]) -> float:
    """What part of the smaller set of runs is in the other one, 0–1."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0


def clusters(sets: Sequence[frozenset[tuple[int, ...]]], threshold: float = SHARED) -> list[int]:
    """For each song the first one of its cluster: songs joined, directly or through others, by shared runs.

    An index from runs to songs finds the pairs, so songs that share nothing are never compared.
    """
    parents = list(range(len(sets)))
    holders: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for song, own in enumerate(sets):
        common = Counter(other for run in own for other in holders[run])
        for other, count in common.items():
            if count >= threshold * min(len(own), len(sets[other])):
                _join(parents, song, other)
        for run in own:
            holders[run].append(song)
    return [_root(parents, song) for song in range(len(sets))]


def _root(parents: list[int], song: int) -> int:
    while parents[song] != song:
        parents[song] = parents[parents[song]]
        song = parents[song]
    return song


def _join(parents: list[int], a: int, b: int) -> None:
    first, second = sorted((_root(parents, a), _root(parents, b)))
    parents[second] = first


def cluster_names(streams: Sequence[Sequence[str]]) -> list[str]:
    """For each song the name of its cluster: the least digest in it, so no order and no index matters."""
    digests = [digest(stream) for stream in streams]
    roots = clusters([runs(stream) for stream in streams])
    least: dict[int, str] = {}
    for root, own in zip(roots, digests, strict=True):
        least[root] = min(own, least.get(root, own))
    return [least[root] for root in roots]


def split_of(cluster: str) -> str:
    """train, valid or test, by the cluster's name alone: 80, 10 and 10 of a hundred."""
    place = int(hashlib.sha256(cluster.encode("ascii")).hexdigest(), 16) % 100
    for name, part in SPLITS:
        if place < part:
            return name
        place -= part
    raise AssertionError("the parts of the split add up to 100")


def without_duplicates(streams: Iterable[Sequence[str]]) -> list[int]:
    """The places of the songs to keep: the first of each set of duplicates."""
    seen: dict[str, int] = {}
    for place, stream in enumerate(streams):
        seen.setdefault(digest(stream), place)
    return sorted(seen.values())
