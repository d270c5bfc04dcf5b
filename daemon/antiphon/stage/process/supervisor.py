"""The supervising process's side: starts the playing process, passes on its messages, and replaces it.

What happens, and what is done then:

    the playing process dies                  the standby takes over
    its engine makes no turn for 20 frames    it is killed, and as above
    its MIDI system goes, its session breaks  on JACK it opens its ports again, elsewhere as above
    the standby dies                          another is started
    more than 5 of these in a minute          Failure

The standby is a second playing process, loaded, with no ports and with no client of JACK.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Self

from antiphon.errors import Failure
from antiphon.events import Timed
from antiphon.perform.reports import Released, StateChanged
from antiphon.perform.settings import SessionSettings
from antiphon.signals import PauseKey
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.log import LOG, LogLine
from antiphon.stage.ports.port import ConnectionsChanged, PortChanged
from antiphon.stage.process.handle import PlayerHandle, Serve, exit_code, how_it_ended
from antiphon.stage.process.heartbeat import Heartbeat
from antiphon.stage.process.messages import (
    Failed,
    Join,
    LiveRequest,
    Loaded,
    LoadOrder,
    Message,
    PlayingStopped,
    Ready,
    Resume,
    Seen,
    StartPlaying,
    Suspend,
    Suspended,
    Waiting,
)
from antiphon.stage.process.next_start import Deaths, NextStart

_FRAME_S = 0.04
# Messages that are read before anything else is done; more wait for the next frame.
_AT_ONCE = 200
_START_S = 20.0
# A process told to end closes its notes within a tenth of a second; one that is still there after this hangs
# in a MIDI library whose server is gone.
_END_S = 1.0
# One that told of its failure has nothing left to do but leave.
_LEAVE_S = 0.2
# Somebody who pressed Ctrl-Z waits for the terminal.
_SUSPEND_S = 1.0


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The process that played is gone, for this reason; another takes over, or it opens its ports again."""

    reason: str


Watched = Seen | TakenOver | Waiting | Ready


