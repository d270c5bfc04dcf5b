"""Where notes come in and go out: what a port is, what bytes mean, a port in memory. Knows no music."""

from collections.abc import Sequence
from typing import Any, Protocol

import mido

from antiphon.events import (
    Change,
    Clocked,
    ClockSignal,
    ControlChange,
    Event,
    Input,
    NoteOff,
    NoteOn,
    ProgramChange,
    Signal,
    Timed,
    Turned,
)
from antiphon.midi.parser import SONG_POSITION
from antiphon.stage.machine.clock import Clock

RELEASE_VELOCITY = 64
_NOTE_OFF, _NOTE_ON, _CONTROL, _PROGRAM = 0x80, 0x90, 0xB0, 0xC0
_FIRST_CHANNEL_MODE = 120
_SIGNALS: dict[int, Signal] = {0xF8: "pulse", 0xFA: "start", 0xFB: "continue", 0xFC: "stop"}
_STATUS_OF: dict[Signal, int] = {signal: status for status, signal in _SIGNALS.items()}


class Port(Protocol):
    """One MIDI input and one output. `contextlib.closing` makes it a context."""

    @property
    def ahead_s(self) -> float:
        """How long before its moment an event should be handed over; 0: it sounds when it is sent."""
        ...

    def receive(self) -> list[Input]:
        """All that arrived since the last call, in order, stamped with our clock, up to now. Never waits."""
        ...

    def send(self, event: Event | ControlChange, at_s: float) -> None:
        """Sound an event at `at_s`, or at once where that has passed or the port knows no later."""
        ...

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        """The same for a clock signal, on the clock's output; nothing where there is none."""
        ...

    def close(self) -> None:
        """Close the notes still held, then the port. A second call does nothing."""
        ...


def from_bytes(message: Sequence[int]) -> Event | None:
    """The note event that the bytes of one MIDI message say; None for anything else, valid or not.

    A note-on of velocity 0 is a note-off.
    """
    if len(message) != 3 or not all(0 <= byte <= 127 for byte in message[1:]):
        return None
    kind, channel = message[0] & ~0x0F, message[0] & 0x0F
    if kind == _NOTE_ON and message[2] > 0:
        return NoteOn(message[1], message[2], channel)
    return NoteOff(message[1], channel) if kind in (_NOTE_ON, _NOTE_OFF) else None


def change_from_bytes(message: Sequence[int]) -> Change | None:
    """The control or program change that one MIDI message says; None for channel modes and all others."""
    if not message or not all(0 <= byte <= 127 for byte in message[1:]):
        return None
    kind, channel = message[0] & ~0x0F, message[0] & 0x0F
    if kind == _PROGRAM and len(message) == 2:
        return ProgramChange(message[1], channel)
    if kind == _CONTROL and len(message) == 3 and message[1] < _FIRST_CHANNEL_MODE:
        return ControlChange(message[1], message[2], channel)
    return None


def signal_from_bytes(message: Sequence[int]) -> ClockSignal | None:
    """The clock signal that one MIDI message says; None for all others."""
    if len(message) == 1 and message[0] in _SIGNALS:
        return ClockSignal(_SIGNALS[message[0]])
    if len(message) == 3 and message[0] == SONG_POSITION and all(0 <= byte <= 127 for byte in message[1:]):
        return ClockSignal("position", message[1] | message[2] << 7)
    return None


def to_event(message: Any) -> Event | None:
    """The same for a mido message, whatever its type."""
    if message.type not in ("note_on", "note_off"):
        return None
    return from_bytes(message.bytes())


def to_bytes(event: Event | Change | ClockSignal) -> bytes:
    """The bytes that say an event."""
    if isinstance(event, ClockSignal):
        if event.signal == "position":
            return bytes((SONG_POSITION, event.sixteenths & 0x7F, event.sixteenths >> 7))
        return bytes((_STATUS_OF[event.signal],))
    if isinstance(event, ProgramChange):
        return bytes((_PROGRAM | event.channel, event.program))
    if isinstance(event, ControlChange):
        return bytes((_CONTROL | event.channel, event.control, event.value))
    if isinstance(event, NoteOn):
        return bytes((_NOTE_ON | event.channel, event.pitch, event.velocity))
    return bytes((_NOTE_OFF | event.channel, event.pitch, RELEASE_VELOCITY))


def to_message(event: Event | Change) -> mido.Message:
    return mido.Message.from_bytes(to_bytes(event))


class Held:
    """The notes that were begun and not ended: whoever sends a note-on owes the note-off."""

    def __init__(self) -> None:
        self._notes: dict[tuple[int, int], NoteOff] = {}

    def follow(self, event: Event) -> None:
        key = (event.channel, event.pitch)
        if isinstance(event, NoteOn):
            self._notes[key] = NoteOff(event.pitch, event.channel)
        else:
            self._notes.pop(key, None)

    def owed(self) -> list[NoteOff]:
        """The note-offs still to be sent, in the order of their note-ons."""
        return list(self._notes.values())


class Loopback:
    """A port in memory: plays a script in, keeps what comes out in `sent`, `turned` and `signals`.

    A scripted event arrives with its own moment, once the clock has reached it.
    """

    ahead_s = 0.0

    def __init__(self, clock: Clock, script: Sequence[Input] = ()) -> None:
        self._clock = clock
        self._script = sorted(script, key=lambda timed: timed.at_s)
        self._given = 0
        self._held = Held()
        self.sent: list[Timed] = []
        self.turned: list[Turned] = []
        self.signals: list[Clocked] = []

    @property
    def exhausted(self) -> bool:
        """True when the whole script was received."""
        return self._given == len(self._script)

    def receive(self) -> list[Input]:
        now_s, first = self._clock.now_s(), self._given
        while not self.exhausted and self._script[self._given].at_s <= now_s:
            self._given += 1
        return self._script[first : self._given]

    def send(self, event: Event | ControlChange, at_s: float) -> None:  # noqa: ARG002 - it sounds when sent
        if isinstance(event, ControlChange):
            self.turned.append(Turned(self._clock.now_s(), event))
            return
        self._held.follow(event)
        self.sent.append(Timed(self._clock.now_s(), event))

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:  # noqa: ARG002 - it sounds when sent
        self.signals.append(Clocked(self._clock.now_s(), signal))

    def close(self) -> None:
        for off in self._held.owed():
            self.send(off, self._clock.now_s())
