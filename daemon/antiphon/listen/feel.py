"""What a player does to the grid, learned phrase after phrase: swing, push and drag, dynamics, articulation.

Pure. A phrase tells of swing where eighths lie between two notes on the beat; it is measured from those, so
that neither a tempo that drifts nor a habit of playing early or late is taken for it.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.feel_grid import PLACES, FeelGrid
from antiphon.listen.habit import Habit
from antiphon.slices import Sliced
from antiphon.timebase import Grid

_Array = NDArray[np.float64]
# Of the player's notes so many are looked through for the one that a note of the melody is.
_SEARCHED = 32
_SLICE_NOTES = 32
# Of a longer phrase the last notes say all that will not be forgotten.
_MOST_HEARD = 64
# Two notes on the beat that are further apart than this, in beats, say nothing of what is between them.
_APART = 2
# No onset is moved from its place by more than this, in seconds, when push and drag are learned.
_MOST_PUSH_S = 0.06
_LEAST_OFFBEAT, _MOST_OFFBEAT = 0.5, 0.75  # of a quarter: a ratio of 1 to 3
LOUDNESS_FEATURES = PLACES + 2


@dataclass(frozen=True, slots=True)
class HeardNote:
    """A note on the grid, and the note that was played for it."""

    note: GridNote
    played: PlayedNote


@dataclass(frozen=True, slots=True)
class Feel:
    """What was learned; each is a habit of its own.

    swing      how far behind the middle of a quarter an off-beat eighth is, in quarters
    push       how late an onset is, in seconds, by its place in the beat (`FeelGrid.place_in_beat`)
    loudness   by place in the bar, by height (an octave) and by length (double), in MIDI velocity
    gates      the share of a note that sounds, by its length (double)
    """

    swing: Habit = field(default_factory=lambda: Habit.none((0.12,), 0.06))
    push: Habit = field(default_factory=lambda: Habit.none((0.015,) * PLACES, 0.015))
    loudness: Habit = field(default_factory=lambda: Habit.none((8.0,) * PLACES + (8.0, 5.0), 8.0))
    gates: Habit = field(default_factory=lambda: Habit.none((0.12,), 0.12))

    @property
    def swing_ratio(self) -> float:
        """How many times the second eighth of a quarter the first one is: 1–3; 1 is straight."""
        offbeat = 0.5 + float(self.swing.coefficients[0])
        offbeat = min(max(offbeat, _LEAST_OFFBEAT), _MOST_OFFBEAT)
        return offbeat / (1.0 - offbeat)


@dataclass(frozen=True, slots=True)
class HeardFeel:
    """What was learned with a phrase, and what is usual in that phrase.

    loudness_row   the mean of `loudness_row` of its notes
    gate           the mean share of a note that sounds; None where it is not known
    doublings      the mean of `doublings` of its notes
    """

    feel: Feel
    loudness_row: tuple[float, ...]
    gate: float | None
    doublings: float


def loudness_row(places: FeelGrid, step: int, pitch: int, length: int) -> tuple[float, ...]:
    """What the loudness of a note depends on, shape (LOUDNESS_FEATURES,)."""
    at = places.place_in_bar(step)
    return (*(float(place == at) for place in range(PLACES)), pitch / 12, doublings(places, length))


def doublings(places: FeelGrid, length: int) -> float:
    """How long a note is: 0 a quarter or more, -1 an eighth, -2 a sixteenth."""
    return math.log2(min(length, places.quarter) / places.quarter)


def matched(
    notes: Iterable[GridNote], played: Sequence[PlayedNote], step_s: float
) -> Sliced[list[HeardNote]]:
    """The notes of the melody with those that were played for them, in small parts; `played` by onset."""
    found: list[HeardNote] = []
    begin = 0
    for number, note in enumerate(notes):
        if number % _SLICE_NOTES == 0:
            yield
        near = [k for k in range(begin, min(begin + _SEARCHED, len(played))) if played[k].pitch == note.pitch]
        if not near:
            continue
        expected_s = played[near[0]].onset_s
        if found:
            waited = note.onset_steps - found[-1].note.onset_steps
            expected_s = found[-1].played.onset_s + waited * step_s
        best = min(near, key=lambda k: abs(played[k].onset_s - expected_s))
        found.append(HeardNote(note, played[best]))
        begin = best + 1
    return found


def hear(
    feel: Feel, heard: Sequence[HeardNote], places: FeelGrid, grid: Grid, follows: bool
) -> Sliced[HeardFeel]:
    """Learn from a phrase on a grid, in small parts.

    Where the player sets the tempo (`follows`), the beat is where they play it: push and drag are then those
    of other notes against the notes on the beat.
    """
    heard = heard[-_MOST_HEARD:]
    beats = _Beats([one for one in heard if one.note.onset_steps % places.unit == 0], places.unit)
    late = _columns(_swings(heard, places, beats), 1)
    yield
    learned = replace(feel, swing=feel.swing.hear(*late))
    yield
    ratio = learned.swing_ratio
    pushed = _columns(_pushes(heard, places, grid, ratio, beats if follows else None), PLACES)
    yield
    push = feel.push.hear(*pushed)
    yield
    x, y = _columns(_loudness(heard, places), LOUDNESS_FEATURES)
    usual = x.mean(axis=0) if len(x) else np.zeros(LOUDNESS_FEATURES)
    yield
    loudness = feel.loudness.hear(x - usual, y - y.mean()) if len(y) else feel.loudness
    yield
    shares = list(_shares(heard[:-1], places, grid, ratio))
    gate = fmean(share for _, share in shares) if shares else None
    long = fmean(length for length, _ in shares) if shares else 0.0
    yield
    by_length = (((length - long,), share - (gate or 0.0)) for length, share in shares)
    gates = feel.gates.hear(*_columns(by_length, 1))
    for habit in (push, loudness, gates):
        yield
        _ = habit.coefficients  # worked out here, the answer's touch needs no time
    return HeardFeel(Feel(learned.swing, push, loudness, gates), tuple(usual.tolist()), gate, long)


_Row = tuple[tuple[float, ...], float]  # what something depends on, and what it was


def _columns(rows: Iterable[_Row], features: int) -> tuple[_Array, _Array]:
    pairs = list(rows)
    x = np.array([row for row, _ in pairs], float).reshape(len(pairs), features)
    return x, np.array([value for _, value in pairs], float)


class _Beats:
    """A ruler through the notes that lie on the beat, a beat being `unit` steps."""

    def __init__(self, on_beat: Sequence[HeardNote], unit: int) -> None:
        self._steps = [one.note.onset_steps for one in on_beat]
        self._moments_s = [one.played.onset_s for one in on_beat]
        self._apart = _APART * unit

    def steps_at(self, one: HeardNote) -> float | None:
        """The place of a note as played, in steps; None on the beat, or with no beat near."""
        after = bisect_right(self._steps, one.note.onset_steps)
        if after in (0, len(self._steps)) or self._steps[after - 1] == one.note.onset_steps:
            return None
        begin, end = self._steps[after - 1 : after + 1]
        begin_s, end_s = self._moments_s[after - 1 : after + 1]
        if end - begin > self._apart or end_s <= begin_s:
            return None
        return begin + (end - begin) * (one.played.onset_s - begin_s) / (end_s - begin_s)


def _swings(heard: Sequence[HeardNote], places: FeelGrid, beats: _Beats) -> Iterator[_Row]:
    """How far behind the middle each off-beat eighth is, in quarters; not where shorter notes are near."""
    if not places.swings:
        return
    quarter = places.quarter
    busy = {one.note.onset_steps // quarter for one in heard if 2 * one.note.onset_steps % quarter}
    for one in heard:
        step = one.note.onset_steps
        if places.is_offbeat(step) and step // quarter not in busy:
            at = beats.steps_at(one)
            if at is not None:
                yield (1.0,), (at - step) / quarter


def _pushes(
    heard: Sequence[HeardNote], places: FeelGrid, grid: Grid, swing: float, beats: _Beats | None
) -> Iterator[_Row]:
    """How late each onset is, in seconds: by the grid, or by the notes on the beat."""
    for one in heard:
        step = one.note.onset_steps
        place = places.place_in_beat(step)
        if beats is not None and place == 0:
            continue  # on the beat, or swing
        at = grid.steps_at(one.played.onset_s) if beats is None else beats.steps_at(one)
        if at is not None:
            late_s = (at - places.swung(step, swing)) * grid.step_s
            row = tuple(float(place == other) for other in range(PLACES))
            yield row, min(max(late_s, -_MOST_PUSH_S), _MOST_PUSH_S)


def _loudness(heard: Sequence[HeardNote], places: FeelGrid) -> Iterator[_Row]:
    for one in heard:
        note = one.note
        yield (
            loudness_row(places, note.onset_steps, note.pitch, note.duration_steps),
            float(one.played.velocity),
        )


def _shares(
    heard: Sequence[HeardNote], places: FeelGrid, grid: Grid, swing: float
) -> Iterator[tuple[float, float]]:
    """Of each note how long it is, in doublings, and the share of it that sounds."""
    for one in heard:
        note, gate = one.note, one.played.gate_s / grid.step_s
        length = places.swung(note.end_steps, swing) - places.swung(note.onset_steps, swing)
        # The silence that detaches a long note from the next one is measured by a quarter.
        share = 1.0 - (1.0 - gate / length) * max(1.0, note.duration_steps / places.quarter)
        yield doublings(places, note.duration_steps), min(max(share, 0.0), 1.2)
