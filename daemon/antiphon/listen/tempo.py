"""Tempo from the playing: where the beats of a phrase fall, though its tempo drifts. Pure.

Each reading of the phrase (how many steps lie between one onset and the next) carries a Kalman filter of the
beat and its length; readings compete by how well they foresaw each onset and by how usual their rhythm is.
After Cemgil and Kappen, Journal of Artificial Intelligence Research 18, 2003; a beam in place of particles.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from antiphon.events import PlayedNote
from antiphon.listen.quantise import CHORD_S
from antiphon.timebase import MAX_BPM, MIN_BPM, STEPS_PER_QUARTER, Grid

_FEWEST_ONSETS = 3
# Tempos a melody is likely to have, in bpm: the middle, and how far from it (logarithmic).
_USUAL_BPM, _USUAL_SPREAD, _GUESS_SPREAD = 110.0, 0.3, 0.12
# Where the search begins: 40–246 bpm in steps of 15 %, each sure to half of that.
_TEMPOS, _TEMPO_SPREAD = tuple(40.0 * 1.15**n for n in range(14)), 0.08
# How unevenly a person strikes, in seconds, and how far a step's length strays from one step to the next.
_STRIKE_S, _DRIFT = 0.026, 0.028
_STRIKE_VAR = _STRIKE_S**2
_SHORTEST_STEP_S, _LONGEST_STEP_S = Grid(MAX_BPM).step_s, Grid(MIN_BPM).step_s
_BEAM = 16
# How far from the foreseen moment an onset may be: in standard deviations, and in steps at most.
_REACH, _REACH_STEPS = 4.0, 8.0
# Two tempos closer than this (as a share) are one.
_SAME_TEMPO = 0.04

# How usual it is to wait so many steps from a place in the beat to the next onset: counted in 2 000
# folk songs (Essen collection) and rounded. The place in the beat where a melody begins is counted likewise.
_WAITS: tuple[dict[int, float], ...] = (
    {4: 0.38, 2: 0.37, 8: 0.08, 6: 0.06, 3: 0.04, 1: 0.03, 12: 0.015, 16: 0.007, 10: 0.005},
    {1: 0.92, 3: 0.035, 2: 0.035},
    {2: 0.80, 1: 0.10, 4: 0.06, 6: 0.012, 3: 0.007},
    {1: 0.97, 2: 0.008, 5: 0.002},
)
_UNUSUAL = 0.001
_BEGINS = (0.68, 0.002, 0.31, 0.008)
_LOG_UNUSUAL = math.log(_UNUSUAL)
_LOG_WAITS = tuple({steps: math.log(share) for steps, share in waits.items()} for waits in _WAITS)


@dataclass(frozen=True, slots=True)
class Beats:
    """Where the steps of a performance fell: moments in seconds and their steps, both increasing.

    Between two of them the tempo is steady; outside them a step lasts `step_s` seconds.
    """

    moments_s: tuple[float, ...]
    steps: tuple[int, ...]
    step_s: float

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
    beats        seconds → steps, along with the drift
    last_bpm     the tempo at the last onset
    """

    bpm: float
    beat_s: float
    confidence: float
    beats: Beats
    last_bpm: float

    def grid(self) -> Grid:
        """A steady grid that goes on from the last onset at the tempo it had there; steps as in `beats`."""
        last_s, steps = self.beats.moments_s[-1], self.beats.steps[-1]
        return Grid(self.last_bpm, last_s - Grid(self.last_bpm).time_s(steps))


@dataclass(slots=True)
class _Reading:
    """One way to read the onsets so far; variances of the last beat and of a step, in seconds squared."""

    score: float
    begin: int  # the step of the first onset, from the beat before it
    steps: int  # the step of the last onset, from the same beat
    beat_s: float
    step_s: float
    beat_var: float
    covariance: float
    step_var: float
    before: "_Reading | None" = None


class TempoReader:
    """Reads the tempo of a phrase onset by onset; each onset costs the same, however long the phrase is.

    `guess_bpm` is a tempo to expect. Whether a tempo or its double is meant, only custom decides.
    """

    def __init__(self, guess_bpm: float | None = None) -> None:
        self._guess_bpm = guess_bpm
        self._onsets: list[float] = []
        self._readings: list[_Reading] = []

    def hear(self, onset_s: float) -> None:
        """One more onset, not before the last one. Of a chord only the first counts."""
        if not self._onsets:
            self._readings = _first(onset_s, self._guess_bpm)
        elif onset_s - self._onsets[-1] < CHORD_S:
            return
        else:
            self._readings = _best([after for one in self._readings for after in _after(one, onset_s)])
        self._onsets.append(onset_s)

    def estimate(self) -> TempoEstimate | None:
        """The likeliest tempo, and where the beats fall.

        None with fewer than three onsets, or where no tempo of 20–300 bpm can be read.
        """
        if len(self._onsets) < _FEWEST_ONSETS or not self._readings:
            return None
        return _estimate(self._readings, self._onsets)


