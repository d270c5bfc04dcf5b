"""ALSA's sequencer: ports through a binding, and what no binding tells, which is how ports are connected.

The kernel's list of clients tells the connections; libasound makes more of them. Each of our ports is a
client of its own, since the libraries make them so.
"""

import ctypes
import errno
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.rtmidi import BindingDevice, BindingSystem

Address = tuple[int, int]  # of a client and of its port; others after the next plugging in
_CLIENTS = Path("/proc/asound/seq/clients")
# The lines that tell of clients, ports and connections. A name is printed as it is, quotes and colons too, so
# it ends at the last quote that what follows a name can follow.
_TOLD = re.compile(
    r'^(?:Client +(?P<client>\d+) : "(?P<name>.*?)" \[[^"\n]*\]'
    r'|  Port +(?P<port>\d+) : "(?P<title>.*?)" \([^"\n]*\)(?: \[[^"\n]*\])?'
    r"|    Connect(?P<way>ing To|ed From): (?P<others>[^\n]*))$",
    re.MULTILINE | re.DOTALL,
)
_ADDRESS = re.compile(r"\b(\d+):(\d+)")
_BEHIND = re.compile(r" (\d+):(\d+)$")
_DUPLEX, _NONBLOCK = 3, 1


@dataclass(slots=True)
class AlsaPorts:
    """The ports there are, and which output leads into which input."""

    titles: dict[Address, str] = field(default_factory=dict)  # `client:port`, which several may share
    leads: dict[tuple[Address, Address], None] = field(default_factory=dict)  # in order, each once

    @property
    def names(self) -> dict[str, Address]:
        """Titles of which each is there once: the second of its kind has ` #2` behind it."""
        named: dict[str, Address] = {}
        for address, title in self.titles.items():
            named[next(name for name in _numbered(title, " #") if name not in named)] = address
        return named

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        """The connections of the ports called `ours`, by names that last while numbers change."""
        names = {address: name for name, address in self.names.items()}
        named = [(names[start], names[end]) for start, end in self.leads if start in names and end in names]
        return tuple(pair for pair in named if not set(ours).isdisjoint(pair))

    def joined(self, ours: str, theirs: Address | None) -> bool:
        """Whether a connection, either way, is between a port of that title and `theirs`."""
        pairs = [*self.leads, *((end, start) for start, end in self.leads)]
        return any(self.titles.get(one) == ours and other == theirs for one, other in pairs)


def read_ports(clients: str) -> AlsaPorts:
    """What a text of /proc/asound/seq/clients tells."""
    ports, client, name, port = AlsaPorts(), 0, "", (0, 0)
    for told in _TOLD.finditer(clients):
        if told["client"]:
            client, name = int(told["client"]), told["name"]
        elif told["port"]:
            port = (client, int(told["port"]))
            ports.titles[port] = f"{name}:{told['title']}"
        else:
            others = [(int(number), int(of_it)) for number, of_it in _ADDRESS.findall(told["others"])]
            into = told["way"] == "ing To"
            ports.leads.update(dict.fromkeys((port, one) if into else (one, port) for one in others))
    return ports


def address_in(name: str) -> Address | None:
    """The numbers that a binding puts behind a port's name."""
    found = _BEHIND.search(name)
    return None if found is None else (int(found[1]), int(found[2]))


def alsa_clients() -> str:
    """The kernel's list; empty where there is none."""
    try:
        # Bytes: a line ends at "\n" only, whatever is in a name.
        return _CLIENTS.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


class _SeqAddress(ctypes.Structure):
    _fields_ = (("client", ctypes.c_ubyte), ("port", ctypes.c_ubyte))


def _libasound() -> Any:
    return ctypes.CDLL("libasound.so.2")


def join(output: Address, into: Address, load: Callable[[], Any] = _libasound) -> bool:
    """Connect two ports; whether they are. Waits for nothing; the client that did it is gone afterwards."""
    try:
        library = load()
    except OSError:
        return False
    client = ctypes.c_void_p()
    if library.snd_seq_open(ctypes.byref(client), b"default", _DUPLEX, _NONBLOCK) < 0:
        return False
    try:
        return _subscribe(library, client, output, into) in (0, -errno.EBUSY)  # busy: they are already
    finally:
        library.snd_seq_close(client)


def _subscribe(library: Any, client: ctypes.c_void_p, output: Address, into: Address) -> int:
    """0, or what is wrong as a negative number of errno."""
    wanted = ctypes.c_void_p()
    if (refused := library.snd_seq_port_subscribe_malloc(ctypes.byref(wanted))) < 0:
        return int(refused)
    try:
        library.snd_seq_port_subscribe_set_sender(wanted, ctypes.byref(_SeqAddress(*output)))
        library.snd_seq_port_subscribe_set_dest(wanted, ctypes.byref(_SeqAddress(*into)))
        return int(library.snd_seq_subscribe_port(client, wanted))
    finally:
        library.snd_seq_port_subscribe_free(wanted)


class AlsaDevice(BindingDevice):
    """A port of ours on ALSA; `still` says whether it is connected to an address."""

    def __init__(self, client: Any, title: str, still: Callable[[Address | None], bool]) -> None:
        super().__init__(client, title)
        self._still = still

    def is_connected(self, theirs: str) -> bool:
        """A device that was away and back between two looks has its old name and numbers, but is no longer
        connected."""
        return self._still(address_in(theirs))


class AlsaSystem(BindingSystem):
    """ALSA through a binding; `clients` reads the kernel's list, and `join` connects."""

    def __init__(
        self,
        library: Any,
        number: Any,
        clients: Callable[[], str] = alsa_clients,
        join: Callable[[Address, Address], bool] = join,
    ) -> None:
        super().__init__(library, number)
        self._clients, self._join = clients, join

    def client_of(self, client: str, title: str) -> str:
        """`antiphon` for the input, `antiphon-out` for the output: aconnect knows only the names of clients,
        and takes the first of two that have the same."""
        return client if title == "in" else f"{client}-{title}"

    def free_name(self, client: str) -> str:
        """Others may have the same name, but then neither aconnect nor we could tell which is meant."""
        taken = set(read_ports(self._clients()).titles.values())
        return next(name for name in _numbered(client, "-") if taken.isdisjoint(self._both(name)))

    def _both(self, client: str) -> tuple[str, str]:
        return self.port_name(client, "in"), self.port_name(client, "out")

    def device(self, made: Any, client: str, title: str) -> AlsaDevice:
        ours = self.port_name(client, title)

        def still(theirs: Address | None) -> bool:
            clients = self._clients()
            return not clients or read_ports(clients).joined(ours, theirs)

        return AlsaDevice(made, title, still)

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        return read_ports(self._clients()).connections(ours)

    def connect(self, output: str, into: str) -> None:
        there = read_ports(self._clients()).names
        if output in there and into in there:
            self._join(there[output], there[into])


def _numbered(name: str, sign: str) -> Iterable[str]:
    """The name, and then with a number behind it."""
    return chain([name], (f"{name}{sign}{number}" for number in count(2)))
