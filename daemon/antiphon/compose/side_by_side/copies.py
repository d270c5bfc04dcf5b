"""What was played a whole number of beats ago, once more: answers that need no network. Pure.

Pop goes on as it did 4, 8 or 16 beats ago far more often than a network foresees that learned from folk
songs. How much such a copy counts follows from how much the last beats are like those so many beats before.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.side_by_side.ages import Ints
from antiphon.compose.side_by_side.candidate_rows import Symbols
from antiphon.compose.side_by_side.memory_rows import Past
from antiphon.slices import Sliced

# What is compared: the notes of so many last quarters, where there are about as many before them.
_WINDOWS, _SHARE_OF_WINDOW = (4, 8, 16, 32), 0.75
# No copy lies farther back than so many quarters, or begins before there are so many to compare.
_FARTHEST, _FEWEST = 80, 4
# A copy weighs _LOUD · (mean agreement)³, where the model's samples weigh 1 together; four times that if it
# was played 4, 8 … bars ago, twice that for 2, 6 … bars, √2 times that for other whole bars. Chosen by F1 of
# ten quarters on 106 voices of songs 1–259 of POP909 (Wang et al. 2020) and 60 validation songs of `all`.
_LOUD, _POWER = 3.0, 3.0
_BY_BARS = ((4, 4.0), (2, 2.0), (1, 2.0**0.5))
_MOST, _LEAST_WEIGHT = 8, 0.01


class Beats(NamedTuple):
    """A quarter, a beat and a bar in steps."""

    quarter: int
    beat: int
    bar: int


class Copy(NamedTuple):
    """The ids of an answer's steps, and how much it counts beside the model's, which weigh 1 together."""

    ids: Ints
    weight: float


class Line(NamedTuple):
    """The ids of all steps until now, (N,); of each id whether it is a note, and whether it may be copied."""

    ids: Ints
    pitched: NDArray[np.bool_]
    sayable: NDArray[np.bool_]


def line_of(past: Past, ready: Sequence[int], symbols: Symbols) -> Line:
    """What a memory holds and the ids that are ready after it; an end and the steps between songs are not
    copied."""
    ids = np.append(past.line(), np.array(ready, np.int64))
    pitched = np.array([*(pitch is not None for pitch in symbols.pitches), False])
    sayable = ~np.isin(np.arange(len(pitched)), (past.gap, symbols.end_id))
    return Line(ids, pitched, sayable)


def copies(played: Line, steps: int, beats: Beats) -> Sliced[list[Copy]]:
    """The copies of so many steps that count most, in small parts."""
    line = played.ids[-2 * _FARTHEST * beats.quarter :]
    onsets = np.flatnonzero(played.pitched[line])
    if not len(onsets):
        return []
    most = min(_FARTHEST * beats.quarter, int(onsets[-1] - onsets[0]) - _FEWEST * beats.quarter)
    lags = np.arange(beats.beat, most + 1, beats.beat)
    if not len(lags):
        return []
    agreement = yield from _agreement(line, onsets, lags, beats.quarter)
    weights = _LOUD * agreement**_POWER
    for bars, factor in reversed(_BY_BARS):
        whole = lags % (bars * beats.bar) == 0
        weights[whole] = factor * _LOUD * agreement[whole] ** _POWER
    found: dict[bytes, Copy] = {}
    for place in np.argsort(-weights, kind="stable").tolist():
        if weights[place] < _LEAST_WEIGHT:
            break
        ids = np.resize(line[-lags[place] :], steps)
        if not (played.pitched[ids].any() and played.sayable[ids].all()):
            continue
        same = found.get(ids.tobytes())
        if same is not None or len(found) < _MOST:
            weight = float(weights[place]) + (0.0 if same is None else same.weight)
            found[ids.tobytes()] = Copy(ids, weight)
    return list(found.values())


def _agreement(line: Ints, onsets: Ints, lags: Ints, quarter: int) -> Sliced[NDArray[np.float64]]:
    """For each lag how many of the last notes, and of those so much earlier, are the same: F1, a mean."""
    begun = np.zeros(len(line) + 1, np.int64)
    begun[1 + onsets] = 1
    before = np.cumsum(begun)  # how many notes begin before a step
    after, total, number = int(onsets[-1]) + 1, np.zeros(len(lags)), np.zeros(len(lags))
    for window in _WINDOWS:
        width = window * quarter
        now = onsets[onsets >= after - width]
        there = now - lags[:, None]
        same = (line[np.maximum(there, 0)] == line[now]) & (there >= 0)
        then = before[after - lags] - before[np.maximum(after - width - lags, 0)]
        known = int(onsets[-1] - onsets[0]) - lags >= _SHARE_OF_WINDOW * width
        total[known] += (2 * same.sum(axis=1) / (len(now) + then))[known]
        number[known] += 1
        yield
    return total / np.maximum(number, 1)
