"""Tempo and rhythm from the playing: where the beats of a phrase fall, though its tempo drifts. Pure.

Each reading of the phrase (its beats, how they are divided, and how many ticks lie between one onset and the
next) carries a Kalman filter of the last onset and the length of a beat; readings compete by how well they
foresaw each onset and by how usual their rhythm is. After Cemgil and Kappen, Journal of Artificial
Intelligence Research 18, 2003; a beam in place of particles.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from antiphon.events import PlayedNote
from antiphon.listen.quantise import CHORD_S
from antiphon.listen.rhythm import CONTEXT_OF, PLACES, TICKS, Feel, feels, log_waits, wait_numbers
from antiphon.listen.swing import swing_ratio
from antiphon.timebase import MAX_BPM, MIN_BPM, STEPS_PER_QUARTER, Grid, Meter

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_FEWEST_ONSETS = 3
# Tempos a melody is likely to have, in beats a minute: the middle and how far from it (logarithmic), for
# beats that are quarters and for compound ones; and how far it is from a tempo to expect.
_USUAL_BPM, _USUAL_SPREAD, _COMPOUND_BPM, _COMPOUND_SPREAD = 110.0, 0.32, 90.0, 0.3
_GUESS_SPREAD = 0.17
# Where the search begins: 38–234 beats a minute in steps of 15 %, each sure to half of that.
_TEMPOS, _TEMPO_SPREAD = tuple(38.0 * 1.15**n for n in range(14)), 0.08
# How unevenly a person strikes, in seconds; how far a beat's length strays within a beat, as a share; and
# how far a person is from a beat that is known, in seconds.
_STRIKE_S, _DRIFT, _APART_S = 0.022, 0.05, 0.015
_STRIKE_VAR = _STRIKE_S**2
# A longer wait, in beats, says no more of the tempo.
_LONGEST_BEATS = 4.0
# An onset is tried at so many places about where it seems to be. So many readings are kept, none that is
# so much less likely than the best (natural logarithm).
_TRIED, _BEAM, _WORST = 8, 96, 14.0
_ABOUT = np.arange(1 - _TRIED // 2, 1 + _TRIED // 2)
# Two tempos closer than this (as a share) are one.
_SAME_TEMPO = 0.04
_PLACES = np.array(PLACES)


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
class _Readings:
    """Ways to read the onsets so far, one in each row; variances in seconds squared."""

    score: Floats  # natural logarithm
    feel: Ints
    tick: Ints  # of the last onset, from the beat before the first one
    context: Ints  # that the last wait is
    struck_s: Floats  # when the last onset was meant
    beat_s: Floats  # how long a beat lasts
    struck_var: Floats
    covariance: Floats
    beat_var: Floats
    before: Ints  # rows of the readings that these go on from

    def rows(self, kept: Ints) -> "_Readings":
        """These rows only."""
        return _Readings(
            self.score[kept],
            self.feel[kept],
            self.tick[kept],
            self.context[kept],
            self.struck_s[kept],
            self.beat_s[kept],
            self.struck_var[kept],
            self.covariance[kept],
            self.beat_var[kept],
            self.before[kept],
        )


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
        self._feels = feels(meter, expected.swung)
        self._quarters = np.array([feel.quarters for feel in self._feels])
        self._beats_at = np.array([[feel.beats_at(tick) for tick in range(TICKS)] for feel in self._feels])
        self._waits = np.array([log_waits(feel.kind) for feel in self._feels])
        self._drift = _DRIFT if known is None else 0.0
        self._onsets: list[float] = []
        self._trail: list[_Readings] = []

    def hear(self, onset_s: float) -> None:
        """One more onset, not before the last one. Of a chord only the first counts."""
        if not self._onsets:
            known = self._expected.known
            self._trail.append(self._first(onset_s) if known is None else self._placed(onset_s, known))
        elif onset_s - self._onsets[-1] < CHORD_S or not len(self._trail[-1].score):
            return
        else:
            self._trail.append(self._after(self._trail[-1], onset_s))
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

    def _first(self, onset_s: float) -> _Readings:
        """With one onset: every tempo and every place in a beat, as likely as usual."""
        rows = [
            (math.log(feel.chance * share) + self._log_usual(bpm, feel), number, place, 60.0 / bpm)
            for number, feel in enumerate(self._feels)
            for bpm in _TEMPOS
            for place, share in feel.begins.items()
        ]
        score, feel, tick, beat_s = np.array(rows).T
        all_ = np.ones(len(rows))
        return _readings(score, feel, tick, onset_s * all_, beat_s, (beat_s * _TEMPO_SPREAD) ** 2)

    def _log_usual(self, bpm: float, feel: Feel) -> float:
        """The logarithm of how likely a tempo in beats a minute is, but for a constant."""
        compound = _log_normal(bpm, _COMPOUND_BPM, _COMPOUND_SPREAD) if feel.kind == "compound" else 0.0
        if self._expected.bpm is not None:
            return compound + _log_normal(bpm * feel.quarters, self._expected.bpm, _GUESS_SPREAD)
        return compound or _log_normal(bpm, _USUAL_BPM, _USUAL_SPREAD)

    def _placed(self, onset_s: float, known: Grid) -> _Readings:
        """The first onset where tempo and beats are known: each place about it."""
        rows = []
        for number, feel in enumerate(self._feels):
            beat_s = 60.0 / known.bpm * feel.quarters
            last = math.floor((onset_s - known.origin_s) / beat_s)
            for tick in [TICKS * beat + place for beat in (last - 1, last, last + 1) for place in PLACES]:
                beat, place = divmod(tick, TICKS)
                missed_s = onset_s - known.origin_s - (beat + feel.beats_at(place)) * beat_s
                total = _APART_S**2 + _STRIKE_VAR
                score = math.log(feel.chance * feel.begins.get(place, 0.001)) - 0.5 * missed_s**2 / total
                rows.append((score, number, tick, onset_s - _STRIKE_VAR / total * missed_s, beat_s))
        score, feel_, tick_, struck_s, beat = np.array(rows).T
        return _readings(score, feel_, tick_, struck_s, beat, np.zeros(len(rows)))

    def _after(self, before: _Readings, onset_s: float) -> _Readings:
        """How each reading goes on, at some places about the onset: the likeliest of all."""
        tick, beats = self._tried(before, onset_s)
        score, corrected = self._compared(before, onset_s, tick, beats)
        order = np.argsort(-score, axis=None, kind="stable")[: 4 * _BEAM]
        order = order[score.ravel()[order] > score.max() - _WORST]
        rows = order // _TRIED
        struck_s, beat_s, struck_var, covariance, beat_var = (one.ravel()[order] for one in corrected)
        wait = wait_numbers(tick.ravel()[order] - before.tick[rows])
        readings = _Readings(
            score.ravel()[order],
            before.feel[rows],
            tick.ravel()[order],
            CONTEXT_OF[wait],
            struck_s,
            beat_s,
            struck_var,
            covariance,
            beat_var,
            rows,
        )
        return self._best(readings)

    def _tried(self, r: _Readings, onset_s: float) -> tuple[Ints, Floats]:
        """The ticks to try, (rows, _TRIED), and how many beats each is after the last onset."""
        place = r.tick % TICKS
        at = self._beats_at[r.feel, place]
        seems = at + np.maximum((onset_s - r.struck_s) / r.beat_s, 0.0)
        beat = np.floor(seems).astype(np.intp)
        of_feel = self._beats_at[:, _PLACES][r.feel]
        nearest = (of_feel <= (seems - beat)[:, None]).sum(axis=1) - 1
        beats, places = np.divmod(nearest[:, None] + _ABOUT, len(PLACES))
        beats += beat[:, None]
        tick = (r.tick - place)[:, None] + TICKS * beats + _PLACES[places]
        return tick, beats + np.take_along_axis(of_feel, places, axis=1) - at[:, None]

    def _compared(
        self, r: _Readings, onset_s: float, tick: Ints, beats: Floats
    ) -> tuple[Floats, tuple[Floats, ...]]:
        """One turn of the Kalman filter for each tick: foresee, compare, correct. Gives the scores, and in
        the order of `_Readings` what is believed of the last onset and of the beat."""
        beats = np.maximum(beats, 0.0)
        unsure = np.minimum(beats, _LONGEST_BEATS)
        drift = (self._drift * r.beat_s[:, None]) ** 2 * unsure
        beat_var = r.beat_var[:, None] + drift
        covariance = r.covariance[:, None] + unsure * (r.beat_var[:, None] + drift / 2)
        struck_var = r.struck_var[:, None] + unsure * (
            r.covariance[:, None] + covariance - unsure * drift / 6
        )
        missed_s = onset_s - r.struck_s[:, None] - beats * r.beat_s[:, None]
        total = struck_var + _STRIKE_VAR
        waited = tick - r.tick[:, None]
        place = (r.tick % TICKS)[:, None]
        usual = self._waits[r.feel[:, None], r.context[:, None], place, wait_numbers(waited)]
        score = r.score[:, None] + usual - 0.5 * (missed_s**2 / total + np.log(total))
        gain, beat_gain = struck_var / total, covariance / total
        corrected = (
            onset_s - (1 - gain) * missed_s,
            r.beat_s[:, None] + beat_gain * missed_s,
            struck_var * (1 - gain),
            covariance * (1 - gain),
            beat_var - beat_gain * covariance,
        )
        return np.where(waited > 0, score, -np.inf), corrected

    def _best(self, r: _Readings) -> _Readings:
        """The likeliest of readings that are in order: one of each feel and place about each tempo."""
        bpm = 60.0 * self._quarters[r.feel] / np.maximum(r.beat_s, 1e-3)
        about = np.round(25 * np.log(bpm)).astype(np.intp)
        alike = ((r.tick * len(self._feels) + r.feel) * 8 + r.context) * 256 + about
        first = np.sort(np.unique(alike, return_index=True)[1])
        return r.rows(first[(bpm[first] >= MIN_BPM) & (bpm[first] <= MAX_BPM)][:_BEAM])

    def _estimate(self, readings: _Readings) -> TempoEstimate | None:
        """`readings` from the likeliest on."""
        ticks, feel = self._ticks(), self._feels[readings.feel[0]]
        swing = swing_ratio(ticks, self._onsets, feel.swing) if feel.swing > 1 else 1.0
        played = replace(feel, swing=swing)
        at = [int(tick) // TICKS + played.beats_at(int(tick) % TICKS) for tick in (ticks[0], ticks[-1])]
        beat_s = float(readings.beat_s[0])
        mean_s = beat_s
        if self._expected.known is None:
            mean_s = (self._onsets[-1] - self._onsets[0]) / (at[-1] - at[0])
        bpm = 60.0 * feel.quarters / mean_s
        if not MIN_BPM <= bpm <= MAX_BPM:
            return None
        bpms = 60.0 * self._quarters[readings.feel] / readings.beat_s
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

    def _beats(self, ticks: Ints, feel: Feel, beat_s: float) -> Beats:
        """Where the steps fell; after the last onset they go on as long as those of its half of the beat."""
        steps_per_quarter = self._expected.steps_per_quarter
        a_tick = feel.quarters * steps_per_quarter / TICKS
        half = feel.beats_at(TICKS // 2)
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


def _readings(
    score: Floats, feel: Floats, tick: Floats, struck_s: Floats, beat_s: Floats, beat_var: Floats
) -> _Readings:
    """Those of a first onset, from the likeliest on."""
    rows = len(score)
    feels_, ticks, none = feel.astype(np.intp), tick.astype(np.intp), np.zeros(rows, np.intp)
    struck_var, unknown = np.full(rows, _STRIKE_VAR), np.zeros(rows)
    found = _Readings(score, feels_, ticks, none, struck_s, beat_s, struck_var, unknown, beat_var, none)
    return found.rows(np.argsort(-score, kind="stable"))


def _log_normal(bpm: float, middle: float, spread: float) -> float:
    return -0.5 * (math.log(bpm / middle) / spread) ** 2


def infer(notes: Iterable[PlayedNote], expected: Expected = Expected()) -> TempoEstimate | None:
    """The tempo of a whole phrase, as `TempoReader` reads it."""
    reader = TempoReader(expected)
    for onset_s in sorted(note.onset_s for note in notes):
        reader.hear(onset_s)
    return reader.estimate()
