"""How melodies move through a beat: its places, and how usual each wait from one onset to the next is. Pure.

A beat is what a foot taps: a quarter, or a dotted quarter where the meter is compound. It has 24 ticks, so
that eighths, triplets, their halves and 32nds are whole numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from antiphon.timebase import Meter

TICKS = 24
# Where in a beat a note may begin, in ticks.
PLACES = (0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21)
_LONGEST_WAIT = 96  # ticks; of longer ones only the place where they end counts
_WAITS = _LONGEST_WAIT + 1 + TICKS
Kind = Literal["straight", "swung", "compound"]

# The shares of the waits from each place of a beat to the next onset, both in ticks: counted in 9 300 songs
# of the training side (Essen, O'Neill, Ryan, Aird) and rounded; straight: in simple meters.
_STRAIGHT: dict[int, dict[int, float]] = {
    0: {12: 0.38, 24: 0.3, 18: 0.085, 6: 0.068, 48: 0.066, 36: 0.042, 96: 0.016, 8: 0.02, 72: 0.01, 9: 0.003},
    3: {3: 0.58, 15: 0.18, 9: 0.1, 6: 0.056, 21: 0.056},
    4: {4: 0.92, 6: 0.057, 8: 0.018},
    6: {6: 0.89, 18: 0.087, 12: 0.015, 3: 0.003},
    8: {8: 0.9, 4: 0.096},
    9: {3: 0.96, 12: 0.019, 18: 0.008, 24: 0.007},
    12: {12: 0.8, 6: 0.17, 24: 0.011, 9: 0.006, 4: 0.006, 36: 0.003},
    15: {3: 0.93, 9: 0.027, 6: 0.014},
    16: {8: 0.86, 4: 0.14},
    18: {6: 0.99, 3: 0.004},
    20: {4: 0.99, 8: 0.011},
    21: {3: 0.98, 12: 0.019},
}
# The same after a wait of so many ticks, where that says much.
_AFTER: dict[int, dict[int, dict[int, float]]] = {
    6: {
        0: {12: 0.28, 6: 0.28, 18: 0.25, 24: 0.12, 36: 0.025, 8: 0.02, 48: 0.017},
        12: {6: 0.83, 12: 0.14, 24: 0.013},
    },
    8: {0: {12: 0.39, 8: 0.23, 18: 0.2, 24: 0.15, 36: 0.013, 48: 0.011}},
    12: {
        0: {12: 0.66, 24: 0.2, 36: 0.04, 18: 0.044, 6: 0.035, 48: 0.028, 8: 0.015},
        12: {12: 0.93, 6: 0.06},
    },
    24: {0: {24: 0.5, 12: 0.25, 48: 0.12, 18: 0.054, 36: 0.047, 72: 0.018, 6: 0.014, 8: 0.01}},
    36: {12: {12: 0.94, 6: 0.051}},
    48: {0: {24: 0.4, 48: 0.28, 12: 0.12, 96: 0.08, 18: 0.035, 36: 0.03, 72: 0.023, 6: 0.007}},
}
_COMPOUND: dict[int, dict[int, float]] = {
    0: {8: 0.54, 16: 0.31, 24: 0.058, 12: 0.053, 4: 0.019, 40: 0.016, 48: 0.002},
    4: {4: 0.81, 12: 0.16, 8: 0.014, 36: 0.006, 20: 0.004},
    8: {8: 0.96, 4: 0.019, 16: 0.007, 32: 0.006, 12: 0.005},
    12: {4: 0.99, 8: 0.006},
    16: {8: 0.94, 4: 0.05, 16: 0.003, 24: 0.002},
    20: {4: 0.99, 8: 0.004, 12: 0.002},
}
_UNUSUAL = 0.001  # any other wait
_BEGINS: dict[Kind, dict[int, float]] = {
    "straight": {0: 0.7, 12: 0.285, 18: 0.005, 6: 0.002},
    "swung": {0: 0.7, 12: 0.29},
    "compound": {0: 0.255, 16: 0.73, 8: 0.008},
}
# Where eighths swing, sixteenths are this much rarer.
_SIXTEENTHS_SWUNG = 0.25
# How likely it is that the eighths of a phrase swing: in general, where the meter is not known, and after a
# phrase that did; and the ratios that are tried, with their shares.
_SWINGS, _SWINGS_HEARD, _SWINGS_AGAIN = 0.1, 0.003, 0.5
_RATIOS = {1.35: 0.3, 1.65: 0.3, 2.05: 0.3, 2.45: 0.1}
# How likely a compound beat is where the meter is not known; in 4/4, which is also the meter that nobody set;
# and in another simple meter, which somebody did set.
_COMPOUND_HEARD, _COMPOUND_IN_FOUR, _COMPOUND_IN_OTHERS = 0.3, 0.1, 0.005


@dataclass(frozen=True, slots=True)
class BeatDivision:
    """One way to divide beats.

    swing     the length of a beat's first eighth to that of its second
    quarters  that a beat lasts in the notation
    chance    how likely it is beforehand, 0–1
    """

    kind: Kind
    swing: float
    quarters: float
    chance: float

    @property
    def begins(self) -> Mapping[int, float]:
        """How usual each place of the beat is for the first note."""
        return _BEGINS[self.kind]

    def beats_at(self, tick: int) -> float:
        """Where in its beat a tick of it is played, 0–1. Triplets do not swing."""
        place = tick / TICKS
        if self.swing == 1.0 or (tick % 4 == 0 and tick != TICKS // 2):
            return place
        first = self.swing / (1 + self.swing)
        return 2 * place * first if place <= 0.5 else first + (2 * place - 1) * (1 - first)


def is_compound(meter: Meter) -> bool:
    """Whether a beat of the meter has three eighths: 3/8, 6/8, 9/8, 12/8."""
    return meter.denominator >= 8 and meter.numerator % 3 == 0


@cache
def divisions(meter: Meter | None, swung_before: bool) -> tuple[BeatDivision, ...]:
    """The ways to divide the beats of a meter; None: it is not known, and dotted quarters may be its beats.

    In a simple meter, a phrase in triplets has compound beats of a quarter.
    """
    if meter is not None and is_compound(meter):
        return (BeatDivision("compound", 1.0, 1.5, 1.0),)
    compound = _COMPOUND_HEARD
    if meter is not None:
        compound = _COMPOUND_IN_FOUR if meter == Meter() else _COMPOUND_IN_OTHERS
    swung = _SWINGS_AGAIN if swung_before else _SWINGS_HEARD if meter is None else _SWINGS
    return (
        BeatDivision("straight", 1.0, 1.0, 1 - compound - swung),
        BeatDivision("compound", 1.0, 1.5 if meter is None else 1.0, compound),
        *(BeatDivision("swung", ratio, 1.0, swung * share) for ratio, share in _RATIOS.items()),
    )


_CONTEXTS = {wait: number for number, wait in enumerate(_AFTER, start=1)}
# The context that each wait, by its number, is for the next one; 0: none in particular.
CONTEXT_OF: NDArray[np.intp] = np.array([_CONTEXTS.get(wait, 0) for wait in range(_WAITS)])


def wait_numbers(ticks: NDArray[np.intp]) -> NDArray[np.intp]:
    """The number of each wait of so many ticks; for waits below 0, any."""
    return np.where(ticks <= _LONGEST_WAIT, np.maximum(ticks, 0), _LONGEST_WAIT + 1 + ticks % TICKS)


@cache
def log_waits(kind: Kind) -> NDArray[np.float64]:
    """Natural logarithms of how usual a wait is, (contexts, 24, waits): after a wait, from a place."""
    shares = np.full((1 + len(_AFTER), TICKS, _WAITS), _UNUSUAL)
    table, after = (_COMPOUND, {}) if kind == "compound" else (_STRAIGHT, _AFTER)
    for number, context in enumerate((0, *_AFTER)):
        for place, usual in {**table, **after.get(context, {})}.items():
            for wait, share in usual.items():
                shares[number, place, wait] += share
    waits = np.arange(_WAITS)
    ends = (np.arange(TICKS)[:, None] + waits - (waits > _LONGEST_WAIT) * (_LONGEST_WAIT + 1)) % TICKS
    begins = np.array([_BEGINS[kind].get(tick, _UNUSUAL) for tick in range(TICKS)])
    shares[:, :, _LONGEST_WAIT + 1 :] *= begins[ends[:, _LONGEST_WAIT + 1 :]]
    if kind == "swung":
        shares[:, (ends % 3 == 0) & (ends % 12 != 0)] *= _SIXTEENTHS_SWUNG
    logs: NDArray[np.float64] = np.log(shares)
    return logs
