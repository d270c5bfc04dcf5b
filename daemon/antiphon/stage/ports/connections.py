"""What others have connected to our virtual ports, and making it so again after we were away.

A tie is an output and an input, by name. Knows no MIDI system: `Patchbay` is what one can do.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

PortConnection = tuple[str, str]


class Patchbay(Protocol):
    """Lists the ties of our ports, and makes one; False where one of its ends is not there (yet)."""

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]: ...

    def connect_ports(self, output: str, into: str) -> bool: ...


class Connections:
    """Looks at the ties of `ours`; `wanted` are made as soon as both ends are there.

    `tell` hears of the ties there are, wanted ones among them, whenever they change.
    """

    def __init__(
        self,
        bay: Patchbay,
        ours: Sequence[str],
        wanted: Sequence[PortConnection],
        tell: Callable[[tuple[PortConnection, ...]], None],
    ) -> None:
        self._bay, self._ours, self._tell = bay, tuple(ours), tell
        self._wanted = list(wanted)
        self._told: tuple[PortConnection, ...] = tuple(wanted)

    def look(self) -> None:
        """Make what is wanted, and see what there is."""
        made = [connect_ports for connect_ports in self._wanted if self._bay.connect_ports(*connect_ports)]
        self._wanted = [connect_ports for connect_ports in self._wanted if connect_ports not in made]
        there = dict.fromkeys([*self._bay.connections(self._ours), *made, *self._wanted])
        if set(there) != set(self._told):
            self._told = tuple(there)
            self._tell(self._told)
