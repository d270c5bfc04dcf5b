"""Opening our ports, virtual or tied to ports there are; a failure leaves no client behind."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.names import all_fitting, lasting, one_fitting
from antiphon.stage.ports.reconnect import WatchedPort


class System(Protocol):
    """One MIDI system of this machine. A device is a port of ours there, which it alone understands, except
    that it has `get_ports()`, `close_port()` and `delete()`."""

    api: str
    errors: type[Exception]  # what a device that is away may raise
    gone: bool  # whether its server has ended

    @property
    def ahead_s(self) -> float: ...

    def free_name(self, client: str) -> str: ...

    def client_of(self, client: str, port: str) -> str: ...

    def port_name(self, client: str, port: str) -> str: ...

    def source(self, client: str, clocked: bool = False) -> Any: ...

    def sink(self, client: str) -> Any: ...

    def open_virtual(self, device: Any, port: str) -> None: ...

    def connect(self, device: Any, port: str, theirs: str, number: int) -> None: ...

    def still_tied(self, client: str, port: str, theirs: str) -> bool: ...

    def send(self, device: Any, message: bytes, at_s: float) -> None: ...

    def gather(self) -> None:
        """Take in what came to all devices, for `receive` and `leads` to hand out."""
        ...

    def receive(self, device: Any) -> tuple[Sequence[int], float | None] | None: ...

    def leads(self) -> list[Lead]: ...

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]: ...

    def connect_ports(self, output: str, into: str) -> bool: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Which ports. `client` stands before the colon of ours; the others are names, patterns or parts of names
    of ports there are. Empty: a virtual port of ours; None: no such port."""

    client: str
    inputs: tuple[str, ...] = ()
    output: str = ""
    clock_input: str | None = None
    clock_output: str | None = None


@dataclass(frozen=True, slots=True)
class OpenPort:
    """An open port of ours: its device, the name to show, and its tie to another port if it has one."""

    system: System
    device: Any
    name: str
    link: WatchedPort | None = None

    def send(self, message: bytes, at_s: float) -> None:
        """Let a message sound at `at_s`; at once where the system knows no later."""
        self.system.send(self.device, message, at_s)

    def receive(self) -> tuple[Sequence[int], float | None] | None:
        """The next message that came in, with its moment if the system tells it."""
        return self.system.receive(self.device)


@dataclass(frozen=True, slots=True)
class OpenPorts:
    """All our ports, on one MIDI system; `client` is what it calls us."""

    system: System
    client: str
    inputs: tuple[OpenPort, ...]
    output: OpenPort
    clock_input: OpenPort | None = None
    clock_output: OpenPort | None = None

    @property
    def all(self) -> list[OpenPort]:
        clocks = (socket for socket in (self.clock_input, self.clock_output) if socket is not None)
        return [*self.inputs, self.output, *clocks]

    @property
    def devices(self) -> list[Any]:
        return [socket.device for socket in self.all]


def open_ports(names: Names, system: System) -> OpenPorts:
    """Ports `client:in`, `client:out`, `client:clock` and `client:clock-out`, as far as they are wanted;
    `System.port_name` may put it otherwise.

    Those with the name of another port are tied to that.
    Raises Failure where a name fits no port.
    """
    client = system.free_name(names.client)
    opener = _Opener(system, client, names.clock_input is not None)
    try:
        # Inputs first: while they are looked for, no output of ours is there to be taken for another's.
        inputs, clock_input = opener.inputs(names.inputs), opener.clock_input(names.clock_input)
        output = opener.output("out", names.output)
        clock_output = None if names.clock_output is None else opener.output("clock-out", names.clock_output)
        return OpenPorts(system, client, inputs, output, clock_input, clock_output)
    except BaseException:
        for device in opener.made:
            device.delete()
        raise


class _Opener:
    def __init__(self, system: System, client: str, clocked: bool) -> None:
        self._system, self._client, self._clocked = system, client, clocked
        self.made: list[Any] = []

    def inputs(self, names: Sequence[str]) -> tuple[OpenPort, ...]:
        first = self._source("in")
        names = tuple(names) or self._made_by_the_player("in")
        if not names:
            return (self._virtual(first, "in"),)
        ports = self._fitting(first, "in", names)
        titles = ["in", *(f"in-{number}" for number in range(2, len(ports) + 1))]
        devices = [first, *(self._source(title) for title in titles[1:])]
        return tuple(map(self._tied, devices, titles, ports))

    def clock_input(self, name: str | None) -> OpenPort | None:
        """One input: two clocks at once would be none."""
        if name is None:
            return None
        device = self._source("clock")
        names = (name,) if name else self._made_by_the_player("clock")
        if not names:
            return self._virtual(device, "clock")
        return self._tied(device, "clock", self._fitting(device, "clock", names)[0])

    def output(self, title: str, name: str) -> OpenPort:
        device = self._client_for(self._system.sink, title)
        name = name or "".join(self._made_by_the_player(title))
        if not name:
            return self._virtual(device, title)
        with _advice(self._system.api, self._name(title)):
            port = self._one_output(device, name)
        return self._tied(device, title, port)

    def _fitting(self, device: Any, title: str, names: Sequence[str]) -> list[str]:
        with _advice(self._system.api, self._name(title)):
            return all_fitting(names, device.get_ports(), self._system.api)

    def _one_output(self, device: Any, name: str) -> str:
        api, own = self._system.api, (self._name("in"), self._name("clock"))
        return one_fitting(name, [port for port in device.get_ports() if lasting(port, api) not in own], api)

    def _name(self, title: str) -> str:
        return self._system.port_name(self._client, title)

    def _source(self, title: str) -> Any:
        return self._client_for(partial(self._system.source, clocked=self._clocked), title)

    def _client_for(self, make: Callable[[str], Any], title: str) -> Any:
        self.made.append(make(self._system.client_of(self._client, title)))
        return self.made[-1]

    def _virtual(self, device: Any, title: str) -> OpenPort:
        self._system.open_virtual(device, title)
        return OpenPort(self._system, device, self._name(title))

    def _tied(self, device: Any, title: str, port: str) -> OpenPort:
        connect = partial(self._system.connect, device, title)
        tied = partial(self._system.still_tied, self._client, title)
        link = WatchedPort(device, port, self._system.api, connect, self._system.errors, tied)
        return OpenPort(self._system, device, link.name, link)

    def _made_by_the_player(self, title: str) -> tuple[str, ...]:
        """Windows has no virtual ports: there, ours are those that the player made with loopMIDI."""
        return (self._name(title),) if self._system.api == "winmm" else ()


@contextmanager
def _advice(api: str, port: str) -> Iterator[None]:
    """What Windows needs told beside the ports there are."""
    try:
        yield
    except Failure as failure:
        if api != "winmm":
            raise
        hint = f"Windows has no virtual ports: make {port} with loopMIDI, or choose one of these"
        raise Failure(f"{failure.message}; {hint}") from None
