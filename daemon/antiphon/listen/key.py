"""The key of a melody, and the way to C major or A minor and back.

Estimation compares how long each pitch class sounds with the usual shares of a major and a minor melody
(probabilities of scale degrees from Albrecht and Shanahan, Music Perception 31(1), 2013, table 1).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from antiphon.events import GridNote

Mode = Literal["major", "minor"]
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1, "-": -1}
_HOME = {"major": 0, "minor": 9}

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


ALL_KEYS: tuple[Key, ...] = tuple(Key(t, mode) for mode in PROFILES for t in range(12))


def posterior(durations: Sequence[float], weight: float = 1.0) -> dict[Key, float]:
    """Probability of each of the 24 keys, given how long each of the 12 pitch classes sounded.

    `durations` in any unit; `weight` scales them to independent observations. Raises ValueError unless 12.
    """
    if len(durations) != 12:
        raise ValueError(f"there are 12 pitch classes, got {len(durations)} durations")
    scores = {key: weight * _log_likelihood(durations, key) for key in ALL_KEYS}
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


def estimate(notes: Iterable[GridNote]) -> Key:
    """The likeliest key of a melody; C major for silence."""
    durations = [0.0] * 12
    for note in notes:
        durations[note.pitch % 12] += note.duration_steps
    chances = posterior(durations)
    return max(ALL_KEYS, key=lambda key: chances[key])
