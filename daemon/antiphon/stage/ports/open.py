"""Opening our ports, virtual or connected to ports there are. If this fails, the system is to be closed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from antiphon.errors import Failure
from antiphon.stage.ports.names import all_fitting, lasting, one_fitting
from antiphon.stage.ports.reconnect import WatchedPort
from antiphon.stage.ports.system import Device, System


@dataclass(frozen=True, slots=True)
class Names:
    """Which ports. `client` stands before the colon of ours; the others are names, patterns or parts of names
    of ports there are. Empty: a virtual port of ours; None: no such port."""

    client: str
    inputs: tuple[str, ...] = ()
    output: str = ""
    clock_input: str | None = None
    clock_output: str | None = None
    click_output: str | None = None
    parts: tuple[tuple[str, str], ...] = ()  # further outputs: what ours is called, and as above


@dataclass(frozen=True, slots=True)
class OpenPort:
    """An open port of ours: its device, the name to show, and its link to another port if it has one."""

    device: Device
    name: str
    link: WatchedPort | None = None


@dataclass(frozen=True, slots=True)
class OpenPorts:
    """All our ports, on one MIDI system; `client` is what it calls us."""

    system: System
    client: str
    inputs: tuple[OpenPort, ...]
    output: OpenPort
    clock_input: OpenPort | None = None
    clock_output: OpenPort | None = None
    click_output: OpenPort | None = None
    parts: tuple[OpenPort, ...] = ()

    @property
    def all(self) -> list[OpenPort]:
        others = (self.clock_input, self.clock_output, self.click_output)
        return [*self.inputs, self.output, *(port for port in others if port is not None), *self.parts]


def open_ports(names: Names, system: System) -> OpenPorts:
    """Ports `client:in`, `:out`, `:clock`, `:clock-out`, `:click` and those of parts, as far as they are
    wanted; `System.port_name` may put it otherwise.

    Those with the name of another port are connected to that. Raises Failure where a name fits no port.
    """
    client = system.free_name(names.client)
    opener = _Opener(system, client, names.clock_input is not None)
    # Inputs first: while they are looked for, no output of ours is there to be taken for another's.
    inputs, clock_input = opener.inputs(names.inputs), opener.clock_input(names.clock_input)
    output = opener.output("out", names.output)
    clock_output = None if names.clock_output is None else opener.output("clock-out", names.clock_output)
    click_output = None if names.click_output is None else opener.output("click", names.click_output)
    parts = tuple(opener.output(title, name) for title, name in names.parts)
    return OpenPorts(system, client, inputs, output, clock_input, clock_output, click_output, parts)


class _Opener:
    def __init__(self, system: System, client: str, clocked: bool) -> None:
        self._system, self._client, self._clocked = system, client, clocked

    def inputs(self, names: Sequence[str]) -> tuple[OpenPort, ...]:
        first = self._input("in")
        names = tuple(names) or self._made_by_the_player("in")
        if not names:
            return (self._virtual(first, "in"),)
        ports = self._fitting(first, "in", names)
        titles = [f"in-{number}" for number in range(2, len(ports) + 1)]
        return tuple(map(self._connected, [first, *map(self._input, titles)], ports))

    def clock_input(self, name: str | None) -> OpenPort | None:
        """One input: two clocks at once would be none."""
        if name is None:
            return None
        device = self._input("clock")
        names = (name,) if name else self._made_by_the_player("clock")
        if not names:
            return self._virtual(device, "clock")
        return self._connected(device, self._fitting(device, "clock", names)[0])

    def output(self, title: str, name: str) -> OpenPort:
        device = self._system.output(self._client, title)
        name = name or "".join(self._made_by_the_player(title))
        if not name:
            return self._virtual(device, title)
        with _advice(self._system.api, self._name(title)):
            port = self._one_output(device, name)
        return self._connected(device, port)

    def _fitting(self, device: Device, title: str, names: Sequence[str]) -> list[str]:
        with _advice(self._system.api, self._name(title)):
            return all_fitting(names, device.get_ports(), self._system.api)

    def _one_output(self, device: Device, name: str) -> str:
        api, own = self._system.api, (self._name("in"), self._name("clock"))
        return one_fitting(name, [port for port in device.get_ports() if lasting(port, api) not in own], api)

    def _name(self, title: str) -> str:
        return self._system.port_name(self._client, title)

    def _input(self, title: str) -> Device:
        return self._system.input(self._client, title, self._clocked)

    def _virtual(self, device: Device, title: str) -> OpenPort:
        device.open_virtual()
        return OpenPort(device, self._name(title))

    def _connected(self, device: Device, port: str) -> OpenPort:
        link = WatchedPort(device, port, self._system.api, self._system.errors)
        return OpenPort(device, link.name, link)

    def _made_by_the_player(self, title: str) -> tuple[str, ...]:
        """Windows has no virtual ports: there, ours are those that the player made with loopMIDI."""
        return (self._name(title),) if self._system.api == "winmm" else ()


@contextmanager
def _advice(api: str, port: str) -> Iterator[None]:
    """What a user of Windows has to be told beside the ports there are."""
    try:
        yield
    except Failure as failure:
        if api != "winmm":
            raise
        hint = f"Windows has no virtual ports: make {port} with loopMIDI, or choose one of these"
        raise Failure(f"{failure.message}; {hint}") from None
