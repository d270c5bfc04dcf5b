"""How unevenly the eighths of a beat are played, once it is known which onsets they are. Pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from antiphon.listen.rhythm import TICKS

# What a swing that was tried says of the place of the second eighth, and how unevenly a person strikes: the
# standard deviations, as a share of the beat, and in seconds.
_TRIED_SPREAD, _STRIKE_S = 0.06, 0.025
_LEAST, _MOST = 1.0, 3.0
_FARTHEST = 2  # beats between two onsets on beats, where the beats between can still be told


def swing_ratio(ticks: NDArray[np.intp], onsets_s: Sequence[float], tried: float) -> float:
    """The length of the first eighth of a beat to that of the second, in the mean of a phrase.

    ticks   of the onsets, 24 to a beat
    tried   the ratio with which the phrase was read; it counts as much as it is known beforehand
    """
    moments_s = np.array(onsets_s)
    on_beat = ticks % TICKS == 0
    beats, beats_s = ticks[on_beat] // TICKS, moments_s[on_beat]
    off_beat = ticks % TICKS == TICKS // 2
    beat, off_s = ticks[off_beat] // TICKS, moments_s[off_beat]
    after = np.searchsorted(beats, beat, side="right")
    told = (after > 0) & (after < len(beats))
    beat, off_s, after = beat[told], off_s[told], after[told]
    near = beats[after] - beats[after - 1] <= _FARTHEST if len(after) else np.zeros(0, bool)
    beat, off_s, after = beat[near], off_s[near], after[near]
    beat_s = (beats_s[after] - beats_s[after - 1]) / (beats[after] - beats[after - 1])
    begins_s = beats_s[after - 1] + (beat - beats[after - 1]) * beat_s
    weights = (beat_s / _STRIKE_S) ** 2
    prior = 1 / _TRIED_SPREAD**2
    place = (((off_s - begins_s) / beat_s * weights).sum() + prior * tried / (1 + tried)) / (
        weights.sum() + prior
    )
    return float(min(max(place / (1 - place), _LEAST), _MOST))
