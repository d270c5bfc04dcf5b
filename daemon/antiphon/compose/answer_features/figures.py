"""Short figures of the phrase that the answer takes up, and figures that come back inside the answer."""

from collections.abc import Hashable, Sequence

from antiphon.compose.answer_features.parts import Part
from antiphon.compose.answer_features.sums import found_in, grams, share


def measure(call: Part, answer: Part) -> dict[str, float]:
    ours, theirs = _moves(answer), _moves(call)
    cells, of_call = _cells(answer), _cells(call)
    lengths, degrees = answer.durations, answer.degrees
    return {
        "cells_of_call": found_in(cells, set(of_call)),
        "cells_taken_up": found_in(of_call, set(cells)),
        "kinds_of_cells": float(len(set(cells))),
        "lengths_of_call_2": _taken(lengths, call.durations, 2),
        "lengths_of_call_4": _taken(lengths, call.durations, 4),
        "intervals_of_call_2": _taken(answer.intervals, call.intervals, 2),
        "intervals_of_call_4": _taken(answer.intervals, call.intervals, 4),
        "degrees_of_call_2": _taken(degrees, call.degrees, 2),
        "degrees_of_call_4": _taken(degrees, call.degrees, 4),
        "moves_of_call_1": _taken(ours, theirs, 1),
        "moves_of_call_2": _taken(ours, theirs, 2),
        "moves_of_call_3": _taken(ours, theirs, 3),
        "moves_of_call_6": _taken(ours, theirs, 6),
        "moves_again_2": _again(ours, 2),
        "moves_again_3": _again(ours, 3),
        "degrees_again_3": _again(degrees, 3),
        "lengths_again_4": _again(lengths, 4),
    }


def _moves(part: Part) -> list[tuple[int, int]]:
    """Each interval, with the length of the note after which it comes."""
    return list(zip(part.durations, part.intervals, strict=False))


def _cells(part: Part) -> list[tuple[int, ...]]:
    """The rhythm of each beat in which a note begins: places within the beat."""
    beat = part.beat_ticks
    cells: dict[int, list[int]] = {}
    for onset in part.onsets:
        cells.setdefault(onset // beat, []).append(onset % beat)
    return [tuple(places) for places in cells.values()]


def _taken(items: Sequence[Hashable], of_call: Sequence[Hashable], length: int) -> float:
    """The share of the runs of so many that the phrase has, too."""
    return found_in(grams(items, length), set(grams(of_call, length)))


def _again(items: Sequence[Hashable], length: int) -> float:
    """The share of the runs of so many that came before."""
    runs = grams(items, length)
    return 1 - share(len(set(runs)), len(runs)) if runs else 0.0
