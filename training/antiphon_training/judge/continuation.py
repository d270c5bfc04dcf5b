"""How much of what really comes next a continuation hits. Pure.

The cardinality score of MIREX "Patterns for Prediction" (Collins 2013): of all translations in time and pitch
the one that brings most of the notes onto true ones; that number less one, over the true notes less one
(recall) and over those of the continuation less one (precision). F1 is 2h/(t + m) for h notes hit, t true
ones and m made, each less one.
"""

from collections import Counter
from collections.abc import Iterable

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.repetition import Share

BEATS = 10  # quarters
Point = tuple[int, int]  # onset in steps, pitch


def hits(true: Iterable[Point], made: Iterable[Point]) -> Share:
    """F1 as so many of so many; 0 of 1 where either has fewer than two notes."""
    there, here = set(true), set(made)
    if min(len(there), len(here)) < 2:
        return 0, 1
    moves = Counter((on - onset, to - pitch) for onset, pitch in here for on, to in there)
    return 2 * (max(moves.values()) - 1), len(there) + len(here) - 2


def continued(answer: JudgedAnswer) -> Share:
    """The same for an answer and what its song goes on with, as far as ten quarters."""
    opening = answer.opening
    end = BEATS * opening.steps_per_quarter
    true = JudgedAnswer(opening, opening.continuation)
    return hits(_points(true, end), _points(answer, end))


def _points(answer: JudgedAnswer, end: int) -> list[Point]:
    return [(note.onset_steps, note.pitch) for note in answer.notes if note.onset_steps < end]
