"""Asking a running Antiphon, from another process: one request, one reply."""

import socket
from pathlib import Path

from antiphon.errors import Failure
from antiphon.stage.control.protocol import (
    STARTING,
    Command,
    Done,
    Refused,
    Reply,
    Request,
    Starting,
    read_reply,
    write_request,
)
from antiphon.stage.control.server import SUPPORTED
from antiphon.stage.machine.single_instance import check, socket_of

# Requests are served 25 times a second; a machine that takes longer than this has other troubles.
_PATIENCE_S = 5.0
_END_S = 25.0  # below what a service manager waits (service_files)
_READ_BYTES = 65_536
_LONGEST_REPLY = 4 * 1024 * 1024


class NotRunning(Failure):
    """No Antiphon of this client name runs."""

    def __init__(self, client_name: str) -> None:
        super().__init__(f"no antiphon is running (client name {client_name}); antiphon play starts it")


class CannotBeAsked(Failure):
    """This system has no way to ask an Antiphon that runs."""

    def __init__(self) -> None:
        super().__init__("on this system no command reaches a running antiphon; Ctrl-C in its window ends it")


def ask(client_name: str, request: Request, folder: Path | None = None) -> Done:
    """What the Antiphon of a client name replies.

    Raises NotRunning, CannotBeAsked or Starting, or another Failure with what it refuses.

    `folder` stands in for the runtime folder. After a stop this waits for the end.
    """
    with _connected(client_name, folder) as connection:
        reply = _reply(connection, request, client_name)
        if isinstance(reply, Refused):
            raise (Starting if reply.reason == STARTING else Failure)(reply.error)
        if request == Command("stop"):
            _wait_for_end(connection, client_name)
    return reply


def _connected(client_name: str, folder: Path | None) -> socket.socket:
    if not SUPPORTED:
        raise CannotBeAsked
    path = socket_of(client_name, folder)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # A socket in a folder of another user is not to be trusted.
        check(path.parent)
        connection.settimeout(_PATIENCE_S)
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        raise NotRunning(client_name) from None
    except OSError as error:
        connection.close()
        raise Failure(f"{path}: {error.strerror or error}") from None
    except Failure:
        connection.close()
        raise
    return connection


def _reply(connection: socket.socket, request: Request, client_name: str) -> Reply:
    line = bytearray()
    try:
        connection.sendall(write_request(request))
        while not line.endswith(b"\n") and len(line) < _LONGEST_REPLY:
            if not (data := connection.recv(_READ_BYTES)):
                break
            line += data
    except TimeoutError:
        raise Failure(
            f"antiphon does not answer within {_PATIENCE_S:g} s (client name {client_name})"
        ) from None
    except OSError:
        pass  # it ended meanwhile; what it sent before counts
    if not line:
        raise NotRunning(client_name)
    try:
        return read_reply(bytes(line))
    except ValueError:
        raise Failure(f"Unexpected reply: not Antiphon (client name {client_name})") from None


def _wait_for_end(connection: socket.socket, client_name: str) -> None:
    """It disconnects the client when it has ended."""
    connection.settimeout(_END_S)
    try:
        while connection.recv(_READ_BYTES):
            pass
    except TimeoutError:
        raise Failure(f"antiphon has not ended after {_END_S:g} s (client name {client_name})") from None
    except OSError:
        return
