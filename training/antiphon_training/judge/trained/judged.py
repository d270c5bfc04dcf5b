"""How well trained judges tell answers from what the songs go on with.

A judge learns from some songs which of two continuations of a phrase is the song's and which is ours, and is
asked about others (cross-fitting). Variants of one song are in the same fold, so that no judge has met a song
that it is asked about. Sources: a classifier as a test of whether two samples differ, Lopez-Paz & Oquab 2017;
cross-fitting, Chernozhukov et al. 2018.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.trained.auc import Area, area
from antiphon_training.judge.trained.boosting import BoostedTrees
from antiphon_training.judge.trained.line import Exchange, exchange_of
from antiphon_training.judge.trained.note_network import NoteNetwork

Floats = NDArray[np.float64]
FOLDS = 5
FIRST_BARS = 3


class Judge(Protocol):
    """Something that learns which exchanges have answers of ours, and scores others."""

    def scores(
        self, learned: NDArray[np.intp], ours: NDArray[np.bool_], asked: NDArray[np.intp]
    ) -> Floats: ...


JUDGES: Mapping[str, Callable[[Sequence[Exchange]], Judge]] = {"boosting": BoostedTrees, "GRU": NoteNetwork}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge can tell: by whole answers, by their first three bars, and where songs end.

    `where_songs_end` are the scores of whole answers at the ends of songs alone; None where there are none.
    """

    whole: Area
    first_bars: Area
    where_songs_end: Area | None


def judged(
    true: Sequence[JudgedAnswer],
    ours: Sequence[JudgedAnswer],
    clusters: Sequence[str],
    judges: Mapping[str, Callable[[Sequence[Exchange]], Judge]] = JUDGES,
    heard: Callable[[], None] = lambda: None,
) -> dict[str, Verdict]:
    """By the judge's name how well it tells `ours` from the `true` answers to the same phrases, in order.

    `clusters` names for each the variants that its song belongs to. `heard` is called after every fold of
    every judge, `steps_of(judges)` times in all. Raises ValueError unless the three are equally long and name
    two clusters or more.
    """
    if not len(true) == len(ours) == len(clusters):
        raise ValueError(f"{len(true)} true answers, {len(ours)} of ours and {len(clusters)} clusters")
    exchanges = [exchange_of(answer) for answer in (*true, *ours)]
    shortened = [exchange.first_bars(FIRST_BARS) for exchange in exchanges]
    folds = folds_of(clusters)
    ends = np.array([answer.opening.ends_song for answer in true])
    found = {}
    for name, judge in judges.items():
        whole = crossed(judge(exchanges), folds, heard)
        first = crossed(judge(shortened), folds, heard)
        at_ends = _area(whole, clusters, np.flatnonzero(ends)) if ends.any() else None
        everywhere = np.arange(len(true))
        found[name] = Verdict(_area(whole, clusters, everywhere), _area(first, clusters, everywhere), at_ends)
    return found


def folds_of(clusters: Sequence[str]) -> NDArray[np.intp]:
    """For each song the number of its fold. The largest cluster goes first, each to the emptiest fold."""
    names, own, sizes = np.unique(list(clusters), return_inverse=True, return_counts=True)
    if len(names) < 2:
        raise ValueError("a judge needs songs of two clusters or more")
    filled, fold = np.zeros(min(FOLDS, len(names)), np.int64), np.zeros(len(names), np.intp)
    for cluster in np.argsort(-sizes, kind="stable"):
        fold[cluster] = np.argmin(filled)
        filled[fold[cluster]] += sizes[cluster]
    return fold[own]


def crossed(judge: Judge, folds: NDArray[np.intp], heard: Callable[[], None]) -> Floats:
    """Scores (2, songs), true ones first, each by a judge that learned from the other folds."""
    both = np.concatenate([folds, folds])
    ours = np.arange(len(both)) >= len(folds)
    scores = np.zeros(len(both))
    for fold in np.unique(folds):
        asked = np.flatnonzero(both == fold)
        scores[asked] = judge.scores(np.flatnonzero(both != fold), ours, asked)
        heard()
    return scores.reshape(2, -1)


def steps_of(judges: Mapping[str, object], clusters: Sequence[str]) -> int:
    """How often `judged` calls `heard`."""
    return 2 * len(judges) * min(FOLDS, len(set(clusters)))


def _area(scores: Floats, clusters: Sequence[str], songs: NDArray[np.intp]) -> Area:
    return area(scores[0, songs], scores[1, songs], [clusters[song] for song in songs])
