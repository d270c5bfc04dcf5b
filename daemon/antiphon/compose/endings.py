"""How songs end: from the last two notes of an answer, how likely it closes as a song does. Pure.

Logistic regression on the ends of songs and on four bars of the same songs after which they go on. The
numbers are what `python tests/benchmarks/fit_endings.py --data FOLDER` prints, where FOLDER holds the German
songs of the Essen collection: it learns from those of the part that models learn from.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.events import GridNote

LogOdds = NDArray[np.float64]
# Of semitones above the tonic the number of the degree from 0 on, be it of major or of minor; 7 for others.
_DEGREE = (0, 7, 1, 2, 2, 3, 7, 4, 5, 5, 6, 6)
_AWAY = 8  # in place of the degree before the last note, where that is not the tonic
_DEGREES, _MOVES, _PLACES, _LENGTHS = 8, 4, 4, 4
# Log odds of: the degree of the last note; that of the note before it, or `_AWAY`; how it moves from there
# (not at all, by step, by third, wider); where it begins (on the bar line, in the middle of the bar, on
# another beat, off the beat); how long it is (below a beat, below two, below three, longer).
_OF_LAST = (0.92, -0.69, 1.76, -1.71, -0.03, 0.28, -1.30, -0.04)
_OF_BEFORE = (0.11, 1.04, -0.08, -0.34, 0.15, -0.43, 0.62, -0.16, -1.74)
_OF_MOVE = (-0.29, 0.14, -0.21, -0.46)
_OF_PLACE = (2.50, 0.81, -0.76, -3.37)
_OF_LENGTH = (1.04, -0.19, -0.48, -1.19)
TABLE = np.array([*_OF_LAST, *_OF_BEFORE, *_OF_MOVE, *_OF_PLACE, *_OF_LENGTH])
_FIRST = np.cumsum([0, _DEGREES, _DEGREES + 1, _MOVES, _PLACES])
# What has no two notes closes nothing.
_NO_END = -10.0


def log_odds(answers: Sequence[Sequence[GridNote]], frame: AnswerFrame) -> LogOdds:
    """Log odds (N,), but for one constant, that a song ends with the last notes of each answer and does not
    go on.

    All notes are in C major or A minor, in order, their steps counted as `AnswerFrame` says.
    """
    return np.array(
        [TABLE[rows].sum() if (rows := of_answer(answer, frame)) else _NO_END for answer in answers]
    )


def of_answer(answer: Sequence[GridNote], frame: AnswerFrame) -> list[int]:
    """Which numbers of `TABLE` say how an answer ends; none where it has fewer than two notes."""
    if len(answer) < 2:
        return []
    before, last = answer[-2:]
    degrees = [_DEGREE[(note.pitch - frame.tonic) % 12] for note in (last, before)]
    kinds = (
        degrees[0],
        _AWAY if degrees[0] else degrees[1],
        _move(abs(last.pitch - before.pitch)),
        _place(frame.ticks(last.onset_steps) % frame.bar_ticks, frame),
        min(frame.ticks(last.duration_steps) // frame.beat_ticks, _LENGTHS - 1),
    )
    return [int(first) + kind for first, kind in zip(_FIRST, kinds, strict=True)]


def _move(semitones: int) -> int:
    return -(-min(semitones, 6) // 2)


def _place(ticks: int, frame: AnswerFrame) -> int:
    if ticks == 0:
        return 0
    if 2 * ticks == frame.bar_ticks:
        return 1
    return 2 if ticks % frame.beat_ticks == 0 else 3
