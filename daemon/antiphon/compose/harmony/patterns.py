"""When bass and chords are struck: held, on the beat, boom-chick, as an arpeggio, or as a player does. Pure.

All lengths and places are in steps; a bar begins at each multiple of its length.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from antiphon.harmony.figure import WHOLE, Figure, Struck

Pattern = Literal["held", "beat", "boom-chick", "arpeggio", "player"]
PATTERNS: tuple[Pattern, ...] = get_args(Pattern)
# The notes of a chord that an arpeggio says in turn, by the number of eighths in a group.
_UP_AND_DOWN, _UP = (0, 1, 2, 1), (0, 1, 2)


@dataclass(frozen=True, slots=True)
class BarGrid:
    """Lengths in steps. `dotted`: a beat has three eighths, as in 6/8."""

    bar: int
    beat: int
    eighth: int
    dotted: bool = False

    @property
    def beats(self) -> int:
        return max(1, self.bar // self.beat)

    def is_place(self, step: int) -> bool:
        """Whether something may be struck there: on a beat or an eighth of a bar."""
        into = step % self.bar
        return into % self.eighth == 0 or into % self.beat == 0

    def next_place(self, step: int) -> int:
        """The first place after a step."""
        into = step % self.bar
        eighth, beat = (into // self.eighth + 1) * self.eighth, (into // self.beat + 1) * self.beat
        return step - into + min(eighth, beat, self.bar)

    def first_place(self, step: int) -> int:
        """The first place at a step or after it."""
        return step if self.is_place(step) else self.next_place(step)

    def places(self, first: int, last: int) -> Iterator[int]:
        """The places from one step to another, both included. Chords change at places alone."""
        at = self.first_place(first)
        while at <= last:
            yield at
            at = self.next_place(at)

    def is_beat(self, step: int) -> bool:
        return step % self.bar % self.beat == 0


# How much of its length a note of a pattern sounds, and how loud it is beside others.
BASS_GATES = {"held": 1.0, "beat": 1.0, "boom-chick": 0.85, "arpeggio": 1.0, "player": 1.0}
CHORD_GATES = {"held": 1.0, "beat": 0.8, "boom-chick": 0.55, "arpeggio": 1.0, "player": 1.0}
CHORD_STRESSES = {"held": 1.0, "beat": 0.9, "boom-chick": 0.9, "arpeggio": 0.9, "player": 0.9}


def struck(pattern: Pattern, bars: BarGrid, step: int, begins: bool, figure: Figure | None = None) -> Struck:
    """What a pattern strikes at a place; `begins`: a chord begins there, or is said again at a bar line.

    `figure` is how the player plays; where there is none, or one of another meter, chords are held.
    """
    if not bars.is_place(step):
        return Struck(begins, WHOLE) if begins and pattern != "boom-chick" else Struck(begins, None)
    if figure is not None and follows_figure(pattern, figure, bars):
        return _as_played(figure, bars, step % bars.bar, begins)
    return _AT[pattern](bars, step % bars.bar, begins)


def follows_figure(pattern: Pattern, figure: Figure | None, bars: BarGrid) -> bool:
    """Whether bass and chords are played as a player does, in these bars."""
    return pattern == "player" and figure is not None and len(figure.strikes) * bars.eighth == bars.bar


def _as_played(figure: Figure, bars: BarGrid, into: int, begins: bool) -> Struck:
    """A bass says each new chord; chords that the player strikes with it, or not at all, begin with it."""
    if into % bars.eighth:
        return Struck(begins, None)
    said = figure.strikes[into // bars.eighth]
    chord = WHOLE if said.chord is None and begins and figure.holds_chords else said.chord
    return Struck(said.bass or begins, chord)


def _held(bars: BarGrid, into: int, begins: bool) -> Struck:  # noqa: ARG001 - the same for each pattern
    return Struck(begins, WHOLE if begins else None)


def _beat(bars: BarGrid, into: int, begins: bool) -> Struck:
    return Struck(begins, WHOLE if into % bars.beat == 0 or begins else None)


def _boom_chick(bars: BarGrid, into: int, begins: bool) -> Struck:
    beat, within = divmod(into, bars.beat)
    if bars.dotted:
        return Struck(within == 0 or begins, WHOLE if within == bars.beat - bars.eighth else None)
    if within:
        return Struck(begins, None)
    booms = beat % 2 == 0 if bars.beats % 2 == 0 else beat == 0
    return Struck(booms or begins, None if booms else WHOLE)


def _arpeggio(bars: BarGrid, into: int, begins: bool) -> Struck:
    if into % bars.eighth:
        return Struck(begins, None)
    turns = _UP if bars.dotted else _UP_AND_DOWN
    return Struck(begins, turns[into // bars.eighth % len(turns)])


_AT: dict[Pattern, Callable[[BarGrid, int, bool], Struck]] = {
    "held": _held,
    "beat": _beat,
    "boom-chick": _boom_chick,
    "arpeggio": _arpeggio,
    "player": _held,
}
