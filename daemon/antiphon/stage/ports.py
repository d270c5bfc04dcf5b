"""Where notes come in and go out: a loopback for tests and the demo, and the system's MIDI.

The only module that knows python-rtmidi, which is loaded when a real port is opened. Knows no music.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count
from typing import Any, Protocol

import mido

from antiphon.errors import Failure
from antiphon.events import Event, NoteOff, NoteOn, Timed
from antiphon.stage.clock import Clock

# The library drops the newest messages when its queue is full; this is minutes of the densest playing.
QUEUE_MESSAGES = 65_536
RELEASE_VELOCITY = 64
_NOTE_OFF, _NOTE_ON = 0x80, 0x90


class Port(Protocol):
    """One MIDI input and one output. `contextlib.closing` makes it a context."""

    def receive(self) -> list[Timed]:
        """All that arrived since the last call, stamped with our clock. Never waits."""
        ...

    def send(self, event: Event) -> None:
        """Sound an event now."""
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


def to_event(message: Any) -> Event | None:
    """The same for a mido message, whatever its type."""
    if message.type not in ("note_on", "note_off"):
        return None
    return from_bytes(message.bytes())


def to_message(event: Event) -> mido.Message:
    if isinstance(event, NoteOn):
        return mido.Message("note_on", note=event.pitch, velocity=event.velocity, channel=event.channel)
    return mido.Message("note_off", note=event.pitch, velocity=RELEASE_VELOCITY, channel=event.channel)


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
    """A port in memory: plays a script of timed events in, keeps what comes out in `sent`.

    A scripted event arrives with its own moment, once the clock has reached it.
    """

    def __init__(self, clock: Clock, script: Sequence[Timed] = ()) -> None:
        self._clock = clock
        self._script = sorted(script, key=lambda timed: timed.at_s)
        self._given = 0
        self._held = Held()
        self.sent: list[Timed] = []

    @property
    def exhausted(self) -> bool:
        """True when the whole script was received."""
        return self._given == len(self._script)

    def receive(self) -> list[Timed]:
        now_s, first = self._clock.now_s(), self._given
        while not self.exhausted and self._script[self._given].at_s <= now_s:
            self._given += 1
        return self._script[first : self._given]

    def send(self, event: Event) -> None:
        self._held.follow(event)
        self.sent.append(Timed(self._clock.now_s(), event))

    def close(self) -> None:
        for off in self._held.owed():
            self.send(off)


class RtMidiPort:
    """Virtual MIDI ports `antiphon:in` and `antiphon:out`, through python-rtmidi.

    `client_name` is what stands before the colon; a number is added where another program has it. `api` is
    "alsa", "jack", "core" or "winmm", and "auto" for the first that answers. `backend` stands in for the
    rtmidi module. Raises Failure, saying what to do, where there is no MIDI to be had.
    """

    def __init__(
        self, clock: Clock, client_name: str = "antiphon", api: str = "auto", backend: Any = None
    ) -> None:
        self._clock = clock
        self._held = Held()
        self._rtmidi = backend or _load_rtmidi()
        self.api, self._in, self._out = self._open_first(client_name, self._apis(api))

    def _apis(self, wanted: str) -> list[int]:
        compiled = {self._rtmidi.get_api_name(number): number for number in self._rtmidi.get_compiled_api()}
        if wanted != "auto" and wanted not in compiled:
            known = ", ".join(["auto", *compiled])
            raise Failure(f'MIDI system must be one of {known}, got "{wanted}"')
        return list(compiled.values()) if wanted == "auto" else [compiled[wanted]]

    def _open_first(self, client: str, apis: Sequence[int]) -> tuple[str, Any, Any]:
        problems = []
        for api in apis:
            try:
                with _quiet():
                    return (self._rtmidi.get_api_name(api), *_open(self._rtmidi, api, client))
            except self._rtmidi.RtMidiError as error:
                problems.append(f"{self._rtmidi.get_api_display_name(api)}: {error}")
        raise Failure(f"no MIDI system answers ({'; '.join(problems) or 'none built in'}); {_what_to_do()}")

    def receive(self) -> list[Timed]:
        # Polled, not called back: a callback would take the GIL inside the MIDI system's real-time thread.
        return [Timed(self._clock.now_s(), event) for event in self._arrived()]

    def _arrived(self) -> Iterator[Event]:
        while self._in is not None and (message := self._in.get_message()) is not None:
            if (event := from_bytes(message[0])) is not None:
                yield event

    def send(self, event: Event) -> None:
        """Sound an event now. Raises Failure on a closed port."""
        if self._out is None:
            raise Failure("the MIDI port is closed")
        self._held.follow(event)
        self._out.send_message(to_message(event).bytes())

    def close(self) -> None:
        if self._out is None:
            return
        try:
            for off in self._held.owed():
                self.send(off)
        finally:
            devices, self._in, self._out = (self._in, self._out), None, None
            for device in devices:
                # Only delete() frees the client; close_port() leaves it in the system's list.
                device.delete()


def _load_rtmidi() -> Any:
    try:
        import rtmidi
    except ImportError as error:
        raise Failure(f"python-rtmidi cannot be loaded ({error}); {_what_to_do()}") from error
    return rtmidi


def _what_to_do() -> str:
    if sys.platform.startswith("linux"):
        return "install libasound2, then `sudo modprobe snd-seq` for ALSA or start jackd for JACK"
    return "pip install python-rtmidi"


def _open(rtmidi: Any, api: int, client: str) -> tuple[Any, Any]:
    if api == rtmidi.API_WINDOWS_MM:
        return _open_existing(rtmidi, api, client)
    if api == rtmidi.API_UNIX_JACK:
        return _open_jack(rtmidi, api, client)
    source, sink = rtmidi.MidiIn(api, client, QUEUE_MESSAGES), rtmidi.MidiOut(api, client)
    return source.open_virtual_port("in"), sink.open_virtual_port("out")


def _open_jack(rtmidi: Any, api: int, client: str) -> tuple[Any, Any]:
    """On JACK each direction is a client of its own, and the second would become `antiphon-01:out`.

    A client that bears the whole port name, and whose port is then renamed, shows as `antiphon:out`: JACK
    replaces all that follows the first colon.
    """
    name = _free_name(rtmidi, api, client)
    source, sink = rtmidi.MidiIn(api, name, QUEUE_MESSAGES), rtmidi.MidiOut(api, f"{name}:out")
    source.open_virtual_port("in")
    sink.open_virtual_port("out").set_port_name("out")
    return source, sink


def _free_name(rtmidi: Any, api: int, client: str) -> str:
    look = rtmidi.MidiOut(api, f"{client}-look")
    taken = set(look.get_ports())
    look.delete()
    names = chain([client], (f"{client}-{number}" for number in count(2)))
    return next(name for name in names if f"{name}:in" not in taken)


def _open_existing(rtmidi: Any, api: int, client: str) -> tuple[Any, Any]:
    """Windows has no virtual ports: use those that the player made with loopMIDI."""
    source, sink = rtmidi.MidiIn(api, client, QUEUE_MESSAGES), rtmidi.MidiOut(api, client)
    for device, name in ((source, f"{client}:in"), (sink, f"{client}:out")):
        found = [number for number, port in enumerate(device.get_ports()) if port.startswith(name)]
        if not found:
            raise Failure(f"no MIDI port {name}; Windows has no virtual ports: make {name} with loopMIDI")
        device.open_port(found[0])
    return source, sink


@contextmanager
def _quiet() -> Iterator[None]:
    """Hold back what libasound and libjack print to stderr while they look for their server."""
    try:
        stderr = os.dup(2)
    except OSError:  # stderr is closed
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
