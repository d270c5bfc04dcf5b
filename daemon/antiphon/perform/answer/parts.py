"""Bass, chords and a second voice that go with an answer into the scheduler, each on its channel."""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Protocol

from antiphon.compose.harmony.accompaniment import Accompaniment, Part, PartNote, Registers
from antiphon.compose.harmony.patterns import BarGrid, follows_figure
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.harmony.second_voice import SecondVoice
from antiphon.compose.harmony.written_notes import WrittenNote, WrittenNotes
from antiphon.events import GridNote, NoteOff, NoteOn, PlayedNote, Timed
from antiphon.harmony.figure import Figure
from antiphon.listen.feel_grid import FeelGrid
from antiphon.perform.answer.touch import LONGEST_GATE, Touch
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.timebase import Grid


@dataclass(frozen=True, slots=True)
class _Sounding:
    """The note of the second voice that sounds, the channel it began on, and the melody's note above it."""

    pitch: int
    channel: int
    melody: int
    velocity: int


class Out(Protocol):
    """Where notes go to, as `Scheduler` is one; a note-off ends the note of its part alone."""

    def add(self, timed: Timed, part: str) -> None: ...

    def put_off(self, off: NoteOff, part: str, until_s: float) -> bool: ...


class _Heard:
    """Keeps the notes of the second voice that would be scheduled."""

    def __init__(self) -> None:
        self.notes: list[tuple[Part, PlayedNote]] = []
        self._held: dict[tuple[str, int], tuple[float, int]] = {}

    def add(self, timed: Timed, part: str) -> None:
        key = part, timed.event.pitch
        if isinstance(timed.event, NoteOn):
            self._held[key] = timed.at_s, timed.event.velocity
        elif (begun := self._held.pop(key, None)) is not None:
            onset_s, velocity = begun
            self.notes.append(("second_voice", PlayedNote(timed.event.pitch, velocity, onset_s, timed.at_s)))

    def put_off(self, off: NoteOff, part: str, until_s: float) -> bool:  # noqa: ARG002 - as `Out` has it
        return False


