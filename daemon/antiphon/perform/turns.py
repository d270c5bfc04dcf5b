"""Whose turn it is: the phrase that is played, or the answer that is planned and sounds. Pure.

A phrase is heard once, shortly before it will be over. An answer counts from its first note on; where the
player goes on before that, they had only paused, and the plan leaves no trace.
"""

from collections.abc import Callable

from antiphon.events import NoteOn, Timed
from antiphon.perform.accompany.accompanist import Accompanist
from antiphon.perform.answer.ahead import Choices
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer_reports import Foreseen
from antiphon.perform.answering import Answering
from antiphon.perform.clock.bar_clock import BarClock, Shift
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.listening import Listening
from antiphon.perform.reports import SessionReport, StateChanged
from antiphon.perform.settings import SessionSettings, State
from antiphon.perform.states import Event, next_state


class Turns:
    """The turns of one session. `tell` hears what happens; `answers` were played in earlier sessions."""

    def __init__(
        self,
        settings: SessionSettings,
        programs: Programs,
        time: BarClock,
        controls: ControlState,
        tell: Callable[[SessionReport], None],
        answers: int,
    ) -> None:
        self._time, self._controls, self._tell = time, controls, tell
        self._planner = Planner(settings, programs, answers, time.transport)
        self._heard = Listening(settings, self._planner, time, controls)
        self._phrase = self._heard.phrase
        self._answering = Answering(self._planner, time, controls, tell)
        self._playback = self._answering.playback
        self._playback.scheduler.ahead_s = settings.output_latency_s
        self._accompanist = Accompanist(self._planner.phrases, time, self._playback.scheduler, tell)
        self.state: State = "idle"

    @property
    def listening(self) -> bool:
        """Whether a phrase is under way, or one that was over may still go on."""
        return not self._phrase.silent or self._answering.pending

    def count_in(self, at_s: float, bars: int) -> list[Timed]:
        """Count bars in: all that was under way is over; gives the events to hand out."""
        self.drop_phrase(at_s)
        events = self.silence("silenced", at_s)
        self._answering.forget()
        self._tell(self._time.count_in(at_s, bars, self._planner.used_steps, self._heard.clicked))
        return events

    def enter(self, event: Event, at_s: float) -> None:
        """Something happened that may lead to another state."""
        state = next_state(self.state, event)
        if state != self.state:
            self.state = state
            self._tell(StateChanged(at_s, state))

    def set(self, settings: SessionSettings) -> None:
        """Other settings; what sounds goes on."""
        self._heard.set(settings)
        self._planner.set(settings)
        self._playback.scheduler.ahead_s = settings.output_latency_s

    def hear_anew(self) -> None:
        """Something changed that the phrase depends on: what was heard of it ahead is heard again."""
        self._heard.hear_anew()

    def compose_anew(self) -> None:
        """Other settings, or another program: what is composed ahead of an answer is composed anew."""
        self.hear_anew()
        self._answering.compose_anew()

    @property
    def choices(self) -> Choices:
        """The choices among candidates in this session."""
        return self._planner.choices

    @property
    def choice_due_s(self) -> float | None:
        """When candidates must be composed, and the first of what is chosen; None where there are none."""
        return self._playback.choice_due_s

    def hurry(self) -> None:
        """There is no time for the candidates under way: what is composed of the first is the answer."""
        self._playback.hurry()

    def play(self, timed: Timed) -> None:
        """A key goes down or up."""
        if isinstance(timed.event, NoteOn):
            if self.state == "waiting" or not self._phrase.hears(timed.event):
                return  # there are no bars to answer in, or the note is not listened to
            if self._phrase.accompanies(timed):
                self._answering.strike(timed.at_s)
            else:
                self._take_over(timed.at_s)
                self._accompanist.strike(timed.event, timed.at_s)
        else:
            self._accompanist.lift(timed.event, timed.at_s)
        self.hear_anew()
        self._phrase.play(timed)
        self._settle(timed.at_s)

    def _settle(self, at_s: float) -> None:
        """What was taken for a melody may have turned out to accompany one, or the other way round."""
        if not self._phrase.tells_hands:
            return
        if self.state == "listening" and self._phrase.silent and self._playback.phrase is None:
            self._stop_accompanying(at_s)
            self.enter("no melody", at_s)
        elif self.state in ("idle", "answering") and not self._phrase.silent:
            self._take_over(at_s)

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal goes down or up."""
        self.hear_anew()
        self._phrase.pedal(at_s, channel, down)

    def _take_over(self, at_s: float) -> None:
        """The player plays. If nothing of the answer has sounded, they had only paused."""
        for report in self._time.begin(at_s):
            self._tell(report)
        answered = self._playback.phrase
        if answered is not None and not self._playback.counts and self._phrase.resumable:
            self._answering.withdraw()
            self._phrase.resume(answered)
        elif answered is not None and (self._heard.mode.accompanies or not self._controls.now.answer.overlap):
            self._playback.cut(at_s)
        self.enter("note", at_s)
        if self._heard.mode.accompanies:
            self._accompanist.begin(at_s)

    def _accompany(self, at_s: float) -> None:
        """It is time to decide what goes with the player next."""
        transport = self._time.transport
        if transport is not None and (first_s := self._phrase.trim(at_s, transport.beat_s)) is not None:
            self._accompanist.go_on_from(first_s)
        self._accompanist.decide(self._heard.so_far(at_s), at_s, self._controls.now)

    def _stop_accompanying(self, at_s: float) -> None:
        if self._accompanist.at_work:
            self._playback.cut(at_s)
        self._accompanist.stop()

    def settle_mode(self, at_s: float) -> None:
        """Another mode may have been chosen: what goes with the player ends where it does not accompany."""
        if self._accompanist.at_work and not self._heard.mode.accompanies:
            self._stop_accompanying(at_s)

    def end_phrase(self, at_s: float) -> None:
        """The phrase is over; the answer is planned from this moment, however late it is noticed."""
        if self._time.transport is None or self._phrase.silent:
            return
        if self._heard.mode.accompanies:
            self._stop_accompanying(at_s)
            self._phrase.finish(at_s)
            self.enter("not answered", at_s)
            return
        self._playback.cut(at_s)  # where the two overlap, the new answer takes over
        played, hearing = self._heard.finish(self._time.transport, at_s)
        self._answering.begin(hearing, played, at_s)
        self.enter("phrase over", at_s)

    def again(self, at_s: float) -> None:
        """Another answer to the phrase that was answered last; nothing while a phrase is played."""
        self._answering.finish_planning()
        if self._phrase.silent and self.state != "waiting" and self._answering.again(at_s):
            self.enter("again", at_s)

    def keep_motif(self) -> None:
        """The next answer keeps to rhythm and contour of the last one."""
        if self._answering.keep_motif():
            self.hear_anew()

    def count(self) -> None:
        """An answer that is planned counts now: what is to change now would take away what it stands on."""
        self._answering.count()

    def stop_for_jump(self, at_s: float) -> bool:
        """End the answer under way, if there is one: the bars are elsewhere now."""
        self._answering.finish_planning()
        self._stop_accompanying(at_s)
        if self._playback.phrase is None:
            return False
        self._playback.cut(at_s)
        self.enter("answer stopped", at_s)
        self._answering.forget()
        return True

    def wait(self, at_s: float) -> None:
        """The external clock stopped: nothing sounds, and what was played is no phrase."""
        if self.state != "waiting":
            self.drop_phrase(at_s)
        self._accompanist.stop()
        self._answering.cut(at_s)
        self.enter("clock stopped", at_s)
        self._answering.forget()

    def drop_phrase(self, at_s: float) -> None:
        """What was played so far is no phrase."""
        self.hear_anew()
        if not self._phrase.silent:
            self._phrase.finish(at_s)

    def silence(self, event: Event, at_s: float) -> list[Timed]:
        """End the answer at once; gives the events that were not handed out yet, and the note-offs."""
        self._accompanist.stop(halted=event == "answer stopped" and not self._phrase.silent)
        events = self._answering.silence(at_s)
        self.enter(event, at_s)
        return events

    def owe(self, events: list[Timed]) -> None:
        """Events that were due and are not handed out yet: they come first the next time."""
        self._playback.owe(events)

    def take_owed(self) -> list[Timed]:
        """The events that were due and were not handed out yet."""
        return self._playback.take_owed()

    def told(self, at_s: float) -> None:
        """Some input came, whatever it was."""
        self._phrase.told(at_s)

    def move(self, shift: Shift) -> None:
        """What waits to sound, and what is still to be composed, lie at the same steps of the grid."""
        self._answering.move(shift)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment, in the order of the music, however late it is now."""
        self._accompanist.go_on()
        events = self._answering.perform(until_s, now_s)
        if (over_s := self._playback.over_s(until_s)) is not None:
            self.enter("answer over", over_s)
        return events

    def perform_all(self, until_s: float, now_s: float) -> list[Timed]:
        """The same with nothing left to compose: what is remembered must not depend on who looked when."""
        self._accompanist.finish()
        self._answering.finish_planning()
        events = self.perform(until_s, now_s)
        while self._playback.wants_more(until_s):
            events += self.perform(until_s, now_s)
        return events

    def hear_ahead(self, now_s: float) -> None:
        """Hear a part of the phrase, if it is time to; the model cannot hear while it speaks."""
        if not self._answering.busy:
            self._heard.hear_ahead(now_s)

    @property
    def due_s(self) -> float | None:
        """When there is something to `decide`; None where there is nothing."""
        moments = (self._heard.over_s(), self._answering.left_due_s, self._accompany_due_s)
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _accompany_due_s(self) -> float | None:
        """Never before the last input, which may have moved it."""
        due_s = self._accompanist.due_s
        return None if due_s is None else max(due_s, self._phrase.told_s)

    def decide(self, at_s: float) -> None:
        """What is due at this moment, however late it is noticed: the left hand is heard, the phrase is over,
        or what goes with the player is chosen."""
        left_due_s, over_s = self._answering.left_due_s, self._heard.over_s()
        if left_due_s is not None and left_due_s <= at_s:
            self._answering.hear_left(self._phrase.beside(at_s), at_s)
        elif over_s is not None and over_s <= at_s:
            self.end_phrase(at_s)
        else:
            self._accompany(at_s)

    @property
    def foreseen(self) -> Foreseen | None:
        """What the answer under way will sound like, as far as it is chosen."""
        return self._answering.foreseen

    @property
    def next_send_s(self) -> float | None:
        """When something is to sound next, as far as it is composed; None where nothing is."""
        return self._playback.scheduler.next_s

    def deadlines_s(self) -> list[float | None]:
        """When there will be something to do."""
        over_s = self._heard.over_s()
        heard_from_s = None if self._answering.busy else self._heard.heard_from_s(over_s)
        accompany_s = [self._accompany_due_s, self._accompanist.busy_s]
        return [over_s, heard_from_s, *accompany_s, *self._answering.deadlines_s()]
