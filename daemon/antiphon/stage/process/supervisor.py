"""The process that has the screen: starts the one that sends, attends to its letters, and ends it.

A second one stands by, loaded: where the first dies, hangs or breaks, it takes over what was left.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from types import TracebackType
from typing import Self

from antiphon.errors import Failure
from antiphon.events import NoteOff, Timed
from antiphon.perform.handover import HandoverTracker
from antiphon.perform.reports import Asked, Released, StateChanged
from antiphon.perform.settings import SessionSettings
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.log import LOG, LogLine
from antiphon.stage.ports.port import ConnectionsChanged, PortChanged
from antiphon.stage.process.handle import PlayerHandle, Serve, exit_code, how_it_ended
from antiphon.stage.process.player import (
    Failed,
    LiveRequest,
    Loaded,
    LoadOrder,
    Message,
    Ready,
    Seen,
    StartPlaying,
    Waiting,
    serve,
)
from antiphon.timebase import Meter

_FRAME_S = 0.04
_AT_ONCE = 200
_START_S = 20.0
# The sender closes its notes within a tenth of a second; one that is still there after this is stuck in a
# MIDI library whose server is gone.
_END_S = 1.0
# One that has told of its failure has only to leave.
_LEAVE_S = 0.2
# More deaths within this time are no accident.
_MOST_DEATHS, _WITHIN_S = 5, 60.0


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The process that sent is no more, for this reason; another takes over."""

    reason: str


Watched = Seen | TakenOver | Waiting | Ready


