"""One MIDI input: bytes become what the player did; an input that falls silent releases its keys. Pure."""

from collections.abc import Sequence

from antiphon.events import Change, ClockSignal, ControlChange, Event, NoteOff
from antiphon.midi.messages import (
    PEDAL_DOWN,
    SUSTAIN,
    HeldNotes,
    change_from_bytes,
    from_bytes,
    signal_from_bytes,
    to_bytes,
)
from antiphon.midi.parser import ACTIVE_SENSING, FIRST_SYSTEM, SYSTEM_RESET, MidiParser
from antiphon.stage.ports.copies import CopyFilter, LateReleases
from antiphon.stage.ports.echo import EchoFilter

# The standard: a device that has once sent active sensing sends something every 300 ms; 330 ms is the limit.
SENSING_S = 0.33
_CONTROL, _ALL_SOUND_OFF, _ALL_CONTROLS_OFF, _ALL_NOTES_OFF = 0xB0, 120, 121, 123

Arrived = Event | Change | ClockSignal


class InputPort:
    """Feed it bytes as they arrive. `channel` is the only one listened to, 0–15; None: all of them.

    The filters are shared by all inputs: an echo, a copy or a note-off may come in where the note-on did not.
    """

    def __init__(self, channel: int | None, echo: EchoFilter, copies: CopyFilter, late: LateReleases) -> None:
        self._channel = channel
        self._echo, self._copies, self._late = echo, copies, late
        self._parser = MidiParser()
        self._held = HeldNotes()
        self._pedals: set[int] = set()  # channels with their pedal down
        self._sensed_s: float | None = None

    def feed(self, data: Sequence[int], at_s: float) -> list[tuple[bytes, Sequence[Arrived]]]:
        """The channel messages that are the player's and the clock's, each with what it stands for."""
        if ACTIVE_SENSING in data or self._sensed_s is not None:
            self._sensed_s = at_s
        found: list[tuple[bytes, Sequence[Arrived]]] = []
        for message in self._parser.feed(data):
            if message[0] < FIRST_SYSTEM:
                if (meant := self._meant(message, at_s)) is not None:
                    found.append((message, meant))
            elif message[0] == SYSTEM_RESET:
                found += [(to_bytes(up), [up]) for up in self._let_go()]
            elif (signal := signal_from_bytes(message)) is not None:
                found.append((message, [signal]))
        return found

    def _meant(self, message: bytes, at_s: float) -> Sequence[Arrived] | None:
        """What a channel message stands for; None for one that is not the player's, a copy or an echo."""
        if self._channel not in (None, message[0] & 0x0F):
            return None
        if (event := from_bytes(message)) is not None:
            if self._copies.is_copy(event, at_s) or self._echo.is_echo(event, at_s):
                return None
            meant = self._late.in_order(event, at_s)
            for note in meant:
                self._held.follow(note)
            return meant
        if (change := change_from_bytes(message)) is not None:
            # A copy is passed on all the same: some controls (data increment) count how often they come.
            return [] if self._copies.is_copy(change, at_s) else [self._followed(change)]
        return self._offs_by_control(message)

    def _followed(self, change: Change) -> Change:
        if isinstance(change, ControlChange) and change.control == SUSTAIN:
            (self._pedals.add if change.value >= PEDAL_DOWN else self._pedals.discard)(change.channel)
        return change

    def _offs_by_control(self, message: bytes) -> list[Event | ControlChange]:
        """What all sound off, all notes off and mode messages release; a reset of controls: the pedal."""
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind != _CONTROL:
            return []
        if message[1] == _ALL_CONTROLS_OFF:
            return list(self._pedals_up({channel}))
        return self._let_go(channel) if message[1] == _ALL_SOUND_OFF or message[1] >= _ALL_NOTES_OFF else []

    def lapsed(self, now_s: float) -> bool:
        """Whether active sensing was heard and has stopped: the cable is out."""
        return self._sensed_s is not None and now_s - self._sensed_s > SENSING_S

    def release(self) -> list[Event | ControlChange]:
        """The input is gone: the keys and pedals still down come up. The next byte begins a message."""
        self._sensed_s, self._parser = None, MidiParser()
        return self._let_go()

    def _let_go(self, channel: int | None = None) -> list[Event | ControlChange]:
        """Keys and pedals come up: those of a channel, or all."""
        offs: list[NoteOff] = [off for off in self._held.owed() if channel in (None, off.channel)]
        for off in offs:
            self._held.follow(off)
            self._late.ended(off)
        return [*offs, *self._pedals_up(set(self._pedals) if channel is None else {channel})]

    def _pedals_up(self, channels: set[int]) -> list[ControlChange]:
        up = sorted(channels & self._pedals)
        self._pedals -= channels
        return [ControlChange(SUSTAIN, 0, channel) for channel in up]
