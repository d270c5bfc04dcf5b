"""The process that is a client of JACK: it alone runs Python in JACK's real-time thread.

It says at which frame each message leaves and which moment each that came in belongs to; what the messages
mean it does not know. Started and asked by `jack_system`. The package JACK-Client is loaded here only.
"""

import gc
import os
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal

from antiphon.events import Lead
from antiphon.stage.clock import Clock, SystemClock
from antiphon.stage.jack_cycle import Pending, Timeline
from antiphon.stage.jack_records import LONGEST, RECORD_BYTES, Message, Period, pack, pack_message, unpack
from antiphon.stage.jack_transport import BarsBeats, Position, TransportReader
from antiphon.stage.priority import raise_priority

# The thread of JACK gets the interpreter from the one that answers within this time.
_SWITCH_S = 0.0001
_READ_BYTES = 1024 * RECORD_BYTES
# A pipe takes so much in one piece, or nothing; the system's own promise (PIPE_BUF).
_PIECE = 4096 // RECORD_BYTES
_READINGS = 200  # of the clocks, a second
_DRAIN_S = 0.3
_END_S = 1  # a client whose server hangs is not waited for
_SAME_NAMES = 9
_ROLLING, _BBT, _BBT_OFFSET = 1, 0x10, 0x40  # JackTransportRolling, JackPositionBBT, JackBBTFrameOffset

What = Literal["inputs", "outputs", "listen", "play", "tie", "untie", "drain"]


@dataclass(frozen=True, slots=True)
class JackOrder:
    """What the process begins with; `transport_bpm` None: the transport is not told of."""

    client_name: str
    transport_bpm: float | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """It is a client of the server, under this name; `period_s` is the length of a cycle, and `keeps_time`
    whether the server runs at real-time priority."""

    client_name: str
    period_s: float
    keeps_time: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Ports to listen to or to send to ("inputs", "outputs"); a port of ours made, its number to be told
    ("listen", "play", `port` its short name); an output and an input joined or parted; or all that was handed
    over to be let out ("drain")."""

    what: What
    port: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused` says why not, if anything; `lost` how many messages nobody took from the pipe so far."""

    value: Any = None
    refused: str = ""
    lost: int = 0


