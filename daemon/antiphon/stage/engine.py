"""The one loop: input or deadline → session → port. It alone sends, and it closes every note it opened."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace

from antiphon.events import Change, Clocked, Input, Lead, Timed, Turned
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import NOTHING_FORESEEN, Foreseen
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.controls.control_settings import Button
from antiphon.perform.reports import Ended, Joined, Led, Received, Report, Sent, StateChanged
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import Changes
from antiphon.perform.settings import State
from antiphon.stage.beat_sender import BeatSender
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.port import Port

# Each look at the input costs some 40 µs of processor time, mostly for waking up, so it is done no more often
# than a player can hear; less often still when nothing was played for a while and nothing is due.
POLL_S = 0.002
_IDLE_AFTER_S, _IDLE_POLL_S = 2.0, 0.01
# What is to sound is made ready this long before its moment, so that at its moment it only has to leave.
_READY_S = 0.0005
# No part of other work is begun so shortly before something is handed over: it may take that long.
_SOON_S = 0.002
# Working out what an answer with parts will sound like takes some milliseconds: it waits until nothing is to
# be handed over for so long.
_FORESEE_S = 0.005


class Engine:
    """Runs a session between a clock and a port, and reports what happens to `publish`.

    `publish` is called between sends and must return at once (put it in a queue). `wait_for_input` waits
    until a moment or until something came in, or says at once that it cannot.
    """

    def __init__(
        self,
        clock: Clock,
        port: Port,
        session: Session,
        publish: Callable[[Report], None],
        poll_s: float = POLL_S,
        clock_out: MidiClockOut | None = None,
        clock_feed: Callable[[], list[Lead]] = list,
        suspended: Callable[[], None] = lambda: None,
        wait_for_input: Callable[[float], bool] = lambda _: False,
    ) -> None:
        self._clock = clock
        self._port = port
        self._session = session
        self._publish = publish
        self._poll_s = poll_s
        self._beat = BeatSender(port, clock_out)
        self._clock_feed = clock_feed
        self._say_suspended, self._wait_for_input = suspended, wait_for_input
        self._last_input_s = clock.now_s()
        self._reached_s = float("-inf")  # the moment the session was last advanced to
        self._told_s = float("-inf")  # the moment of what the session was told of last
        self._deadline_s: float | None = None
        self._sends_s: float | None = None
        self._asked: deque[Changes | Button] = deque()
        self._joining: deque[tuple[Voice, Joined]] = deque()
        self._played: deque[Timed] = deque()
        self._foreseen: Foreseen | None = None
        self._stopping = self._suspending = False

    def ask(self, what: Changes | Button) -> None:
        """Other settings, or what a button does, from the next turn on; safe from another thread."""
        self._asked.append(what)

    def join(self, voice: Voice, told: Joined) -> None:
        """One more voice can be chosen, before all that is asked from now on; safe from another thread."""
        self._joining.append((voice, told))

    def play(self, timed: Timed) -> None:
        """The player plays a note without a MIDI port; it is stamped. Safe from another thread."""
        self._played.append(timed)

    def stop(self) -> None:
        """End the loop at its next turn; safe from a signal handler or another thread."""
        self._stopping = True

    def suspend(self) -> None:
        """End every note at the next turn and call `suspended`; then take nothing in until `resume`."""
        self._suspending = True

    def resume(self) -> None:
        """Play on; what was played meanwhile is not heard."""
        self._suspending = False

    @property
    def deadline_s(self) -> float | None:
        """When something is due next; None while nothing is to come."""
        return self._deadline_s

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Play until `stop` is called or `until()` holds; whatever ends it, no note stays open."""
        self._publish_reports(self._clock.now_s())
        try:
            while not self._stopping and not until():
                if self._suspending:
                    self._stay_silent(until)
                self.turn()
                self._rest()
        finally:
            ended_s = self._clock.now_s()
            self._send(self._session.stop(ended_s))
            self._beat.stop(ended_s)
            self._publish_reports(ended_s)
            self._publish(Ended(ended_s, self._reached_s))

    def _stay_silent(self, until: Callable[[], bool]) -> None:
        """The process with the screen is stopped and reads no reports, so none are made."""
        self.ask("panic")
        self.turn()
        self._beat.stop(self._clock.now_s())
        self._say_suspended()
        while self._suspending and not self._stopping and not until():
            self._port.receive()  # it would pile up
            self._clock_feed()
            self._played.clear()
            self._clock.wait_until_s(self._clock.now_s() + _IDLE_POLL_S, exactly=False)

    def turn(self) -> None:
        """One turn: take what came in, send what is due."""
        received = [*self._port.receive(), *self._clock_feed()]
        if self._played:
            received += self._take_played()
        if received:
            self._last_input_s = self._clock.now_s()
        elif not (self._asked or self._joining) and (
            self._deadline_s is None or self._clock.now_s() < self._deadline_s
        ):
            return
        taken_in = [self._hand_over(arrived) for arrived in received]
        while self._joining:
            self._session.join(*self._joining.popleft())
        while self._asked:
            self._session.ask(self._asked.popleft(), self._not_before(self._clock.now_s()))
        now_s = self._clock.now_s()
        # While the session is at work, no deadline is waited for: pulses are handed over ahead here, too.
        ahead_s = self._port.ahead_s
        if self._beat.next_s is not None:
            self._beat.send(now_s + ahead_s)
        self._send(self._advance(now_s, ahead_s))
        for report in taken_in:
            self._publish(report)
        self._settle()

    def _take_played(self) -> Iterator[Timed]:
        """Notes that came through no port; none of them can have been played later than now."""
        while self._played:
            timed = self._played.popleft()
            yield replace(timed, at_s=min(timed.at_s, self._clock.now_s()))

    def _hand_over(self, arrived: Input) -> Received | Led:
        """Give it to the session; gives it back as it was taken in."""
        # A lead tells where the external clock is at any moment, and counts from now on.
        at_s = self._not_before(self._clock.now_s() if isinstance(arrived, Lead) else arrived.at_s)
        # An answer does not wait for candidates that are not composed in time.
        if (choice_s := self._session.due.choice_s) is not None and choice_s <= at_s:
            self._session.hurry()
        if isinstance(arrived, Clocked | Lead):
            self._session.hear_clock(arrived, at_s)
            return Led(at_s, arrived)
        placed = replace(arrived, at_s=at_s)
        if isinstance(placed, Turned):
            self._session.turn(placed)
        else:
            self._session.receive(placed)
        return Received(placed)

    def _not_before(self, at_s: float) -> float:
        """Nothing is played before what was already sent, nor before what was played before it."""
        self._told_s = max(at_s, self._reached_s, self._told_s)
        return self._told_s

    def _advance(self, to_s: float, ahead_s: float = 0.0) -> list[Timed]:
        """Give what is due by then. What an answer begins with is composed so long before it is due."""
        choice_s = self._session.due.choice_s
        if choice_s is not None and choice_s <= to_s + ahead_s:
            self._session.hurry()
            to_s = max(to_s, choice_s)
        self._reached_s = max(self._reached_s, to_s)
        return self._session.advance(self._reached_s)

    def _settle(self) -> None:
        now_s, due = self._clock.now_s(), self._session.due
        self._beat.follow(self._session, max(now_s, self._reached_s))
        choice_s = due.choice_s
        if choice_s is not None:
            choice_s = choice_s - self._port.ahead_s if choice_s > now_s else None
        moments = (due.works_s, choice_s, self._beat.next_s)
        self._deadline_s = min((at_s for at_s in moments if at_s is not None), default=None)
        sends = (due.sends_s, self._beat.next_s)
        self._sends_s = min((at_s for at_s in sends if at_s is not None), default=None)
        self._publish_reports(now_s)

    def _rest(self) -> None:
        """Until there is something to do, or to look for; only what sounds is waited for awake."""
        now_s, deadline_s, sends_s = self._clock.now_s(), self._deadline_s, self._sends_s
        ahead_s = self._port.ahead_s
        if deadline_s is None or deadline_s > now_s + 2 * self._poll_s + ahead_s:
            self._look_again(now_s, deadline_s)
        elif sends_s is not None and now_s < sends_s <= max(deadline_s, now_s + _SOON_S) + ahead_s:
            self._send_at(sends_s)
        else:
            self._clock.wait_until_s(deadline_s, exactly=False)

    def _look_again(self, now_s: float, deadline_s: float | None) -> None:
        """Until it is time to look at the input; where that wakes us, for what other threads ask."""
        woken_s = now_s + _IDLE_POLL_S
        if deadline_s is not None:
            woken_s = min(woken_s, deadline_s - self._poll_s - self._port.ahead_s)
        if not self._wait_for_input(woken_s):
            idle = deadline_s is None and now_s - self._last_input_s > _IDLE_AFTER_S
            self._clock.wait_until_s(now_s + (_IDLE_POLL_S if idle else self._poll_s), exactly=False)

    def _send_at(self, moment_s: float) -> None:
        send_s = moment_s - self._port.ahead_s
        self._clock.wait_until_s(send_s - _READY_S, exactly=False)
        notes_s = self._session.due.sends_s
        # Where only a pulse or a click is due, a part of other work would make it late.
        due = self._advance(moment_s) if notes_s is not None and notes_s <= moment_s else []
        self._clock.wait_until_s(send_s)
        if self._beat.next_s is not None:
            self._beat.send(moment_s)
        self._send(due)
        self._settle()

    def _send(self, due: list[Timed]) -> None:
        """Send events, earlier than they sound by the latency of the output; report how late each left."""
        if not due:
            return
        latency_s, sent = self._session.requests.settings.output_latency_s, []
        for timed in due:
            leaves_s = timed.at_s - latency_s
            self._port.send(timed.event, leaves_s)
            sent.append(Sent(timed, max(0.0, self._clock.now_s() - leaves_s)))
        for report in sent:
            self._publish(report)

    def _show(self, state: State) -> None:
        """Light the pads, and before an answer let the parts have their sounds."""
        light = self._session.light(state)
        changes: list[Change] = [] if light is None else [light]
        for change in [*changes, *self._session.programs_in(state)]:
            self._port.send(change, self._clock.now_s())

    def _publish_reports(self, now_s: float) -> None:
        for report in self._session.take_reports():
            if isinstance(report, StateChanged):
                self._show(report.state)
            self._publish(report)
        if self._sends_s is None or self._sends_s - self._port.ahead_s - now_s > _FORESEE_S:
            foreseen = self._session.foreseen
            if foreseen is not self._foreseen:
                self._foreseen = foreseen
                self._publish(foreseen or NOTHING_FORESEEN)
