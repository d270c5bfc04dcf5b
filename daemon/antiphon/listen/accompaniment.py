"""What is played beside the melody says where the bars are: chords change and bass notes fall on downbeats.

Pure.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.quantise import CHORD_S
from antiphon.listen.repertoire import BarPlace, places_apart

# How usual the beginning of a chord or a bass note is at a place, but for a factor.
_ON_DOWNBEAT, _ON_BEAT, _BETWEEN = 3.0, 1.5, 0.5
# A bass on the downbeat is lower than what follows it, by so many standard deviations, where the notes differ
# by so many semitones.
_LOWER, _APART = 0.7, 3.0
_LEAST = 3  # fewer chords and bass notes say nothing


@dataclass(frozen=True, slots=True)
class _Chord:
    """Notes struck together beside the melody: their step, from the melody's first, and the lowest pitch."""

    step: int
    lowest: int


def accompanied(
    options: Sequence[BarPlace], notes: Sequence[GridNote], played: Sequence[PlayedNote]
) -> dict[BarPlace, float]:
    """How likely what was played beside a melody is at each place, as a natural logarithm.

    `notes` is the melody on the grid; its first note is at the place. `played` is all that was played.
    """
    chords = _chords(notes, played)
    if len(chords) < _LEAST:
        return dict.fromkeys(options, 0.0)
    lower = _lowness(chords)
    return {place: _log_chance(place, chords, lower) for place in options}


def _log_chance(place: BarPlace, chords: Sequence[_Chord], lower: Sequence[float]) -> float:
    total = 0.0
    for chord, z in zip(chords, lower, strict=True):
        here = (chord.step + place.steps) % place.bar_steps
        total += math.log(_weight(place, here) / _mean_weight(place))
        if here == 0:
            total += _LOWER * z - _LOWER**2 / 2 if z else 0.0
    return total


def _weight(place: BarPlace, step: int) -> float:
    """Of a step of the bar in which the place is."""
    if step == 0:
        return _ON_DOWNBEAT
    beat = round(place.steps_per_quarter * place.meter.quarters_per_beat)
    return _ON_BEAT if step % beat == 0 else _BETWEEN


def _mean_weight(place: BarPlace) -> float:
    steps = range(0, place.bar_steps, places_apart(place.steps_per_quarter))
    return sum(_weight(place, step) for step in steps) / len(steps)


def _lowness(chords: Sequence[_Chord]) -> list[float]:
    """How much lower each is than the mean, in standard deviations; 0 where they hardly differ."""
    mean = sum(chord.lowest for chord in chords) / len(chords)
    spread = math.sqrt(sum((chord.lowest - mean) ** 2 for chord in chords) / len(chords))
    return [0.0 if spread < _APART else (mean - chord.lowest) / spread for chord in chords]


def _chords(notes: Sequence[GridNote], played: Sequence[PlayedNote]) -> list[_Chord]:
    anchors, others = _divided(notes, played)
    if len(anchors) < 2 or not others:
        return []
    groups: list[list[PlayedNote]] = []
    for note in others:
        if groups and note.onset_s - groups[-1][0].onset_s < CHORD_S:
            groups[-1].append(note)
        else:
            groups.append([note])
    first = notes[0].onset_steps
    return [
        _Chord(round(_step_at(anchors, group[0].onset_s)) - first, min(note.pitch for note in group))
        for group in groups
    ]


def placed_beside(notes: Sequence[GridNote], played: Sequence[PlayedNote]) -> list[tuple[float, float, int]]:
    """Where what is played beside a melody begins and ends, in steps of its grid, and its pitches.

    `notes` is the melody on the grid; steps between its notes are as long as it says.
    """
    anchors, _ = _divided(notes, [note for note in played if not note.beside])
    if len(anchors) < 2:
        return []
    return [
        (_step_at(anchors, note.onset_s), _step_at(anchors, note.release_s), note.pitch)
        for note in played
        if note.beside
    ]


def _divided(
    notes: Sequence[GridNote], played: Sequence[PlayedNote]
) -> tuple[list[tuple[float, int]], list[PlayedNote]]:
    """Moment and step of each note of the melody that is found, and all notes beside it, by onset."""
    anchors: list[tuple[float, int]] = []
    others: list[PlayedNote] = []
    coming = list(notes)
    for note in sorted(played, key=lambda one: one.onset_s):
        if coming and note.pitch == coming[0].pitch:
            anchors.append((note.onset_s, coming.pop(0).onset_steps))
        else:
            others.append(note)
    return anchors, others


def _step_at(anchors: Sequence[tuple[float, int]], at_s: float) -> float:
    """The place of a moment between the notes of the melody, or beyond them at their pace."""
    number = min(max(1, bisect_right(anchors, at_s, key=lambda anchor: anchor[0])), len(anchors) - 1)
    (before_s, before), (after_s, after) = anchors[number - 1], anchors[number]
    if after_s <= before_s:
        return before
    return before + (after - before) * (at_s - before_s) / (after_s - before_s)
