"""The one loop: input or deadline → session → port. It alone sends, and it closes every note it opened."""

from collections.abc import Callable

from antiphon.events import ControlChange, Timed, Turned
from antiphon.perform.news import Received, Report, Sent, State, StateChanged
from antiphon.perform.session import Session
from antiphon.stage.clock import Clock
from antiphon.stage.ports import Port

POLL_S = 0.001
# With nothing played for this long and nothing to come, the input is looked at less often.
_IDLE_AFTER_S, _IDLE_POLL_S = 2.0, 0.005


class Engine:
    """Runs a session between a clock and a port, and reports what happens to `publish`.

    `publish` is called between sends and must return at once (put it in a queue). `light` says what goes out
    when the session's state changes.
    """

    def __init__(
        self,
        clock: Clock,
        port: Port,
        session: Session,
        publish: Callable[[Report], None],
        poll_s: float = POLL_S,
        light: Callable[[State], ControlChange | None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._port = port
        self._session = session
        self._publish = publish
        self._poll_s = poll_s
        self._light = light
        self._last_input_s = clock.now_s()
        self._deadline_s: float | None = None
        self._stopping = False

    def stop(self) -> None:
        """End the loop at its next turn; safe from a signal handler or another thread."""
        self._stopping = True

    @property
    def deadline_s(self) -> float | None:
        """When something is due next; None while nothing is to come."""
        return self._deadline_s

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Play until `stop` is called or `until()` holds; whatever ends it, no note stays open."""
        try:
            while not self._stopping and not until():
                self.turn()
                self._rest()
        finally:
            self._send(self._session.stop(self._clock.now_s()))
            self._report_news()

    def turn(self) -> None:
        """One turn: take what came in, send what is due."""
        received = self._port.receive()
        if received:
            self._last_input_s = received[-1].at_s
        elif self._deadline_s is None or self._clock.now_s() < self._deadline_s:
            return
        for timed in received:
            if isinstance(timed, Turned):
                self._session.turn(timed)
            else:
                self._session.receive(timed)
        self._send(self._session.advance(self._clock.now_s()))
        for timed in received:
            self._publish(Received(timed))
        self._report_news()
        self._deadline_s = self._session.next_deadline_s()

    def _rest(self) -> None:
        """Until the next look at the input, or exactly until a deadline that is nearly as close."""
        now_s, deadline_s = self._clock.now_s(), self._deadline_s
        if deadline_s is not None and deadline_s - now_s <= 2 * self._poll_s:
            self._clock.wait_until_s(deadline_s)
        else:
            idle = deadline_s is None and now_s - self._last_input_s > _IDLE_AFTER_S
            self._clock.wait_until_s(now_s + (_IDLE_POLL_S if idle else self._poll_s), exactly=False)

    def _send(self, due: list[Timed]) -> None:
        for timed in due:
            self._port.send(timed.event)
            self._publish(Sent(timed, max(0.0, self._clock.now_s() - timed.at_s)))

    def _report_news(self) -> None:
        for news in self._session.take_news():
            if isinstance(news, StateChanged) and (light := self._light(news.state)) is not None:
                self._port.send(light)
            self._publish(news)
