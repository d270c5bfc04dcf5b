"""The process that is JACK's client, as the one that sends sees it: what is asked, and its two pipes."""

import logging
import os
import select
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol, Self

from antiphon.errors import Failure
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.jack.messages import (
    RECORD_BYTES,
    JackRequest,
    Opened,
    Period,
    Record,
    Request,
    pack_message,
    unpack,
)
from antiphon.stage.ports.jack.process import serve
from antiphon.stage.ports.rtmidi import NoServerError, quiet

_PIPE_BYTES = 1 << 20
_READ_BYTES = 4096 * RECORD_BYTES
_START_S, _ANSWER_S, _END_S = 10.0, 2.0, 2.0
GONE = "the JACK server is gone"
_LOG = logging.getLogger("antiphon")


class RefusedError(Exception):
    """JACK does not do it: the port went, or is another's."""


class Process(Protocol):
    """What `JackSystem` needs of the process that is JACK's client."""

    name: str
    period_s: float
    exact: bool

    def ask(self, request: Request) -> Any: ...

    def send(self, port: int, at_s: float, data: bytes) -> None: ...

    def receive(self) -> list[Record]: ...

    def close(self) -> None: ...


class JackProcess:
    """The process that can be JACK's client, from here; it is one once `open` has found a server.

    `name` is then what it is called, `period_s` JACK's cycle, and `exact` whether it can have ports. Every
    later method raises Failure once the server is gone.
    """

    name, period_s, exact = "", 0.0, False

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        context = get_context("spawn")
        self._requests, requests = context.Pipe()
        self._arrived, arrived = context.Pipe(duplex=False)
        leaving, self._leaving = context.Pipe(duplex=False)
        for pipe in (self._arrived, arrived, leaving, self._leaving):
            _make_wide(pipe)
        self._process = context.Process(
            target=serve, args=(requests, arrived, leaving), name="antiphon-jack", daemon=True
        )
        self._closed, self._ended, self._lost = False, False, 0
        self._ready = select.poll()
        self._ready.register(self._arrived.fileno(), select.POLLIN)
        with quiet():  # libjack prints to stderr
            self._process.start()
        for pipe in (requests, arrived, leaving):  # the process alone holds them now, so that its end is seen
            pipe.close()

    def open(self, order: JackRequest) -> Self:
        """Become a client; gives itself. Raises NoServerError where no server answers: try again, then."""
        if self._closed:
            self._start()
        opened = self._opened(order)
        self.name, self.period_s = opened.client_name, opened.period_s
        self.exact = opened.exact
        return self

    def _opened(self, order: JackRequest) -> Opened:
        with suppress(EOFError, OSError):
            self._requests.send(order)
            if self._requests.poll(_START_S):
                answer = self._requests.recv()
                if isinstance(answer, Opened):
                    return answer
                raise NoServerError(str(answer.refused))
        self.close()
        raise NoServerError("the process for JACK did not start")

    def ask(self, request: Request) -> Any:
        """What is answered. Raises RefusedError where JACK refuses."""
        try:
            self._requests.send(request)
            if not self._requests.poll(_ANSWER_S):
                raise Failure("the JACK server does not answer")
            answer = self._requests.recv()
        except (EOFError, OSError):
            raise Failure(GONE) from None
        if answer.lost > self._lost:
            _LOG.warning("JACK: %d messages were lost, being read too late.", answer.lost - self._lost)
            self._lost = answer.lost
        if answer.refused:
            raise RefusedError(answer.refused)
        return answer.value

    def send(self, port: int, at_s: float, data: bytes) -> None:
        """Hand over a message that is due at `at_s`."""
        # Of a process that ends, the pipe may take messages yet when its other pipe is closed already.
        if self._closed or self._ended:
            raise Failure(GONE)
        try:
            os.write(self._leaving.fileno(), pack_message(port, at_s, data))
        except BlockingIOError:
            raise Failure("the JACK server takes no more messages") from None
        except OSError:  # the pipe is broken
            raise self._gone() from None

    def receive(self) -> list[Record]:
        """All that came in since the last call."""
        if self._closed:
            raise Failure(GONE)
        records: list[Record] = []
        while self._ready.poll(0):  # cheaper than a read that fails
            if not (data := os.read(self._arrived.fileno(), _READ_BYTES)):
                raise self._gone()
            records += unpack(data)
        for record in records:
            if isinstance(record, Period):
                self.period_s = record.seconds
        return records

    def _gone(self) -> Failure:
        """What to say: its last words, if it had any."""
        self._ended = True
        with suppress(EOFError, OSError):
            if self._requests.poll():
                return Failure(f"the JACK process broke: {self._requests.recv().refused}")
        return Failure(GONE)

    def close(self) -> None:
        """End the process, by force if it must be. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        for pipe in (self._requests, self._arrived, self._leaving):
            pipe.close()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _make_wide(pipe: "Connection[Any, Any]") -> None:
    """A pipe nobody waits on, with room for minutes of the densest playing where the system grants it."""
    import fcntl

    os.set_blocking(pipe.fileno(), False)
    with suppress(OSError):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def start_jack_process(order: JackRequest) -> JackProcess:
    """Start the process, and let it be a client. Raises NoServerError."""
    process = JackProcess()
    try:
        return process.open(order)
    except BaseException:
        process.close()
        raise


def connections(process: Process, ours: Sequence[str]) -> tuple[PortConnection, ...]:
    """What is connected to ports of ours, an output and an input each."""
    found: tuple[PortConnection, ...] = process.ask(Request("ties", ports=tuple(ours)))
    return found


def connect_ports(process: Process, output: str, into: str) -> bool:
    """Connect two ports; whether they are."""
    try:
        process.ask(Request("tie", output, into))
    except RefusedError:
        return False
    return True


def jack_loads() -> bool:
    """Whether JACK-Client is there, with JACK's library."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import jack  # noqa: F401
    except (ImportError, OSError):
        return False
    return True
