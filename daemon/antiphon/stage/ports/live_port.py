"""The port that plays: inputs and an output of the MIDI system, and what passes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from antiphon.errors import Failure
from antiphon.events import (
    Change,
    Clocked,
    ClockSignal,
    ControlChange,
    Event,
    Input,
    NoteOff,
    NoteOn,
    Timed,
    Turned,
)
from antiphon.midi.messages import HeldNotes
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.alsa import AlsaSystem
from antiphon.stage.ports.alsa_connections import alsa_clients
from antiphon.stage.ports.connections import Connections, PortConnection
from antiphon.stage.ports.copies import CopyFilter, LateReleases
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.input import InputPort
from antiphon.stage.ports.jack.client import Process, jack_loads, start_jack_process
from antiphon.stage.ports.jack.messages import JackRequest
from antiphon.stage.ports.jack.system import JackSystem, PlainJack
from antiphon.stage.ports.open import Names, OpenPort, OpenPorts, System, open_ports
from antiphon.stage.ports.output import ClockOutputPort, OutputPort
from antiphon.stage.ports.port import ConnectionsChanged, PortChanged
from antiphon.stage.ports.reconnect import PortWatch, WatchedPort
from antiphon.stage.ports.rtmidi import MidiSystem, answers, load_rtmidi, retire

StartJack = Callable[[JackRequest], Process]


@dataclass(frozen=True, slots=True)
class Wiring:
    """Which ports, and what passes them.

    api             "auto" (the first that answers), "alsa", "jack", "coremidi" or "winmm"
    client_name     what stands before the colon of our own ports' names
    inputs, output  ports there are, by name, pattern or part of a name; empty: a virtual port of ours
    input_channel   the only channel listened to, 0–15; None: all
    thru            whether what the player does goes to the output too
    exact           on JACK: to the frame, where JACK-Client can be loaded and the server is a real-time one
    clock_input     a port that MIDI clock comes from; empty: a virtual one; None: clock is not listened to
    clock_output    a port that MIDI clock goes to; empty: a virtual one; None: there is none
    transport_bpm   on JACK, and exact: its transport is followed, at this tempo where it has none; None: not
    insist          on JACK: that very name, which a process that is no more may have for a moment yet
    """

    api: str = "auto"
    client_name: str = "antiphon"
    inputs: tuple[str, ...] = ()
    output: str = ""
    input_channel: int | None = None
    thru: bool = False
    exact: bool = True
    clock_input: str | None = None
    clock_output: str | None = None
    transport_bpm: float | None = None
    insist: bool = False

    @property
    def names(self) -> Names:
        return Names(self.client_name, self.inputs, self.output, self.clock_input, self.clock_output)


class MidiPort:
    """MIDI in and out, as a `Wiring` says: through python-rtmidi, or on JACK to the frame.

    `tell` hears of ports that go and come back, and of what is connected, which `attend` notices. If this one
    goes on where another was, `held` are the notes that sound on the output, and `connections` what is to be
    connected to our ports. `backend` stands in for the rtmidi module and `start_jack` for the process that is
    JACK's client. Raises Failure, saying what to do, where there is no MIDI to be had or a name fits no port.
    """

    def __init__(
        self,
        clock: Clock,
        wiring: Wiring = Wiring(),
        tell: Callable[[PortChanged | ConnectionsChanged], None] = lambda _: None,
        backend: Any = None,
        start_jack: StartJack | None = None,
        held: HeldNotes | None = None,
        connections: Sequence[PortConnection] = (),
    ) -> None:
        self._clock, self._thru, self._tell = clock, wiring.thru, tell
        if start_jack is None and backend is None and jack_loads():
            start_jack = start_jack_process
        rtmidi = backend or load_rtmidi()
        # The kernel knows nothing of a stand-in's ports.
        clients = alsa_clients if backend is None else str
        opened = next(answers(rtmidi, wiring.api, partial(_open, wiring, start_jack, clients, clock)))
        self._system = opened.system
        self.api, self.output = opened.system.api, opened.output.name
        self.inputs = tuple(socket.name for socket in opened.inputs)
        self.client_name = opened.client
        self._devices = opened.devices
        echo, copies, late = EchoFilter(), CopyFilter(), LateReleases()
        self._intakes = [
            (socket, InputPort(wiring.input_channel, echo, copies, late)) for socket in opened.inputs
        ]
        # Notes on the clock's port are not the player's, so what comes there is no copy.
        clock_inputs = _one(opened.clock_input)
        self._clock_intakes = [
            (socket, InputPort(None, echo, CopyFilter(), LateReleases())) for socket in clock_inputs
        ]
        self._clocked = wiring.clock_input is not None
        virtual = [socket.name for socket in opened.all if socket.link is None]
        self._ties = Connections(
            self._system, virtual, connections, lambda found: tell(ConnectionsChanged(found))
        )
        if connections:  # before the outlet is made: what another left sounding is ended where it sounds
            with suppress(Failure, self._system.errors):  # a server that is gone will say so again
                self._ties.look()
        self._outlet = OutputPort(opened.output, echo, held or HeldNotes(), clock.now_s())
        self._clock_outlet = ClockOutputPort(opened.clock_output) if opened.clock_output else None
        directions = (opened.inputs, [opened.output], _one(opened.clock_input), _one(opened.clock_output))
        self._presence = PortWatch(*map(_links, directions))
        self._waiting: list[Input] = []
        self._let_go: list[Event | ControlChange] = []
        self._closed = False

    @property
    def ahead_s(self) -> float:
        return self._system.ahead_s

    @property
    def exact(self) -> bool:
        """Whether notes leave at their frame, and `receive` can tell of JACK's transport."""
        return isinstance(self._system, JackSystem)

    def receive(self) -> list[Input]:
        # Polled, not called back: a callback would take the GIL inside the MIDI system's real-time thread.
        if self._closed:
            return []
        let_go, self._let_go = self._let_go, []
        now_s = self._clock.now_s()
        arrived = [_stamped(event, now_s) for event in let_go]
        arrived += self._arrived()
        if not (arrived or self._waiting):
            return []
        return self._until_now(arrived)

    def _until_now(self, arrived: Sequence[Input]) -> list[Input]:
        """What has its moment behind it, in order: JACK tells of a whole period when it begins."""
        now_s = self._clock.now_s()
        self._waiting = sorted([*self._waiting, *arrived], key=lambda one: one.at_s)
        past = [one for one in self._waiting if one.at_s <= now_s]
        self._waiting = self._waiting[len(past) :]
        return past

    def _arrived(self) -> Iterator[Input]:
        self._system.gather()
        for socket, intake in self._intakes:
            while (arrived := socket.receive()) is not None:
                yield from self._take_in(intake, *arrived)
            if intake.lapsed(now_s := self._clock.now_s()):
                yield from (_stamped(off, now_s) for off in self._release(intake))
        for socket, intake in self._clock_intakes:
            while (arrived := socket.receive()) is not None:
                yield from self._clock_in(intake, *arrived)
        yield from self._system.leads()

    def _take_in(self, intake: InputPort, data: Sequence[int], at_s: float | None) -> Iterator[Input]:
        now_s = self._clock.now_s()
        stamp_s = now_s if at_s is None else at_s
        for message, events in intake.feed(data, stamp_s):
            signals = any(isinstance(event, ClockSignal) for event in events)
            if self._thru and not signals:
                self._outlet.pass_on(message, now_s)
            if self._clocked or not signals:
                yield from (_stamped(event, stamp_s) for event in events)

    def _clock_in(self, intake: InputPort, data: Sequence[int], at_s: float | None) -> Iterator[Input]:
        """Of the port for the clock only the clock is heard: programs send notes-off there, too."""
        stamp_s = self._clock.now_s() if at_s is None else at_s
        for _, events in intake.feed(data, stamp_s):
            yield from (Clocked(stamp_s, event) for event in events if isinstance(event, ClockSignal))

    def _release(self, intake: InputPort) -> list[Event | ControlChange]:
        """The keys and pedals that were down on an input that fell silent come up."""
        offs = intake.release()
        if self._thru:
            for off in offs:
                self._outlet.send(off, self._clock.now_s())
        return offs

    def send(self, event: Event | ControlChange, at_s: float) -> None:
        """Sound an event at `at_s`; nothing where the output is away. Raises Failure on a closed port."""
        if self._closed:
            raise Failure("the MIDI port is closed")
        self._outlet.send(event, max(at_s, self._clock.now_s()))

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        if self._clock_outlet is not None and not self._closed:
            self._clock_outlet.send(signal, at_s)

    def attend(self, next_send_s: float | None) -> None:
        """See which ports went or came back, if it is time to look and nothing is due soon.

        Call it often. The keys down on an input that went are released by the next `receive`; the notes
        sounding on an output that went are released when it returns.
        """
        now_s = self._clock.now_s()
        self._outlet.attend(now_s)
        if self._presence.due(now_s, next_send_s):
            for link in self._presence.look(now_s):
                self._change(link)
            self._ties.look()

    def _change(self, link: WatchedPort) -> None:
        if link is self._outlet.link:
            changed = self._outlet.returned if link.present else self._outlet.lost
            changed(self._clock.now_s())
        for socket, intake in self._intakes:
            if socket.link is link and not link.present:
                self._let_go += self._release(intake)
        self._tell(PortChanged(link.name, link.present))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            self._outlet.settle(self._clock.now_s())
        finally:
            if not self._system.gone:  # else the library would wait for its server for ever
                retire(self._clock, self._devices)
            self._system.close()


