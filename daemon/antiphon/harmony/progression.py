"""Chords over bars. Places are quarters from a bar line of the session, bar lines being whole bars apart."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from antiphon.harmony.chord import Chord
from antiphon.timebase import Meter

# A bar is divided where it has an even number of beats and is at least so long, in quarters.
_SHORTEST_DIVIDED = 3.0


def slot_quarters(meter: Meter) -> float:
    """How long a chord holds at least: half a bar, or a bar where half of it is no place to change (3/4)."""
    bar, beats = meter.quarters_per_bar, meter.quarters_per_bar / meter.quarters_per_beat
    return bar / 2 if beats % 2 == 0 and bar >= _SHORTEST_DIVIDED else bar


@dataclass(frozen=True, slots=True)
class Progression:
    """Chords in order, each with the quarter it begins at; it lasts to the next, the last one to `ends`."""

    chords: tuple[tuple[float, Chord], ...] = ()
    ends: float = 0.0

    def __post_init__(self) -> None:
        starts = [start for start, _ in self.chords]
        if any(later <= start for start, later in zip(starts, [*starts[1:], self.ends], strict=False)):
            raise ValueError(f"chords must begin one after the other, got {starts} to {self.ends:g}")

    @classmethod
    def of_slots(cls, first: float, slot: float, chords: Iterable[Chord | None]) -> "Progression":
        """From the chord of each slot of so many quarters; one that stays is told once.

        A slot without a chord (None) goes on with the one before it.
        """
        found: list[tuple[float, Chord]] = []
        count = 0
        for number, chord in enumerate(chords):
            count += 1
            if chord is not None and (not found or found[-1][1] != chord):
                found.append((first + number * slot, chord))
        return cls(tuple(found), first + count * slot)

    def at(self, quarter: float) -> Chord | None:
        """The chord that holds there; None before the first and from the end on."""
        number = bisect_right(self.chords, quarter, key=lambda one: one[0])
        return self.chords[number - 1][1] if number and quarter < self.ends else None

    def moved(self, quarters: float) -> "Progression":
        """The same chords, so many quarters later."""
        return Progression(tuple((at + quarters, chord) for at, chord in self.chords), self.ends + quarters)

    def __str__(self) -> str:
        return " ".join(chord.name for _, chord in self.chords)
