"""Which chord comes next, before anything of it is heard. Pure.

Three guesses are mixed: what theory says after the chord of now, and that the chord of four or of eight bars
ago comes again, as phrases have four bars and periods eight. How much each of these counts is learned from
this music alone: a chord of so long ago is trusted as often as it came again until now (Laplace's rule of
succession), and a guess weighs as much as it has said of the chords until now (a Bayesian mixture).
"""

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_hmm import InKey, in_key, theory_table
from antiphon.harmony.evidence import Slots
from antiphon.harmony.theory import ChordTable

Floats = NDArray[np.float64]
_BARS_AGO = (4, 8)


def next_chord(slots: Slots, key: Chord, past: Floats, table: ChordTable | None = None) -> Floats:
    """The probability of each of `TRIADS` in the last of some slots, (24,).

    key    named by its tonic triad
    past   the probability of each triad in the slots before it, (slots - 1, 24); rows sum to 1
    """
    usual = _usual(in_key(table or theory_table(), key), slots, past)
    guesses = [usual, *(_again(usual, past, bars * slots.in_bar) for bars in _BARS_AGO)]
    said = [np.log((guess[:-1] * past).sum(axis=1)).sum() for guess in guesses]
    weights = np.exp(np.array(said) - max(said))
    found = sum(weight * guess[-1] for weight, guess in zip(weights, guesses, strict=True))
    return np.asarray(found / found.sum())


def _usual(logs: InKey, slots: Slots, past: Floats) -> Floats:
    """(slots, 24) what theory says of each slot, after the chord of the one before."""
    moves = np.exp(logs.moves)[slots.steps()[1:]]
    reached = np.concatenate([np.exp(logs.usual)[None], np.einsum("nc,ncd->nd", past, moves)])
    found = reached * np.exp(logs.places[slots.places()])
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _again(usual: Floats, past: Floats, ago: int) -> Floats:
    """(slots, 24) that the chord of so many slots ago comes again, or else the usual one."""
    found = usual.copy()
    if len(past) < ago:
        return found
    before = past[: len(usual) - ago]
    came = np.cumsum((before[:-1] * past[ago:]).sum(axis=1))
    trust = (np.concatenate([[0.0], came]) + 1) / (np.arange(len(before)) + 2)
    found[ago:] = trust[:, None] * before + (1 - trust[:, None]) * usual[ago:]
    return found
