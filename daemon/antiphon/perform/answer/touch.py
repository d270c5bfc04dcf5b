"""How the player plays, taken over by the answer: loudness, accents, detached or joined notes, register."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from antiphon.events import GridNote, PlayedNote
from antiphon.timebase import Grid

_SOFTEST, _LOUDEST = 20, 120
_MOST_ACCENT = 16
_SHORTEST_GATE, LONGEST_GATE = 0.3, 0.95
# However long a note is, the silence that detaches it from the next is measured by a quarter at most.
_DETACHING_STEPS = 4
# An answer may go this many semitones beyond the phrase's lowest and highest notes.
_REGISTER_MARGIN = 5


@dataclass(frozen=True, slots=True)
class Touch:
    """What an answer takes over.

    velocity          the mean, 20–120
    accent            added to it on the first beat of a bar, 0–16
    gate              the share of a quarter, or of a shorter note, that sounds, 0.3–0.95
    lowest, highest   the register, MIDI pitches
    """

    velocity: int
    accent: int
    gate: float
    lowest: int
    highest: int

    def velocity_at(self, on_downbeat: bool) -> int:
        return min(127, self.velocity + (self.accent if on_downbeat else 0))

    def in_register(self, pitch: int) -> int:
        """The pitch, moved by octaves into the register if that is possible."""
        moved = pitch
        while moved > self.highest:
            moved -= 12
        while moved < self.lowest:
            moved += 12
        return moved if self.lowest <= moved <= self.highest else pitch


def touch_of(
    phrase: Sequence[PlayedNote], notes: Sequence[GridNote], grid: Grid, bar_steps: int, keep_register: bool
) -> Touch:
    """The touch of a phrase, heard as played and as notes on the grid; neither is empty."""
    places = [round(grid.steps_at(note.onset_s)) for note in phrase]
    velocity = fmean(note.velocity for note in phrase)
    strong = [note.velocity for place, note in zip(places, phrase, strict=True) if place % bar_steps == 0]
    accent = fmean(strong) - velocity if strong else 0.0
    lowest, highest = (0, 127)
    if keep_register:
        pitches = [note.pitch for note in notes]
        # An octave at least, so that every pitch class has its place.
        lowest = min(pitches) - _REGISTER_MARGIN
        highest = max(max(pitches) + _REGISTER_MARGIN, lowest + 12)
    return Touch(
        round(min(max(velocity, _SOFTEST), _LOUDEST)),
        round(min(max(accent, 0.0), _MOST_ACCENT)),
        _gate(zip(places, phrase, strict=True), notes, grid.step_s),
        max(0, lowest),
        min(127, highest),
    )


def _gate(placed: Iterable[tuple[int, PlayedNote]], notes: Sequence[GridNote], step_s: float) -> float:
    played = {(place, note.pitch): note for place, note in placed}
    shares = [
        _share(played[note.onset_steps, note.pitch].gate_s / step_s, note.duration_steps)
        for note in notes[:-1]  # how long the last one was meant is not known, as nothing follows it
        if (note.onset_steps, note.pitch) in played
    ]
    return min(max(fmean(shares), _SHORTEST_GATE), LONGEST_GATE) if shares else LONGEST_GATE


def _share(sounding_steps: float, duration_steps: int) -> float:
    return 1.0 - (duration_steps - sounding_steps) / min(duration_steps, _DETACHING_STEPS)


def silence_steps(duration_steps: int, gate: float) -> float:
    """The silence at the end of a note, in steps."""
    return (1.0 - gate) * min(duration_steps, _DETACHING_STEPS)
