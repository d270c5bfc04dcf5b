"""The socket through which a running Antiphon is asked, for whoever owns it; never waits, whoever is there.

`poll` does all the work, and little of it each time. What a request means it does not know; the language is
in `requests`.
"""

import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from antiphon.errors import Failure, UserError
from antiphon.stage.control.protocol import LONGEST_BYTES, Refused, Reply, Request, read_request, write_reply
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.log import LOG

SUPPORTED = hasattr(socket, "AF_UNIX")
MOST_CLIENTS, MOST_REQUESTS = 8, 16
PATIENCE_S = 5.0  # for a whole line
MOST_UNREAD_BYTES = 65_536
_CREDENTIALS = struct.Struct("3i")  # process, user, group


class ControlSocket:
    """Replies with what `serve` makes of each request; what it raises as a told error is the reply.

    The file is replaced where one was left behind, so hold the instance's lock. Raises Failure where it
    cannot be made.
    """

    def __init__(self, path: Path, serve: Callable[[Request], Reply], clock: Clock) -> None:
        self._path, self._serve, self._clock = path, serve, clock
        self._clients: list[_Client] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.setblocking(False)
            path.unlink(missing_ok=True)
            self._listener.bind(os.fspath(path))
            path.chmod(0o600)
            self._listener.listen(MOST_CLIENTS)
        except OSError as error:
            self._listener.close()
            raise Failure(f"{path}: no socket can be made: {error.strerror or error}") from None

    def poll(self) -> None:
        """Take in who comes, serve what is whole, send what is taken, part from who keeps us waiting."""
        now_s = self._clock.now_s()
        self._clients += self._arrivals(now_s)
        for client in self._clients:
            client.read()
        self._serve_all(now_s)
        for client in self._clients:
            client.write()
        for client in [one for one in self._clients if one.over(now_s)]:
            client.close()
            self._clients.remove(client)

    def _arrivals(self, now_s: float) -> Iterator["_Client"]:
        """Those for whom there is room; others wait outside."""
        for _ in range(MOST_CLIENTS - len(self._clients)):
            try:
                connection, _ = self._listener.accept()
            except OSError:  # nobody is there, or gone already
                return
            connection.setblocking(False)
            if may_ask(user_of(connection), os.geteuid()):
                yield _Client(connection, now_s)
            else:
                connection.close()

    def _serve_all(self, now_s: float) -> None:
        """One request of each in turn: whoever has many does not keep the others waiting."""
        left = MOST_REQUESTS
        while lines := [(one, line) for one in self._clients[:left] if (line := one.next_line()) is not None]:
            for client, line in lines:
                client.heard(self._reply(line), now_s)
            left -= len(lines)

    def _reply(self, line: bytes) -> bytes:
        try:
            return write_reply(self._serve(read_request(line)))
        except UserError as mistake:
            return write_reply(Refused(mistake.message))
        except Exception as error:
            # The music must not end because somebody asked.
            LOG.debug("a request broke", exc_info=True)
            return write_reply(Refused(f"unforeseen {type(error).__name__}: {error}"))

    def close(self) -> None:
        """Send what is taken at once, and part from all."""
        self._path.unlink(missing_ok=True)
        self._listener.close()
        for client in self._clients:
            client.write()
            client.close()
        self._clients.clear()


class _Client:
    """One who asks: what came and is not served yet, what is not sent yet."""

    def __init__(self, connection: socket.socket, now_s: float) -> None:
        self._connection, self._heard_s = connection, now_s
        self._came, self._to_send = bytearray(), bytearray()
        self._ended = self._broken = False

    def read(self) -> None:
        """Take what is there, as far as one request can need it."""
        room = LONGEST_BYTES + 1 - len(self._came)
        if self._ended or not room:
            return
        try:
            data = self._connection.recv(room)
        except BlockingIOError:
            return
        except OSError:
            self._broken = True
            return
        self._came += data
        self._ended = not data

    def next_line(self) -> bytes | None:
        line, newline, rest = self._came.partition(b"\n")
        if newline:
            self._came = rest
            return bytes(line)
        return None

    def heard(self, reply: bytes, now_s: float) -> None:
        self._heard_s = now_s
        self._to_send += reply

    def write(self) -> None:
        if self._too_long:
            self._to_send += write_reply(Refused(f"a request is at most {LONGEST_BYTES} bytes long"))
        try:
            while self._to_send:
                del self._to_send[: self._connection.send(self._to_send)]
        except BlockingIOError:
            return
        except OSError:
            self._broken = True

    @property
    def _too_long(self) -> bool:
        return len(self._came) > LONGEST_BYTES and b"\n" not in self._came

    def over(self, now_s: float) -> bool:
        """Whether nothing more is to be done for it, or it has kept us waiting."""
        waiting = b"\n" in self._came
        finished = self._ended and not waiting and not self._to_send
        silent = not waiting and now_s - self._heard_s > PATIENCE_S
        return self._broken or self._too_long or finished or silent or self._unread

    @property
    def _unread(self) -> bool:
        return len(self._to_send) > MOST_UNREAD_BYTES

    def close(self) -> None:
        self._connection.close()


def user_of(connection: socket.socket) -> int | None:
    """Whose process is at the other end; None where the system does not say."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    _, user, _ = _CREDENTIALS.unpack(connection.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size))
    return int(user)


def may_ask(user: int | None, ours: int) -> bool:
    """Ourselves and root; where the system does not say who it is, the folder lets in nobody else."""
    return user is None or user in (ours, 0)


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
