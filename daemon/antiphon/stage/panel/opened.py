"""Opens the panel: its socket, its address, its token."""

import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from antiphon.config_sections import PanelSettings
from antiphon.errors import Failure
from antiphon.stage.machine.clock import Clock
from antiphon.stage.panel.link import PanelLink
from antiphon.stage.panel.order import PanelOrder
from antiphon.stage.performance_state import PerformanceState

# Tried first, so that the address is the same each time where nothing else has it.
USUAL_PORT = 8317
_LOOPBACK, _EVERYWHERE = "127.0.0.1", "0.0.0.0"
_WAITING = 64


@contextmanager
def opened(
    settings: PanelSettings,
    takes: str,
    clock: Clock,
    state: Callable[[], PerformanceState],
    models: Sequence[str],
    up: Callable[[str], None],
) -> Iterator[PanelLink]:
    """The panel as these settings want it; `up` is called with its address, once it answers.

    Raises Failure where the port cannot be had.
    """
    listening = _listening(settings)
    port = listening.getsockname()[1]
    token = secrets.token_urlsafe(18) if settings.lan else ""
    host = _own_address() if settings.lan else _LOOPBACK
    address = f"http://{host}:{port}/" + (f"?token={token}" if token else "")
    order = PanelOrder(port, takes, settings.lan, token)
    link = PanelLink(listening, order, address, clock, state, models, lambda: up(address))
    try:
        yield link
    finally:
        link.end()


def _listening(settings: PanelSettings) -> socket.socket:
    host = _EVERYWHERE if settings.lan else _LOOPBACK
    if settings.port:
        return _bound(host, settings.port)
    with suppress(Failure):
        return _bound(host, USUAL_PORT)
    return _bound(host, 0)


def _bound(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEPORT"):  # not on Windows, where SO_REUSEADDR means something else
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(_WAITING)
    except OSError as error:
        listening.close()
        raise Failure(f"panel: {host}:{port} cannot be listened on: {error.strerror or error}") from None
    return listening


def _own_address() -> str:
    """The address by which other machines of the network know this one; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as looking, suppress(OSError):
        looking.connect(("192.0.2.1", 9))
        return str(looking.getsockname()[0])
    return _LOOPBACK