class Parts:
    """Those of one answer, from step `start` of the grid to `end` (None: without end).

    Nothing can sound before `earliest_s`. The melody says when its notes begin and end, for the second voice.
    `figure` is how the player's left hand played, where it did.
    """

    def __init__(
        self,
        harmony: HarmonySettings,
        plan: ChordPlan | None,
        touch: Touch,
        start: int,
        end: int | None,
        figure: Figure | None = None,
    ) -> None:
        self._figure = figure
        self._touch, self._end = touch, end
        self._bars = bar_grid(touch.places)
        self.next_place = self._bars.first_place(start)  # what begins before is in the scheduler
        self._harmony, self._plan = harmony, plan
        self._under = None if plan is None else self._begin(harmony, plan)
        self._second = SecondVoice(harmony.second_voice_lowest)
        self._sounding: _Sounding | None = None
        self._written = WrittenNotes()  # of the bass and the chords, in the scheduler
        self._turns = 0  # how often other chords came
        self._tied = False  # whether notes are held on over what comes next

    def copied(self) -> "Parts":
        """Other ones that go on from here."""
        other = copy(self)
        other._second, other._written = copy(self._second), WrittenNotes()
        other._under = None if self._under is None else self._under.copied()
        return other

    def set(self, harmony: HarmonySettings, plan: ChordPlan | None) -> bool:
        """Other settings, or another plan, for what is not in the scheduler yet; whether they differ."""
        changes = (harmony, plan) != (self._harmony, self._plan)
        if plan != self._plan or (
            self._under is not None and _registers(harmony) != _registers(self._harmony)
        ):
            self._under = None if plan is None else self._begin(harmony, plan)
        self._harmony, self._plan = harmony, plan
        return changes

    def turn(self, plan: ChordPlan, step: int, grid: Grid, scheduler: Out) -> None:
        """Another plan, whose chords differ from a step on: what would sound on ends there, and what begins
        leads on from it."""
        at = self._touch.place(step)
        for note in self._written.take_after(at):
            scheduler.add(Timed(grid.time_s(at), note.off), note.of)
        self._turns, self._plan = self._turns + 1, plan
        self._under = self._over(self._under, plan)

    def lead_on(
        self,
        harmony: HarmonySettings,
        plan: ChordPlan,
        touch: Touch,
        bars: BarGrid,
        span: tuple[int, int],
        figure: Figure | None = None,
        tied: bool = False,
    ) -> None:
        """What comes next, from one step to another: it leads on from what was played before.

        `tied`: notes that were held until there are held on, where they are held there too.
        """
        self._figure, self._tied = figure, tied
        same = self._under is not None and _registers(harmony) == _registers(self._harmony)
        before = self._under if same else None
        self._touch, self._bars, self._end = touch, bars, span[1]
        self.next_place = bars.first_place(span[0])
        self._harmony, self._plan, self._turns = harmony, plan, self._turns + 1
        self._under = self._over(before, plan)

    def _over(self, before: Accompaniment | None, plan: ChordPlan) -> Accompaniment:
        if before is None:
            return self._begin(self._harmony, plan)
        return before.over(plan, self._bars, self._end, self._figure)

    def _begin(self, harmony: HarmonySettings, plan: ChordPlan) -> Accompaniment:
        quarter, registers = self._touch.places.quarter, _registers(harmony)
        return Accompaniment(plan, self._bars, quarter, self._end, registers, self._figure)

    def foreseen(
        self, melody: Sequence[tuple[GridNote, PlayedNote]], until: int, grid: Grid, earliest_s: float
    ) -> Iterator[tuple[Part, PlayedNote]]:
        """What they will play up to a step, with these notes of the melody, as written and as they sound."""
        if self._under is None:
            return
        other, heard = self.copied(), _Heard()
        other._sounding = None
        for written, note in melody:
            other.strike(note.pitch, note.velocity, written.onset_steps, note.onset_s, heard)
            for step in self._bars.places(written.onset_steps + 1, written.end_steps - 1):
                other._stay_in_chord(step, grid, heard, earliest_s)
            other.lift(note.release_s, heard)
        yield from heard.notes
        for at in self._bars.places(other.next_place, until - 1):
            for part_note in other._at(at):
                if (sounds := self._played(part_note, grid, earliest_s)) is not None:
                    yield part_note.part, sounds

    def chords(self, until: int, grid: Grid) -> Iterator[tuple[float, str]]:
        """The chords that are planned from now on up to a step, each with the moment it begins."""
        if self._under is None:
            return
        last = None
        for step in self._bars.places(self.next_place, until - 1):
            chord = self._under.chord_at(step)
            if chord is not None and chord != last:
                yield grid.time_s(self._touch.place(step)), chord.name
            last = chord

    def until(self, step: int, held: bool, grid: Grid, scheduler: Out, earliest_s: float) -> None:
        """Schedule what begins up to a step, that included; `held`: no note of the melody begins there."""
        last = step if self._end is None else min(step, self._end - 1)
        while (at := self.next_place) <= last:
            self.next_place = self._bars.next_place(at)
            begun = self._at(at)
            for note in begun:
                played = self._played(note, grid, earliest_s)
                tied = self._tied and self._holds
                if played is not None and not (tied and self._tie(note, played, scheduler)):
                    self._schedule(note, played, scheduler)
            for note in self._going_on(at, begun) if self._tied else ():
                if (played := self._played(note, grid, earliest_s)) is not None:
                    self._tie(note, played, scheduler)
            if held:
                self._stay_in_chord(at, grid, scheduler, earliest_s)

    def _at(self, step: int) -> list[PartNote]:
        harmony = self._harmony
        if self._under is None:
            return []
        if not (harmony.bass or harmony.chords):
            self._under.rest()
            return []
        return [note for note in self._under.at(step, harmony.pattern) if note.part in harmony.parts]

    def _played(self, note: PartNote, grid: Grid, earliest_s: float) -> PlayedNote | None:
        """As it sounds; None where it would be over before it can."""
        gate = min(note.gate, LONGEST_GATE) if note.end == self._end else note.gate
        begins, ends = self._touch.place(note.onset), self._touch.place(note.end)
        on_s, off_s = max(grid.time_s(begins), earliest_s), grid.time_s(begins + gate * (ends - begins))
        velocity = _velocity(self._touch.velocity * self._harmony.velocity_of(note.part) * note.stress)
        return PlayedNote(note.pitch, velocity, on_s, off_s) if off_s > on_s else None

    def _schedule(self, note: PartNote, played: PlayedNote, scheduler: Out) -> None:
        """A note-off that was scheduled over other chords must not end it."""
        channel = self._harmony.channel_of(note.part)
        of = f"{note.part} {self._turns}" if self._turns else note.part
        off, until = NoteOff(note.pitch, channel), self._touch.place(note.end)
        scheduler.add(Timed(played.onset_s, NoteOn(note.pitch, played.velocity, channel)), of)
        scheduler.add(Timed(played.release_s, off), of)
        self._written.add(WrittenNote(off, until, of, note), self._touch.place(note.onset))

    def _tie(self, note: PartNote, played: PlayedNote, scheduler: Out) -> bool:
        """Hold a note on that was held until where this one begins; whether there is one."""
        here, off = self._touch.place(note.onset), NoteOff(note.pitch, self._harmony.channel_of(note.part))
        for one in self._written.ending(note, off, here):
            if scheduler.put_off(off, one.of, played.release_s):
                self._written.go_on(one, note, self._touch.place(note.end))
                return True
        return False

    def _going_on(self, step: int, begun: Sequence[PartNote]) -> list[PartNote]:
        """Notes of the player's figure whose chord stays, and whose part begins nothing else at a step."""
        under = self._under
        chord = None if under is None or not self._follows_figure else under.chord_at(step)
        if under is None or chord is None or chord != under.chord_at(step - 1):
            return []
        parts = set(self._harmony.parts) - {note.part for note in begun}
        end = step if self._end is None else self._end
        return self._written.cut_short(step, self._touch.place(step), end, parts)

    @property
    def _follows_figure(self) -> bool:
        return follows_figure(self._harmony.pattern, self._figure, self._bars)

    @property
    def _holds(self) -> bool:
        """Whether bass and chords are struck where chords begin alone."""
        return self._harmony.pattern in ("held", "player") and not self._follows_figure

    def strike(self, melody: int, velocity: int, step: int, at_s: float, scheduler: Out) -> None:
        """A note of the melody begins at a moment; it was written at a step."""
        chord = None if self._under is None else self._under.chord_at(step)
        if chord is None or not self._harmony.second_voice:
            self._second.rest()
        elif (pitch := self._second.below(melody, chord)) is not None:
            self._begin_second(pitch, melody, velocity, at_s, scheduler)

    def _begin_second(self, pitch: int, melody: int, velocity: int, at_s: float, scheduler: Out) -> None:
        channel = self._harmony.channel_of("second_voice")
        softer = _velocity(velocity * self._harmony.velocity_of("second_voice"))
        scheduler.add(Timed(at_s, NoteOn(pitch, softer, channel)), "second_voice")
        self._sounding = _Sounding(pitch, channel, melody, velocity)

    def lift(self, at_s: float, scheduler: Out) -> None:
        """The note of the melody ends at a moment."""
        if (sounding := self._sounding) is not None:
            scheduler.add(Timed(at_s, NoteOff(sounding.pitch, sounding.channel)), "second_voice")
            self._sounding = None

    def goes_with(self, melody: int) -> bool:
        """Whether the second voice sounds under this note of the melody."""
        return self._sounding is not None and self._sounding.melody == melody

    def _stay_in_chord(self, step: int, grid: Grid, scheduler: Out, earliest_s: float) -> None:
        """Where the chord changes under a held note of the melody, the second voice moves."""
        sounding, under = self._sounding, self._under
        chord = None if sounding is None or under is None else under.chord_at(step)
        if sounding is None or chord is None or sounding.pitch % 12 in chord.tones:
            return
        at_s = max(grid.time_s(self._touch.place(step)), earliest_s)
        self.lift(at_s, scheduler)
        if (pitch := self._second.below(sounding.melody, chord)) is not None:
            self._begin_second(pitch, sounding.melody, sounding.velocity, at_s, scheduler)


def bar_grid(places: FeelGrid) -> BarGrid:
    """Where something may be struck in the bars of an answer."""
    dotted = places.parts == 3 and places.beat % 3 == 0
    eighth = places.beat // 3 if dotted else max(1, places.quarter // 2)
    return BarGrid(places.bar, places.beat, eighth, dotted)


def _registers(harmony: HarmonySettings) -> Registers:
    return Registers(harmony.bass_lowest, harmony.chords_lowest)


def _velocity(velocity: float) -> int:
    return min(127, max(1, round(velocity)))
