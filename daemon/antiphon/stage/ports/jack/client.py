"""The process that is JACK's client, seen from the process that plays: what is asked of it, and its pipes."""

import logging
import os
import select
import signal
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, NamedTuple, Protocol, Self

from antiphon.errors import Failure
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.jack.channel import Channel
from antiphon.stage.ports.jack.messages import JackRecord, Period, unpack
from antiphon.stage.ports.jack.records import RECORD_BYTES, pack_message
from antiphon.stage.ports.jack.spawn import make_wide, spawn
from antiphon.stage.ports.system import NoServerError

_READ_BYTES = 4096 * RECORD_BYTES
_START_S, _ANSWER_S, _END_MS = 10.0, 2.0, 2000
GONE = "the JACK server is gone"
_LOG = logging.getLogger("antiphon")


class RefusedError(Exception):
    """JACK does not do it: the port went, or is another's."""


@dataclass(frozen=True, slots=True)
class JackOrder:
    """Which client of JACK to become.

    transport_bpm   the transport is followed, at this tempo where it has none; None: it is not
    insist          that very name, which a process that has ended may have for a moment yet
    """

    client_name: str
    transport_bpm: float | None = None
    insist: bool = False


class Survey(NamedTuple):
    """The ports of others to listen to and to send to, and the connections of ours."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    connections: tuple[PortConnection, ...] = ()


class Process(Protocol):
    """What `JackSystem` needs of the process that is JACK's client."""

    name: str
    period_s: float
    real_time: bool
    seen: Survey

    def add_port(self, is_input: bool, title: str) -> int:
        """Make a port of ours; gives its number. Raises RefusedError where JACK refuses."""
        ...

    def connect(self, output: str, into: str) -> None:
        """Let two ports be connected, if they are there. Does not wait until they are."""
        ...

    def look(self, ours: Sequence[str]) -> bool:
        """Ask for a survey, with the connections of `ours`. Never waits; True: `seen` is a new one."""
        ...

    def send(self, port: int, at_s: float, data: bytes) -> None: ...

    def receive(self) -> list[JackRecord]: ...

    def wait(self, seconds: float) -> None: ...

    def close(self) -> None: ...


StartJack = Callable[[JackOrder], Process]


