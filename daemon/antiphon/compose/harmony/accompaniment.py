"""Bass and chords under an answer, a place at a time: from a plan of chords to notes on the grid. Pure."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Literal

from antiphon.compose.harmony.bass import Bass
from antiphon.compose.harmony.chords import Voicings
from antiphon.compose.harmony.patterns import (
    BASS_GATES,
    CHORD_GATES,
    CHORD_STRESSES,
    BarGrid,
    Pattern,
    struck,
)
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.harmony.chord import Chord
from antiphon.harmony.figure import WHOLE, Figure, Struck

Part = Literal["bass", "chords", "second_voice"]
PARTS: tuple[Part, ...] = ("bass", "chords", "second_voice")
# Nothing is held longer than so many bars.
_MOST_BARS = 2


@dataclass(frozen=True, slots=True)
class PartNote:
    """A note of a part, in steps: it is written until `end` and sounds `gate` of that; `stress` is how loud
    it is beside the part's other notes. `whole` is where it would end if its chord stayed beyond what is
    planned."""

    part: Part
    onset: int
    end: int
    pitch: int
    gate: float = 1.0
    stress: float = 1.0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Registers:
    """The lowest MIDI pitches of bass and chords."""

    bass: int
    chords: int


class Accompaniment:
    """Asked step by step, in order, to an answer's end (None: without end). It begins on a beat.

    `quarter` is a quarter note in steps, counted from where the plan counts from. `figure` is how the player
    plays, for the pattern "player".
    """

    def __init__(
        self,
        plan: ChordPlan,
        bars: BarGrid,
        quarter: int,
        end: int | None,
        registers: Registers,
        figure: Figure | None = None,
    ) -> None:
        self._figure = figure
        self._plan, self._bars, self._quarter, self._end = plan, bars, quarter, end
        self._bass, self._voicings = Bass(registers.bass), Voicings(registers.chords)
        self._known: dict[int, Chord | None] = {}  # the chords at steps that were asked for
        self._silent = True  # whatever comes next begins
        self._root_said = False  # so that the next bass note of an alternating pattern is the fifth

    def copied(self) -> "Accompaniment":
        """Another one that goes on from here."""
        other = copy(self)
        other._bass, other._voicings = copy(self._bass), copy(self._voicings)
        return other

    def over(self, plan: ChordPlan, bars: BarGrid, end: int | None, figure: Figure | None) -> "Accompaniment":
        """Another one over other chords, whose first notes lead on from the last ones of this."""
        other = self.copied()
        other._figure = figure
        other._plan, other._bars, other._end, other._known = plan, bars, end, {}
        return other

    def chord_at(self, step: int) -> Chord | None:
        if step not in self._known:
            self._known[step] = self._plan.at(step / self._quarter)
        return self._known[step]

    def rest(self) -> None:
        """Nothing is to be struck for now."""
        self._silent = True

    def at(self, step: int, pattern: Pattern) -> list[PartNote]:
        """What begins at a step; nothing where no chord is planned."""
        chord = self.chord_at(step)
        if chord is None or (self._silent and not self._bars.is_beat(step)):
            self._silent = True
            return []
        begins = self._begins(step)
        what = struck(pattern, self._bars, step, begins, self._figure)
        self._silent = False
        return [
            *(self._bass_note(step, pattern, chord, begins) if what.bass else ()),
            *(self._chord_notes(step, pattern, chord, what.chord) if what.chord is not None else ()),
        ]

    def _begins(self, step: int) -> bool:
        """Whether a chord begins at a step, or is said again: at a bar line, or after silence."""
        return self._silent or step % self._bars.bar == 0 or self._changes(step)

    def _changes(self, step: int) -> bool:
        return self.chord_at(step) != self.chord_at(step - 1)

    def _bass_note(self, step: int, pattern: Pattern, chord: Chord, begins: bool) -> list[PartNote]:
        if pattern == "boom-chick" and self._root_said and not begins:
            pitch, self._root_said = self._bass.fifth(chord), False
        else:
            pitch = self._bass.note(chord, self._plan.after(step / self._quarter))
            self._root_said = True
        quarters = None if self._figure is None else self._figure.bass_quarters
        end, whole = self._ends(step, pattern, quarters, lambda what: what.bass)
        return [PartNote("bass", step, end, pitch, BASS_GATES[pattern], whole=whole)]

    def _chord_notes(self, step: int, pattern: Pattern, chord: Chord, which: int) -> list[PartNote]:
        voicing = self._voicings.lead(chord)
        pitches = voicing if which == WHOLE else voicing[which : which + 1]
        quarters = None if self._figure is None else self._figure.chord_quarters
        end, whole = self._ends(step, pattern, quarters, lambda what: what.chord is not None)
        gate, stress = CHORD_GATES[pattern], CHORD_STRESSES[pattern]
        return [PartNote("chords", step, end, pitch, gate, stress, whole) for pitch in pitches]

    def _ends(
        self, step: int, pattern: Pattern, quarters: float | None, strikes: Callable[[Struck], bool]
    ) -> tuple[int, int]:
        """Where what is struck at a step ends, and where it would if its chord stayed beyond what is planned.
        `quarters` is how long the player holds such a note; None: it is not known."""
        longest = self._longest(pattern, quarters)
        end = self._until(step, lambda later: strikes(self._later(pattern, later)))
        return min(end, step + longest), self._whole(step, pattern, longest, strikes)

    def _whole(self, step: int, pattern: Pattern, longest: int, strikes: Callable[[Struck], bool]) -> int:
        """Where what the player's figure strikes at a step would end: at the bar line at the latest."""
        if pattern != "player":
            return step
        ends, later = step - step % self._bars.bar + self._bars.bar, self._bars.next_place(step)
        while later < ends and not strikes(struck(pattern, self._bars, later, False, self._figure)):
            later = self._bars.next_place(later)
        return min(later, ends, step + longest)

    def _later(self, pattern: Pattern, step: int) -> Struck:
        return struck(pattern, self._bars, step, self._again(step), self._figure)

    def _longest(self, pattern: Pattern, as_played: float | None) -> int:
        """How long a note may last, in steps."""
        if pattern == "boom-chick":
            return self._bars.beat
        if pattern == "player" and as_played is not None:
            return max(1, round(as_played * self._quarter))
        return _MOST_BARS * self._bars.bar

    def _again(self, step: int) -> bool:
        return step % self._bars.bar == 0 or self._changes(step)

    def _until(self, step: int, strikes: Callable[[int], bool]) -> int:
        """Where what begins at a step ends: where the next is struck, or the chord or the answer ends."""
        latest = step + _MOST_BARS * self._bars.bar
        latest = latest if self._end is None else min(latest, self._end)
        later = self._bars.next_place(step)
        while later < latest and not (strikes(later) or self._changes(later)):
            later = self._bars.next_place(later)
        return max(step + 1, min(later, latest))