class Supervisor:
    """The sending process, from here. A context: leaving it ends the process, by force if it must be.

    `settings` says which are in force, for the one that takes over. `serve` stands in for what the process
    does.
    """

    def __init__(
        self,
        order: LoadOrder,
        start: StartPlaying,
        settings: Callable[[], SessionSettings],
        clock: Clock | None = None,
        serve: Serve = serve,
    ) -> None:
        self._order, self._start, self._settings, self._serve = order, start, settings, serve
        self._clock = clock or SystemClock()
        self._left = HandoverTracker(Meter.parse(start.settings.tempo.meter))
        self._part = PlayerHandle(order, serve)
        self._part.tell(start)
        self._ready: Ready | None = None
        self._standby: PlayerHandle | None = None
        self._asked: list[LiveRequest] = []  # and not yet reported, or while no process was there to be asked
        self._deaths_s: deque[float] = deque()
        self._looked_s = self._clock.now_s()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._part.tell(None)
        if self._standby is not None:
            self._standby.end(_LEAVE_S)
        self._part.end(_END_S)

    def ready(self) -> Ready:
        """Wait for the ports to be open. Raises Failure with what the sender says."""
        while self._part.messages.poll(_START_S):
            match self._part.next():
                case LogLine() as line:
                    _write(line)
                case Loaded():
                    pass
                case ConnectionsChanged(connections):
                    self._start = replace(self._start, connections=connections)
                case Ready() as ready:
                    self._opened(ready)
                    return ready
                case Failed(message):
                    raise Failure(message)
                case _:
                    self._begin_again()
        raise Failure(f"the MIDI process did not start within {_START_S:g} s")

    def _begin_again(self) -> None:
        """It died without a word before it played: that may be an accident once."""
        reason = how_it_ended(self._part.end(_LEAVE_S))
        self._count_death(reason)
        if len(self._deaths_s) > 1:
            raise Failure(reason)
        self._part.messages.close()
        self._part = PlayerHandle(self._order, self._serve)
        self._part.tell(self._start)

    def _opened(self, ready: Ready) -> None:
        """It plays: what takes over one day goes to the same ports, and stands by from now on."""
        self._ready = ready
        wiring = self._start.wiring
        exact = wiring.exact and (ready.exact or ready.api != "jack")
        wiring = replace(wiring, api=ready.api, client_name=ready.client_name, insist=True, exact=exact)
        self._start = replace(self._start, wiring=wiring, patient=True)
        self._order = replace(self._order, on_jack=ready.api == "jack")
        for asked in self._asked:
            self._part.tell(asked)
        self._asked = [asked for asked in self._asked if isinstance(asked, tuple)]
        if self._standby is None:
            self._hire()

    def _hire(self) -> None:
        self._standby = PlayerHandle(self._order, self._serve)

    def ask(self, what: LiveRequest) -> None:
        """Other settings, or what a button does; once there is a process to ask.

        Changes are asked again of the next process where one ended before it reported them.
        """
        if self._ready is not None:
            self._part.tell(what)
        if self._ready is None or isinstance(what, tuple):
            self._asked.append(what)

    def attend(
        self, watch: Callable[[Watched], None], tick: Callable[[], None], stopping: Callable[[], bool]
    ) -> None:
        """Hand on reports until `stopping()`, then end the sender and hand on its last ones.

        Where the sender dies, hangs or breaks, another takes over and `watch` hears of it. Raises Failure
        where that happens again and again. Whatever ends this, the notes end first.
        """
        try:
            while not stopping():
                self._hear(watch, stopping)
                self._look(watch)
                tick()
        finally:
            self._part.tell(None)
        while self._part.messages.poll(_END_S) and (message := self._part.next()) is not None:
            self._hand_on(message, watch)
        tick()

    def _hear(self, watch: Callable[[Watched], None], stopping: Callable[[], bool]) -> None:
        """What they have to say, within a frame."""
        parts = [self._part] if self._standby is None else [self._part, self._standby]
        spoken = wait([part.messages for part in parts], _FRAME_S)
        if self._part.messages in spoken:
            self._hear_part(watch, stopping)
        elif self._standby is not None and self._standby.messages in spoken:
            self._hear_standby(self._standby)

    def _hear_part(self, watch: Callable[[Watched], None], stopping: Callable[[], bool]) -> None:
        """Many letters at once: where messages come in floods, a frame for each would take too long."""
        for _ in range(_AT_ONCE):
            message = self._part.next()
            if message is None or isinstance(message, Failed):
                if not stopping():  # a service manager ends us both at once
                    self._take_over(message, watch)
                return
            self._hand_on(message, watch)
            if not self._part.messages.poll(0):
                return

    def _hear_standby(self, standby: PlayerHandle) -> None:
        match standby.next():
            case LogLine() as line:
                _write(line)
            case Loaded():
                standby.loaded = True
            case None | Failed():
                code = standby.end(_LEAVE_S)
                self._standby = None
                LOG.warning("the process that stood by ended (%s); another stands by", exit_code(code))
                self._count_death("the process that stands by")
                self._hire()

    def _hand_on(self, message: Message, watch: Callable[[Watched], None]) -> None:
        match message:
            case LogLine() as line:
                _write(line)
            case Loaded():
                self._part.loaded = True
            case Failed():
                pass
            case ConnectionsChanged(connections):
                self._start = replace(self._start, connections=connections)
            case Ready() as ready:
                self._opened(ready)
                watch(ready)
            case Waiting() as waiting:
                watch(waiting)
            case report:
                if isinstance(report, Asked) and report.what in self._asked:
                    self._asked.remove(report.what)
                if not isinstance(report, PortChanged):
                    self._left.hear(report)
                watch(report)

    def _look(self, watch: Callable[[Watched], None]) -> None:
        """Once a frame: whether the sender still turns."""
        now_s = self._clock.now_s()
        if now_s - self._looked_s < _FRAME_S:
            return
        self._looked_s = now_s
        if self._ready is None:
            if not self._part.opening():
                self._take_over(Failed("the MIDI process hung as it opened its ports"), watch)
        elif not self._part.alive():
            self._take_over(Failed("the MIDI process hung"), watch)

    def _take_over(self, last: Failed | None, watch: Callable[[Watched], None]) -> None:
        """Let another go on: what sounded is ended by it, and what was connected is connected again."""
        hung = last is not None and self._ready is not None and not self._part.alive()
        code = self._part.end(0.0 if hung else _LEAVE_S)
        # One that never played was told of what it should end, but nobody has ended it.
        left = () if self._ready is not None else self._start.sounding
        sounding = self._last_words(watch)
        reason = last.message if last is not None else how_it_ended(code)
        LOG.warning("%s; another takes over", reason)
        self._count_death(reason)
        watch(TakenOver(reason))
        now_s = self._clock.now_s()
        watch(StateChanged(now_s, "idle"))  # as the next one begins; what it had begun is over
        for off in (off for off in sounding if off not in left):
            watch(Released(Timed(now_s, off)))
        self._start = replace(
            self._start,
            settings=self._settings(),
            handover=self._left.handover,
            sounding=tuple(dict.fromkeys((*left, *sounding, *self._part.heartbeat.doubtful))),
        )
        self._part, self._ready = self._standby or PlayerHandle(self._order, self._serve), None
        self._standby = None
        self._part.tell(self._start)

    def _last_words(self, watch: Callable[[Watched], None]) -> tuple[NoteOff, ...]:
        """What it had still said before it died; gives the note-offs it owes."""
        while self._part.messages.poll(0) and (message := self._part.next()) is not None:
            self._hand_on(message, watch)
        self._part.messages.close()
        return self._part.heartbeat.sounding

    def _count_death(self, reason: str) -> None:
        now_s = self._clock.now_s()
        self._deaths_s.append(now_s)
        while self._deaths_s[0] < now_s - _WITHIN_S:
            self._deaths_s.popleft()
        if len(self._deaths_s) > _MOST_DEATHS:
            raise Failure(f"the MIDI process ended {len(self._deaths_s)} times within a minute: {reason}")


def _write(line: LogLine) -> None:
    LOG.log(line.level, line.text)
