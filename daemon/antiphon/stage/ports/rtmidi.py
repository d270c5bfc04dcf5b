"""The MIDI systems of this machine through python-rtmidi: which answer, what ports they have, opening ours.

The only module that knows python-rtmidi, which is loaded when it is first needed. Knows no music.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, TypeVar

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.connections import PortConnection

# The library drops the newest messages when its queue is full; this is minutes of the densest playing.
QUEUE_MESSAGES = 65_536
LONGEST_PERIOD_S = 0.05  # 2 048 samples
T = TypeVar("T")
APIS = ("auto", "alsa", "jack", "coremidi", "winmm")
_OTHER_NAMES = {"core": "coremidi"}  # python-rtmidi's → ours


@dataclass(frozen=True, slots=True)
class Listing:
    """The ports of one MIDI system: those to listen to, and those to send to."""

    api: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class NoServerError(Exception):
    """A MIDI system is not running; says what it says itself."""


class MidiSystem:
    """One MIDI system, by its number in python-rtmidi; makes clients that their maker must delete."""

    ahead_s = 0.0  # a message leaves when it is sent
    gone = False  # the library does not say when its server ends

    def __init__(self, rtmidi: Any, number: int) -> None:
        self.rtmidi = rtmidi
        self.errors: type[Exception] = rtmidi.RtMidiError
        self.api = _our_name(rtmidi.get_api_name(number))
        self.title = str(rtmidi.get_api_display_name(number))
        self.number = number

    def source(self, client: str, clocked: bool = False) -> Any:
        """A client to listen with; `clocked`: also to MIDI clock."""
        device = self.rtmidi.MidiIn(self.number, client, QUEUE_MESSAGES)
        # What nobody asks for would fill the queue. Active sensing is wanted: its end is how a pulled cable
        # is noticed.
        device.ignore_types(sysex=True, timing=not clocked, active_sense=False)
        return device

    def sink(self, client: str) -> Any:
        return self.rtmidi.MidiOut(self.number, client)

    def listing(self) -> Listing:
        """The ports there are now; the client that looked is gone afterwards."""
        found = []
        for make in (self.source, self.sink):
            look = make("antiphon-look")
            try:
                found.append(tuple(look.get_ports()))
            finally:
                look.delete()
        return Listing(self.api, *found)

    def free_name(self, client: str) -> str:
        """The client name, with a number behind it where another program has it."""
        if self.api != "jack":  # elsewhere two programs may have the same name
            return client
        listing = self.listing()
        return self.untaken(client, [*listing.inputs, *listing.outputs])

    def untaken(self, client: str, ports: Iterable[str]) -> str:
        """The client name, with a number behind it where its ports are among these."""
        taken = set(ports)
        names = chain([client], (f"{client}-{number}" for number in count(2)))
        return next(n for n in names if taken.isdisjoint((self.port_name(n, "in"), self.port_name(n, "out"))))

    def client_of(self, client: str, port: str) -> str:
        """What to call the client of a port, so that the port shows as `client:port`.

        On JACK each port is a client of its own, and the second would become `antiphon-01:out`. A client that
        bears the whole port name, and whose port is then renamed, shows as wanted: JACK replaces all that
        follows the first colon.
        """
        return f"{client}:{port}" if self.api == "jack" and port != "in" else client

    def port_name(self, client: str, port: str) -> str:
        """How our port shows."""
        return f"{client}:{port}"

    def open_virtual(self, device: Any, port: str) -> None:
        device.open_virtual_port(port)
        self._rename(device, port)

    def connect(self, device: Any, port: str, theirs: str, number: int) -> None:  # noqa: ARG002
        """Open `device` as our `port`, tied to the port `theirs`, of that number in its list."""
        device.open_port(number, port)
        self._rename(device, port)

    def still_tied(self, client: str, port: str, theirs: str) -> bool:  # noqa: ARG002
        """Whether our port still hangs on `theirs`, which is there; True where nobody can say."""
        return True

    def send(self, device: Any, message: bytes, at_s: float) -> None:  # noqa: ARG002 - it leaves at once
        device.send_message(message)

    def gather(self) -> None:
        """The library gathers by itself."""

    def receive(self, device: Any) -> tuple[Sequence[int], float | None] | None:
        """A message that came in, and its moment if the system tells; None if there is none."""
        arrived = device.get_message()
        return None if arrived is None else (arrived[0], None)

    def leads(self) -> list[Lead]:
        """Where the transport was: only JACK has one."""
        return []

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:  # noqa: ARG002
        """What is connected to ports of ours: the library does not say."""
        return ()

    def connect_ports(self, output: str, into: str) -> bool:  # noqa: ARG002
        """Connect two ports; whether they are: the library connects none but its own."""
        return False

    def close(self) -> None:
        """Whoever has deleted its clients has nothing left to close."""

    def _rename(self, device: Any, port: str) -> None:
        if self.api == "jack" and port != "in":
            device.set_port_name(port)


def retire(clock: Clock, devices: Sequence[Any]) -> None:
    """Close the ports of some clients, then delete them: a client only closed stays in the system's list.

    RtMidi frees a JACK output's buffers without asking whether the server's thread is reading them. Once the
    port is closed that thread keeps away from them, from its next period on.
    """
    for device in devices:
        device.close_port()
    clock.wait_until_s(clock.now_s() + LONGEST_PERIOD_S, exactly=False)
    for device in devices:
        device.delete()


def load_rtmidi() -> Any:
    """python-rtmidi. Raises Failure, saying what to do, where it cannot be loaded."""
    try:
        import rtmidi
    except ImportError as error:
        raise Failure(f"python-rtmidi cannot be loaded ({error}); {what_to_do()}") from error
    return rtmidi


def what_to_do() -> str:
    if sys.platform.startswith("linux"):
        return "install libasound2, then `sudo modprobe snd-seq` for ALSA or start jackd for JACK"
    return "pip install python-rtmidi"


def systems(rtmidi: Any, wanted: str) -> list[MidiSystem]:
    """The MIDI systems that python-rtmidi was built for, or the one `wanted`. Raises Failure naming them."""
    built = [MidiSystem(rtmidi, number) for number in rtmidi.get_compiled_api()]
    chosen = [system for system in built if wanted in ("auto", system.api)]
    if wanted != "auto" and not chosen:
        known = ", ".join(["auto", *(system.api for system in built)])
        raise Failure(f'MIDI system must be one of {known}, got "{wanted}"')
    return chosen


def answers(rtmidi: Any, wanted: str, use: Callable[[MidiSystem], T]) -> Iterator[T]:
    """What `use` gives for each MIDI system that answers, one after another.

    Raises Failure, with each system's own words and what to do, where none answers.
    """
    problems, answered = [], False
    for system in systems(rtmidi, wanted):
        try:
            with quiet():
                answer = use(system)
        except (rtmidi.RtMidiError, NoServerError) as error:
            problems.append(f"{system.title}: {error}")
        else:
            answered = True
            yield answer
    if not answered:
        raise Failure(f"no MIDI system answers ({'; '.join(problems) or 'none built in'}); {what_to_do()}")


def listings(wanted: str = "auto", backend: Any = None) -> list[Listing]:
    """The ports of the MIDI system `wanted`, or of all that answer; `backend` stands in for python-rtmidi.

    Raises Failure where no system answers.
    """
    return list(answers(backend or load_rtmidi(), wanted, MidiSystem.listing))


def _our_name(name: str) -> str:
    return _OTHER_NAMES.get(name, name)


@contextmanager
def quiet() -> Iterator[None]:
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
