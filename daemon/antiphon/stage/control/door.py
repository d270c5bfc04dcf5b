"""Where a running Antiphon is asked, on systems that have such a thing; knows neither question nor answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from antiphon.errors import Failure
from antiphon.stage.control.protocol import Reply, Request
from antiphon.stage.control.server import SUPPORTED, ControlSocket
from antiphon.stage.machine.clock import Clock


def _not_yet(_: Request) -> Reply:
    raise Failure("antiphon is only starting; ask again")


class Door:
    """`serve` is set by whoever can reply."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.serve: Callable[[Request], Reply] = _not_yet
        self._socket = ControlSocket(path, lambda request: self.serve(request), clock) if SUPPORTED else None

    def poll(self) -> None:
        """Reply to who asks; never waits."""
        if self._socket is not None:
            self._socket.poll()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()


@contextmanager
def asked_through(path: Path, clock: Clock) -> Iterator[Door]:
    """Open from before the performance until after its take is kept: whoever asked for the end sees it."""
    door = Door(path, clock)
    try:
        yield door
    finally:
        door.close()
