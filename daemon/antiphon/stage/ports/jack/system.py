"""JACK through a process of its own, exact to the frame where the server runs in real time.

A message is handed over before its moment and leaves on the frame of that moment; what comes in is stamped
with the moment of its frame. A server that is not a real-time one tells wrong frames: there a message leaves
at the first frame of the next cycle. A server that ends raises Failure here, and never holds anybody up.
"""

from collections import deque
from collections.abc import Sequence

from antiphon.events import Lead
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.jack.client import Process, RefusedError
from antiphon.stage.ports.jack.messages import Message, StampGrain
from antiphon.stage.ports.system import Arrived, Listing, NoServerError

# A message must be there when the cycle of its frame begins, a period before that frame at most. Handing it
# over takes some 20 µs; the rest is for a sending thread that is woken late, as one is among busy ones.
MARGIN_S = 0.0015
# With longer periods than this leaves room for, notes begin late: an answer must yield to who plays.
MOST_AHEAD_S = 0.05
_CLOCK = 0xF8  # MIDI clock's messages begin here


class JackDevice:
    """One port of ours."""

    def __init__(self, process: Process, title: str, is_input: bool) -> None:
        self._process, self._title, self._is_input = process, title, is_input
        try:
            self.number = process.add_port(is_input, title)
        except RefusedError as error:
            raise NoServerError(str(error)) from None
        self._arrived: deque[Arrived] = deque()
        self._grain = StampGrain()

    def get_ports(self) -> list[str]:
        return list(self._process.seen.inputs if self._is_input else self._process.seen.outputs)

    def open_virtual(self) -> None:
        """A port is there once it is made."""

    def connect(self, theirs: str) -> None:
        ours = f"{self._process.name}:{self._title}"
        self._process.connect(*((theirs, ours) if self._is_input else (ours, theirs)))

    def is_connected(self, theirs: str) -> bool:  # noqa: ARG002
        """A patch bay may have disconnected them on purpose; that is not ours to mend."""
        return True

    def keep(self, message: Message) -> None:
        """A message came in on this port."""
        coarse = message.data[0] >= _CLOCK and self._grain.is_coarse(message.at_start)
        self._arrived.append((message.data, message.at_s, self._process.period_s if coarse else 0.0))

    def receive(self) -> Arrived | None:
        return self._arrived.popleft() if self._arrived else None

    def send(self, message: bytes, at_s: float) -> None:
        self._process.send(self.number, at_s, message)

    def close_port(self) -> None:
        """The other port is gone, and the connection with it."""


class JackSystem:
    """JACK, through a process that is its client."""

    api = "jack"
    errors: type[Exception] = RefusedError

    def __init__(self, process: Process) -> None:
        self._process = process
        self._inputs: dict[int, JackDevice] = {}
        self._ours: list[str] = []

    @property
    def ahead_s(self) -> float:
        """How long before its moment a message should be handed over, in seconds."""
        return min(self._process.period_s + MARGIN_S, MOST_AHEAD_S) if self._process.real_time else 0.0

    def listing(self) -> Listing:
        """As seen when the client was made."""
        return Listing(self.api, self._process.seen.inputs, self._process.seen.outputs)

    def free_name(self, client: str) -> str:  # noqa: ARG002 - it was asked for when the process began
        return self._process.name

    def port_name(self, client: str, title: str) -> str:
        return f"{client}:{title}"

    def input(self, client: str, title: str, clocked: bool) -> JackDevice:  # noqa: ARG002 - all is heard
        device = self._device(client, title, is_input=True)
        self._inputs[device.number] = device
        return device

    def output(self, client: str, title: str) -> JackDevice:
        return self._device(client, title, is_input=False)

    def _device(self, client: str, title: str, is_input: bool) -> JackDevice:
        self._ours.append(self.port_name(client, title))
        return JackDevice(self._process, title, is_input)

    def look(self) -> bool:
        return self._process.look(self._ours)

    def poll(self) -> Sequence[Lead]:
        leads = []
        for record in self._process.receive():
            if isinstance(record, Lead):
                leads.append(record)
            elif isinstance(record, Message) and record.port in self._inputs:
                self._inputs[record.port].keep(record)
        return leads

    def wait(self, seconds: float) -> bool:
        self._process.wait(seconds)
        return True

    def connections(self, ours: Sequence[str]) -> tuple[PortConnection, ...]:
        return tuple(pair for pair in self._process.seen.connections if not set(ours).isdisjoint(pair))

    def connect(self, output: str, into: str) -> None:
        self._process.connect(output, into)

    def close(self) -> None:
        self._process.close()
