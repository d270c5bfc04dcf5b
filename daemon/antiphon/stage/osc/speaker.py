"""Tells what happens, as OSC, in a thread of its own: nothing that reports ever waits for it."""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from threading import Thread

from antiphon.perform.reports import Report
from antiphon.stage.machine.clock import Clock, wall_time
from antiphon.stage.machine.log import LOG
from antiphon.stage.machine.pace import Pace
from antiphon.stage.osc.beats import Beat, next_beat
from antiphon.stage.osc.narration import Bundle, Narration, everything
from antiphon.stage.osc.packets import Message, packet_of
from antiphon.stage.osc.receiver import Address
from antiphon.stage.osc.requests import ROOT
from antiphon.stage.performance_state import PerformanceState

# Of more reports than this that wait, the newest are not told.
_MOST_WAITING = 1000
_LATE_S = 0.1  # a beat that is later than this is not told
_LOOK_S = 0.25  # what changes without a report, such as the recording, is told this soon
# The one who wrote last is told everything for so long after that.
LISTENS_S = 600.0

State = Callable[[], PerformanceState]


@dataclass(frozen=True, slots=True)
class _Refusal:
    line: str
    to: Address


_Told = tuple[Report, PerformanceState] | Address | _Refusal


class Speaker:
    """Sends to `targets` through `out`; to the one who wrote last, through `back`, the socket written to."""

    def __init__(
        self,
        targets: tuple[Address, ...],
        out: socket.socket,
        back: socket.socket | None,
        clock: Clock,
        state: State,
    ) -> None:
        self._targets, self._out, self._back = targets, out, back
        self._clock, self._state, self._narration = clock, state, Narration()
        self._writer: tuple[Address, float] | None = None
        self._waiting: Queue[_Told | None] = Queue(_MOST_WAITING)  # None: the end
        self._errors, self._troubles = Pace(1, 1.0), Pace(1, 1.0)
        self._thread = Thread(target=self._speak, name="osc-out", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def end(self, within_s: float) -> None:
        """Tell what waits, and stop."""
        with suppress(Full):
            self._waiting.put(None, timeout=within_s)
            self._thread.join(within_s)

    def hear(self, report: Report, state: PerformanceState) -> None:
        """Tell of a report, after which the state is this one."""
        self._put((report, state))

    def tell_all(self, to: Address) -> None:
        """Tell one receiver the state and all settings."""
        self._put(to)

    def wrote(self, sender: Address, at_s: float) -> None:
        """Tell everything from now on to the one who wrote a message, until another one writes."""
        self._writer = (sender, at_s)

    def refuse(self, line: str, to: Address) -> None:
        """Tell a sender, and the log, why nothing was done: once a second at most."""
        if self._errors.allows(self._clock.now_s()):
            LOG.warning("OSC from %s: %s", to[0], line)
            self._put(_Refusal(line, to))

    def _put(self, told: _Told) -> None:
        with suppress(Full):
            self._waiting.put_nowait(told)

    def _speak(self) -> None:
        """Until the end: what waits, and each beat at its moment."""
        state = self._state()
        list(self._narration.changes(state))  # it is told with all the rest
        self._tell_everyone(everything(state))
        beat: Beat | None = None
        while True:
            wait_s = _LOOK_S if beat is None else min(_LOOK_S, max(0.0, beat.at_s - self._clock.now_s()))
            try:
                told = self._waiting.get(timeout=wait_s)
            except Empty:
                beat = self._keep_time(beat)
                continue
            if told is None:
                return
            self._tell(told)
            beat = self._next_beat()

    def _tell(self, told: _Told) -> None:
        match told:
            case _Refusal(line, to):
                self._send([Message(f"{ROOT}error", (line,))], [to])
            case (str(host), int(port)):
                for bundle in everything(self._state()):
                    self._send(bundle, [(host, port)])
            case (report, PerformanceState() as state):
                self._tell_everyone(self._narration.hear(report, state))

    def _keep_time(self, beat: Beat | None) -> Beat | None:
        """Tell of a beat if it is its moment; gives the next one."""
        self._tell_everyone(self._narration.changes(self._state()))
        if beat is not None and beat.at_s <= self._clock.now_s():
            self._tell_everyone(self._narration.beat(beat))
        return self._next_beat()

    def _next_beat(self) -> Beat | None:
        """The next beat that is not told yet: one that a report has moved into the past is told late."""
        state = self._state()
        beat = next_beat(state, self._clock.now_s() - _LATE_S)
        if beat is not None and self._narration.knows(beat):
            return next_beat(state, beat.at_s)
        return beat

    def _tell_everyone(self, bundles: Iterable[Bundle]) -> None:
        for bundle in bundles:
            self._send(bundle, [*self._targets, *self._listener()])

    def _listener(self) -> list[Address]:
        """The one who wrote last, unless that is a target, or has been silent for long."""
        if self._writer is None:
            return []
        address, at_s = self._writer
        silent = self._clock.now_s() - at_s > LISTENS_S
        return [] if silent or address in self._targets else [address]

    def _send(self, bundle: Bundle, to: Iterable[Address]) -> None:
        ahead_s = wall_time().timestamp() - self._clock.now_s()
        try:
            packet = packet_of(bundle, lambda at_s: at_s + ahead_s)
        except Exception:
            # The thread must not end because of a message, such as one after 2036, when time tags end.
            LOG.debug("OSC cannot say %s", bundle, exc_info=True)
            return
        for address in to:
            by = self._out if address in self._targets or self._back is None else self._back
            try:
                by.sendto(packet, address)
            except OSError as error:
                if self._troubles.allows(self._clock.now_s()):
                    LOG.warning("OSC to %s:%d: %s", *address, error.strerror or error)
