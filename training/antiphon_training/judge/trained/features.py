"""What the boosted trees are told of a phrase and an answer: named numbers, NaN where there is none. Pure.

Pitches count from the tonic and lengths in sixteenths, so keys and grids do not matter. The set is the
judge's own: nothing that makes answers may use it.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from antiphon_training.judge.trained.bar_features import phrase_and_answer_bars
from antiphon_training.judge.trained.line import Exchange, Line

Features = dict[str, float]
NONE = float("nan")
_INTERVALS = (-7, -4, -2, -1, 0, 1, 2, 4, 7)  # upper ends of the classes of intervals, in semitones
_LENGTHS = (1, 2, 3, 4, 6, 8, 12)  # upper ends of the classes of lengths, in sixteenths
_METRIC = (1.0, 2.0, 4.0)  # what an onset off the beat, on a beat and on the bar line counts
_SCALES = {"major": {0, 2, 4, 5, 7, 9, 11}, "minor": {0, 2, 3, 5, 7, 8, 9, 10, 11}}


def features(exchange: Exchange) -> Features:
    """Every feature by its name, the same names for every exchange."""
    phrase, answer = exchange.phrase, exchange.answer
    found = {"minor": float(exchange.mode == "minor"), "bar": 4 * phrase.bar / phrase.quarter}
    found["song ends"] = float(exchange.last)
    found |= {f"phrase {what}": value for what, value in _of_both(phrase)}
    found |= {f"answer {what}": value for what, value in _of_answer(answer, exchange.mode)}
    found |= dict(_endings(answer))
    found |= dict(_seam(phrase, answer))
    found |= dict(_taken_up(phrase, answer))
    found |= dict(phrase_and_answer_bars(phrase, answer, exchange.mode))
    return found


def matrix(exchanges: Sequence[Exchange]) -> NDArray[np.float64]:
    """Shape (exchanges, features)."""
    return np.array([list(features(exchange).values()) for exchange in exchanges], np.float64)


def _of_answer(line: Line, mode: str) -> Iterator[tuple[str, float]]:
    lengths, weights = line.sixteenths, [_METRIC[weight] for weight in line.weights]
    yield from _shares("degree", line.degrees, lengths, range(12))
    yield from _shares("degree on beats", line.degrees, weights, range(12))
    yield from _shares("interval", _classes(line.intervals, _INTERVALS), None, range(len(_INTERVALS) + 1))
    yield from _shares("length", _classes(lengths, _LENGTHS), None, range(len(_LENGTHS) + 1))
    yield from _shares("metric weight", line.weights, None, range(3))
    yield "off the scale", _mean([degree not in _SCALES[mode] for degree in line.degrees])
    yield from _of_both(line)


def _of_both(line: Line) -> Iterator[tuple[str, float]]:
    """What is asked of phrase and answer alike."""
    yield "rests", 1 - line.sounding / line.steps
    yield "notes a bar", len(line.notes) * line.bar / line.steps
    pitches, moves = [note.pitch for note in line.notes], [move for move in line.intervals if move]
    yield "range", max(pitches) - min(pitches) if pitches else NONE
    yield "mean pitch", _mean(pitches)
    yield "turns", _mean([a * b < 0 for a, b in pairwise(moves)])
    yield "longest repeat", _longest(pitches)
    yield "longest even run", _longest(line.sixteenths)
    yield "different pitches", len(set(pitches)) / max(1, len(pitches))
    yield "different lengths", len(set(line.sixteenths))
    yield "figures again", _again(line.intervals, 3)
    yield "rhythms again", _again(line.sixteenths, 3)


def _endings(answer: Line) -> Iterator[tuple[str, float]]:
    """How it ends: the last three notes."""
    degrees, intervals, weights = answer.degrees, answer.intervals, answer.weights
    for place in (1, 2, 3):
        there = place <= len(answer.notes)
        yield f"degree {place} from the end", degrees[-place] if there else NONE
        yield f"sixteenths {place} from the end", answer.sixteenths[-place] if there else NONE
        yield f"metric weight {place} from the end", weights[-place] if there else NONE
        yield f"interval {place} from the end", intervals[-place] if place <= len(intervals) else NONE
    last = answer.notes[-1] if answer.notes else None
    yield "last onset before the end", 4 * (answer.steps - last.onset) / answer.quarter if last else NONE
    silence = answer.steps - last.onset - last.length if last else answer.steps
    yield "rest at the end", 4 * silence / answer.quarter


def _seam(phrase: Line, answer: Line) -> Iterator[tuple[str, float]]:
    """From the phrase to the answer."""
    both = bool(phrase.notes and answer.notes)
    yield "phrase's last degree", phrase.degrees[-1] if phrase.notes else NONE
    yield "phrase's last sixteenths", phrase.sixteenths[-1] if phrase.notes else NONE
    yield "first degree", answer.degrees[0] if answer.notes else NONE
    yield "first sixteenths", answer.sixteenths[0] if answer.notes else NONE
    yield "first interval", answer.notes[0].pitch - phrase.notes[-1].pitch if both else NONE
    yield "begins as the phrase", float(both and answer.notes[0].pitch == phrase.notes[0].pitch)
    yield "ends as the phrase", float(both and answer.notes[-1].pitch == phrase.notes[-1].pitch)
    end = phrase.notes[-1].onset + phrase.notes[-1].length if phrase.notes else 0
    yield "rest before", 4 * (phrase.steps - end) / phrase.quarter


def _taken_up(phrase: Line, answer: Line) -> Iterator[tuple[str, float]]:
    """What of the answer the phrase had, and how the two differ as wholes."""
    for name, of in _STRANDS.items():
        for length in (2, 3, 4):
            yield f"{name} of {length} from the phrase", _known(of(phrase), of(answer), length)
    for what in ("rests", "notes a bar", "mean pitch", "range"):
        own, theirs = (dict(_of_both(line))[what] for line in (answer, phrase))
        yield f"{what} beside the phrase", own - theirs


_STRANDS: dict[str, Callable[[Line], Sequence[float]]] = {
    "rhythms": lambda line: line.sixteenths,
    "figures": lambda line: line.intervals,
    "pitches": lambda line: [note.pitch for note in line.notes],
}


def _shares(
    name: str, values: Sequence[int], weights: Sequence[float] | None, bins: range
) -> Iterator[tuple[str, float]]:
    counts = np.bincount(np.array(values, np.int64), weights, len(bins))
    total = counts.sum()
    for bin_ in bins:
        yield f"{name} {bin_}", counts[bin_] / total if total else NONE


def _classes(values: Sequence[float], ends: Sequence[float]) -> list[int]:
    return [int(place) for place in np.searchsorted(ends, values)]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else NONE


def _longest(values: Sequence[float]) -> int:
    """The most times that a value comes in a row."""
    longest = run = 0
    for place, value in enumerate(values):
        run = run + 1 if place and value == values[place - 1] else 1
        longest = max(longest, run)
    return longest


def _runs(values: Sequence[float], length: int) -> list[tuple[float, ...]]:
    return [tuple(values[place : place + length]) for place in range(len(values) - length + 1)]


def _again(values: Sequence[float], length: int) -> float:
    """The share of the runs that came before."""
    runs = _runs(values, length)
    return 1 - len(set(runs)) / len(runs) if runs else NONE


def _known(old: Sequence[float], new: Sequence[float], length: int) -> float:
    """The share of the new runs that the old ones have."""
    heard = set(_runs(old, length))
    return _mean([run in heard for run in _runs(new, length)])
