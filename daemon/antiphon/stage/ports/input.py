"""One MIDI input: bytes become what the player did; who falls silent lets go of the keys. Pure."""

from collections.abc import Iterator, Sequence

from antiphon.events import Change, ClockSignal, Event, NoteOff
from antiphon.midi.messages import HeldNotes, change_from_bytes, from_bytes, signal_from_bytes
from antiphon.midi.parser import ACTIVE_SENSING, MidiParser
from antiphon.stage.ports.echo import EchoFilter

# The standard: whoever has once sent active sensing sends something every 300 ms; 330 ms is the limit.
SENSING_S = 0.33
_CONTROL, _ALL_SOUND_OFF, _ALL_NOTES_OFF = 0xB0, 120, 123


class InputPort:
    """Feed it bytes as they arrive. `channel` is the only one listened to, 0–15; None: all of them."""

    def __init__(self, channel: int | None, echo: EchoFilter) -> None:
        self._channel = channel
        self._echo = echo
        self._reader = MidiParser()
        self._held = HeldNotes()
        self._sensed_s: float | None = None

    def feed(
        self, data: Sequence[int], at_s: float
    ) -> Iterator[tuple[bytes, Sequence[Event | Change | ClockSignal]]]:
        """The channel messages that are the player's and the clock's, each with what it stands for."""
        if ACTIVE_SENSING in data or self._sensed_s is not None:
            self._sensed_s = at_s
        for message in self._reader.feed(data):
            if (signal := signal_from_bytes(message)) is not None:
                yield message, [signal]
                continue
            if self._channel not in (None, message[0] & 0x0F):
                continue
            event = from_bytes(message)
            if event is None:
                change = change_from_bytes(message)
                yield message, [change] if change else self._offs_by_control(message)
            elif not self._echo.is_echo(event, at_s):
                self._held.follow(event)
                yield message, [event]

    def _offs_by_control(self, message: bytes) -> list[Event]:
        """All notes off, which the mode messages after it mean too, and all sound off."""
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        if kind != _CONTROL or not (message[1] == _ALL_SOUND_OFF or message[1] >= _ALL_NOTES_OFF):
            return []
        return self._let_go([off for off in self._held.owed() if off.channel == channel])

    def lapsed(self, now_s: float) -> bool:
        """Whether active sensing was heard and has stopped: the cable is out."""
        return self._sensed_s is not None and now_s - self._sensed_s > SENSING_S

    def release(self) -> list[Event]:
        """The input is gone: the note-offs of the keys still down. What comes later is read afresh."""
        self._sensed_s, self._reader = None, MidiParser()
        return self._let_go(self._held.owed())

    def _let_go(self, offs: Sequence[NoteOff]) -> list[Event]:
        for off in offs:
            self._held.follow(off)
        return list(offs)
