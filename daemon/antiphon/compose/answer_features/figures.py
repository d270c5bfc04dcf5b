"""Short figures of the phrase that the answer takes up, and figures that come back inside the answer."""

from collections.abc import Hashable, Sequence

from antiphon.compose.answer_features.parts import Part, intervals, once
from antiphon.compose.answer_features.sums import found_in, grams, share

# What figures are made of, and of how many items; which of them may come again inside the answer.
_RUNS = {"lengths": (2, 4), "intervals": (2, 4), "degrees": (2, 3, 4), "moves": (1, 2, 3, 6)}
_AGAIN = (("moves", 2), ("moves", 3), ("degrees", 3), ("lengths", 4))
Runs = list[tuple[Hashable, ...]]


def measure(phrase: Part, answer: Part) -> dict[str, float]:
    ours, theirs = _runs(answer), _different_runs(phrase)
    cells, of_phrase = _cells(answer), _cells(phrase)
    return (
        {
            "cells_of_phrase": found_in(cells, set(of_phrase)),
            "cells_taken_up": found_in(of_phrase, set(cells)),
            "kinds_of_cells": float(len(set(cells))),
        }
        | {f"{what}_of_phrase_{n}": found_in(ours[what, n], theirs[what, n]) for what, n in ours}
        | {f"{what}_again_{n}": _again(ours[what, n]) for what, n in _AGAIN}
    )


@once
def _runs(part: Part) -> dict[tuple[str, int], Runs]:
    """All runs of so many items."""
    between = intervals(part)
    items: dict[str, Sequence[Hashable]] = {
        "lengths": part.durations,
        "intervals": between,
        "degrees": part.degrees,
        "moves": list(zip(part.durations, between, strict=False)),
    }
    return {(what, n): grams(items[what], n) for what, every in _RUNS.items() for n in every}


@once
def _different_runs(part: Part) -> dict[tuple[str, int], set[tuple[Hashable, ...]]]:
    return {which: set(runs) for which, runs in _runs(part).items()}


@once
def _cells(part: Part) -> list[tuple[int, ...]]:
    """The rhythm of each beat in which a note begins: places within the beat."""
    beat = part.beat_ticks
    cells: dict[int, list[int]] = {}
    for onset in part.onsets:
        cells.setdefault(onset // beat, []).append(onset % beat)
    return [tuple(places) for places in cells.values()]


def _again(runs: Runs) -> float:
    """The share of the runs that came before."""
    return 1 - share(len(set(runs)), len(runs)) if runs else 0.0
