"""The key of a melody, and the way to C major or A minor and back.

`chances` weighs a melody's notes with the tables of `key_profiles`; `posterior` knows only how long each
pitch class sounded (scale degrees from Albrecht and Shanahan, Music Perception 31(1), 2013, table 1).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from antiphon.events import GridNote
from antiphon.listen.key_profiles import FIRST, LAST, MOVES, PRIOR, SOUNDING
from antiphon.timebase import STEPS_PER_QUARTER

Mode = Literal["major", "minor"]
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "-": -1}
_HOME = {"major": 0, "minor": 9}
# A note held longer says no more of the key: a fermata, or a key that the player forgot.
_LONGEST_QUARTERS = 2

PROFILES: dict[Mode, tuple[float, ...]] = {
    "major": (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    "minor": (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
}


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class, C = 0) and a mode."""

    tonic: int
    mode: Mode

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise ValueError(f"a tonic must be a pitch class 0–11, got {self.tonic}")

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Read "F# minor", "Bb" (major), "Am" or "a". Raises ValueError."""
        words = text.strip().split()
        name = words[0] if words else ""
        minor = name[:1].islower() or (len(name) > 1 and name.endswith("m"))
        letter, accidental = name[:1].upper(), name[1:].removesuffix("m")
        mode = words[1].lower() if len(words) == 2 else ("minor" if minor else "major")
        if letter not in _LETTERS or accidental not in _ACCIDENTALS or len(words) > 2 or mode not in _HOME:
            raise ValueError(f'a key must look like "G major", "F# minor" or "Am", got "{text}"')
        tonic = (_LETTERS[letter] + _ACCIDENTALS[accidental]) % 12
        return cls(tonic, "minor" if mode == "minor" else "major")

    @property
    def shift(self) -> int:
        """Semitones from this key to C major or A minor by the shorter way: −6…+5."""
        return (_HOME[self.mode] - self.tonic + 6) % 12 - 6

    def __str__(self) -> str:
        return f"{NAMES[self.tonic]} {self.mode}"


def is_key_or_empty(text: str) -> bool:
    """Whether `Key.parse` can read it, or nothing is said."""
    try:
        return not text or isinstance(Key.parse(text), Key)
    except ValueError:
        return False


ALL_KEYS: tuple[Key, ...] = tuple(Key(t, mode) for mode in PROFILES for t in range(12))


def posterior(durations: Sequence[float], weight: float = 1.0) -> dict[Key, float]:
    """Probability of each of the 24 keys, given how long each of the 12 pitch classes sounded.

    `durations` in any unit; `weight` scales them to independent observations. Raises ValueError unless 12.
    """
    if len(durations) != 12:
        raise ValueError(f"there are 12 pitch classes, got {len(durations)} durations")
    return normalised({key: weight * _log_likelihood(durations, key) for key in ALL_KEYS})


def normalised(scores: Mapping[Key, float]) -> dict[Key, float]:
    """Log-probabilities, up to a constant, as probabilities."""
    best = max(scores.values())
    unnormalised = {key: math.exp(score - best) for key, score in scores.items()}
    total = sum(unnormalised.values())
    return {key: value / total for key, value in unnormalised.items()}


def _log_likelihood(durations: Sequence[float], key: Key) -> float:
    profile = PROFILES[key.mode]
    return sum(
        duration * math.log(profile[(pitch_class - key.tonic) % 12])
        for pitch_class, duration in enumerate(durations)
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a melody of n notes says of its key, in pitch classes 0–11.

    sounding    share of the time that each of the 12 sounds, times √n
    moves       how often one follows another (the same one too), over √n
    first       the one it begins with
    last        the one it ends with, where that is known to be an end
    """

    sounding: tuple[float, ...]
    moves: Mapping[tuple[int, int], float]
    first: int
    last: int | None

    @classmethod
    def of(
        cls, notes: Iterable[GridNote], ended: bool = False, steps_per_quarter: int = STEPS_PER_QUARTER
    ) -> "Evidence | None":
        """Read one voice; `ended`: the melody is whole, so its last note is its final. None for silence.

        √n, because the notes of a melody are far from independent: evidence grows slower than their number.
        """
        melody = sorted(notes)
        if not melody:
            return None
        root = math.sqrt(len(melody))
        longest = _LONGEST_QUARTERS * steps_per_quarter
        held = [(note.pitch % 12, min(note.duration_steps, longest)) for note in melody]
        total = sum(steps for _, steps in held)
        sounded = [0] * 12
        for pitch_class, steps in held:
            sounded[pitch_class] += steps
        sounding = tuple(root / total * steps for steps in sounded)
        counted = Counter(pairwise(pc for pc, _ in held))
        moves = {move: count / root for move, count in counted.items()}
        return cls(sounding, moves, held[0][0], held[-1][0] if ended else None)

    def score(self, key: Key) -> float:
        """Log-likelihood of a key, up to a constant that all keys share."""
        tonic, mode = key.tonic, key.mode
        total = FIRST[mode][(self.first - tonic) % 12]
        total += sum(self.sounding[(tonic + degree) % 12] * SOUNDING[mode][degree] for degree in range(12))
        for (before, after), often in self.moves.items():
            total += often * MOVES[mode][(before - tonic) % 12][(after - tonic) % 12]
        return total if self.last is None else total + LAST[mode][(self.last - tonic) % 12]


def chances(
    notes: Iterable[GridNote], ended: bool = False, steps_per_quarter: int = STEPS_PER_QUARTER
) -> dict[Key, float]:
    """Probability of each of the 24 keys, given a melody; with `ended` its last note counts as its final."""
    evidence = Evidence.of(notes, ended, steps_per_quarter)
    return normalised({key: PRIOR[key.mode] + (evidence.score(key) if evidence else 0) for key in ALL_KEYS})


def likeliest(chances_of: Mapping[Key, float]) -> Key:
    """The first of the likeliest in the order of `ALL_KEYS`."""
    return max(ALL_KEYS, key=lambda key: chances_of[key])


def only_tonic(notes: Iterable[GridNote]) -> Key | None:
    """The major key on the one pitch class of a melody that has no other; else None.

    One pitch class tells no key from another (the tables prefer to hear it as a fifth).
    """
    classes = {note.pitch % 12 for note in notes}
    return Key(classes.pop(), "major") if len(classes) == 1 else None


def estimate(
    notes: Iterable[GridNote], ended: bool = False, steps_per_quarter: int = STEPS_PER_QUARTER
) -> Key:
    """The likeliest key of a melody (see `chances` and `only_tonic`); C major for silence."""
    melody = tuple(notes)
    return only_tonic(melody) or likeliest(chances(melody, ended, steps_per_quarter))