class Supervisor:
    """One playing process at a time, and what follows when it is gone.

    `first` was started and told what to load, `serve` is what another process runs. `settings` gives those in
    force, for a process that takes over; `pause` says when the user wants this program stopped for a while.
    """

    def __init__(
        self,
        first: PlayerHandle,
        serve: Serve,
        order: LoadOrder,
        start: StartPlaying,
        settings: Callable[[], SessionSettings],
        pause: PauseKey | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._next, self._settings, self._serve = NextStart(order, start), settings, serve
        self._clock, self._pause_key = clock or SystemClock(), pause
        self._deaths = Deaths(self._clock)
        self._player = first
        self._player.tell(start)
        self._standby: PlayerHandle | None = None
        self._looked_s = self._clock.now_s()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End all processes: the playing one closes its notes; what hangs is killed."""
        self._player.tell(None)
        if self._standby is not None:
            self._standby.end(_LEAVE_S)
        self._player.end(_END_S)

    def ready(self) -> Ready:
        """Wait for the ports to be open. Raises Failure with what the playing process says."""
        while self._player.messages.poll(_START_S):
            match self._player.next():
                case LogLine() as line:
                    _write(line)
                case Loaded():
                    self._player.loaded = True
                case ConnectionsChanged(connections):
                    self._next.connected(connections)
                case Ready() as ready:
                    self._opened(ready)
                    return ready
                case Failed(message):
                    raise Failure(message)
                case _:
                    self._begin_again()
        raise Failure(f"the playing process did not start within {_START_S:g} s")

    def _begin_again(self) -> None:
        """It died before it played and said nothing: that may be an accident once."""
        reason = how_it_ended(self._player.end(_LEAVE_S))
        if self._deaths.count(reason) > 1:
            raise Failure(reason)
        self._player.messages.close()
        self._player = self._new_player()
        self._player.tell(self._next.start)

    def _new_player(self) -> PlayerHandle:
        player = PlayerHandle(self._serve, self._next.load.on_jack)
        player.tell(self._next.load)
        return player

    def _opened(self, ready: Ready) -> None:
        """The ports are open: a process that takes over opens the same ones."""
        for asked in self._next.opened(ready):
            self._player.tell(asked)
        if self._standby is None:
            self._standby = self._new_player()

    def ask(self, what: LiveRequest) -> None:
        """Other settings, what a button does, another model, or a note; once there is a process to ask.

        Changes are asked again of the next process where one ended before it reported them.
        """
        if isinstance(what, Join) and self._next.join(what) and self._standby is not None:
            self._standby.tell(what)
        if self._next.ask(what):
            self._player.tell(what)

    def attend(
        self,
        watch: Callable[[Watched], None],
        tick: Callable[[], None],
        stopping: Callable[[], bool],
        wakers: "Sequence[Connection[Any, Any]]" = (),
    ) -> None:
        """Pass reports to `watch` until `stopping()`, then end the playing process and pass on its last ones.

        `tick` is called once a frame, and at once where one of `wakers` can be read.

        Raises Failure where process after process dies. Whatever ends this, the notes end first.
        """
        try:
            while not stopping():
                self._hear(watch, stopping, wakers)
                self._look(watch)
                if self._pause_key is not None and self._pause_key.pressed():
                    self._pause(self._pause_key, watch)
                tick()
        finally:
            self._player.tell(None)
        self._hand_on_until(None, _END_S, watch)
        tick()

    def _pause(self, key: PauseKey, watch: Callable[[Watched], None]) -> None:
        """Silence first, then stop this process until the user continues it; the playing one waits."""
        self._player.tell(Suspend())
        self._hand_on_until(Suspended(), _SUSPEND_S, watch)
        key.stop_here()
        self._player.tell(Resume())

    def _hand_on_until(self, last: Message | None, within_s: float, watch: Callable[[Watched], None]) -> None:
        """Pass on what it says up to a message, or up to its end, or until it is silent for some time."""
        while self._player.messages.poll(within_s) and (message := self._player.next()) is not None:
            if message == last:
                return
            self._hand_on(message, watch)

    def _hear(
        self,
        watch: Callable[[Watched], None],
        stopping: Callable[[], bool],
        wakers: "Sequence[Connection[Any, Any]]",
    ) -> None:
        """What the processes say within a frame."""
        players = [self._player] if self._standby is None else [self._player, self._standby]
        speaking = wait([*(player.messages for player in players), *wakers], _FRAME_S)
        if self._player.messages in speaking:
            self._hear_player(watch, stopping)
        elif self._standby is not None and self._standby.messages in speaking:
            self._hear_standby(self._standby)

    def _hear_player(self, watch: Callable[[Watched], None], stopping: Callable[[], bool]) -> None:
        """Many messages at once: where input comes in floods, a frame for each would take too long."""
        for _ in range(_AT_ONCE):
            match self._player.next():
                case None | Failed() as last:
                    if not stopping():  # a service manager ends all processes at once
                        self._take_over(last, watch)
                    return
                case PlayingStopped(message):
                    if not stopping():
                        self._start_again(message, self._player.heartbeat, watch)
                    return
                case message:
                    self._hand_on(message, watch)
            if not self._player.messages.poll(0):
                return

    def _hear_standby(self, standby: PlayerHandle) -> None:
        match standby.next():
            case LogLine() as line:
                _write(line)
            case Loaded():
                standby.loaded = True
            case None | Failed():
                code = standby.end(_LEAVE_S)
                LOG.warning("the standby process ended (%s); another is started", exit_code(code))
                self._deaths.count("the standby process")
                self._standby = self._new_player()

    def _hand_on(self, message: Message, watch: Callable[[Watched], None]) -> None:
        match message:
            case LogLine() as line:
                _write(line)
            case Loaded():
                self._player.loaded = True
            case Failed() | PlayingStopped() | Suspended():
                pass
            case ConnectionsChanged(connections):
                self._next.connected(connections)
            case Ready() as ready:
                self._opened(ready)
                watch(ready)
            case Waiting() as waiting:
                watch(waiting)
            case report:
                if not isinstance(report, PortChanged):
                    self._next.hear(report)
                watch(report)

    def _look(self, watch: Callable[[Watched], None]) -> None:
        """Once a frame: whether the playing process still turns."""
        now_s = self._clock.now_s()
        if now_s - self._looked_s < _FRAME_S:
            return
        self._looked_s = now_s
        if not self._next.is_open:
            if not self._player.opening():
                self._take_over(Failed("the playing process hung as it opened its ports"), watch)
        elif not self._player.alive():
            self._take_over(Failed("the playing process hung"), watch)

    def _take_over(self, last: Failed | None, watch: Callable[[Watched], None]) -> None:
        """The playing process is gone or useless: let another play."""
        hung = last is not None and self._next.is_open and not self._player.alive()
        code = self._player.end(0.0 if hung else _LEAVE_S)
        self._hand_on_until(None, 0, watch)  # what it had still said
        self._player.messages.close()
        reason = last.message if last is not None else how_it_ended(code)
        left = self._player.heartbeat
        self._player, self._standby = self._standby or self._new_player(), None
        self._start_again(reason, left, watch)

    def _start_again(self, reason: str, left: Heartbeat, watch: Callable[[Watched], None]) -> None:
        """Let the playing process, which waits, go on from here: it first ends the notes that are left."""
        LOG.warning("%s; another takes over", reason)
        self._deaths.count(reason)
        watch(TakenOver(reason))
        now_s = self._clock.now_s()
        watch(StateChanged(now_s, "idle"))  # as the next session begins: what was begun is over
        for off in self._next.taken_over(self._settings(), left):
            watch(Released(Timed(now_s, off)))
        self._player.tell(self._next.start)


def _write(line: LogLine) -> None:
    LOG.log(line.level, line.text)
