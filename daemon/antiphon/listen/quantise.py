"""What was played, in seconds, becomes one voice on the grid, in steps.

All onsets are placed together: on different steps, and moved as little as possible in all.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal, Protocol, TypeVar

from antiphon.events import GridNote, PlayedNote
from antiphon.slices import Sliced, finish
from antiphon.timebase import steps_of_sixteenths

T = TypeVar("T")
R = TypeVar("R")
ChordNote = Literal["highest", "lowest", "latest"]  # the note of a chord that is the melody

# Notes struck this close, in seconds, are one chord; and never more than half a sixteenth apart.
CHORD_S, _CHORD_SIXTEENTHS = 0.035, 0.5
# A silence this short, or shorter than the note before it, is how a player detaches notes, not a rest.
_DETACHED_QUARTERS = 0.5
# So many notes are worked on in one slice: well below half a millisecond.
_SLICE_NOTES = 16
# No note is moved further than this, so a note near a step stays on it. Where there are more notes than steps
# (a trill, three notes in two steps) two share one and one of them goes: as bad as moving one by two steps.
_REACH_STEPS, _SHARED_COST = 0.85, 4.0


class Ruler(Protocol):
    """What says where on the grid a moment is: a steady `Grid`, or `Beats` that drift."""

    @property
    def steps_per_quarter(self) -> int:
        """The grid's steps."""

    def steps_at(self, at_s: float) -> float:
        """The place of a moment, in steps and fractions of one."""


def one_voice(notes: Iterable[PlayedNote], grid: Ruler, voice: ChordNote = "highest") -> tuple[GridNote, ...]:
    """One note at a time, each lasting to the next at most, with the least total displacement (squared).

    Of a chord `voice` stays: the highest note, the lowest, or the latest struck. Under "highest" a note
    struck and released while a higher one is held is another voice, and goes; under "lowest" likewise. Notes
    not struck together get steps of their own, unless that moves their neighbours too far. Notes before
    step 0 are moved to it.
    """
    return finish(one_voice_in_slices(notes, grid, voice))


def one_voice_in_slices(
    notes: Iterable[PlayedNote], grid: Ruler, voice: ChordNote = "highest"
) -> Sliced[tuple[GridNote, ...]]:
    """What `one_voice` gives, a few notes at a time."""
    melody = yield from _melody(sorted(notes, key=lambda note: (note.onset_s, note.pitch)), grid, voice)
    places = yield from _each(melody, lambda note: max(0.0, grid.steps_at(note.onset_s)))
    placed = yield from _placed(places)
    kept = _one_of_each_step(zip(placed, melody, strict=True), voice)
    limits, quarter = [*(onset for onset, _ in kept), None][1:], grid.steps_per_quarter

    def lasting(one: tuple[tuple[int, PlayedNote], int | None]) -> GridNote:
        (onset, note), limit = one
        return GridNote(onset, _duration(onset, grid.steps_at(note.release_s), limit, quarter), note.pitch)

    return tuple((yield from _each(list(zip(kept, limits, strict=True)), lasting)))


def _each(items: Sequence[T], function: Callable[[T], R]) -> Sliced[list[R]]:
    results = []
    for first in range(0, len(items), _SLICE_NOTES):
        results += [function(item) for item in items[first : first + _SLICE_NOTES]]
        yield
    return results


def _melody(notes: Sequence[PlayedNote], grid: Ruler, voice: ChordNote) -> Sliced[list[PlayedNote]]:
    """One note of each chord, without the notes of other voices; `notes` by onset."""
    chords: list[list[PlayedNote]] = []
    outer = yield from _without_inner_voices(notes, voice)
    for number, note in enumerate(outer):
        if chords and _struck_together(chords[-1][0], note, grid):
            chords[-1].append(note)
        else:
            chords.append([note])
        if number % _SLICE_NOTES == 0:
            yield
    # Of a chord, whichever note stays, the first one says when it was struck.
    return [replace(_chosen(chord, voice), onset_s=chord[0].onset_s) for chord in chords]


