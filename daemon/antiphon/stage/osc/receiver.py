"""Reads OSC packets in a thread of its own and hands on what they ask for. Does nothing of it."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from threading import Thread

from antiphon.errors import WrongUse
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.pace import Pace
from antiphon.stage.osc.packets import LONGEST_BYTES, messages_of
from antiphon.stage.osc.requests import Request, TellAll, request_of

# More packets than this are left to the system, which drops what it has no room for.
MOST_PACKETS, WITHIN_S = 100, 0.1
_LOOK_S, _END_S = 0.1, 1.0

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Came:
    """A request, when it came, and from where."""

    at_s: float
    request: Request
    sender: Address


class Receiver:
    """Hands requests on through `requests`; while nobody reads them there, it waits.

    `refuse` is told of what is wrong, and by whom. `status_asked` is told who wants to know everything.
    `wrote` is told who sent a message that was understood, and when.
    """

    def __init__(
        self,
        listening: socket.socket,
        requests: "Connection[Came, None]",
        clock: Clock,
        refuse: Callable[[str, Address], None],
        status_asked: Callable[[Address], None],
        wrote: Callable[[Address, float], None],
    ) -> None:
        self._socket, self._requests, self._clock = listening, requests, clock
        self._refuse, self._status_asked, self._wrote = refuse, status_asked, wrote
        self._pace, self._over = Pace(MOST_PACKETS, WITHIN_S), False
        listening.settimeout(_LOOK_S)
        self._thread = Thread(target=self._read, name="osc-in", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Stop reading. The other end of `requests` must be closed: it may wait there."""
        self._over = True
        self._thread.join(_END_S)
        self._requests.close()

    def _read(self) -> None:
        while not self._over:
            try:
                packet, (host, port) = self._socket.recvfrom(LONGEST_BYTES + 1)
            except OSError:  # nothing came; or on Windows, an earlier receiver is gone
                continue
            now_s = self._clock.now_s()
            try:
                self._take_in(packet, (host, port), now_s)
            except OSError:  # nobody reads any more
                return
            if not self._pace.allows(now_s):
                self._clock.wait_until_s(self._pace.next_s, exactly=False)

    def _take_in(self, packet: bytes, sender: Address, now_s: float) -> None:
        try:
            requests = [request_of(message) for message in messages_of(packet)]
        except WrongUse as mistake:
            self._refuse(mistake.message, sender)
            return
        except Exception as error:
            # The thread must not end because of a packet.
            self._refuse(f"unexpected {type(error).__name__}: {error}", sender)
            return
        self._wrote(sender, now_s)
        for request in requests:
            if isinstance(request, TellAll):
                self._status_asked(sender)
            elif request is not None:
                self._requests.send(Came(now_s, request, sender))
