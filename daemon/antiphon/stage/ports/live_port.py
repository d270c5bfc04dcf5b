"""The port that plays: inputs and an output of the MIDI system, and what passes them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from antiphon.stage.ports.connections import Connections, PortConnection
from antiphon.stage.ports.copies import CopyFilter, LateReleases
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.input import InputPort
from antiphon.stage.ports.jack.client import StartJack
from antiphon.stage.ports.open import OpenPort, OpenPorts, open_ports
from antiphon.stage.ports.output import ClockOutputPort, OutputPort
from antiphon.stage.ports.port import ConnectionsChanged, PortChanged
from antiphon.stage.ports.reconnect import PortWatch, WatchedPort
from antiphon.stage.ports.system import Device
from antiphon.stage.ports.systems import answers, candidates
from antiphon.stage.ports.wiring import Wiring

_USUAL = Wiring()


class MidiPort:
    """MIDI in and out, as a `Wiring` says.

    `tell` hears of ports that go and come back, and of what is connected, which `attend` notices. If this one
    goes on where another was, `held` are the notes that sound on the output, `clicks` the ends of what may
    sound on a click's port of its own, `held_on` gives those of a channel that has a port of its own, and
    `connections` is what is to be connected to our ports. `backend` stands in for the binding, and
    `start_jack` for the process that is JACK's client. Raises Failure, saying what to do, where no MIDI
    system answers or a name fits no port.
    """

    def __init__(
        self,
        clock: Clock,
        wiring: Wiring = _USUAL,
        tell: Callable[[PortChanged | ConnectionsChanged], None] = lambda _: None,
        backend: Any = None,
        start_jack: StartJack | None = None,
        held: HeldNotes | None = None,
        connections: Sequence[PortConnection] = (),
        clicks: Sequence[NoteOff] = (),
        held_on: Callable[[int], HeldNotes] = lambda _: HeldNotes(),
    ) -> None:
        self._clock, self._thru, self._tell = clock, wiring.thru, tell
        found = candidates(wiring.api, wiring.jack_order, backend, start_jack)
        opened = next(answers(found, partial(open_ports, wiring.names)))
        self._system, errors = opened.system, opened.system.errors
        self.api, self.output, self.client_name = opened.system.api, opened.output.name, opened.client
        self.inputs, self.parts = (tuple(p.name for p in ports) for ports in (opened.inputs, opened.parts))
        echo = EchoFilter()
        self._inputs = _inputs(opened.inputs, wiring.input_channel, echo)
        # Notes on the clock's port are not the player's, so what comes there is no copy.
        self._clock_inputs = _inputs(_one(opened.clock_input), None, echo)
        self._clocked = wiring.clock_input is not None
        self._connections = self._between(opened, connections)
        # Before the output is made: what another left sounding is ended where it sounds.
        self._connections.make()
        made = partial(OutputPort, errors=errors, echo=echo, now_s=clock.now_s())
        self._output = made(opened.output, held=held or HeldNotes())
        self._clock_output = ClockOutputPort(opened.clock_output, errors) if opened.clock_output else None
        clicked = [made(port, held=_held(clicks)) for port in _one(opened.click_output)]
        self._click_output = [self._output, *clicked][-1]
        self._of_channel = {
            part.channel: made(port, held=held_on(part.channel))
            for part, port in zip(wiring.part_outputs, opened.parts, strict=True)
        }
        self._outputs = [self._output, *clicked, *self._of_channel.values()]
        self._watch = _watch(opened)
        self._waiting: list[Input] = []
        self._let_go: list[Event | ControlChange] = []
        self._closed = False

    def _between(self, opened: OpenPorts, wanted: Sequence[PortConnection]) -> Connections:
        """Connections of our virtual ports."""
        virtual = [port.name for port in opened.all if port.link is None]
        return Connections(self._system, virtual, wanted, lambda found: self._tell(ConnectionsChanged(found)))

    @property
    def ahead_s(self) -> float:
        return self._system.ahead_s

    def receive(self) -> list[Input]:
        # Polled, not called back: a callback would take the GIL inside the MIDI system's real-time thread.
        if self._closed:
            return []
        now_s = self._clock.now_s()
        arrived: list[Input] = [*self._system.poll()]
        if self._let_go:
            arrived += [_stamped(event, now_s, 0.0) for event in self._let_go]
            self._let_go = []
        for device, port, _ in self._inputs:
            while (came := device.receive()) is not None:
                data, at_s, grain_s = came
                arrived += self._take_in(port, data, now_s if at_s is None else at_s, grain_s)
            if port.lapsed(now_s):
                arrived += [_stamped(off, now_s, 0.0) for off in self._release(port)]
        for device, port, _ in self._clock_inputs:
            while (came := device.receive()) is not None:
                data, at_s, grain_s = came
                arrived += self._clock_in(port, data, now_s if at_s is None else at_s, grain_s)
        return self._until(now_s, arrived) if arrived or self._waiting else arrived

    def wait_for_input(self, until_s: float) -> bool:
        """Wait until a moment, or until something came in; False, at once, where the system does not tell."""
        next_s = self._waiting[0].at_s if self._waiting else until_s
        return not self._closed and self._system.wait(min(next_s, until_s) - self._clock.now_s())

    def _until(self, now_s: float, arrived: Sequence[Input]) -> list[Input]:
        """What has its moment behind it, in order: JACK tells of a whole period when it begins."""
        self._waiting = sorted([*self._waiting, *arrived], key=lambda one: one.at_s)
        past = [one for one in self._waiting if one.at_s <= now_s]
        self._waiting = self._waiting[len(past) :]
        return past

    def _take_in(self, port: InputPort, data: Sequence[int], at_s: float, grain_s: float) -> list[Input]:
        found: list[Input] = []
        for message, events in port.feed(data, at_s):
            signals = any(isinstance(event, ClockSignal) for event in events)
            if self._thru and not signals:
                self._output.pass_on(message, self._clock.now_s())
            if self._clocked or not signals:
                found += [_stamped(event, at_s, grain_s) for event in events]
        return found

    def _clock_in(self, port: InputPort, data: Sequence[int], at_s: float, grain_s: float) -> Iterator[Input]:
        """Of the port for the clock only the clock is heard: programs send notes-off there, too."""
        for _, events in port.feed(data, at_s):
            yield from (Clocked(at_s, event, grain_s) for event in events if isinstance(event, ClockSignal))

    def _release(self, port: InputPort) -> list[Event | ControlChange]:
        """The keys and pedals that were down on an input that fell silent come up."""
        offs = port.release()
        if self._thru:
            for off in offs:
                self._output.send(off, self._clock.now_s())
        return offs

    def send(self, event: Event | Change, at_s: float) -> None:
        """Sound an event at `at_s`; nothing where the output is away. Raises Failure on a closed port."""
        if self._closed:
            raise Failure("the MIDI port is closed")
        self._of_channel.get(event.channel, self._output).send(event, max(at_s, self._clock.now_s()))

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        if self._clock_output is not None and not self._closed:
            self._clock_output.send(signal, at_s)

    def send_click(self, event: Event, at_s: float) -> None:
        if not self._closed:
            self._click_output.send(event, max(at_s, self._clock.now_s()))

    def attend(self, next_send_s: float | None) -> None:
        """See which ports went or came back, if it is time to look and nothing is due soon. Never waits.

        Call it often. The keys down on an input that went are released by the next `receive`; the notes
        sounding on an output that went are released when it returns.
        """
        now_s = self._clock.now_s()
        for output in self._outputs:
            output.attend(now_s)
        if self._watch.due(now_s, next_send_s):
            for link in self._watch.look():
                self._change(link)
            if self._connections.look():
                for output in self._outputs:
                    output.connected(now_s)

    def _change(self, link: WatchedPort) -> None:
        for output in (one for one in self._outputs if one.link is link):
            changed = output.returned if link.present else output.lost
            changed(self._clock.now_s())
        for _, port, opened in self._inputs:
            if opened.link is link and not link.present:
                self._let_go += self._release(port)
        self._tell(PortChanged(link.name, link.present))

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            for output in self._outputs:
                output.settle(self._clock.now_s())
        finally:
            self._system.close()


def _inputs(
    opened: Iterable[OpenPort], channel: int | None, echo: EchoFilter
) -> list[tuple[Device, InputPort, OpenPort]]:
    """Ports that tell a copy of what came on another one of them."""
    copies, late = CopyFilter(), LateReleases()
    return [(port.device, InputPort(channel, echo, copies, late), port) for port in opened]


def _stamped(event: Event | Change | ClockSignal, at_s: float, grain_s: float) -> Input:
    if isinstance(event, ClockSignal):
        return Clocked(at_s, event, grain_s)
    return Timed(at_s, event) if isinstance(event, NoteOn | NoteOff) else Turned(at_s, event)


def _held(ends: Iterable[NoteOff]) -> HeldNotes:
    """The notes that these end."""
    held = HeldNotes()
    for off in ends:
        held.follow(NoteOn(off.pitch, 1, off.channel))
    return held


def _watch(opened: OpenPorts) -> PortWatch:
    clocks = map(_one, (opened.clock_input, opened.clock_output, opened.click_output))
    groups = (opened.inputs, [opened.output], *clocks, opened.parts)
    return PortWatch(*map(_links, groups), know=opened.system.look)


def _one(port: OpenPort | None) -> list[OpenPort]:
    return [] if port is None else [port]


def _links(ports: Iterable[OpenPort]) -> list[WatchedPort]:
    return [port.link for port in ports if port.link is not None]
