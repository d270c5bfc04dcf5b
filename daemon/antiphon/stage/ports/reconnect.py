"""Our ports that are connected to ports of others, by name: noticing that one went, and connecting again.

A look costs one list of names a direction, from a client we have anyway; no client is ever made for it.
"""

from collections.abc import Callable, Sequence

from antiphon.stage.ports.names import lasting
from antiphon.stage.ports.system import Device

LOOK_S = 0.4
# Listing takes tenths of a millisecond, connecting a few: with less time than this before a note, it waits.
CLEAR_S = 0.015


class WatchedPort:
    """One port of ours, connected to one of theirs.

    Raises whatever connecting raises while it is made; later, what is one of `errors` means: not back yet.
    """

    def __init__(self, device: Device, port: str, api: str, errors: type[Exception]) -> None:
        self.device, self.name = device, lasting(port, api)
        self.present = False
        self._port, self._api, self._errors = port, api, errors
        self._connect(port)

    def _connect(self, port: str) -> None:
        self.device.connect(port)
        self._port, self.present = port, True

    def lose(self) -> None:
        """The other port is gone: close ours, which frees the connection but keeps the client."""
        self.present = False
        self.device.close_port()

    def look(self, ports: Sequence[str], taken: set[str]) -> bool:
        """Compare with the ports there are, less those `taken` by other links; whether anything changed."""
        if self.present:
            if self._port in ports and self.device.is_connected(self._port):
                return False
            self.lose()
            return True
        return self._connect_again(ports, taken)

    def _connect_again(self, ports: Sequence[str], taken: set[str]) -> bool:
        back = next((p for p in ports if lasting(p, self._api) == self.name and p not in taken), None)
        if back is None:
            return False
        try:
            self._connect(back)
        except (self._errors, OSError):  # still being set up, or in another program's hands
            self.device.close_port()
            return False
        return True

    @property
    def holds(self) -> str | None:
        """The other port's full name while we are connected to it."""
        return self._port if self.present else None


class PortWatch:
    """Looks after links, one list a direction, at most every `look_s` seconds and never close to a note.

    `know` finds out which ports there are, without waiting; False: that is not known yet.
    """

    def __init__(
        self,
        *directions: Sequence[WatchedPort],
        know: Callable[[], bool] = lambda: True,
        look_s: float = LOOK_S,
        clear_s: float = CLEAR_S,
    ) -> None:
        self._directions = [links for links in directions if links]
        self._know, self._look_s, self._clear_s = know, look_s, clear_s
        self._next_s = float("-inf")

    def due(self, now_s: float, next_send_s: float | None) -> bool:
        """Whether now is the time to look, `next_send_s` being when something must be sent next."""
        if now_s < self._next_s or (next_send_s is not None and next_send_s - now_s <= self._clear_s):
            return False
        if not self._know():
            return False
        self._next_s = now_s + self._look_s
        return True

    def look(self) -> list[WatchedPort]:
        """The links that were lost or connected since the last look."""
        return [link for links in self._directions for link in _changed(links)]


def _changed(links: Sequence[WatchedPort]) -> list[WatchedPort]:
    ports = links[0].device.get_ports()
    changed = []
    for link in links:
        taken = {held for other in links if (held := other.holds) is not None}
        if link.look(ports, taken):
            changed.append(link)
    return changed
