"""JACK through a process of its own: what `MidiSystem` is for python-rtmidi, exact to the frame.

A message is handed over before its moment and leaves on the frame of that moment; what comes in is stamped
with the moment of its frame. A server that ends raises Failure here, and never holds anybody up.
"""

import logging
import os
import select
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, Protocol

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.stage.clock import Clock
from antiphon.stage.jack_process import JackOrder, Opened, Request, What, serve
from antiphon.stage.jack_records import RECORD_BYTES, Message, Period, Record, pack_message, unpack
from antiphon.stage.midi_system import NoServerError, quiet

_PIPE_BYTES = 1 << 20
_READ_BYTES = 4096 * RECORD_BYTES
_START_S, _ANSWER_S, _END_S = 10.0, 2.0, 2.0
# A message must be there when the cycle of its frame begins, a period before that frame at most. Handing it
# over takes some 20 µs; the rest is for a sending thread that is woken late, as one is among busy ones.
MARGIN_S = 0.0015
# With longer periods than this leaves room for, notes begin late: an answer must yield to who plays.
MOST_AHEAD_S = 0.05
GONE = "the JACK server is gone"
_LOG = logging.getLogger("antiphon")


class RefusedError(Exception):
    """JACK does not do it: the port went, or is another's."""


class Process(Protocol):
    """What `JackSystem` needs of the process that is JACK's client."""

    name: str
    period_s: float
    keeps_time: bool

    def ask(self, request: Request) -> Any: ...

    def send(self, port: int, at_s: float, data: bytes) -> None: ...

    def receive(self) -> list[Record]: ...

    def close(self) -> None: ...


class JackProcess:
    """The process that is JACK's client, from here: `name` is what it is called, `period_s` JACK's cycle.

    `transport_bpm`: tell where the transport is, at this tempo where it has none. Raises NoServerError where
    no server answers; every later method raises Failure once the server is gone.
    """

    def __init__(self, client_name: str, transport_bpm: float | None = None) -> None:
        context = get_context("spawn")
        self._requests, requests = context.Pipe()
        self._arrived, arrived = context.Pipe(duplex=False)
        leaving, self._leaving = context.Pipe(duplex=False)
        for pipe in (self._arrived, arrived, leaving, self._leaving):
            _make_wide(pipe)
        order = JackOrder(client_name, transport_bpm)
        self._process = context.Process(
            target=serve, args=(order, requests, arrived, leaving), name="antiphon-jack", daemon=True
        )
        self._closed, self._lost = False, 0
        self._ready = select.poll()
        self._ready.register(self._arrived.fileno(), select.POLLIN)
        with quiet():  # libjack prints to stderr
            self._process.start()
        for pipe in (requests, arrived, leaving):  # the process alone holds them now, so that its end is seen
            pipe.close()
        try:
            opened = self._opened()
        except BaseException:
            self.close()
            raise
        self.name, self.period_s = opened.client_name, opened.period_s
        self.keeps_time = opened.keeps_time

    def _opened(self) -> Opened:
        with suppress(EOFError, OSError):
            if self._requests.poll(_START_S):
                answer = self._requests.recv()
                if isinstance(answer, Opened):
                    return answer
                raise NoServerError(str(answer.refused))
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
        if self._closed:
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


@dataclass(slots=True)
class JackDevice:
    """One port of ours."""

    system: "JackSystem"
    title: str
    number: int
    is_input: bool
    tied: str | None = None
    arrived: deque[tuple[bytes, float]] = field(default_factory=deque)

    def get_ports(self) -> list[str]:
        """The ports of others that it could be tied to."""
        return list(self.system.process.ask(Request("inputs" if self.is_input else "outputs")))

    def close_port(self) -> None:
        """Untie it, once all that was handed over has left."""
        with suppress(Failure, RefusedError):  # the server is gone; the other port is
            self.system.process.ask(Request("drain"))
            if self.tied is not None:
                self.system.process.ask(Request("untie", *self.ends(self.tied)))
        self.tied = None

    def ends(self, theirs: str) -> tuple[str, str]:
        """The output and the input of a tie to their port."""
        ours = f"{self.system.process.name}:{self.title}"
        return (theirs, ours) if self.is_input else (ours, theirs)

    def delete(self) -> None:
        """All ports go with the client, in `JackSystem.close`."""


class JackSystem:
    """JACK, through a process that is its client."""

    api = "jack"
    errors: type[Exception] = RefusedError

    def __init__(self, process: Process) -> None:
        self.process = process
        self._inputs: dict[int, JackDevice] = {}
        self._leads: list[Lead] = []

    @property
    def ahead_s(self) -> float:
        """How long before its moment a message should be handed over, in seconds."""
        return min(self.process.period_s + MARGIN_S, MOST_AHEAD_S)

    def free_name(self, client: str) -> str:  # noqa: ARG002 - it was asked for when the process began
        return self.process.name

    def client_of(self, client: str, port: str) -> str:  # noqa: ARG002 - there is one client
        return port

    def source(self, title: str, clocked: bool = False) -> JackDevice:  # noqa: ARG002 - all is heard
        device = self._device("listen", title)
        self._inputs[device.number] = device
        return device

    def sink(self, title: str) -> JackDevice:
        return self._device("play", title)

    def _device(self, what: What, title: str) -> JackDevice:
        number = self.process.ask(Request(what, title))
        return JackDevice(self, title, number, is_input=what == "listen")

    def open_virtual(self, device: JackDevice, port: str) -> None:
        """A port is there once it is made."""

    def connect(self, device: JackDevice, port: str, theirs: str, number: int) -> None:  # noqa: ARG002
        self.process.ask(Request("tie", *device.ends(theirs)))
        device.tied = theirs

    def still_tied(self, client: str, port: str, theirs: str) -> bool:  # noqa: ARG002
        """A patch bay may have parted them on purpose; that is not ours to mend."""
        return True

    def send(self, device: JackDevice, message: bytes, at_s: float) -> None:
        self.process.send(device.number, at_s, message)

    def gather(self) -> None:
        for record in self.process.receive():
            if isinstance(record, Lead):
                self._leads.append(replace(record, by="jack"))
            elif isinstance(record, Message) and record.port in self._inputs:
                self._inputs[record.port].arrived.append((record.data, record.at_s))

    def receive(self, device: JackDevice) -> tuple[bytes, float | None] | None:
        return device.arrived.popleft() if device.arrived else None

    def leads(self) -> list[Lead]:
        """Where the transport was, since the last call."""
        leads, self._leads = self._leads, []
        return leads

    def close(self) -> None:
        self.process.close()


class JackTransport:
    """Where JACK's transport is, for those whose MIDI is elsewhere; at `bpm` where it has no tempo.

    Raises Failure, saying what to do, where no JACK server answers, and once it is gone.
    """

    def __init__(self, clock: Clock, bpm: float, client_name: str = "antiphon") -> None:  # noqa: ARG002
        if not jack_loads():
            raise Failure(
                "JACK's transport needs libjack and the package JACK-Client: pip install JACK-Client"
            )
        try:
            self._process = JackProcess(client_name, bpm)
        except NoServerError as error:
            raise Failure(f"no JACK server answers ({error}); start jackd or choose another source") from None

    def poll(self) -> list[Lead]:
        """What was told since the last call; moments are those of `SystemClock`."""
        return [record for record in self._process.receive() if isinstance(record, Lead)]

    def close(self) -> None:
        self._process.close()


def jack_loads() -> bool:
    """Whether JACK-Client is there, with JACK's library."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        import jack  # noqa: F401
    except (ImportError, OSError):
        return False
    return True
