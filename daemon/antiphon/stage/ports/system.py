"""What a MIDI system of this machine can do for us: list ports, make ports of ours, connect them.

Knows no library, no music and no clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from antiphon.events import Lead
from antiphon.stage.ports.connections import PortConnection

# Bytes that came in, the moment they came if the system tells it, and how coarse that moment is, in seconds.
Arrived = tuple[Sequence[int], float | None, float]


class NoServerError(Exception):
    """A MIDI system is not running; the message is the system's own."""


class MissingError(NoServerError):
    """What a MIDI system is reached through is not installed; `mend` is the command that installs it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Listing:
    """The ports of one MIDI system: those to listen to, and those to send to."""

    api: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


class Device(Protocol):
    """A port of ours. `get_ports` names the ports of others that it can be connected to."""

    def get_ports(self) -> list[str]: ...

    def open_virtual(self) -> None:
        """Open it for others to connect."""
        ...

    def connect(self, theirs: str) -> None:
        """Open it, connected to the port of that name."""
        ...

    def is_connected(self, theirs: str) -> bool:
        """Whether it is still connected to that port, which is there; True where nobody can say."""
        ...

    def receive(self) -> Arrived | None:
        """The next message that came in; None if there is none."""
        ...

    def send(self, message: bytes, at_s: float) -> None:
        """Let a message sound at `at_s`; at once where the system knows no later."""
        ...

    def close_port(self) -> None:
        """Give up the connection; the port can be connected again."""
        ...


class System(Protocol):
    """One MIDI system. It closes the devices that it made."""

    api: str
    errors: type[Exception]  # what a device whose other port is gone may raise

    @property
    def ahead_s(self) -> float:
        """How long before its moment a message should be handed over."""
        ...

    def listing(self) -> Listing: ...

    def free_name(self, client: str) -> str:
        """The client name, with a number behind it where another program has it."""
        ...

    def port_name(self, client: str, title: str) -> str:
        """What a port of ours is called."""
        ...

    def input(self, client: str, title: str, clocked: bool) -> Device:
        """A port to listen on; `clocked`: also to MIDI clock."""
        ...

    def output(self, client: str, title: str) -> Device: ...

    def look(self) -> bool:
        """See anew which ports and connections there are. Never waits; False: not known yet, ask later."""
        ...

    def poll(self) -> Sequence[Lead]:
        """Take in what came to all devices; gives where the transport was, where there is one."""
        ...

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until something came in; False, at once, where that is not told."""
        ...

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        """What is connected to ports of ours, by name, as `look` saw it."""
        ...

    def connect(self, output: str, into: str) -> None:
        """Connect two ports if both are there."""
        ...

    def close(self) -> None: ...
