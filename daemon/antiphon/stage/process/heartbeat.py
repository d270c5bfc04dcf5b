"""What is known of the sending process outside it: the notes that sound, and that it is alive.

Memory that two processes share. It stays when the one that writes it is killed at any instant, and writing
costs a store.
"""

from multiprocessing.context import SpawnContext
from typing import Any

from antiphon.events import CHANNELS, HIGHEST_PITCH, Event, NoteOff, NoteOn
from antiphon.midi.messages import HeldNotes

_PITCHES = HIGHEST_PITCH + 1
_NUMBERS = 1 << 32
# What is handed over ahead of its moment has left within so many turns, a tenth of a second or more.
_DOUBT_TURNS = 64


class Heartbeat:
    """Made by the one that watches, handed to the one that is watched."""

    def __init__(self, context: SpawnContext) -> None:
        self._sounding: Any = context.RawArray("B", CHANNELS * _PITCHES)
        self._ended: Any = context.RawArray(
            "I", CHANNELS * _PITCHES
        )  # in which turn, counted from 1; 0: never
        self._turns: Any = context.RawArray("I", 1)

    def beat(self) -> None:
        """One more turn of the engine is done."""
        self._turns[0] = (self._turns[0] + 1) % _NUMBERS

    @property
    def turns(self) -> int:
        """The turns so far; it starts again from 0 now and then."""
        return int(self._turns[0])

    def mark(self, event: Event) -> None:
        """A note begins or ends."""
        number = event.channel * _PITCHES + event.pitch
        if isinstance(event, NoteOff):
            self._ended[number] = self._turns[0] + 1
        self._sounding[number] = isinstance(event, NoteOn)

    @property
    def sounding(self) -> tuple[NoteOff, ...]:
        """The note-offs of all that sounds."""
        return tuple(_off(number) for number, sounds in enumerate(bytes(self._sounding)) if sounds)

    @property
    def doubtful(self) -> tuple[NoteOff, ...]:
        """The note-offs that may have been on their way when the process died."""
        since = self.turns + 1 - _DOUBT_TURNS
        ended = [number for number, turn in enumerate(self._ended) if turn and turn > since]
        return tuple(_off(number) for number in ended if not self._sounding[number])


def _off(number: int) -> NoteOff:
    return NoteOff(number % _PITCHES, number // _PITCHES)


class SharedHeldNotes(HeldNotes):
    """The notes that were begun and not ended, marked where another process sees them."""

    def __init__(self, heartbeat: Heartbeat, owed: tuple[NoteOff, ...] = ()) -> None:
        super().__init__()
        self._vitals = heartbeat
        for off in owed:
            self.follow(NoteOn(off.pitch, 1, off.channel))

    def follow(self, event: Event) -> None:
        super().follow(event)
        self._vitals.mark(event)


class Pulse:
    """Says whether a process that should turn all the while still does: feed it the turns, once a frame."""

    def __init__(self, frames: int) -> None:
        self._frames, self._last, self._still = frames, -1, 0

    def beats(self, turns: int) -> bool:
        """False once so many frames in a row saw no turn. Frames are counted, not seconds: when the whole
        machine was stopped for a while, nobody was stuck."""
        self._still = 0 if turns != self._last else self._still + 1
        self._last = turns
        return self._still < self._frames
