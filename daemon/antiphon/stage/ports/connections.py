"""What others have connected to our virtual ports, and making it so again after we were away.

A connection is an output and an input, by name. Knows no MIDI system: `Patchbay` is what one can do.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

PortConnection = tuple[str, str]


class Patchbay(Protocol):
    """Lists the connections of our ports, and connects two ports where both are there."""

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]: ...

    def connect(self, output: str, into: str) -> None: ...


class Connections:
    """Looks at the connections of `ours`; `wanted` are made as soon as both ends are there.

    `tell` hears of the connections there are, wanted ones among them, whenever they change.
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

    def look(self) -> bool:
        """See what there is, and make what is wanted and not there; the next look sees whether it is.

        Gives whether something that was wanted is there now.
        """
        there, wanted = self._bay.connections(self._ours), self._wanted
        self._wanted = [pair for pair in wanted if pair not in there]
        self.make()
        told = dict.fromkeys([*there, *self._wanted])
        if set(told) != set(self._told):
            self._told = tuple(told)
            self._tell(self._told)
        return len(self._wanted) < len(wanted)

    def make(self) -> None:
        """Connect what is wanted and was not there yet."""
        for pair in self._wanted:
            self._bay.connect(*pair)
