"""Everyone who is connected to the panel: what the daemon says goes to all, what a page asks to the daemon.

Keeps what a page that is loaded anew must be told. Runs in one thread; never waits.
"""

import json
from collections import deque
from collections.abc import Callable

from antiphon.stage.panel.client import Client
from antiphon.stage.panel.order import FORGET, HELLO, MOST_PAST, OLD, ONE, PAST, STATE

MOST_CLIENTS = 16


class Hub:
    """`ask` passes a request on to the daemon, `now_s` reads the daemon's clock."""

    def __init__(self, ask: Callable[[bytes], None], now_s: Callable[[], float]) -> None:
        self._ask, self.now_s = ask, now_s
        self._clients: dict[int, Client] = {}
        self._count = 0
        self._hello = "{}"
        self._state: str | None = None
        self._past: deque[str] = deque(maxlen=MOST_PAST)

    @property
    def full(self) -> bool:
        return len(self._clients) >= MOST_CLIENTS

    @property
    def playing(self) -> bool:
        """Whether the daemon has said how the music stands."""
        return self._state is not None

    def take(self, data: bytes) -> None:
        """A message of the daemon, as `order` says."""
        kind, text = data[:1], data[1:].decode()
        if kind == HELLO:
            self._hello = text
        elif kind == FORGET:
            self._past.clear()
        elif kind == OLD:
            self._past.append(text)
        elif kind == ONE:
            number, _, text = text.partition(" ")
            if (client := self._clients.get(int(number))) is not None:
                client.tell(text)
        else:
            if kind == STATE:
                self._state = text
            elif kind == PAST:
                self._past.append(text)
            for client in self._clients.values():
                client.tell(text)

    def join(self) -> Client:
        """A page comes; the first it is told is hello, with what was."""
        self._count += 1
        client = self._clients[self._count] = Client(self._count)
        past = [*self._past, *([] if self._state is None else [self._state])]
        client.tell(f'{self._hello.rstrip().removesuffix("}")}, "history": [{", ".join(past)}]}}')
        if self._state is not None:
            client.tell(self._state)
        return client

    def leave(self, client: Client) -> None:
        """A page is gone: the keys that it held come up."""
        self._clients.pop(client.number, None)
        for note in client.let_go(self.now_s()):
            self._pass_on(note)

    def hear(self, client: Client, text: str) -> None:
        """A page says something. Raises Hostile where it says too much."""
        try:
            asked = client.hear(text, self.now_s())
        except ValueError as mistake:
            client.tell(json.dumps({"type": "error", "message": str(mistake)}))
            return
        if asked is not None:
            self._pass_on(asked)

    def _pass_on(self, asked: dict[str, object]) -> None:
        self._ask(json.dumps(asked).encode())
