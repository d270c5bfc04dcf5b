"""The process that is JACK's client, without process and without JACK: ports of others that come and go."""

from antiphon.errors import Failure
from antiphon.stage.ports.jack.client import Survey
from antiphon.stage.ports.jack.messages import Message


class FakeJack:
    """`sources` and `sinks` are the ports of others; `arriving` what `receive` gives next; `hangs`: it
    answers no more."""

    def __init__(self, sources=(), sinks=(), period_s=0.004, real_time=True):
        self.real_time = real_time
        self.sources, self.sinks, self.period_s = list(sources), list(sinks), period_s
        self.name, self.transport_bpm = "", None
        self.titles, self.connections, self.sent, self.arriving = [], set(), [], []
        self.gone = self.closed = self.hangs = False
        self.seen, self.waited = Survey(), []

    def __call__(self, order):
        self.order, self.transport_bpm = order, order.transport_bpm
        self.name = f"{order.client_name}-2"
        self.look(())
        return self

    def add_port(self, is_input, title):  # noqa: ARG002
        self._there()
        self.titles.append(title)
        return len(self.titles) - 1

    def connect(self, output, into):
        self._there()
        if {output, into} & {*self.sources, *self.sinks}:
            self.connections.add((output, into))

    def look(self, ours):
        self._there()
        if self.hangs:
            return False
        connected = tuple(pair for pair in sorted(self.connections) if set(pair) & set(ours))
        self.seen = Survey(tuple(self.sources), tuple(self.sinks), connected)
        return True

    def play(self, title, at_s, *data, at_start=False):
        """Let a message come in on one of our ports."""
        self.arriving.append(Message(self.titles.index(title), at_s, bytes(data), at_start))

    def send(self, port, at_s, data):
        self._there()
        self.sent.append((self.titles[port], at_s, list(data)))

    def wait(self, seconds):
        self.waited.append(seconds)

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
