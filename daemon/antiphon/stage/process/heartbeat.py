"""Memory that the playing and the supervising process share: which notes sound, and that the engine turns.

A message could be lost or cut off when the process that writes it is killed; this memory stays, whenever that
happens, and writing to it costs one store. Knows no port.
"""

from multiprocessing.context import SpawnContext
from typing import Any

from antiphon.events import CHANNELS, HIGHEST_PITCH, Event, NoteOff, NoteOn
from antiphon.midi.messages import HeldNotes

_PITCHES = HIGHEST_PITCH + 1
_NUMBERS = 1 << 32
# A note-off that was handed to the JACK process waits there while the server stands still, and is lost where
# that process dies before it goes on. A server may stand still for seconds before it gives a client up, and
# turns are 2 ms apart or more: this is 10 s. A note-off that is sent twice does no harm.
_DOUBT_TURNS = 5000


class Heartbeat:
    """Made by the supervising process and written by the playing one."""

    def __init__(self, context: SpawnContext) -> None:
        self._sounding: Any = context.RawArray("B", CHANNELS * _PITCHES)
        # In which turn each note ended, counted from 1; 0: never.
        self._ended: Any = context.RawArray("I", CHANNELS * _PITCHES)
        self._turns: Any = context.RawArray("I", 1)

    def beat(self) -> None:
        """One more turn of the engine is done."""
        self._turns[0] = (self._turns[0] + 1) % _NUMBERS

    @property
    def turns(self) -> int:
        """The turns so far; after 2³² it starts again from 0."""
        return int(self._turns[0])

    def mark(self, event: Event) -> None:
        """A note begins or ends."""
        number = event.channel * _PITCHES + event.pitch
        if isinstance(event, NoteOff):
            self._ended[number] = self._turns[0] + 1
        self._sounding[number] = isinstance(event, NoteOn)

    @property
    def sounding(self) -> tuple[NoteOff, ...]:
        """The note-offs of all notes that sound."""
        return tuple(_off(number) for number, sounds in enumerate(bytes(self._sounding)) if sounds)

    @property
    def doubtful(self) -> tuple[NoteOff, ...]:
        """The note-offs that may not have left yet when the process died."""
        since = self.turns + 1 - _DOUBT_TURNS
        ended = [number for number, turn in enumerate(self._ended) if turn and turn > since]
        return tuple(_off(number) for number in ended if not self._sounding[number])


def _off(number: int) -> NoteOff:
    return NoteOff(number % _PITCHES, number // _PITCHES)


class SharedHeldNotes(HeldNotes):
    """The notes that began and did not end, marked where the supervising process sees them.

    `left` are note-offs that an earlier process still had to send.
    """

    def __init__(self, heartbeat: Heartbeat, left: tuple[NoteOff, ...] = ()) -> None:
        super().__init__()
        self._heartbeat = heartbeat
        for off in left:
            self.follow(NoteOn(off.pitch, 1, off.channel))

    def follow(self, event: Event) -> None:
        super().follow(event)
        self._heartbeat.mark(event)


class Pulse:
    """Tells from the turns of a process, fed to it once a frame, whether it is stuck."""

    def __init__(self, frames: int) -> None:
        self._frames, self._last, self._still = frames, -1, 0

    def beats(self, turns: int) -> bool:
        """False once so many frames in a row saw no turn.

        Frames are counted, not seconds: after the whole machine slept for a while no process is stuck.
        """
        self._still = 0 if turns != self._last else self._still + 1
        self._last = turns
        return self._still < self._frames
