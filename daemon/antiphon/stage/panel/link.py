"""The panel as the app has it: what pages ask for is done, reports are told, its process is kept alive.

Nothing here waits for a page or for the panel's process: what cannot be sent in time is dropped, and then
everything is told anew.
"""

import json
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from queue import Empty, Full, Queue
from socket import socket
from threading import Thread
from typing import Any

from antiphon.perform.reports import Report, SettingChanged
from antiphon.stage.machine.clock import Clock
from antiphon.stage.machine.log import LOG
from antiphon.stage.machine.terminal import terminal_signals_blocked
from antiphon.stage.panel import narration, process
from antiphon.stage.panel.narration import Message, Narration
from antiphon.stage.panel.order import (
    FORGET,
    HELLO,
    KEPT_S,
    MOST_PAST,
    NOW,
    OLD,
    ONE,
    PAST,
    STATE,
    PanelOrder,
)
from antiphon.stage.panel.requests import Doer, Requests
from antiphon.stage.performance_state import PerformanceState

MOST_WAITING = 2000
MOST_AT_ONCE = 200
_END_S = 1.5
# One that dies again at once is not started more often than this.
_AGAIN_S = 1.0


@dataclass(slots=True)
class _Running:
    """One process of the panel. `waiting` are the messages for it, None for its end."""

    process: Any
    begun_s: float
    waiting: "Queue[bytes | None]" = field(default_factory=lambda: Queue(MOST_WAITING))


class PanelLink:
    """`address` is where a browser finds the panel; `up` is called once, when it answers there first.

    `state` gives the state of the performance, `models` are those that can be chosen.
    """

    def __init__(
        self,
        listening: socket,
        order: PanelOrder,
        address: str,
        clock: Clock,
        state: Callable[[], PerformanceState],
        models: Sequence[str],
        up: Callable[[], None] = lambda: None,
    ) -> None:
        self._listening, self._order, self.address, self._clock = listening, order, address, clock
        self._state, self._models, self._up = state, models, up
        # Wakes the app. Its thread alone writes to it, so a message in it is always whole.
        self.requests, self._theirs = Pipe(duplex=False)
        self._narration, self._past = Narration(), deque[tuple[float, bytes]](maxlen=MOST_PAST)
        self._told_state: tuple[object, ...] | None = None
        self._asked = Requests()
        self._lost = ""
        self._greets = False
        self._running = self._start()

    # To the panel.

    def hear(self, report: Report) -> None:
        """Tell of a report."""
        for message in self._narration.hear(report, self._state().settings):
            self._tell(message)
        self._greets = self._greets or isinstance(report, SettingChanged)

    def lose(self, why: str) -> None:
        """Nothing plays at present."""
        self._lost = why
        self._tell({"type": "lost", "why": why})

    def back(self) -> None:
        """The music goes on."""
        self._lost, self._greets = "", True
        self._tell({"type": "back"})

    def _tell(self, message: Message) -> None:
        data = json.dumps(message).encode()
        if message["type"] in narration.PAST:
            self._past.append((self._clock.now_s(), data))
            self._put(PAST + data)
        else:
            self._put(NOW + data)

    def _put(self, data: bytes) -> None:
        try:
            self._running.waiting.put_nowait(data)
        except Full:  # it reads too slowly: it begins anew
            with suppress(Empty):
                while True:
                    self._running.waiting.get_nowait()
            self._tell_all()

    def _greet(self) -> None:
        """Say what a page that comes is to be told first."""
        state = self._state()
        greeting = narration.hello(state, self._models, version("antiphon"), state.recording.trouble is None)
        self._put(HELLO + json.dumps(greeting).encode())

    def _tell_all(self) -> None:
        """Tell a process that knows nothing yet; pages that are connected keep what they know."""
        self._greet()
        forget_s = self._clock.now_s() - KEPT_S
        while self._past and self._past[0][0] < forget_s:
            self._past.popleft()
        self._put(FORGET)
        for _, data in self._past:
            self._put(OLD + data)
        self._told_state = None

    def _tell_state(self, now_s: float) -> None:
        """When something changed; the page counts the bars on by itself."""
        state = self._state()
        told = narration.state_of(state, now_s)
        bars = state.grid, state.ahead_steps, state.counting
        shown = (*(value for name, value in told.items() if name != "grid"), bars)
        if shown != self._told_state:
            self._told_state = shown
            self._put(STATE + json.dumps(told).encode())

    # From the panel.

    def poll(self, doer: Doer) -> None:
        """Do what was asked for since the last call, and see that the process is there; never waits."""
        for _ in range(MOST_AT_ONCE):
            if not self.requests.poll():
                break
            self._do(self.requests.recv_bytes(), doer)
        now_s = self._clock.now_s()
        if not self._running.process.is_alive() and now_s - self._running.begun_s >= _AGAIN_S:
            self._begin_again(now_s, doer)
        if self._greets:
            self._greets = False
            self._greet()
        self._tell_state(now_s)

    def _begin_again(self, now_s: float, doer: Doer) -> None:
        LOG.warning(
            "the panel's process ended (exit code %s); another is started", self._running.process.exitcode
        )
        self._asked.let_go(now_s, doer)
        with suppress(Full):
            self._running.waiting.put_nowait(None)
        self._running = self._start()

    def _do(self, data: bytes, doer: Doer) -> None:
        if data == process.UP:
            up, self._up = self._up, lambda: None
            up()
            return
        if (refused := self._asked.do(data, doer)) is not None:
            client, why = refused
            message = json.dumps({"type": "error", "message": why})
            self._put(ONE + f"{client} {message}".encode())

    # The process.

    def _start(self) -> _Running:
        context = get_context("spawn")
        told, ours = context.Pipe(duplex=False)
        theirs, asked = context.Pipe(duplex=False)
        served = context.Process(
            target=process.serve, args=(self._listening, told, asked, self._order), name="antiphon-panel"
        )
        with terminal_signals_blocked():
            served.start()
        told.close()
        asked.close()
        running = self._running = _Running(served, self._clock.now_s())
        Thread(target=_deliver, args=(running.waiting, ours), name="panel-out", daemon=True).start()
        Thread(target=_collect, args=(theirs, self._theirs), name="panel-in", daemon=True).start()
        self._tell_all()
        if self._lost:
            self.lose(self._lost)
        return running

    def end(self) -> None:
        """End the process."""
        with suppress(Full):
            self._running.waiting.put_nowait(None)
        self._running.process.join(_END_S)
        if self._running.process.is_alive():
            self._running.process.kill()
            self._running.process.join()
        self._listening.close()


def _deliver(waiting: "Queue[bytes | None]", ours: "Connection[Any, Any]") -> None:
    """Send messages as they come; only this thread waits for the panel's process."""
    with suppress(OSError, ValueError):
        while (data := waiting.get()) is not None:
            ours.send_bytes(data)
    ours.close()


def _collect(theirs: "Connection[Any, Any]", into: "Connection[Any, Any]") -> None:
    """Hand requests on; one that was cut off, as its process died, is not."""
    with suppress(EOFError, OSError):
        while True:
            into.send_bytes(theirs.recv_bytes(65_536))
