"""How chords follow one another and what is played over them: numbers from the theory of tonal harmony.

No music was counted for them: each says what a textbook of harmony says, as a share or as odds. Chords are
told by their place in the key: the root in semitones above the tonic, and whether they are minor.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antiphon.harmony.chord import PITCH_CLASSES, TRIADS, Chord

Floats = NDArray[np.float64]
CHORDS = len(TRIADS)

# Where in a slot a note begins: with it, on another beat, or off the beat.
NOTE_PLACES = ("slot", "beat", "off the beat")
# Where in a phrase a slot lies: its first bar, any other, the end of its first half, the bar before its last
# one, its last bar, and the end of all.
PLACES = ("first", "inner", "half", "before", "last", "end")
# How one slot follows another: within a bar, over a bar line, into the last bar of a phrase.
STEPS = ("within", "bar line", "cadence")

# How much of the time each chord of a key is heard; any other chord `_RARE`.
_MAJOR = {
    Chord(0): 0.36,  # I
    Chord(7): 0.24,  # V
    Chord(5): 0.16,  # IV
    Chord(2, True): 0.06,  # ii
    Chord(9, True): 0.06,  # vi
    Chord(4, True): 0.02,  # iii
    Chord(2): 0.02,  # II, the dominant of V
    Chord(10): 0.01,  # bVII
    Chord(4): 0.008,  # III, the dominant of vi
    Chord(9): 0.008,  # VI, the dominant of ii
    Chord(5, True): 0.005,  # iv
}
_MINOR = {
    Chord(0, True): 0.36,  # i
    Chord(7): 0.15,  # V
    Chord(7, True): 0.04,  # v
    Chord(5, True): 0.12,  # iv
    Chord(10): 0.11,  # VII
    Chord(3): 0.09,  # III
    Chord(8): 0.06,  # VI
    Chord(5): 0.02,  # IV
    Chord(0): 0.005,  # I
    Chord(2, True): 0.005,  # ii
}
_RARE = 0.002
# The chance that a chord stays in the next slot: within a bar, over a bar line, into the last bar.
_STAYS = (0.6, 0.35, 0.35)
# Odds of a change by how far the root moves up, in semitones: it falls a fifth (5) most willingly.
_ROOT_MOVES = (0.3, 0.3, 1.2, 0.5, 0.5, 2.0, 0.2, 1.3, 0.8, 1.0, 0.8, 0.3)
_DOMINANT_BACK = 0.4  # odds of going from the dominant to the subdominant, which theory avoids
_CADENCE = 4.0  # odds that the tonic of the last bar is reached from the dominant
# Odds of tonic, subdominant, dominant and other chords at each place of `PLACES`.
_AT_PLACE = ((1.5, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1.5, 1), (1, 1.2, 1.5, 1), (1.5, 1, 1.2, 1))
_AT_END = (20.0, 0.5, 1.0, 0.3)
# Odds of a note of the melody over a chord, against one that is no part of it, at each of `NOTE_PLACES`:
# root, third, fifth, and the seventh that a dominant or a minor chord may have.
_OVER_CHORD = ((9.0, 9.0, 7.5, 2.5), (3.0, 3.0, 2.5, 1.2), (1.5, 1.5, 1.5, 1.1))
# How usual each degree is in melodies that stay in the key: of the scale, leading notes of minor, others.
_IN_SCALE, _LEADING, _FOREIGN = 1.0, 0.4, 0.06
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10))
# Odds of a note of an accompaniment: a chord tone as above, the seventh, another; and of its lowest note.
_IN_CHORD, _SEVENTH, _PASSING = (12.0, 10.0, 10.0), 2.5, 0.6
_BASS = (12.0, 3.0, 4.0)


@dataclass(frozen=True, slots=True, eq=False)
class ChordTable:
    """What is known of chords, by the place in the key (0: a major key, 1: a minor one; the tonic is 0).

    usual    (2, 24) share of the time that each triad is heard
    moves    (2, 3, 24, 24) chance of each triad after each, by `STEPS`; rows sum to 1
    places   (2, 6, 24) odds of each triad at `PLACES`
    melody   (3, 2, 12) odds of a note of the melody over a major and a minor chord, by `NOTE_PLACES`, from
             the chord's root up
    scale    (2, 12) share of each pitch class in a melody, from the tonic up
    heard    (2, 12) share of each pitch class in an accompaniment, from the chord's root up
    bass     (2, 12) the same of its lowest note
    leaps    whether notes that a melody leaves by a leap count as ones at a stronger place
    """

    usual: Floats
    moves: Floats
    places: Floats
    melody: Floats
    scale: Floats
    heard: Floats
    bass: Floats
    leaps: bool = True
    # What a decoder has worked out from it, by the number of the key.
    in_keys: dict[int, Any] = field(default_factory=dict, repr=False)


# The shape of each of its arrays, by name.
SHAPES: dict[str, tuple[int, ...]] = {
    "usual": (2, CHORDS),
    "moves": (2, len(STEPS), CHORDS, CHORDS),
    "places": (2, len(PLACES), CHORDS),
    "melody": (len(NOTE_PLACES), 2, PITCH_CLASSES),
    "scale": (2, PITCH_CLASSES),
    "heard": (2, PITCH_CLASSES),
    "bass": (2, PITCH_CLASSES),
}


def theory() -> ChordTable:
    """The table that ships."""
    usual = np.array([[of.get(chord, _RARE) for chord in TRIADS] for of in (_MAJOR, _MINOR)])
    usual /= usual.sum(axis=1, keepdims=True)
    moves = np.array([[_moves(usual[mode], mode, step) for step in range(len(STEPS))] for mode in (0, 1)])
    places = np.array([[_odds_at(place, mode) for place in range(len(PLACES))] for mode in (0, 1)])
    melody = np.array([[_over(odds, minor) for minor in (False, True)] for odds in _OVER_CHORD])
    scale = np.array([_scale(mode) for mode in (0, 1)])
    heard = np.array([_around(minor, _IN_CHORD, _SEVENTH, _PASSING) for minor in (False, True)])
    bass = np.array([_around(minor, _BASS, 1.0, 0.4) for minor in (False, True)])
    return ChordTable(usual, moves, places, melody, _shares(scale), _shares(heard), _shares(bass))


def _shares(odds: Floats) -> Floats:
    return np.asarray(odds / odds.sum(axis=-1, keepdims=True))


def function_of(chord: Chord, minor_key: bool) -> int:
    """0 the tonic, 1 subdominant, 2 dominant, 3 any other; `chord` by its place in the key."""
    if chord == Chord(0, minor_key):
        return 0
    if chord.root == 5 or chord == Chord(2, True):
        return 1
    return 2 if chord.root == 7 else 3


def _moves(usual: Floats, mode: int, step: int) -> Floats:
    rows = []
    for before in TRIADS:
        odds = np.array([usual[to.number] * _change(before, to, mode, step) for to in TRIADS])
        odds[before.number] = 0.0
        row = (1 - _STAYS[step]) * odds / odds.sum()
        row[before.number] = _STAYS[step]
        rows.append(row)
    return np.array(rows)


def _change(before: Chord, to: Chord, mode: int, step: int) -> float:
    odds = _ROOT_MOVES[(to.root - before.root) % PITCH_CLASSES]
    functions = function_of(before, bool(mode)), function_of(to, bool(mode))
    if functions == (2, 1):
        odds *= _DOMINANT_BACK
    if functions == (2, 0) and STEPS[step] == "cadence":
        odds *= _CADENCE
    return odds


def _odds_at(place: int, mode: int) -> list[float]:
    odds = _AT_END if PLACES[place] == "end" else _AT_PLACE[place]
    return [odds[function_of(chord, bool(mode))] for chord in TRIADS]


def _over(odds: tuple[float, ...], minor: bool) -> list[float]:
    return _around(minor, odds[:3], odds[3], 1.0)


def _around(minor: bool, tones: tuple[float, ...], seventh: float, other: float) -> list[float]:
    """By semitones above the root; the seventh is a minor one."""
    found = [other] * PITCH_CLASSES
    found[10] = seventh
    for semitones, odds in zip(Chord(0, minor).tones, tones, strict=True):
        found[semitones] = odds
    return found


def _scale(mode: int) -> list[float]:
    found = [_IN_SCALE if degree in _SCALES[mode] else _FOREIGN for degree in range(PITCH_CLASSES)]
    if mode:
        found[11] = found[9] = _LEADING
    return found
