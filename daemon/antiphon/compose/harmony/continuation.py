"""The chords that an answer goes on with: drawn as the chain of chords has them. Pure.

Whole ways are drawn, so that a close is prepared: forward filtering, backward sampling (Frühwirth-Schnatter
1994) of the logarithms, times a sharpness.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.chord_hmm import InKey, in_key, theory_table
from antiphon.harmony.evidence import Slots
from antiphon.harmony.theory import ChordTable

Floats = NDArray[np.float64]
# Unusual ways are so much rarer than in the chain itself, which has all that music has.
_SHARPNESS = 1.5
# A chord that stood at the same place of what is answered is likelier by so many nats.
_AS_BEFORE = 1.0


def continuation(
    slots: Slots,
    key: Chord,
    before: Chord | None,
    parallel: Sequence[Chord | None],
    chance: np.random.Generator,
    table: ChordTable | None = None,
) -> tuple[Chord, ...]:
    """A chord for each slot.

    key        named by its tonic triad
    before     the chord of the slot before the first; None: not known
    parallel   for each slot the chord at the same place of what is answered; None: not known
    table      what is known of chords; None: theory
    """
    logs, steps = in_key(table or theory_table(), key), slots.steps().tolist()
    said = logs.places[slots.places()]
    for number, chord in enumerate(parallel):
        if chord is not None:
            said[number, chord.number] += _AS_BEFORE
    usual, moves = _sharpened(logs)
    odds = np.exp(_SHARPNESS * said)
    first = usual if before is None else moves[steps[0], before.number]
    forward = [first * odds[0]]
    for number in range(1, slots.count):
        reached = (forward[-1] @ moves[steps[number]]) * odds[number]
        forward.append(reached / reached.sum())
    chances = chance.random(slots.count).tolist()
    drawn = [_draw(forward[-1], chances[0])]
    for number in range(slots.count - 1, 0, -1):
        weights = forward[number - 1] * moves[steps[number], :, drawn[-1]]
        drawn.append(_draw(weights, chances[slots.count - number]))
    return tuple(TRIADS[number] for number in reversed(drawn))


@lru_cache(maxsize=64)
def _sharpened(logs: InKey) -> tuple[Floats, Floats]:
    """Odds of each chord at the beginning, and of each after each, by `STEPS`."""
    return np.exp(_SHARPNESS * logs.usual), np.exp(_SHARPNESS * logs.moves)


def _draw(weights: Floats, chance: float) -> int:
    cumulative = weights.cumsum()
    place = int(cumulative.searchsorted(chance * cumulative[-1], side="right"))
    return min(place, len(cumulative) - 1)