def serve(
    order: JackOrder,
    requests: "Connection[Opened | Answer, Request]",
    arrived: "Connection[Any, Any]",
    leaving: "Connection[Any, Any]",
) -> None:
    """Be a client of JACK until `requests` closes or the server ends. `arrived` and `leaving` are pipes of
    records: what came in, to be read by whoever started this, and what is to leave, from there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whoever plays may have been sent the same signal, and has notes to close.
    signal.signal(signal.SIGTERM, lambda *_: signal.alarm(_END_S))
    sys.setswitchinterval(_SWITCH_S)
    import jack

    jack.set_error_function(lambda _: None)
    jack.set_info_function(lambda _: None)
    try:
        client = _open(jack, order.client_name)
    except jack.JackError as error:
        requests.send(Answer(refused=str(error)))
        return
    _run(jack, client, order, requests, arrived.fileno(), leaving.fileno())


def _run(
    jack: Any,
    client: Any,
    order: JackOrder,
    requests: "Connection[Opened | Answer, Request]",
    arrived: int,
    leaving: int,
) -> None:
    clock = SystemClock()

    def broken(error: Exception) -> None:
        requests.send(Answer(refused=f"unforeseen {type(error).__name__}: {error}"))
        os._exit(1)

    cycle = Cycle(clock, jack, client, arrived, leaving, broken, order.transport_bpm)
    # The server is gone or has shut us out: nothing of the library can be called any more.
    client.set_shutdown_callback(lambda *_: os._exit(0))
    client.set_process_callback(cycle.run)
    client.activate()
    raise_priority()  # whoever asks waits, and has notes to send
    gc.collect()
    gc.freeze()
    gc.disable()
    requests.send(Opened(client.name, client.blocksize / client.samplerate, client.realtime))
    try:
        while True:
            requests.send(_answer(jack, client, cycle, requests.recv()))
    except (EOFError, OSError):
        pass
    signal.alarm(_END_S)
    client.deactivate()
    client.close()


def _open(jack: Any, name: str) -> Any:
    """A client of that name, with a number behind it where another program has it."""
    for number in range(1, _SAME_NAMES):
        wanted = name if number == 1 else f"{name}-{number}"
        try:
            return jack.Client(wanted, use_exact_name=True, no_start_server=True)
        except jack.JackOpenError as error:
            # That a name is taken some servers call so, others an error of theirs.
            if error.status.server_failed:
                raise
    raise jack.JackError(f"all names from {name} to {name}-{_SAME_NAMES - 1} are taken")


def _answer(jack: Any, client: Any, cycle: "Cycle", request: Request) -> Answer:
    try:
        value = _obey(client, cycle, request)
    except jack.JackError as error:
        return Answer(refused=str(error), lost=cycle.lost)
    return Answer(value, lost=cycle.lost)


def _obey(client: Any, cycle: "Cycle", request: Request) -> Any:
    match request.what:
        case "inputs":
            return _names(client, client.get_ports(is_midi=True, is_output=True))
        case "outputs":
            return _names(client, client.get_ports(is_midi=True, is_input=True))
        case "listen":
            return cycle.listen(client.midi_inports.register(request.port))
        case "play":
            return cycle.play(client.midi_outports.register(request.port))
        case "tie":
            return client.connect(request.port, request.other)
        case "untie":
            return client.disconnect(request.port, request.other)
        case "drain":
            return cycle.drain()


def _names(client: Any, ports: list[Any]) -> tuple[str, ...]:
    """The names of the ports that are not ours."""
    return tuple(port.name for port in ports if not client.owns(port))


class Cycle:
    """What is done in each cycle of JACK: `run`, in JACK's thread. All else is for the thread that answers.

    `broken` is called for what should never happen, in JACK's thread.
    """

    def __init__(
        self,
        clock: Clock,
        jack: Any,
        client: Any,
        arrived: int,
        leaving: int,
        broken: Callable[[Exception], None],
        transport_bpm: float | None = None,
    ) -> None:
        self._clock, self._jack, self._client = clock, jack, client
        self._arrived, self._leaving, self._broken = arrived, leaving, broken
        self._timeline = Timeline(client.samplerate)
        self._transport = None if transport_bpm is None else TransportReader(client.samplerate, transport_bpm)
        self._frames = 0
        self._first = -1  # frame of this cycle, by the server's counter
        self._unread = 0  # frames until the clocks are read again
        self._placed = False  # whether the timeline is in this cycle
        self._handed = select.poll()  # cheaper to ask than a read that fails
        self._handed.register(leaving, select.POLLIN)
        self._number = 0  # of ports so far
        # Replaced whole when a port is added: the other thread sees the old or the new.
        self._inputs: tuple[tuple[int, Any], ...] = ()
        self._outputs: tuple[tuple[Any, Pending], ...] = ()
        self._pending: dict[int, Pending] = {}
        self._done = 0
        self.lost = 0

    def listen(self, port: Any) -> int:
        number = self._next_number()
        self._inputs = (*self._inputs, (number, port))
        return number

    def play(self, port: Any) -> int:
        number = self._next_number()
        pending = Pending()
        self._pending[number] = pending
        self._outputs = (*self._outputs, (port, pending))
        return number

    def _next_number(self) -> int:
        self._number += 1
        return self._number - 1

    def drain(self) -> None:
        """Wait until all that was handed over has left and was read; not for ever."""
        limit_s = self._clock.now_s() + _DRAIN_S
        self._pass_cycles(2, limit_s)  # what is still in the pipe
        while any(self._pending.values()) and self._clock.now_s() < limit_s:
            self._pass_cycles(1, limit_s)
        self._pass_cycles(2, limit_s)

    def _pass_cycles(self, number: int, limit_s: float) -> None:
        until = self._done + number
        while self._done < until and (now_s := self._clock.now_s()) < limit_s:
            self._clock.wait_until_s(now_s + 0.001, exactly=False)

    def run(self, frames: int) -> None:
        """One cycle of so many frames."""
        try:
            self._run(frames)
        except Exception as error:
            self._broken(error)

    def _run(self, frames: int) -> None:
        client = self._client
        first = client.last_frame_time
        if first == self._first:  # called again for the same cycle, as a server does that was held up
            return
        self._first, self._placed = first, False
        self._unread -= frames
        if self._unread <= 0:
            self._unread = client.samplerate // _READINGS
            since = client.frames_since_cycle_start
            self._timeline.observe(self._clock.now_s(), since, first)
            self._placed = True
        self._take()
        for port, pending in self._outputs:
            port.clear_buffer()
            if pending:
                self._write(port, pending, frames)
        records = [
            pack_message(number, self._here().moment_s(offset), bytes(data))
            for number, port in self._inputs
            for offset, data in port.incoming_midi_events()
            if len(data) <= LONGEST
        ]
        if frames != self._frames:
            self._frames = frames
            records.append(pack(Period(frames / client.samplerate)))
        if self._transport is not None and (lead := self._lead(self._transport, frames)) is not None:
            records.append(pack(lead))
        if records:
            self._tell(records)
        self._done += 1

    def _here(self) -> Timeline:
        """The timeline, gone on to this cycle."""
        if not self._placed:
            self._timeline.move(self._first)
            self._placed = True
        return self._timeline

    def _take(self) -> None:
        """What was handed over since the last cycle."""
        if not self._handed.poll(0):
            return
        for record in unpack(os.read(self._leaving, _READ_BYTES)):
            if isinstance(record, Message) and (pending := self._pending.get(record.port)) is not None:
                pending.add(record.at_s, record.data)

    def _write(self, port: Any, pending: Pending, frames: int) -> None:
        written = 0
        while (due := pending.first(self._here(), frames, written)) is not None:
            written, message = due
            try:
                port.write_midi_event(written, message)
            except self._jack.JackError:  # the buffer is full: in the next cycle, then
                return
            pending.done()

    def _tell(self, records: list[bytes]) -> None:
        for first in range(0, len(records), _PIECE):
            piece = records[first : first + _PIECE]
            try:
                os.write(self._arrived, b"".join(piece))
            except BlockingIOError:
                self.lost += len(piece)
            except BrokenPipeError:  # the other thread learns of it, too, and ends this
                return

    def _lead(self, transport: TransportReader, frames: int) -> Lead | None:
        return transport.feed(self._here().moment_s(0), self._position(), frames)

    def _position(self) -> Position:
        state, position = self._client.transport_query_struct()
        bars = None
        if position.valid & _BBT:
            late = position.bbt_offset if position.valid & _BBT_OFFSET else 0
            bars = BarsBeats(
                position.bar,
                position.beat,
                position.tick,
                position.ticks_per_beat,
                position.beats_per_bar,
                position.beat_type,
                position.beats_per_minute,
                late,
            )
        return Position(state == _ROLLING, position.frame, bars)
