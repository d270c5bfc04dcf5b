"""How an accompaniment is played: what is struck at each eighth of a bar, and how long. Knows no pitch."""

from dataclasses import dataclass

EIGHTH = 0.5  # in quarters
WHOLE = -1  # in place of the number of a note: the whole chord


@dataclass(frozen=True, slots=True)
class Struck:
    """What is struck at a place. `bass`: whether it is. `chord`: `WHOLE`, the number of one of its notes from
    below, or None for nothing."""

    bass: bool
    chord: int | None


NOTHING = Struck(False, None)


@dataclass(frozen=True, slots=True)
class Figure:
    """`strikes` at the eighths of a bar; how long notes of the bass and of chords are held, in quarters."""

    strikes: tuple[Struck, ...]
    bass_quarters: float
    chord_quarters: float

    @property
    def holds_chords(self) -> bool:
        """Whether a new chord is struck as it begins: with its bass, or where there is a bass alone."""
        together = any(one.bass and one.chord is not None for one in self.strikes)
        return together or all(one.chord is None for one in self.strikes)
