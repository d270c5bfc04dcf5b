"""Onsets of a MIDI file, in quarters, become written ones: sixteenths, or triplets where a beat has them.

Each beat is divided as a whole, so a triplet moves nothing in the beats around it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

# Equal parts of a quarter note → what it costs, in quarters of mean error, to suppose so many.
_DIVISIONS = {4: 0.0, 3: 0.02, 6: 0.035, 8: 0.035, 12: 0.05}
# What two onsets cost that come to one place, each.
_SHARED = 0.1
# An onset this short before a beat belongs to it, in quarters.
_EARLY = 1 / 16


@dataclass(frozen=True, slots=True)
class Snapped:
    """Where an onset is written, in quarters, and how many parts its beat is divided into."""

    at: Fraction
    division: int


def snapped(onsets: Sequence[float]) -> list[Snapped]:
    """The written place of each onset, in quarters, ascending; two may come to one place."""
    return [
        one
        for beat, members in groupby(onsets, key=lambda onset: math.floor(onset + _EARLY))
        for one in _beat(beat, list(members))
    ]


def _beat(beat: int, onsets: Sequence[float]) -> list[Snapped]:
    within = [onset - beat for onset in onsets]
    division = min(_DIVISIONS, key=lambda parts: _cost(within, parts))
    return [Snapped(beat + Fraction(_place(onset, division), division), division) for onset in within]


def _place(onset: float, division: int) -> int:
    return max(0, round(onset * division))


def _cost(onsets: Sequence[float], division: int) -> float:
    places = [_place(onset, division) for onset in onsets]
    errors = sum(abs(onset - place / division) for onset, place in zip(onsets, places, strict=True))
    shared = len(places) - len(set(places))
    return (errors + shared * _SHARED) / len(onsets) + _DIVISIONS[division]
