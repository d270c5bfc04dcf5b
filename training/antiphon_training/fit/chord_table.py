"""A table of chords fitted to songs: their counts, drawn towards the table that theory has.

How strongly a kind of number is drawn is chosen by leaving out one song at a time: the others must foretell
it best. Of few songs, or of songs that differ, little is believed; of one alone hardly anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import PITCH_CLASSES, TRIADS
from antiphon.harmony.evidence import evidence_of
from antiphon.harmony.theory import CHORDS, NOTE_PLACES, PLACES, STEPS, ChordTable, theory
from antiphon_training.corpus.chord_songs import ChordSong

Floats = NDArray[np.float64]
# So many half bars, or notes, of the theory count beside those of the songs, for each row of the table.
STRENGTHS = (10_000.0, 3_000.0, 1_000.0, 300.0, 100.0, 30.0)
_MODES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What is counted in one song, by mode as `ChordTable` has it: chords of slots, and notes over chords.

    `over` counts the notes of the melody by the interval from the chord's root, `alone` those that a melody
    would have there if chords made no difference.
    """

    usual: Floats  # (2, 24)
    moves: Floats  # (2, 3, 24, 24)
    places: Floats  # (2, 6, 24)
    over: Floats  # (3, 2, 12)
    alone: Floats  # (3, 2, 12)


@dataclass(frozen=True, slots=True, eq=False)
class FittedTable:
    """`bits` a half bar, of each song's chords by what the others say; `bits_before` by the theory alone."""

    table: ChordTable
    half_bars: int
    bits: float
    bits_before: float


def fit_table(songs: Sequence[ChordSong]) -> FittedTable:
    """The table of at least one song. How usual the degrees of a scale are, and what an accompaniment plays,
    stays as theory has it."""
    before = theory()
    counts = [count(song, before) for song in songs]
    usual, _ = _drawn([one.usual for one in counts], before.usual)
    moves, bits = _drawn([one.moves for one in counts], before.moves)
    chain = replace(before, usual=usual, moves=moves)
    places = _odds([one.places for one in counts], [_by_chain(song, chain) for song in songs], before.places)
    melody = _odds([one.over for one in counts], [one.alone for one in counts], before.melody)
    table = replace(chain, places=places, melody=melody, in_keys={})
    changes = sum(one.moves.sum() for one in counts)
    before_bits = -sum(float((one.moves * np.log2(before.moves)).sum()) for one in counts) / max(changes, 1)
    return FittedTable(table, int(sum(one.usual.sum() for one in counts)), bits, before_bits)


def count(song: ChordSong, before: ChordTable) -> Counts:
    """What a song says, transposed to its key."""
    slots, mode, numbers = song.slots, int(song.key.minor), _numbers(song)
    usual, moves = np.zeros((_MODES, CHORDS)), np.zeros((_MODES, len(STEPS), CHORDS, CHORDS))
    places = np.zeros((_MODES, len(PLACES), CHORDS))
    np.add.at(usual[mode], numbers, 1.0)
    np.add.at(moves[mode], (slots.steps()[1:], numbers[:-1], numbers[1:]), 1.0)
    np.add.at(places[mode], (slots.places(), numbers), 1.0)
    return Counts(usual, moves, places, *_notes(song, numbers, before.scale[mode]))


def _numbers(song: ChordSong) -> NDArray[np.intp]:
    """The chord of each slot by its place in the key."""
    return np.array([chord.transposed(-song.key.root).number for chord in song.chords()])


def _by_chain(song: ChordSong, chain: ChordTable) -> Floats:
    """(2, 6, 24) the chords that the ones before them lead to, wherever in the phrase they are."""
    slots, mode, numbers = song.slots, int(song.key.minor), _numbers(song)
    expected = np.zeros((_MODES, len(PLACES), CHORDS))
    reached = np.vstack([chain.usual[mode], chain.moves[mode][slots.steps()[1:], numbers[:-1]]])
    np.add.at(expected[mode], slots.places(), reached)
    return expected


def _notes(song: ChordSong, numbers: NDArray[np.intp], usual: Floats) -> tuple[Floats, Floats]:
    """Notes over chords by interval, and those that a melody without chords would have."""
    heard = np.roll(evidence_of(song.slots, song.notes).melody, -song.key.root, axis=2)  # (slots, 3, 12)
    over, alone = np.zeros((2, len(NOTE_PLACES), 2, PITCH_CLASSES))
    for notes, number in zip(heard, numbers, strict=True):
        chord = TRIADS[number]
        over[:, int(chord.minor)] += np.roll(notes, -chord.root, axis=1)
        alone[:, int(chord.minor)] += notes.sum(axis=1)[:, None] * np.roll(usual, -chord.root)
    return over, alone


def _drawn(songs: Sequence[Floats], prior: Floats) -> tuple[Floats, float]:
    """Shares of counts, rows of the last axis summing to 1, and the bits of one count that is left out."""
    total, every = np.sum(songs, axis=0), max(sum(float(one.sum()) for one in songs), 1.0)

    def bits(strength: float) -> float:
        others = (_mixed(total - one, prior, strength) for one in songs)
        logs = (float((one * np.log2(other)).sum()) for one, other in zip(songs, others, strict=True))
        return -sum(logs) / every

    found = {strength: bits(strength) for strength in STRENGTHS}
    best = min(found, key=lambda strength: found[strength])  # of equals the strongest
    return _mixed(total, prior, best), found[best]


def _mixed(counts: Floats, prior: Floats, strength: float) -> Floats:
    mixed = counts + strength * prior
    return np.asarray(mixed / mixed.sum(axis=-1, keepdims=True))


def _odds(songs: Sequence[Floats], bases: Sequence[Floats], prior: Floats) -> Floats:
    """Odds that turn what is expected without them into what is counted; where nothing is, the theory's."""
    base = _mixed(np.sum(bases, axis=0), np.full(prior.shape, 1.0 / prior.shape[-1]), 1.0)
    expected = base * prior
    shares, _ = _drawn(songs, np.asarray(expected / expected.sum(axis=-1, keepdims=True)))
    odds = shares / base
    # As large as the theory's on the whole: only ratios count.
    return np.asarray(odds * (expected.sum(axis=-1) / (odds * base).sum(axis=-1))[..., None])