def _struck_together(first: PlayedNote, later: PlayedNote, grid: Ruler) -> bool:
    apart = grid.steps_at(later.onset_s) - grid.steps_at(first.onset_s)
    most = _CHORD_SIXTEENTHS * steps_of_sixteenths(1, grid.steps_per_quarter)
    return later.onset_s - first.onset_s < CHORD_S and apart < most


def _chosen(notes: Sequence[PlayedNote], voice: ChordNote) -> PlayedNote:
    """`notes` by onset."""
    if voice == "latest":
        return notes[-1]
    outermost = max if voice == "highest" else min
    return outermost(notes, key=lambda note: note.pitch)


def _without_inner_voices(notes: Sequence[PlayedNote], voice: ChordNote) -> Sliced[list[PlayedNote]]:
    if voice == "latest":
        return list(notes)
    up = 1 if voice == "highest" else -1
    kept: list[PlayedNote] = []
    held: dict[int, float] = {}  # pitch → when it is released at last, of those clearly struck before
    earlier = 0  # of those kept
    for number, note in enumerate(notes):
        if number % _SLICE_NOTES == 0:
            yield
        while earlier < len(kept) and note.onset_s - kept[earlier].onset_s >= CHORD_S:
            outer, earlier = kept[earlier], earlier + 1
            held[outer.pitch] = max(outer.release_s, held.get(outer.pitch, outer.release_s))
        if not any((p - note.pitch) * up > 0 and s - note.release_s >= CHORD_S for p, s in held.items()):
            kept.append(note)
    return kept


def _placed(places: Sequence[float]) -> Sliced[list[int]]:
    """A step for each place (in steps, ascending): ascending too, with the least sum of squared distances.

    Of two that are equally near it takes the earlier. This is dynamic programming: `costs` has the least cost
    of all ways to place the notes so far so that the last one is on a step.
    """
    costs: dict[int, float] = {-1: 0.0}
    origins: list[dict[int, int]] = []
    for number, place in enumerate(places):
        if number % _SLICE_NOTES == 0:
            yield
        cheapest = {step: _cheapest(step, costs) for step in _within_reach(place)}
        origins.append({step: origin for step, (_, origin) in cheapest.items()})
        costs = {step: cost + (step - place) ** 2 for step, (cost, _) in cheapest.items()}
    return _traced(min(costs, key=lambda step: (costs[step], step)), origins)


def _within_reach(place: float) -> range:
    return range(max(0, math.ceil(place - _REACH_STEPS)), math.floor(place + _REACH_STEPS) + 1)


def _cheapest(step: int, costs: dict[int, float]) -> tuple[float, int]:
    """The least cost of the notes before this one, and the last one's step: an earlier one, or the same."""
    return min((cost + _SHARED_COST * (at == step), at) for at, cost in costs.items() if at <= step)


def _traced(last: int, origins: Sequence[dict[int, int]]) -> list[int]:
    steps = [last]
    for origin in reversed(origins):
        steps.append(origin[steps[-1]])
    return steps[-2::-1]


def _one_of_each_step(
    placed: Iterable[tuple[int, PlayedNote]], voice: ChordNote
) -> list[tuple[int, PlayedNote]]:
    by_step: dict[int, list[PlayedNote]] = {}
    for step, note in placed:
        by_step.setdefault(step, []).append(note)
    return [(step, _chosen(notes, voice)) for step, notes in by_step.items()]


def _duration(onset_steps: int, release_steps: float, next_onset_steps: int | None, quarter: int) -> int:
    """A note before a rest is as long as it sounded, in sixteenths; a quarter has so many steps."""
    sixteenth = steps_of_sixteenths(1, quarter)
    sounding = max(1, sixteenth * round((release_steps - onset_steps) / sixteenth))
    if next_onset_steps is None:
        return sounding
    space = next_onset_steps - onset_steps
    silence = space - sounding
    if silence <= max(_DETACHED_QUARTERS * quarter, sounding):
        return space
    return sounding
