"""Ways to read the onsets of a phrase, and how each goes on with the next onset. Pure.

A reading says where the beats are, how they are divided, and how many ticks lie between one onset and the
next. Each carries a Kalman filter of the last onset and the length of a beat; readings compete by how well
they foresaw each onset and by how usual their rhythm is. After Cemgil and Kappen, Journal of Artificial
Intelligence Research 18, 2003; a beam in place of particles.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.listen.rhythm import CONTEXT_OF, PLACES, TICKS, BeatDivision, log_waits, wait_numbers
from antiphon.timebase import MAX_BPM, MIN_BPM, Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# Tempos a melody is likely to have, in beats a minute: the middle and how far from it (logarithmic), for
# beats that are quarters and for compound ones; and how far it is from a tempo to expect.
_USUAL_BPM, _USUAL_SPREAD, _COMPOUND_BPM, _COMPOUND_SPREAD = 110.0, 0.32, 90.0, 0.3
_GUESS_SPREAD = 0.17
# Where the search begins: 38–234 beats a minute in steps of 15 %, each sure to half of that.
_TEMPOS, _TEMPO_SPREAD = tuple(38.0 * 1.15**n for n in range(14)), 0.08
# How unevenly a person strikes, in seconds; how far a beat's length strays within a beat, as a share; and
# how far a person is from a beat that is known, in seconds.
_STRIKE_S, _DRIFT, _APART_S = 0.022, 0.045, 0.015
_STRIKE_VAR = _STRIKE_S**2
# A longer wait, in beats, says no more of the tempo.
_LONGEST_BEATS = 4.0
# An onset is tried at so many places about where it seems to be. So many readings are kept, none that is
# so much less likely than the best (natural logarithm).
_TRIED, _BEAM, _WORST = 8, 96, 14.0
_ABOUT = np.arange(1 - _TRIED // 2, 1 + _TRIED // 2)
_PLACES = np.array(PLACES)


@dataclass(frozen=True, slots=True)
class Readings:
    """Ways to read the onsets so far, one in each row; variances in seconds squared."""

    score: Floats  # natural logarithm
    division: Ints
    tick: Ints  # of the last onset, from the beat before the first one
    context: Ints  # that the last wait is
    struck_s: Floats  # when the last onset was meant
    beat_s: Floats  # how long a beat lasts
    struck_var: Floats
    covariance: Floats
    beat_var: Floats
    before: Ints  # rows of the readings that these go on from

    def rows(self, kept: Ints) -> "Readings":
        """These rows only."""
        return Readings(
            self.score[kept],
            self.division[kept],
            self.tick[kept],
            self.context[kept],
            self.struck_s[kept],
            self.beat_s[kept],
            self.struck_var[kept],
            self.covariance[kept],
            self.beat_var[kept],
            self.before[kept],
        )


class Search:
    """Finds the likeliest readings. `guess_bpm` is a tempo to expect, in quarters a minute; `known` a grid
    whose step 0 is on a bar line, where tempo and beats are known."""

    def __init__(
        self, divisions: Sequence[BeatDivision], guess_bpm: float | None, known: Grid | None
    ) -> None:
        self._divisions, self._guess_bpm, self._known = divisions, guess_bpm, known
        self._quarters = np.array([division.quarters for division in divisions])
        self._beats_at = np.array(
            [[division.beats_at(tick) for tick in range(TICKS)] for division in divisions]
        )
        self._waits = np.array([log_waits(division.kind) for division in divisions])
        self._drift = _DRIFT if known is None else 0.0

    def bpm(self, readings: Readings) -> Floats:
        """The tempo of each at the last onset, in quarters a minute."""
        bpm: Floats = 60.0 * self._quarters[readings.division] / np.maximum(readings.beat_s, 1e-3)
        return bpm

    def first(self, onset_s: float) -> Readings:
        """The readings of a first onset, from the likeliest on."""
        return self._anywhere(onset_s) if self._known is None else self._placed(onset_s, self._known)

    def _anywhere(self, onset_s: float) -> Readings:
        """With one onset: every tempo and every place in a beat, as likely as usual."""
        rows = [
            (math.log(division.chance * share) + usual, number, place, 60.0 / bpm)
            for number, division in enumerate(self._divisions)
            for bpm, usual in [(bpm, self._log_usual(bpm, division)) for bpm in _TEMPOS]
            for place, share in division.begins.items()
        ]
        score, division, tick, beat_s = np.array(rows).T
        all_ = np.ones(len(rows))
        return _readings(score, division, tick, onset_s * all_, beat_s, (beat_s * _TEMPO_SPREAD) ** 2)

    def _log_usual(self, bpm: float, division: BeatDivision) -> float:
        """The logarithm of how likely a tempo in beats a minute is, but for a constant."""
        compound = _log_normal(bpm, _COMPOUND_BPM, _COMPOUND_SPREAD) if division.kind == "compound" else 0.0
        if self._guess_bpm is not None:
            return compound + _log_normal(bpm * division.quarters, self._guess_bpm, _GUESS_SPREAD)
        return compound or _log_normal(bpm, _USUAL_BPM, _USUAL_SPREAD)

    def _placed(self, onset_s: float, known: Grid) -> Readings:
        """The first onset where tempo and beats are known: each place about it."""
        rows = []
        for number, division in enumerate(self._divisions):
            beat_s = 60.0 / known.bpm * division.quarters
            last = math.floor((onset_s - known.origin_s) / beat_s)
            for tick in [TICKS * beat + place for beat in (last - 1, last, last + 1) for place in PLACES]:
                beat, place = divmod(tick, TICKS)
                missed_s = onset_s - known.origin_s - (beat + division.beats_at(place)) * beat_s
                total = _APART_S**2 + _STRIKE_VAR
                score = (
                    math.log(division.chance * division.begins.get(place, 0.001)) - 0.5 * missed_s**2 / total
                )
                rows.append((score, number, tick, onset_s - _STRIKE_VAR / total * missed_s, beat_s))
        score, feel_, tick_, struck_s, beat = np.array(rows).T
        return _readings(score, feel_, tick_, struck_s, beat, np.zeros(len(rows)))

    def after(self, before: Readings, onset_s: float) -> Readings:
        """How each reading goes on, at some places about the onset: the likeliest of all."""
        tick, beats = self._tried(before, onset_s)
        score, corrected = self._compared(before, onset_s, tick, beats)
        order = np.argsort(-score, axis=None, kind="stable")[: 4 * _BEAM]
        order = order[score.ravel()[order] > score.max() - _WORST]
        rows = order // _TRIED
        struck_s, beat_s, struck_var, covariance, beat_var = (one.ravel()[order] for one in corrected)
        wait = wait_numbers(tick.ravel()[order] - before.tick[rows])
        readings = Readings(
            score.ravel()[order],
            before.division[rows],
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

    def _tried(self, r: Readings, onset_s: float) -> tuple[Ints, Floats]:
        """The ticks to try, (rows, _TRIED), and how many beats each is after the last onset."""
        place = r.tick % TICKS
        at = self._beats_at[r.division, place]
        seems = at + np.maximum((onset_s - r.struck_s) / r.beat_s, 0.0)
        beat = np.floor(seems).astype(np.intp)
        of_division = self._beats_at[:, _PLACES][r.division]
        nearest = (of_division <= (seems - beat)[:, None]).sum(axis=1) - 1
        beats, places = np.divmod(nearest[:, None] + _ABOUT, len(PLACES))
        beats += beat[:, None]
        tick = (r.tick - place)[:, None] + TICKS * beats + _PLACES[places]
        return tick, beats + np.take_along_axis(of_division, places, axis=1) - at[:, None]

    def _compared(
        self, r: Readings, onset_s: float, tick: Ints, beats: Floats
    ) -> tuple[Floats, tuple[Floats, ...]]:
        """One turn of the Kalman filter for each tick: foresee, compare, correct. Gives the scores, and in
        the order of `Readings` what is believed of the last onset and of the beat."""
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
        usual = self._waits[r.division[:, None], r.context[:, None], place, wait_numbers(waited)]
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

    def _best(self, r: Readings) -> Readings:
        """The likeliest of readings that are in order: one of each division and place about each tempo."""
        bpm = self.bpm(r)
        about = np.round(25 * np.log(bpm)).astype(np.intp)
        alike = ((r.tick * len(self._divisions) + r.division) * 8 + r.context) * 256 + about
        first = np.sort(np.unique(alike, return_index=True)[1])
        return r.rows(first[(bpm[first] >= MIN_BPM) & (bpm[first] <= MAX_BPM)][:_BEAM])


def _readings(
    score: Floats, division: Floats, tick: Floats, struck_s: Floats, beat_s: Floats, beat_var: Floats
) -> Readings:
    """Those of a first onset, from the likeliest on."""
    rows = len(score)
    divisions_, ticks, none = division.astype(np.intp), tick.astype(np.intp), np.zeros(rows, np.intp)
    struck_var, unknown = np.full(rows, _STRIKE_VAR), np.zeros(rows)
    found = Readings(score, divisions_, ticks, none, struck_s, beat_s, struck_var, unknown, beat_var, none)
    return found.rows(np.argsort(-score, kind="stable"))


def _log_normal(bpm: float, middle: float, spread: float) -> float:
    return -0.5 * (math.log(bpm / middle) / spread) ** 2
