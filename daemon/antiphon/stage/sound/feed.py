"""What is sent, copied to the process that makes it audible. Never waits, and imports little."""

import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from antiphon.events import Change, ClockSignal, ControlChange, Event, Input, NoteOff, NoteOn, Timed, Turned
from antiphon.midi.messages import PEDAL_DOWN, SUSTAIN
from antiphon.stage.ports.port import Port

YOURS, ANSWERS, CLICKS, BASS, CHORDS = range(5)
# Of what goes with the answers; a second voice has their sound.
_VOICES = {"bass": BASS, "chords": CHORDS}
# The moment, how long before it the record was to be there, what is meant, whose it is, pitch, velocity.
_RECORD = struct.Struct("<dfBBBB")
NOTE, PEDAL, SILENCE = range(3)
_READ_BYTES = 1 << 12


def of_parts(answers: str) -> tuple[str, str]:
    """The instruments of bass and chords, where the answers have this one."""
    return ("none", "none") if answers == "none" else ("bass", "piano")


@dataclass(frozen=True, slots=True)
class SoundRecord:
    """One thing to be heard, at `at_s` of the machine's clock, handed over `ahead_s` before that.

    `kind` is NOTE (velocity 0: the key comes up), PEDAL (velocity 0: up) or SILENCE (of all voices).
    """

    at_s: float
    ahead_s: float
    kind: int
    voice: int = 0
    pitch: int = 0
    velocity: int = 0

    def packed(self) -> bytes:
        return _RECORD.pack(self.at_s, self.ahead_s, self.kind, self.voice, self.pitch, self.velocity)


def link() -> tuple[socket.socket, socket.socket]:
    """The two ends, to read and to write; several processes may hold either."""
    return socket.socketpair()


def read(reader: socket.socket) -> Iterator[SoundRecord]:
    """All records that came, in order. Never waits."""
    try:
        while data := reader.recv(_READ_BYTES):
            for fields in _RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]):
                yield SoundRecord(*fields)
            if len(data) < _READ_BYTES:
                return
    except OSError:  # nothing more is there
        return


class SoundFeed:
    """Writes records for a reader at the other end; what nobody reads is dropped."""

    def __init__(self, writer: socket.socket) -> None:
        self._writer, self._wanted, self._lost = writer, True, False
        writer.setblocking(False)
        self.put(SoundRecord(0.0, 0.0, SILENCE))  # another process may have left notes sounding

    def put(self, record: SoundRecord) -> None:
        """Hand it over at once. Nothing where the other end is closed: no sound is wanted."""
        if not self._wanted:
            return
        try:
            if self._lost:  # a note-off may be among what was dropped
                self._send(SoundRecord(0.0, 0.0, SILENCE))
                self._lost = False
            self._send(record)
        except BlockingIOError:
            self._lost = True
        except OSError:
            self._wanted = False

    def _send(self, record: SoundRecord) -> None:
        if self._writer.send(record.packed()) < _RECORD.size:
            self._wanted = False  # what follows could not be told apart


class SoundingPort:
    """A port whose notes, those that come and those that leave, are copied to `feed`.

    `part_on` says which part plays on a channel; None: the answer.
    """

    def __init__(
        self, port: Port, feed: SoundFeed, part_on: Callable[[int], str | None] = lambda _: None
    ) -> None:
        self._port, self._feed, self._part_on = port, feed, part_on

    @property
    def ahead_s(self) -> float:
        return self._port.ahead_s

    def receive(self) -> list[Input]:
        arrived = self._port.receive()
        for one in arrived:
            if isinstance(one, Timed):
                self._feed.put(_note(one.event, one.at_s, 0.0, YOURS))
            elif isinstance(one, Turned) and (pedal := _pedal(one)) is not None:
                self._feed.put(pedal)
        return arrived

    def send(self, event: Event | Change, at_s: float) -> None:
        self._port.send(event, at_s)
        if isinstance(event, NoteOn | NoteOff):
            voice = _VOICES.get(self._part_on(event.channel) or "", ANSWERS)
            self._feed.put(_note(event, at_s, self.ahead_s, voice))

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        self._port.send_clock(signal, at_s)

    def send_click(self, event: Event, at_s: float) -> None:
        self._port.send_click(event, at_s)
        self._feed.put(_note(event, at_s, self.ahead_s, CLICKS))

    def close(self) -> None:
        self._port.close()
        self._feed.put(SoundRecord(0.0, 0.0, SILENCE))


def _note(event: Event, at_s: float, ahead_s: float, voice: int) -> SoundRecord:
    velocity = event.velocity if isinstance(event, NoteOn) else 0
    return SoundRecord(at_s, ahead_s, NOTE, voice, event.pitch, velocity)


def _pedal(turned: Turned) -> SoundRecord | None:
    change = turned.change
    if not isinstance(change, ControlChange) or change.control != SUSTAIN:
        return None
    return SoundRecord(
        turned.at_s, 0.0, PEDAL, YOURS, velocity=change.value if change.value >= PEDAL_DOWN else 0
    )
