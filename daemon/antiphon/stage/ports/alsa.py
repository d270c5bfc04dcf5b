"""ALSA: what python-rtmidi does not know of it, which is what others have connected to our ports.

Each of our ports is a client of its own there, since the library makes them so.
"""

from collections.abc import Callable, Sequence
from typing import Any

from antiphon.stage.ports.alsa_connections import Address, address_in, alsa_clients, join, read_ports
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.rtmidi import MidiSystem


class AlsaSystem(MidiSystem):
    """ALSA through python-rtmidi; `clients` reads the kernel's list, and `join` connects."""

    def __init__(
        self,
        rtmidi: Any,
        number: int,
        clients: Callable[[], str] = alsa_clients,
        join: Callable[[Address, Address], bool] = join,
    ) -> None:
        super().__init__(rtmidi, number)
        self._clients, self._join = clients, join

    def client_of(self, client: str, port: str) -> str:
        """`antiphon` for the input, `antiphon-out` for the output: aconnect knows only the names of clients,
        and takes the first of two that have the same."""
        return client if port == "in" else f"{client}-{port}"

    def port_name(self, client: str, port: str) -> str:
        return f"{self.client_of(client, port)}:{port}"

    def free_name(self, client: str) -> str:
        """Others may have the same name, but then neither aconnect nor we could tell which is meant."""
        return self.untaken(client, read_ports(self._clients()).titles.values())

    def still_tied(self, client: str, port: str, theirs: str) -> bool:
        """A device that was away and back between two looks has its old name and numbers, but what hung on it
        hangs there no more."""
        if not (clients := self._clients()):
            return True
        return read_ports(clients).joined(self.port_name(client, port), address_in(theirs))

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        return read_ports(self._clients()).connections(ours)

    def connect_ports(self, output: str, into: str) -> bool:
        there = read_ports(self._clients()).names
        return output in there and into in there and self._join(there[output], there[into])
