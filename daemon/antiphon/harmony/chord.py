"""A chord is one of 24 triads; a key is named by its tonic triad. Knows no notes and no time."""

import re
from dataclasses import dataclass

PITCH_CLASSES = 12
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "+": 1, "b": -1, "♭": -1}
_SYMBOL = re.compile(r"([A-G])([#♯b♭]?)(.*)")


@dataclass(frozen=True, slots=True)
class Chord:
    """A major or a minor triad on a root (pitch class, C = 0)."""

    root: int
    minor: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.root < PITCH_CLASSES:
            raise ValueError(f"a root must be a pitch class 0–11, got {self.root}")

    @property
    def tones(self) -> tuple[int, int, int]:
        """Pitch classes of root, third and fifth."""
        third = 3 if self.minor else 4
        return self.root, (self.root + third) % PITCH_CLASSES, (self.root + 7) % PITCH_CLASSES

    @property
    def name(self) -> str:
        """ "C", "F#m"."""
        return NAMES[self.root] + "m" * self.minor

    @property
    def number(self) -> int:
        """Its place in `TRIADS`."""
        return self.root + PITCH_CLASSES * self.minor

    def transposed(self, semitones: int) -> "Chord":
        return Chord((self.root + semitones) % PITCH_CLASSES, self.minor)

    def __str__(self) -> str:
        return self.name


# The twelve major triads from C up, then the twelve minor ones.
TRIADS: tuple[Chord, ...] = tuple(
    Chord(root, minor) for minor in (False, True) for root in range(PITCH_CLASSES)
)


def triad_of(symbol: str) -> Chord | None:
    """The triad that a chord symbol comes nearest to: "G7/B" is G, "Am7" is Am; None where it names none.

    A diminished chord stands for the dominant seventh a third below it, of which it is the upper part, and a
    half-diminished one for the minor sixth chord of the same notes.
    """
    found = _SYMBOL.match(symbol.strip())
    if found is None:
        return None
    letter, accidental, kind = found.groups()
    root = (_LETTERS[letter] + _ACCIDENTALS[accidental]) % PITCH_CLASSES
    kind = kind.partition("/")[0].strip()
    if kind.startswith(("ø", "m7b5", "m7♭5", "min7b5", "-7b5")):
        return Chord((root + 3) % PITCH_CLASSES, True)
    if kind.startswith(("dim", "°", "o")):
        return Chord((root + 8) % PITCH_CLASSES, False)
    return Chord(root, kind.startswith(("m", "-")) and not kind.startswith("maj"))
