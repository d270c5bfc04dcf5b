"""The process that is JACK's client, without process and without JACK: ports of others that come and go."""

from antiphon.errors import Failure
from antiphon.stage.ports.jack.client import RefusedError
from antiphon.stage.ports.jack.messages import Message


class FakeJack:
    """`sources` and `sinks` are the ports of others; `arriving` what `receive` gives next."""

    def __init__(self, sources=(), sinks=(), period_s=0.004, exact=True):
        self.exact = exact
        self.sources, self.sinks, self.period_s = list(sources), list(sinks), period_s
        self.name, self.transport_bpm = "", None
        self.titles, self.connections, self.sent, self.arriving = [], set(), [], []
        self.gone = self.closed = False

    def __call__(self, order):
        self.order, client_name, transport_bpm = order, order.client_name, order.transport_bpm
        self.name, self.transport_bpm = f"{client_name}-2", transport_bpm
        return self

    def ask(self, request):
        self._there()
        match request.what:
            case "inputs":
                return tuple(self.sources)
            case "outputs":
                return tuple(self.sinks)
            case "listen" | "play":
                self.titles.append(request.port)
                return len(self.titles) - 1
            case "tie":
                if not {request.port, request.other} & {*self.sources, *self.sinks}:
                    raise RefusedError("no such port")
                self.connections.add((request.port, request.other))
            case "ties":
                return tuple(
                    connect_ports
                    for connect_ports in sorted(self.connections)
                    if set(connect_ports) & set(request.ports)
                )
            case "untie":
                self.connections.discard((request.port, request.other))
        return None

    def play(self, title, at_s, *data):
        """Let a message come in on one of our ports."""
        self.arriving.append(Message(self.titles.index(title), at_s, bytes(data)))

    def send(self, port, at_s, data):
        self._there()
        self.sent.append((self.titles[port], at_s, list(data)))

    def receive(self):
        self._there()
        arrived, self.arriving = self.arriving, []
        return arrived

    def close(self):
        self.closed = True

    def _there(self):
        assert not self.closed
        if self.gone:
            raise Failure("the JACK server is gone")
