"""MIDI messages as bytes and as events, and the notes that are held. Knows no port."""

from collections.abc import Sequence

from antiphon.events import (
    Change,
    ClockSignal,
    ControlChange,
    Event,
    NoteOff,
    NoteOn,
    ProgramChange,
    Signal,
)
from antiphon.midi.parser import SONG_POSITION

RELEASE_VELOCITY = 64
SUSTAIN, PEDAL_DOWN = 64, 64  # the pedal's control, and the least value at which it is down
_NOTE_OFF, _NOTE_ON, _CONTROL, _PROGRAM = 0x80, 0x90, 0xB0, 0xC0
_FIRST_CHANNEL_MODE = 120
_SIGNALS: dict[int, Signal] = {0xF8: "pulse", 0xFA: "start", 0xFB: "continue", 0xFC: "stop"}
_STATUS_OF: dict[Signal, int] = {signal: status for status, signal in _SIGNALS.items()}


def from_bytes(message: Sequence[int]) -> Event | None:
    """The note event that one MIDI message stands for; None for anything else, valid or not.

    A note-on of velocity 0 is a note-off.
    """
    if len(message) != 3 or not all(0 <= byte <= 127 for byte in message[1:]):
        return None
    kind, channel = message[0] & ~0x0F, message[0] & 0x0F
    if kind == _NOTE_ON and message[2] > 0:
        return NoteOn(message[1], message[2], channel)
    return NoteOff(message[1], channel) if kind in (_NOTE_ON, _NOTE_OFF) else None


def change_from_bytes(message: Sequence[int]) -> Change | None:
    """The control or program change that a MIDI message stands for; None for channel modes and all others."""
    if not message or not all(0 <= byte <= 127 for byte in message[1:]):
        return None
    kind, channel = message[0] & ~0x0F, message[0] & 0x0F
    if kind == _PROGRAM and len(message) == 2:
        return ProgramChange(message[1], channel)
    if kind == _CONTROL and len(message) == 3 and message[1] < _FIRST_CHANNEL_MODE:
        return ControlChange(message[1], message[2], channel)
    return None


def signal_from_bytes(message: Sequence[int]) -> ClockSignal | None:
    """The clock signal that a MIDI message stands for; None for all others."""
    if len(message) == 1 and message[0] in _SIGNALS:
        return ClockSignal(_SIGNALS[message[0]])
    if len(message) == 3 and message[0] == SONG_POSITION and all(0 <= byte <= 127 for byte in message[1:]):
        return ClockSignal("position", message[1] | message[2] << 7)
    return None


def to_bytes(event: Event | Change | ClockSignal) -> bytes:
    """The MIDI message of an event."""
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


class HeldNotes:
    """The notes that were begun and not ended: every note-on that is sent must get its note-off."""

    def __init__(self) -> None:
        self._notes: dict[tuple[int, int], None] = {}

    def follow(self, event: Event) -> None:
        if isinstance(event, NoteOn):
            self._notes[event.pitch, event.channel] = None
        else:
            self._notes.pop((event.pitch, event.channel), None)

    def owed(self) -> list[NoteOff]:
        """The note-offs still to be sent, in the order of their note-ons."""
        return [NoteOff(pitch, channel) for pitch, channel in self._notes]
