"""Tempo and rhythm from the playing: where the beats of a phrase fall, though its tempo drifts. Pure.

`readings` finds the likeliest way to read the onsets; here it becomes tempo, beats on the grid, and swing.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from antiphon.events import PlayedNote
from antiphon.listen.quantise import CHORD_S
from antiphon.listen.readings import Readings, Search
from antiphon.listen.rhythm import TICKS, BeatDivision, divisions
from antiphon.listen.swing import swing_ratio
from antiphon.timebase import MAX_BPM, MIN_BPM, STEPS_PER_QUARTER, Grid, Meter

Ints = NDArray[np.intp]

_FEWEST_ONSETS = 3
# Two tempos closer than this (as a share) are one.
_SAME_TEMPO = 0.04


@dataclass(frozen=True, slots=True)
class Beats:
    """Where the steps of a performance fell: moments in seconds and their steps, both increasing.

    Between two of them the tempo is steady; outside them a step lasts `step_s` seconds.
    """

    moments_s: tuple[float, ...]
    steps: tuple[float, ...]
    step_s: float
    steps_per_quarter: int = STEPS_PER_QUARTER

    def steps_at(self, at_s: float) -> float:
        """The place of a moment, in steps and fractions of one."""
        after = bisect_right(self.moments_s, at_s)
        if after in (0, len(self.moments_s)):
            edge = -1 if after else 0
            return self.steps[edge] + (at_s - self.moments_s[edge]) / self.step_s
        begin_s, end_s = self.moments_s[after - 1 : after + 1]
        begin, end = self.steps[after - 1 : after + 1]
        return begin + (end - begin) * (at_s - begin_s) / (end_s - begin_s)


@dataclass(frozen=True, slots=True)
class TempoEstimate:
    """The tempo of a phrase.

    bpm          quarter notes a minute, the mean of the phrase
    beat_s       the moment of the beat on which, or within which, the first note falls: step 0 of `beats`
    confidence   0–1: the share of all readings that agree on the tempo within 4 %, by likelihood
    beats        seconds → steps, along with the drift; swung eighths are even in them
    last_bpm     the tempo at the last onset
    last_s       the moment of the step of the last onset, without the swing
    swing        the length of a beat's first eighth to that of its second, as played
    """

    bpm: float
    beat_s: float
    confidence: float
    beats: Beats
    last_bpm: float
    last_s: float
    swing: float = 1.0


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known before a phrase is played.

    bpm                a tempo to expect. Whether a tempo or its double is meant, only custom decides
    meter              None: it is not known
    steps_per_quarter  of the grid that the beats are told in
    swung              whether the eighths of the last phrase swung
    known              where tempo and beats are known: a grid whose step 0 is on a bar line
    """

    bpm: float | None = None
    meter: Meter | None = None
    steps_per_quarter: int = STEPS_PER_QUARTER
    swung: bool = False
    known: Grid | None = None


class TempoReader:
    """Reads tempo and rhythm of a phrase onset by onset; each onset costs the same, however long it is."""

    def __init__(self, expected: Expected = Expected()) -> None:
        self._expected, known = expected, expected.known
        # Where the tempo is known, the beats are quarters until another meter is heard.
        meter = Meter() if known is not None and expected.meter is None else expected.meter
        self._divisions = divisions(meter, expected.swung)
        self._search = Search(self._divisions, expected.bpm, known)
        self._onsets: list[float] = []
        self._trail: list[Readings] = []

    def hear(self, onset_s: float) -> None:
        """One more onset, not before the last one. Of a chord only the first counts."""
        if not self._onsets:
            self._trail.append(self._search.first(onset_s))
        elif onset_s - self._onsets[-1] < CHORD_S or not len(self._trail[-1].score):
            return
        else:
            self._trail.append(self._search.after(self._trail[-1], onset_s))
        self._onsets.append(onset_s)

    def estimate(self) -> TempoEstimate | None:
        """The likeliest tempo, and where the beats fall.

        None with fewer than three onsets, where the tempo is not known, or where none of 20–300 bpm can be
        read.
        """
        fewest = _FEWEST_ONSETS if self._expected.known is None else 1
        if len(self._onsets) < fewest or not len(self._trail[-1].score):
            return None
        return self._estimate(self._trail[-1])

    def _estimate(self, readings: Readings) -> TempoEstimate | None:
        """`readings` from the likeliest on."""
        ticks, division = self._ticks(), self._divisions[readings.division[0]]
        swing = swing_ratio(ticks, self._onsets, division.swing) if division.swing > 1 else 1.0
        played = replace(division, swing=swing)
        at = [int(tick) // TICKS + played.beats_at(int(tick) % TICKS) for tick in (ticks[0], ticks[-1])]
        beat_s = float(readings.beat_s[0])
        mean_s = beat_s
        if self._expected.known is None:
            mean_s = (self._onsets[-1] - self._onsets[0]) / (at[-1] - at[0])
        bpm = 60.0 * division.quarters / mean_s
        if not MIN_BPM <= bpm <= MAX_BPM:
            return None
        bpms = self._search.bpm(readings)
        shares = np.exp(readings.score - readings.score[0])
        agreed = shares[np.abs(bpms / bpms[0] - 1) <= _SAME_TEMPO].sum() / shares.sum()
        return TempoEstimate(
            bpm,
            self._onsets[0] - at[0] * mean_s,
            float(agreed),
            self._beats(ticks, played, beat_s),
            float(bpms[0]),
            self._onsets[-1] + (int(ticks[-1]) / TICKS - at[-1]) * beat_s,
            swing,
        )

    def _beats(self, ticks: Ints, division: BeatDivision, beat_s: float) -> Beats:
        """Where the steps fell; after the last onset they go on as long as those of its half of the beat."""
        steps_per_quarter = self._expected.steps_per_quarter
        a_tick = division.quarters * steps_per_quarter / TICKS
        half = division.beats_at(TICKS // 2)
        longer = 2 * (half if ticks[-1] % TICKS < TICKS // 2 else 1 - half)
        steps = tuple(float(tick * a_tick) for tick in ticks)
        return Beats(tuple(self._onsets), steps, beat_s / TICKS / a_tick * longer, steps_per_quarter)

    def _ticks(self) -> Ints:
        """The tick of each onset in the likeliest reading."""
        row, ticks = 0, []
        for readings in reversed(self._trail):
            ticks.append(readings.tick[row])
            row = int(readings.before[row])
        return np.array(ticks[::-1])


def infer(notes: Iterable[PlayedNote], expected: Expected = Expected()) -> TempoEstimate | None:
    """The tempo of a whole phrase, as `TempoReader` reads it."""
    reader = TempoReader(expected)
    for onset_s in sorted(note.onset_s for note in notes):
        reader.hear(onset_s)
    return reader.estimate()
