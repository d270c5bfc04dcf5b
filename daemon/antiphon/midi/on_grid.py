"""Written notes, in quarters, become notes on a grid of steps; what the grid cannot say is rounded.

A note that the grid can say stays where it is. Others, such as triplets on a grid of sixteenths, go to the
step before or after, all together moved as little as possible. Of two that share a step, one is left out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from antiphon.events import GridNote

# Leaving a note out is as bad as moving one by two steps.
_LEFT_OUT_COST = 4.0
_FINEST = 960  # parts of a step that are told apart


Quarters = float | Fraction
Written = tuple[Quarters, Quarters, int]  # onset, length, pitch


@dataclass(frozen=True, slots=True)
class OnGrid:
    """The notes on the grid; how many of them were moved to a step, and how many there was no step for."""

    notes: tuple[GridNote, ...]
    moved: int
    left_out: int


@dataclass(frozen=True, slots=True)
class _Note:
    """Onset and end in steps; `pitch` as it is; `joined`: the next note begins where it ends."""

    onset: Fraction
    end: Fraction
    pitch: int
    joined: bool


def on_grid(notes: Sequence[Written], steps_per_quarter: int) -> OnGrid:
    """Notes in quarters, ascending. Raises ValueError where two sound at once."""
    written = _in_steps(notes, steps_per_quarter)
    kept = _one_of_each_step(_placed([note.onset for note in written]), written)
    limits = [*(step for step, _ in kept[1:]), None][: len(kept)]
    lasting = [
        GridNote(step, _duration(step, note, limit), note.pitch)
        for (step, note), limit in zip(kept, limits, strict=True)
    ]
    moved = sum(note.onset != step for step, note in kept)
    return OnGrid(tuple(lasting), moved, len(written) - len(kept))


def _in_steps(notes: Sequence[Written], steps_per_quarter: int) -> list[_Note]:
    onsets = [_steps(onset, steps_per_quarter) for onset, _, _ in notes]
    ends = [_steps(onset + length, steps_per_quarter) for onset, length, _ in notes]
    for end, after in zip(ends, onsets[1:], strict=False):
        if end > after:
            raise ValueError(f"two notes sound at {float(after / steps_per_quarter):g} quarters")
    following = [*onsets[1:], None][: len(onsets)]
    return [
        _Note(onset, end, pitch, end == after)
        for onset, end, (_, _, pitch), after in zip(onsets, ends, notes, following, strict=True)
    ]


def _steps(quarters: Quarters, steps_per_quarter: int) -> Fraction:
    """Exact for whatever a score writes: thirds of a step are no floats."""
    return Fraction(round(Fraction(quarters) * steps_per_quarter * _FINEST), _FINEST)


def _placed(places: Sequence[Fraction]) -> list[int]:
    """A step for each place, ascending, with the least cost (dynamic programming)."""
    if not places:
        return []
    costs: dict[int, float] = {-1: 0.0}
    origins: list[dict[int, int]] = []
    for place in places:
        steps = {math.floor(place), math.ceil(place)}
        chosen = {step: _cheapest(step, costs) for step in sorted(steps)}
        origins.append({step: origin for step, (_, origin) in chosen.items()})
        costs = {step: cost + float(step - place) ** 2 for step, (cost, _) in chosen.items()}
    found = [min(costs, key=lambda step: (costs[step], step))]
    for origin in reversed(origins[1:]):
        found.append(origin[found[-1]])
    return found[::-1]


def _cheapest(step: int, costs: dict[int, float]) -> tuple[float, int]:
    return min((cost + _LEFT_OUT_COST * (at == step), at) for at, cost in costs.items() if at <= step)


def _one_of_each_step(steps: Sequence[int], notes: Sequence[_Note]) -> list[tuple[int, _Note]]:
    """Of several notes on one step the longest, or the first of those."""
    kept: dict[int, _Note] = {}
    for step, note in zip(steps, notes, strict=True):
        other = kept.get(step)
        if other is None or note.end - note.onset > other.end - other.onset:
            kept[step] = note
    return list(kept.items())


def _duration(step: int, note: _Note, limit: int | None) -> int:
    """To the next note where that follows at once; else rounded, and at least one step."""
    if limit is not None and note.joined:
        return limit - step
    duration = max(1, round(note.end) - step)
    return duration if limit is None else min(duration, limit - step)
