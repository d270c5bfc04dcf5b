"""Opening our ports, virtual or tied to ports there are; a failure leaves no client behind."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from antiphon.errors import Failure
from antiphon.stage.midi_system import MidiSystem
from antiphon.stage.port_names import all_fitting, lasting, one_fitting
from antiphon.stage.presence import Link


@dataclass(frozen=True, slots=True)
class Socket:
    """An open port of ours: its client, the name to show, and its tie to another port if it has one."""

    device: Any
    name: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Sockets:
    """All our ports, on one MIDI system."""

    api: str
    inputs: tuple[Socket, ...]
    output: Socket


def open_sockets(client: str, inputs: Sequence[str], output: str, system: MidiSystem) -> Sockets:
    """Ports `client:in` and `client:out`; those that `inputs` and `output` name are tied to what they name.

    Raises Failure where a name fits no port.
    """
    opener = _Opener(system, system.free_name(client))
    try:
        return Sockets(system.api, opener.inputs(inputs), opener.output(output))
    except BaseException:
        for device in opener.made:
            device.delete()
        raise


class _Opener:
    def __init__(self, system: MidiSystem, client: str) -> None:
        self._system, self._client = system, client
        self.made: list[Any] = []

    def inputs(self, names: Sequence[str]) -> tuple[Socket, ...]:
        first = self._client_for(self._system.source, "in")
        names = tuple(names) or self._made_by_the_player("in")
        if not names:
            return (self._virtual(first, "in"),)
        with _advice(self._system.api, f"{self._client}:in"):
            ports = all_fitting(names, first.get_ports(), self._system.api)
        titles = ["in", *(f"in-{number}" for number in range(2, len(ports) + 1))]
        devices = [first, *(self._client_for(self._system.source, title) for title in titles[1:])]
        return tuple(map(self._tied, devices, titles, ports))

    def output(self, name: str) -> Socket:
        device = self._client_for(self._system.sink, "out")
        name = name or "".join(self._made_by_the_player("out"))
        if not name:
            return self._virtual(device, "out")
        with _advice(self._system.api, f"{self._client}:out"):
            port = self._one_output(device, name)
        return self._tied(device, "out", port)

    def _one_output(self, device: Any, name: str) -> str:
        api, own = self._system.api, f"{self._client}:in"
        return one_fitting(name, [port for port in device.get_ports() if lasting(port, api) != own], api)

    def _client_for(self, make: Callable[[str], Any], title: str) -> Any:
        self.made.append(make(self._system.client_of(self._client, title)))
        return self.made[-1]

    def _virtual(self, device: Any, title: str) -> Socket:
        self._system.open_virtual(device, title)
        return Socket(device, f"{self._client}:{title}")

    def _tied(self, device: Any, title: str, port: str) -> Socket:
        connect = partial(self._system.connect, device, title)
        tied = partial(self._system.still_tied, self._client, title)
        link = Link(device, port, self._system.api, connect, self._system.rtmidi.RtMidiError, tied)
        return Socket(device, link.name, link)

    def _made_by_the_player(self, title: str) -> tuple[str, ...]:
        """Windows has no virtual ports: there, ours are those that the player made with loopMIDI."""
        return (f"{self._client}:{title}",) if self._system.api == "winmm" else ()


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