class JackProcess:
    """The process that can be JACK's client, from here; it is one once `open` has found a server.

    `name` is then what it is called, `period_s` JACK's cycle, `real_time` whether the server keeps time, and
    `seen` the last survey. Every later method raises Failure once the server is gone.
    """

    def __init__(self) -> None:
        self.name, self.period_s, self.real_time, self.seen = "", 0.0, False, Survey()
        self._start()

    def _start(self) -> None:
        import socket

        ours, theirs = socket.socketpair()
        self._channel = Channel(ours.detach())
        self._arrived, arrived = os.pipe()
        leaving, self._leaving = os.pipe()
        for pipe in (self._arrived, arrived, leaving, self._leaving):
            make_wide(pipe)
        self._pid = spawn(theirs.fileno(), arrived, leaving)
        # The process alone holds them now, so that its end is seen.
        theirs.close()
        os.close(arrived)
        os.close(leaving)
        self._closed, self._ended, self._lost = False, False, 0
        self._asked: deque[str] = deque()  # and not answered yet
        self._ready = select.poll()
        self._ready.register(self._arrived, select.POLLIN)

    def open(self, order: JackOrder) -> Self:
        """Become a client; gives itself. Raises NoServerError where no server answers: try again, then."""
        if self._closed:
            self._start()
        self.name, self.period_s, self.real_time, seen = self._opened(order)
        self.seen = Survey(*seen)
        return self

    def _opened(self, order: JackOrder) -> tuple[str, float, bool, tuple[Any, ...]]:
        with suppress(EOFError, OSError):
            self._channel.send((order.client_name, order.transport_bpm, order.insist))
            answer = self._channel.receive(_START_S)
            if isinstance(answer, tuple):
                return answer
            if isinstance(answer, str):
                raise NoServerError(answer)
        self.close()
        raise NoServerError("the process for JACK did not start")

    def add_port(self, is_input: bool, title: str) -> int:
        """Make a port of ours; gives its number. Raises RefusedError where JACK refuses."""
        what = "input" if is_input else "output"
        self._ask(what, title)
        number, refused = 0, ""
        while self._asked:
            if (answer := self._answered(_ANSWER_S)) is None:
                raise Failure("the JACK server does not answer")
            number, refused = answer
        if refused:
            raise RefusedError(refused)
        return number

    def connect(self, output: str, into: str) -> None:
        self._ask("connect", output, into)

    def look(self, ours: Sequence[str]) -> bool:
        before = self.seen
        while self._asked and self._answered(0) is not None:
            pass
        if self.seen is before and "survey" not in self._asked:
            self._ask("survey", *ours)
        return self.seen is not before

    def _ask(self, what: str, *names: str) -> None:
        try:
            self._channel.send((what, *names))
        except OSError:
            raise self._gone() from None
        self._asked.append(what)

    def _answered(self, within_s: float) -> tuple[Any, str] | None:
        """The next answer, its value and why it was refused; None if it does not come in time."""
        try:
            answer = self._channel.receive(within_s)
        except (EOFError, OSError):
            raise self._gone() from None
        if answer is None:
            return None
        value, refused, lost = answer
        if self._asked.popleft() == "survey" and not refused:
            self.seen = Survey(*value)
        if lost > self._lost:
            _LOG.warning("JACK: %d messages were lost: they were read too late.", lost - self._lost)
            self._lost = lost
        return value, refused

    def send(self, port: int, at_s: float, data: bytes) -> None:
        """Hand over a message that is due at `at_s`."""
        # Of a process that ends, the pipe may take messages yet when its other pipe is closed already.
        if self._closed or self._ended:
            raise Failure(GONE)
        try:
            os.write(self._leaving, pack_message(port, at_s, data))
        except BlockingIOError:
            raise Failure("the JACK server takes no more messages") from None
        except OSError:  # the pipe is broken
            raise self._gone() from None

    def receive(self) -> list[JackRecord]:
        """All that came in since the last call."""
        if self._closed:
            raise Failure(GONE)
        records: list[JackRecord] = []
        while self._ready.poll(0):  # cheaper than a read that fails
            if not (data := os.read(self._arrived, _READ_BYTES)):
                raise self._gone()
            records += unpack(data)
        for record in records:
            if isinstance(record, Period):
                self.period_s = record.seconds
        return records

    def wait(self, seconds: float) -> None:
        """Wait so long, or until something came in or the process ended."""
        if not self._closed:
            select.select([self._arrived], (), (), max(0.0, seconds))

    def _gone(self) -> Failure:
        """What to say: the last that it said, if that was a failure of its own."""
        self._ended = True
        with suppress(EOFError, OSError):
            while (answer := self._channel.receive(0)) is not None:
                if answer[0] is None and answer[1].startswith("unexpected"):
                    return Failure(f"the JACK process broke: {answer[1]}")
        return Failure(GONE)

    def close(self) -> None:
        """Let it end what sounds and end, by force if it must be. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._channel.close()
        os.close(self._leaving)
        # Its end of this pipe closes when it ends.
        while ending := self._ready.poll(_END_MS):
            if not os.read(self._arrived, _READ_BYTES):
                break
        if not ending:
            os.kill(self._pid, signal.SIGKILL)
        os.close(self._arrived)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def start_jack_process(order: JackOrder) -> JackProcess:
    """Start the process, and let it be a client. Raises NoServerError."""
    process = JackProcess()
    try:
        return process.open(order)
    except BaseException:
        process.close()
        raise


def jack_installed() -> bool:
    """Whether the package JACK-Client is there, on a system where it is used."""
    return sys.platform.startswith("linux") and find_spec("jack") is not None
