"""The socket through which a running Antiphon is asked: a thread for each client reads and replies.

Requests are served by `poll`, in the thread of the caller. What they mean is not known here; their form is in
`protocol`.
"""

import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from threading import BoundedSemaphore, Event, Thread
from typing import Any

from antiphon.errors import Failure, UserError
from antiphon.stage.control.protocol import (
    LONGEST_BYTES,
    STARTING,
    Command,
    Refused,
    Reply,
    Request,
    Starting,
    read_request,
    write_reply,
)
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.log import LOG

SUPPORTED = hasattr(socket, "AF_UNIX")
MOST_CLIENTS, MOST_REQUESTS = 8, 16
PATIENCE_S = 5.0  # for a complete request, and for a reply to be read
_READ_BYTES = 65_536
_CREDENTIALS = struct.Struct("3i")  # process, user, group

Serve = Callable[[Request], Reply]


def _not_yet(_: Request) -> Reply:
    raise Starting("antiphon is still starting; try again")


class ControlServer:
    """Replies with what `serve` makes of each request; a UserError that it raises is the reply.

    The file is replaced where one was left behind, so hold the instance's lock. Where the system has no Unix
    sockets nobody can ask. Raises Failure where the socket cannot be made.
    """

    def __init__(self, path: Path, patience_s: float = PATIENCE_S, clock: Clock | None = None) -> None:
        self.serve: Serve = _not_yet
        self._path = path
        self._asked: SimpleQueue[tuple[Request, SimpleQueue[Reply]]] = SimpleQueue()
        self._listener: _Listener | None = None
        if not SUPPORTED:
            return
        try:
            path.unlink(missing_ok=True)
            self._listener = _Listener(path, self._ask, patience_s, clock or SystemClock())
            path.chmod(0o600)
        except OSError as error:
            raise Failure(f"{path}: no socket can be made: {error.strerror or error}") from None
        self._listener.start()

    def _ask(self, request: Request) -> Reply:
        """Called by a client's thread: wait until the request is served."""
        reply: SimpleQueue[Reply] = SimpleQueue()
        self._asked.put((request, reply))
        return reply.get()

    def poll(self) -> None:
        """Serve what was asked since the last call, a few requests at most; never waits."""
        with suppress(Empty):
            for _ in range(MOST_REQUESTS):
                request, reply = self._asked.get_nowait()
                reply.put(self._served(request))

    def _served(self, request: Request) -> Reply:
        try:
            return self.serve(request)
        except Starting as failure:
            return Refused(failure.message, STARTING)
        except UserError as mistake:
            return Refused(mistake.message)
        except Exception as error:
            # The music must not end because of a request.
            LOG.debug("a request broke", exc_info=True)
            return Refused(f"unexpected {type(error).__name__}: {error}")

    def close(self) -> None:
        """Disconnect all clients, also those that asked for the end and wait for it."""
        if self._listener is not None:
            self._path.unlink(missing_ok=True)
            self._listener.close()


class _Listener(ThreadingMixIn, TCPServer):
    address_family = getattr(socket, "AF_UNIX", socket.AF_INET)
    request_queue_size = MOST_CLIENTS
    daemon_threads, block_on_close = True, False

    def __init__(self, path: Path, ask: Callable[[Request], Reply], patience_s: float, clock: Clock) -> None:
        self.ask, self.patience_s, self.clock = ask, patience_s, clock
        self.over = Event()
        self._places = BoundedSemaphore(MOST_CLIENTS)
        super().__init__(os.fspath(path), _Client)  # type: ignore[arg-type]  # of a Unix socket it is a path

    def start(self) -> None:
        Thread(target=self._accept, name="control", daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError, ValueError):  # it was closed meanwhile
            while not self.over.is_set():
                self.handle_request()

    def close(self) -> None:
        self.over.set()
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.server_close()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002
        return may_ask(user_of(request), os.geteuid()) and self._places.acquire(blocking=False)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        LOG.debug("a client broke", exc_info=True)


class _Client(BaseRequestHandler):
    """One client. A client that sends no complete request within 5 s is disconnected."""

    server: _Listener

    def setup(self) -> None:
        self._came = bytearray()

    def handle(self) -> None:
        with suppress(OSError):  # it went, or the time is up
            while (line := self._next_line()) is not None:
                if not line.endswith(b"\n"):
                    self._send(Refused(f"a request is at most {LONGEST_BYTES} bytes long"))
                    return
                self._reply(line)

    def _reply(self, line: bytes) -> None:
        try:
            request = read_request(line)
        except UserError as mistake:
            self._send(Refused(mistake.message))
            return
        self._send(self.server.ask(request))
        if request == Command("stop"):
            self.server.over.wait()  # the client is disconnected when the program has ended

    def _send(self, reply: Reply) -> None:
        self.request.settimeout(self.server.patience_s)
        self.request.sendall(write_reply(reply))

    def _next_line(self) -> bytes | None:
        """The next whole line, or one without an end that is too long; None where the client ends."""
        clock, until_s = self.server.clock, self.server.clock.now_s() + self.server.patience_s
        while (end := self._came.find(b"\n") + 1) == 0 and len(self._came) <= LONGEST_BYTES:
            self.request.settimeout(max(1e-3, until_s - clock.now_s()))
            if not (data := self.request.recv(_READ_BYTES)) or clock.now_s() > until_s:
                return None
            self._came += data
        size = end or len(self._came)
        line = bytes(self._came[:size])
        del self._came[:size]
        return line if size <= LONGEST_BYTES + 1 else line.rstrip(b"\n")


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


@contextmanager
def asked_through(path: Path) -> Iterator[ControlServer]:
    """Open from before the performance until its take is kept: a client that asked for the end sees it."""
    server = ControlServer(path)
    try:
        yield server
    finally:
        server.close()
