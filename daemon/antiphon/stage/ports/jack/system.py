"""JACK through a process of its own: what `MidiSystem` is for python-rtmidi, exact to the frame.

A message is handed over before its moment and leaves on the frame of that moment; what comes in is stamped
with the moment of its frame. A server that ends raises Failure here, and never holds anybody up.
"""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from antiphon.errors import Failure
from antiphon.events import Lead
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.jack import client as jack_client
from antiphon.stage.ports.jack.client import Process, RefusedError, jack_loads
from antiphon.stage.ports.jack.messages import JackRequest, Message, Request, What
from antiphon.stage.ports.rtmidi import Listing, MidiSystem, NoServerError

# A message must be there when the cycle of its frame begins, a period before that frame at most. Handing it
# over takes some 20 µs; the rest is for a sending thread that is woken late, as one is among busy ones.
MARGIN_S = 0.0015
# With longer periods than this leaves room for, notes begin late: an answer must yield to who plays.
MOST_AHEAD_S = 0.05
INSIST_S, _AGAIN_S = 1.0, 0.05
_BOTH: tuple[What, What] = ("inputs", "outputs")


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
        self.gone = False
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

    def port_name(self, client: str, port: str) -> str:
        return f"{client}:{port}"

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
        try:
            records = self.process.receive()
        except Failure:
            self.gone = True
            raise
        for record in records:
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

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        return jack_client.connections(self.process, ours)

    def connect_ports(self, output: str, into: str) -> bool:
        return jack_client.connect_ports(self.process, output, into)

    def close(self) -> None:
        self.process.close()


class PlainJack(MidiSystem):
    """JACK through python-rtmidi, which waits for ever for a server that has ended.

    `process`, a client beside it, says when that is; it also says what is connected. `insist`: under that
    very name, which one that is no more may have for a moment yet.
    """

    def __init__(self, system: MidiSystem, process: Process, clock: Clock, insist: bool) -> None:
        super().__init__(system.rtmidi, system.number)
        self._process, self._clock, self._insist = process, clock, insist

    def gather(self) -> None:
        try:
            self._process.receive()
        except Failure:
            self.gone = True
            raise

    def send(self, device: Any, message: bytes, at_s: float) -> None:
        if self.gone:
            raise Failure(jack_client.GONE)
        super().send(device, message, at_s)

    def listing(self) -> Listing:
        """As the process sees them: to make a client that looks takes long where one was just lost."""
        inputs, outputs = (self._process.ask(Request(what)) for what in _BOTH)
        return Listing(self.api, tuple(inputs), tuple(outputs))

    def free_name(self, client: str) -> str:
        until_s = self._clock.now_s() + (INSIST_S if self._insist else 0.0)
        while (name := super().free_name(client)) != client and (now_s := self._clock.now_s()) < until_s:
            self._clock.wait_until_s(now_s + _AGAIN_S, exactly=False)
        return name

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        return jack_client.connections(self._process, ours)

    def connect_ports(self, output: str, into: str) -> bool:
        return jack_client.connect_ports(self._process, output, into)

    def close(self) -> None:
        self._process.close()


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
            self._process = jack_client.start_jack_process(JackRequest(client_name, bpm))
        except NoServerError as error:
            raise Failure(f"no JACK server answers ({error}); start jackd or choose another source") from None

    def poll(self) -> list[Lead]:
        """What was told since the last call; moments are those of `SystemClock`."""
        return [record for record in self._process.receive() if isinstance(record, Lead)]

    def close(self) -> None:
        self._process.close()