def infer(notes: Iterable[PlayedNote], guess_bpm: float | None = None) -> TempoEstimate | None:
    """The tempo of a whole phrase, as `TempoReader` reads it."""
    reader = TempoReader(guess_bpm)
    for onset_s in sorted(note.onset_s for note in notes):
        reader.hear(onset_s)
    return reader.estimate()


def _first(first_s: float, guess_bpm: float | None) -> list[_Reading]:
    """Before anything is known but one onset: every tempo and every place in a beat, as likely as usual."""
    readings = []
    for bpm in _TEMPOS:
        step_s = Grid(bpm).step_s
        step_var = (step_s * _TEMPO_SPREAD) ** 2
        for place, share in enumerate(_BEGINS):
            score = _log_usual(bpm, guess_bpm) + math.log(share)
            readings.append(_Reading(score, place, place, first_s, step_s, _STRIKE_VAR, 0.0, step_var))
    return readings


def _log_usual(bpm: float, guess_bpm: float | None) -> float:
    """The logarithm of how likely a tempo is, but for a constant."""
    middle = guess_bpm or _USUAL_BPM
    spread = _GUESS_SPREAD if guess_bpm else _USUAL_SPREAD
    return -0.5 * (math.log(bpm / middle) / spread) ** 2


def _after(reading: _Reading, onset_s: float) -> list[_Reading]:
    """How the reading can go on: the whole numbers of steps near enough to the onset, one at least."""
    waited = (onset_s - reading.beat_s) / reading.step_s
    foreseen_var = _foreseen(reading, abs(waited))[0] + _STRIKE_VAR
    reach = min(_REACH_STEPS, _REACH * math.sqrt(foreseen_var) / reading.step_s)
    nearest = max(1, round(waited))
    low, high = max(1, math.ceil(waited - reach)), math.floor(waited + reach)
    return [_step_on(reading, onset_s, k) for k in range(min(low, nearest), max(high, nearest) + 1)]


def _foreseen(r: _Reading, steps: float) -> tuple[float, float, float]:
    """Variance of the beat, covariance and variance of a step's length, so many steps on."""
    drift = (_DRIFT * r.step_s) ** 2 * steps
    beat_var = r.beat_var + 2 * steps * r.covariance + steps * steps * (r.step_var + drift / 3)
    return beat_var, r.covariance + steps * (r.step_var + drift / 2), r.step_var + drift


def _step_on(r: _Reading, onset_s: float, steps: int) -> _Reading:
    """One turn of the Kalman filter: foresee, compare, correct."""
    beat_var, covariance, step_var = _foreseen(r, steps)
    missed_s = onset_s - r.beat_s - steps * r.step_s
    total = beat_var + _STRIKE_VAR
    usual = _LOG_WAITS[r.steps % STEPS_PER_QUARTER].get(steps, _LOG_UNUSUAL)
    beat_gain, step_gain = beat_var / total, covariance / total
    return _Reading(
        r.score + usual - 0.5 * (missed_s * missed_s / total + math.log(total)),
        r.begin,
        r.steps + steps,
        onset_s - (1 - beat_gain) * missed_s,
        r.step_s + step_gain * missed_s,
        beat_var * (1 - beat_gain),
        covariance * (1 - beat_gain),
        step_var - step_gain * covariance,
        r,
    )


def _best(readings: list[_Reading]) -> list[_Reading]:
    """The likeliest: one for each place and about each tempo."""
    kept: dict[tuple[int, int], _Reading] = {}
    for reading in sorted(readings, key=lambda reading: -reading.score):
        if _SHORTEST_STEP_S <= reading.step_s <= _LONGEST_STEP_S:
            kept.setdefault((reading.steps, round(30 * math.log(reading.step_s))), reading)
        if len(kept) == _BEAM:
            break
    return list(kept.values())


def _estimate(readings: Sequence[_Reading], onsets: Sequence[float]) -> TempoEstimate | None:
    """`readings` from the likeliest on."""
    spans_s = [(onsets[-1] - onsets[0]) / (reading.steps - reading.begin) for reading in readings]
    bpms = [60.0 / STEPS_PER_QUARTER / span_s for span_s in spans_s]
    if not MIN_BPM <= bpms[0] <= MAX_BPM:
        return None
    shares = [math.exp(reading.score - readings[0].score) for reading in readings]
    agreed = sum(
        share for share, bpm in zip(shares, bpms, strict=True) if abs(bpm / bpms[0] - 1) <= _SAME_TEMPO
    )
    beats = Beats(tuple(onsets), tuple(_steps_of(readings[0])), readings[0].step_s)
    beat_s = onsets[0] - readings[0].begin * spans_s[0]
    return TempoEstimate(
        bpms[0], beat_s, agreed / sum(shares), beats, 60.0 / STEPS_PER_QUARTER / readings[0].step_s
    )


def _steps_of(reading: _Reading) -> list[int]:
    """The step of each onset."""
    steps = [reading.steps]
    while reading.before is not None:
        reading = reading.before
        steps.append(reading.steps)
    return steps[::-1]
