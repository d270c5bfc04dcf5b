"""The chords under a melody and an accompaniment: a hidden Markov model of triads in a key.

The states are the 24 triads; a slot is half a bar (`progression.slot_quarters`). The key is given, or one of
several with a probability each; then key and chords are found together. Numbers are those of a `ChordTable`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import PITCH_CLASSES, TRIADS, Chord
from antiphon.harmony.evidence import Evidence, Slots
from antiphon.harmony.theory import CHORDS, STEPS, ChordTable, theory
from antiphon.slices import Sliced, finish

Floats = NDArray[np.float64]
# Keys that are less likely than this are not tried.
_UNLIKELY = 1e-3
_NEVER = -1e9
_SLICE_SLOTS = 8
KEYS = TRIADS  # a key is named by its tonic triad


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """The chord of each slot, and the key (its tonic triad) that goes with them."""

    chords: tuple[Chord, ...]
    key: Chord


@cache
def theory_table() -> ChordTable:
    """The one that ships."""
    return theory()


def decode(
    evidence: Evidence,
    slots: Slots,
    keys: Mapping[Chord, float],
    clamped: Mapping[int, Chord] | None = None,
    table: ChordTable | None = None,
) -> Decoded:
    """The likeliest chords of all slots together, and their key (Viterbi).

    keys      a probability for each key that may be, named by its tonic triad; one alone is certain
    clamped   chords that are known, by the number of their slot from 0
    """
    return finish(decode_in_slices(evidence, slots, keys, clamped, table))


def decode_in_slices(
    evidence: Evidence,
    slots: Slots,
    keys: Mapping[Chord, float],
    clamped: Mapping[int, Chord] | None = None,
    table: ChordTable | None = None,
) -> Sliced[Decoded]:
    """What `decode` gives, a few slots at a time."""
    model = _Model(evidence, slots, keys, clamped or {}, table or theory_table())
    score, origins = model.first, []
    for number in range(1, slots.count):
        if number % _SLICE_SLOTS == 0:
            yield
        ways = model.moves[number] + score[:, None, :]
        origins.append(ways.argmax(axis=2))
        score = ways.max(axis=2) + model.said[:, number]
    best_key, last = divmod(int(score.argmax()), CHORDS)
    path = [last]
    for origin in reversed(origins):
        path.append(int(origin[best_key, path[-1]]))
    return Decoded(tuple(TRIADS[number] for number in reversed(path)), model.keys[best_key])


def chances(
    evidence: Evidence,
    slots: Slots,
    keys: Mapping[Chord, float],
    clamped: Mapping[int, Chord] | None = None,
    table: ChordTable | None = None,
) -> tuple[Floats, dict[Chord, float]]:
    """The probability of each triad in each slot, (slots, 24), and of each key (forward–backward)."""
    return finish(chances_in_slices(evidence, slots, keys, clamped, table))


def chances_in_slices(
    evidence: Evidence,
    slots: Slots,
    keys: Mapping[Chord, float],
    clamped: Mapping[int, Chord] | None = None,
    table: ChordTable | None = None,
) -> Sliced[tuple[Floats, dict[Chord, float]]]:
    """What `chances` gives, a few slots at a time."""
    model = _Model(evidence, slots, keys, clamped or {}, table or theory_table())
    forward = [model.first]
    for number in range(1, slots.count):
        if number % _SLICE_SLOTS == 0:
            yield
        ways = model.moves[number] + forward[-1][:, None, :]
        forward.append(np.logaddexp.reduce(ways, axis=2) + model.said[:, number])
    backward = [np.zeros_like(model.first)]
    for number in range(slots.count - 1, 0, -1):
        if number % _SLICE_SLOTS == 0:
            yield
        after = (backward[-1] + model.said[:, number])[:, :, None]
        backward.append(np.logaddexp.reduce(model.moves[number] + after, axis=1))
    joint = np.array(forward) + np.array(backward[::-1])
    joint = np.exp(joint - joint.max(axis=(1, 2), keepdims=True))
    joint /= joint.sum(axis=(1, 2), keepdims=True)
    shares = joint[-1].sum(axis=1)
    return joint.sum(axis=1), {key: float(share) for key, share in zip(model.keys, shares, strict=True)}


class _Model:
    """The logarithms of one decoding: `said` (keys, slots, 24) of what is heard, `first` (keys, 24)."""

    def __init__(
        self,
        evidence: Evidence,
        slots: Slots,
        keys: Mapping[Chord, float],
        clamped: Mapping[int, Chord],
        table: ChordTable,
    ) -> None:
        likely = {key: chance for key, chance in keys.items() if chance >= _UNLIKELY}
        if not likely:
            raise ValueError("no key is likely")
        self.keys = tuple(likely)
        logs = [in_key(table, key) for key in self.keys]
        moves = [one.into for one in logs]
        of_keys = moves[0][None] if len(moves) == 1 else np.array(moves)
        by_step = [of_keys[:, step] for step in range(len(STEPS))]
        # (keys, 24, 24) into each chord of a slot from each of the slot before.
        self.moves = [by_step[step] for step in slots.steps()]
        places = slots.places()
        self.said = np.array([one.places[places] + _said(evidence, one) for one in logs])
        for number, chord in clamped.items():
            others = np.arange(CHORDS) != chord.number
            self.said[:, number, others] += _NEVER
        prior = np.log(list(likely.values()))[:, None]
        self.first = prior + np.array([one.usual for one in logs]) + self.said[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class InKey:
    """Logarithms of a table in one key: chords and notes as they are, not from the tonic up."""

    usual: Floats  # (24,)
    moves: Floats  # (3, 24, 24), from the second axis to the last one
    into: Floats  # the same from the last axis to the second one, which is quicker to decode
    places: Floats  # (6, 24)
    melody: Floats  # (36, 24)
    heard: Floats  # (12, 24)
    bass: Floats  # (12, 24)


def _said(evidence: Evidence, logs: InKey) -> Floats:
    """(slots, 24) how likely the notes of each slot are over each chord."""
    slots = len(evidence.melody)
    said = evidence.melody.reshape(slots, -1) @ logs.melody
    if len(evidence.accompaniment):
        said = said + evidence.accompaniment @ logs.heard + evidence.bass @ logs.bass
    return np.asarray(said)


def in_key(table: ChordTable, key: Chord) -> InKey:
    """The logarithms of a table in a key, worked out once."""
    known: InKey | None = table.in_keys.get(key.number)
    if known is None:
        known = table.in_keys[key.number] = _worked_out(table, key)
    return known


def _worked_out(table: ChordTable, key: Chord) -> InKey:
    mode = int(key.minor)
    # The place in the key of each triad and of each pitch class.
    chords = np.array([chord.transposed(-key.root).number for chord in TRIADS])
    degrees = (np.arange(PITCH_CLASSES) - key.root) % PITCH_CLASSES
    roots = np.array([chord.root for chord in TRIADS])
    above = (np.arange(PITCH_CLASSES)[:, None] - roots) % PITCH_CLASSES  # (12, 24)
    minor = np.array([int(chord.minor) for chord in TRIADS])
    over = table.melody[:, minor, above] * table.scale[mode][degrees][:, None]
    over /= over.sum(axis=1, keepdims=True)
    moves = np.log(table.moves[mode][:, chords][:, :, chords])
    return InKey(
        np.log(table.usual[mode][chords]),
        moves,
        np.ascontiguousarray(moves.swapaxes(1, 2)),
        np.log(table.places[mode][:, chords]),
        np.log(over).reshape(-1, CHORDS),
        np.log(table.heard[minor, above]),
        np.log(table.bass[minor, above]),
    )