def _open(
    wiring: Wiring,
    start_jack: StartJack | None,
    alsa_clients: Callable[[], str],
    clock: Clock,
    system: MidiSystem,
) -> OpenPorts:
    if system.api == "alsa":
        return open_ports(wiring.names, AlsaSystem(system.rtmidi, system.number, alsa_clients))
    if start_jack is None or system.api != "jack":
        return open_ports(wiring.names, system)
    exact = wiring.exact
    bpm = wiring.transport_bpm if exact else None
    process = start_jack(JackRequest(wiring.client_name, bpm, wiring.insist, exact))
    # A server of ordinary priority loses time now and again, and its frames then tell wrong moments. There
    # the process only says whether the server is there, and what is connected.
    jack: System = JackSystem(process) if process.exact else PlainJack(system, process, clock, wiring.insist)
    try:
        return open_ports(wiring.names, jack)
    except BaseException:
        jack.close()
        raise


def _stamped(event: Event | Change | ClockSignal, at_s: float) -> Input:
    if isinstance(event, ClockSignal):
        return Clocked(at_s, event)
    return Timed(at_s, event) if isinstance(event, NoteOn | NoteOff) else Turned(at_s, event)


def _one(socket: OpenPort | None) -> list[OpenPort]:
    return [] if socket is None else [socket]


def _links(sockets: Iterable[OpenPort]) -> list[WatchedPort]:
    return [socket.link for socket in sockets if socket.link is not None]
