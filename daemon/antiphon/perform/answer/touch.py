"""How the player plays, taken over by the answer: timing, loudness, detached or joined notes, register."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.feel import LOUDNESS_FEATURES, HeardFeel, doublings, loudness_row
from antiphon.listen.feel_grid import PLACES, FeelGrid
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.settings import FOLLOW, FeelSettings
from antiphon.timebase import Grid

_SOFTEST, _LOUDEST = 20, 120
_MOST_ACCENT = 16
_SHORTEST_GATE, LONGEST_GATE = 0.3, 0.95
# No onset is pushed or dragged further than this: in seconds, and in quarters.
_MOST_PUSH_S, _MOST_PUSH = 0.03, 1 / 16
# Of the steps between two onsets so many are left at least, however both are moved.
_LEAST_APART = 0.25
# An answer may go this many semitones beyond the phrase's lowest and highest notes.
_REGISTER_MARGIN = 5


@dataclass(frozen=True, slots=True)
class Touch:
    """What an answer takes over.

    places            where steps lie in bar and beat
    velocity          the mean, 20–120
    gate              the share of a quarter, or of a shorter note, that sounds, 0.3–0.95
    lowest, highest   the register, MIDI pitches
    accent            added to the velocity on the first beat of a bar, 0–16: in takes from before the feel
    swing             the length of the first eighth of a quarter to that of the second
    pushes_s          how late an onset is, in seconds, by its place in the beat; below 0 it is early
    louder, usual     how the velocity depends on `loudness_row`, and the row that has the mean velocity
    longer, doublings how the gate depends on the length, and the length that has this gate
    """

    places: FeelGrid
    velocity: int
    gate: float
    lowest: int = 0
    highest: int = 127
    accent: int = 0
    swing: float = 1.0
    pushes_s: tuple[float, ...] = (0.0,) * PLACES
    louder: tuple[float, ...] = (0.0,) * LOUDNESS_FEATURES
    usual: tuple[float, ...] = (0.0,) * LOUDNESS_FEATURES
    longer: float = 0.0
    doublings: float = 0.0

    def place(self, step: int) -> float:
        """Where a step lies, in steps, with swing."""
        return self.places.swung(step, self.swing)

    def onset(self, step: int, step_s: float, before: tuple[int, float] | None = None) -> float:
        """Where a note begins, in steps, with push and drag; after the note `before`: its step and onset."""
        most = min(_MOST_PUSH_S / step_s, _MOST_PUSH * self.places.quarter)
        late = self.pushes_s[self.places.place_in_beat(step)] / step_s
        return self._after(before, step, self.place(step) + min(max(late, -most), most))

    def ending(self, step: int, onset: tuple[int, float], next_onset: float | None, gate: float) -> float:
        """Where a note ends that is written until a step, in steps, after its onset: its step and place.

        `next_onset`: where the next note begins; None before a rest.
        """
        begin, begins = onset
        ends = self._after(onset, step, self.place(step)) if next_onset is None else next_onset
        length = step - begin
        silence = (1.0 - gate) * min(length, self.places.quarter)
        return ends - silence * ((ends - begins) / length)

    @staticmethod
    def _after(before: tuple[int, float] | None, step: int, place: float) -> float:
        return place if before is None else max(place, before[1] + _LEAST_APART * (step - before[0]))

    @property
    def asks_length(self) -> bool:
        """Whether the velocity depends on the length."""
        return self.louder[-1] != 0.0

    def velocity_at(self, step: int, pitch: int, length: int | None) -> int:
        """Of a note at a step, 1–127; `length` in steps, None where it is not known yet."""
        row = loudness_row(self.places, step, pitch, length or self.places.quarter)
        if length is None:
            row = (*row[:-1], self.usual[-1])
        louder = sum(by * (is_ - was) for by, is_, was in zip(self.louder, row, self.usual, strict=True))
        accent = self.accent if step % self.places.bar == 0 else 0
        return min(127, max(1, round(self.velocity + accent + louder)))

    def gate_of(self, length: int) -> float:
        """The share of a note of so many steps, or of a quarter, that sounds."""
        return _gate_within(self.gate + self.longer * (doublings(self.places, length) - self.doublings))

    def in_register(self, pitch: int) -> int:
        """The pitch, moved by octaves into the register if that is possible."""
        moved = pitch
        while moved > self.highest:
            moved -= 12
        while moved < self.lowest:
            moved += 12
        return moved if self.lowest <= moved <= self.highest else pitch


def touch_after(
    straight: Sequence[PlayedNote],
    phrase: Transcription,
    heard: HeardFeel,
    settings: FeelSettings | None,
    keep_register: bool,
) -> Touch:
    """The touch of a phrase that lies on the present grid; `settings` None: no feel is learned."""
    grid = phrase.transport.grid
    places = FeelGrid.of(grid, phrase.transport.meter)
    if settings is None:
        return touch_without_feel(straight, phrase.notes, places, grid, keep_register)
    return touch_of(straight, phrase.notes, heard, places, settings, keep_register)


def touch_of(
    phrase: Sequence[PlayedNote],
    notes: Sequence[GridNote],
    heard: HeardFeel,
    places: FeelGrid,
    settings: FeelSettings,
    keep_register: bool,
) -> Touch:
    """The touch of a phrase, with the feel that was learned with it; neither of its forms is empty."""
    feel, timing = heard.feel, settings.timing
    follows = settings.swing == FOLLOW
    swing = 1.0 + timing * (feel.swing_ratio - 1.0) if follows else float(settings.swing)
    lowest, highest = _register(notes, keep_register)
    return Touch(
        places,
        _velocity(phrase),
        LONGEST_GATE if heard.gate is None else _gate_within(heard.gate),
        lowest,
        highest,
        swing=swing,
        pushes_s=tuple(timing * float(late_s) for late_s in feel.push.coefficients),
        louder=tuple(settings.dynamics * float(by) for by in feel.loudness.coefficients),
        usual=heard.loudness_row,
        longer=timing * float(feel.gates.coefficients[0]),
        doublings=heard.doublings,
    )


def _velocity(phrase: Sequence[PlayedNote]) -> int:
    return round(min(max(fmean(note.velocity for note in phrase), _SOFTEST), _LOUDEST))


def _gate_within(gate: float) -> float:
    return min(max(gate, _SHORTEST_GATE), LONGEST_GATE)


def _register(notes: Sequence[GridNote], keep: bool) -> tuple[int, int]:
    if not keep:
        return 0, 127
    pitches = [note.pitch for note in notes]
    # An octave at least, so that every pitch class has its place.
    lowest = min(pitches) - _REGISTER_MARGIN
    highest = max(max(pitches) + _REGISTER_MARGIN, lowest + 12)
    return max(0, lowest), min(127, highest)


def touch_without_feel(
    phrase: Sequence[PlayedNote],
    notes: Sequence[GridNote],
    places: FeelGrid,
    grid: Grid,
    keep_register: bool,
) -> Touch:
    """The touch of a phrase alone, for takes from before a feel was learned."""
    at = [round(grid.steps_at(note.onset_s)) for note in phrase]
    velocity = fmean(note.velocity for note in phrase)
    strong = [note.velocity for step, note in zip(at, phrase, strict=True) if step % places.bar == 0]
    accent = fmean(strong) - velocity if strong else 0.0
    gate = _gate(zip(at, phrase, strict=True), notes, grid, places)
    lowest, highest = _register(notes, keep_register)
    return Touch(places, _velocity(phrase), gate, lowest, highest, round(min(max(accent, 0.0), _MOST_ACCENT)))


def _gate(
    placed: Iterable[tuple[int, PlayedNote]], notes: Sequence[GridNote], grid: Grid, places: FeelGrid
) -> float:
    played = {(step, note.pitch): note for step, note in placed}
    shares = [
        _share(played[note.onset_steps, note.pitch].gate_s / grid.step_s, note.duration_steps, places.quarter)
        for note in notes[:-1]  # how long the last one was meant is not known, as nothing follows it
        if (note.onset_steps, note.pitch) in played
    ]
    return _gate_within(fmean(shares)) if shares else LONGEST_GATE


def _share(sounding_steps: float, duration_steps: int, quarter: int) -> float:
    # However long a note is, the silence that detaches it from the next is measured by a quarter at most.
    return 1.0 - (duration_steps - sounding_steps) / min(duration_steps, quarter)
