"""Note-ons and note-offs of a MIDI file become notes, in ticks. Knows no tempo and no melody."""

from collections.abc import Iterable
from dataclasses import dataclass

from antiphon.events import ControlChange, NoteOn
from antiphon.midi.messages import PEDAL_DOWN, SUSTAIN, change_from_bytes, from_bytes
from antiphon.midi.track import TrackEvent

# The note-off of a note that was struck again may stand so much after that, as a share of a quarter note.
_LATE = 1 / 16


@dataclass(frozen=True, slots=True)
class TickNote:
    """A note in ticks from the file's start: when its key goes down and up, and when it stops sounding.

    The pedal may let it sound after its key is up. Both ends are at least one tick after the onset.
    """

    onset: int
    pitch: int
    velocity: int
    released: int
    ended: int


def paired(events: Iterable[TrackEvent], end_ticks: int, ticks_per_quarter: int) -> list[TickNote]:
    """The notes of one channel, by onset and pitch; a note that is never ended ends at `end_ticks`."""
    return _Pairs(round(ticks_per_quarter * _LATE)).read(events, end_ticks)


class _Pairs:
    """A key struck again while it is down ends its first note, whose note-off may come a little later.

    With the pedal down, notes end when it comes up. A note of no length lasts a tick.
    """

    def __init__(self, late_ticks: int) -> None:
        self._late_ticks = late_ticks
        self._down: dict[int, tuple[int, int]] = {}  # pitch → tick and velocity of its note-on
        self._struck_again: set[int] = set()  # pitches whose first note still has its note-off to come
        self._late: dict[int, int] = {}  # pitch → tick of the note-off that was taken for that one
        self._pedal: dict[int, int] | None = None  # pitches it holds → key-up; None: it is up
        self._notes: list[TickNote] = []

    def read(self, events: Iterable[TrackEvent], end_ticks: int) -> list[TickNote]:
        for event in events:
            said = from_bytes(event.message)
            if isinstance(said, NoteOn):
                self._strike(event.ticks, said)
            elif said is not None:
                self._lift(event.ticks, said.pitch)
            elif isinstance(change := change_from_bytes(event.message), ControlChange):
                self._control(event.ticks, change)
        for pitch in list(self._down):  # a note-off that was its only one was not late
            self._end(pitch, self._late.get(pitch, end_ticks))
        longest: dict[tuple[int, int], TickNote] = {}  # of notes struck twice at one tick
        for note in sorted(self._notes, key=lambda note: note.ended):
            longest[note.onset, note.pitch] = note
        return [longest[place] for place in sorted(longest)]

    def _strike(self, ticks: int, note: NoteOn) -> None:
        pitch = note.pitch
        self._struck_again.discard(pitch)
        self._late.pop(pitch, None)
        if pitch in self._down and pitch not in (self._pedal or ()):
            self._struck_again.add(pitch)
        self._end(pitch, ticks)
        self._down[pitch] = ticks, note.velocity

    def _lift(self, ticks: int, pitch: int) -> None:
        onset, _ = self._down.get(pitch, (ticks, 0))
        if pitch in self._struck_again and ticks - onset <= self._late_ticks:
            self._struck_again.discard(pitch)
            self._late[pitch] = ticks
        elif self._pedal is not None:
            self._pedal.setdefault(pitch, ticks)
        else:
            self._end(pitch, ticks)

    def _control(self, ticks: int, change: ControlChange) -> None:
        if change.control != SUSTAIN:
            return
        if change.value >= PEDAL_DOWN:
            self._pedal = {} if self._pedal is None else self._pedal
            return
        for pitch in sorted(self._pedal or ()):
            self._end(pitch, ticks)
        self._pedal = None

    def _end(self, pitch: int, ticks: int) -> None:
        released = ticks if self._pedal is None else self._pedal.pop(pitch, ticks)
        if (struck := self._down.pop(pitch, None)) is not None:
            onset, velocity = struck
            self._notes.append(
                TickNote(onset, pitch, velocity, max(released, onset + 1), max(ticks, onset + 1))
            )
