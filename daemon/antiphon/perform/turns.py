"""Whose turn it is: the phrase that is played, or the answer that is planned and sounds. Pure.

A phrase is heard once, shortly before it will be over. An answer counts from its first note on; where the
player goes on before that, they had only paused, and the plan leaves no trace.
"""

from collections.abc import Callable
from typing import NamedTuple

from antiphon.events import NoteOn, Timed
from antiphon.perform.accompany.accompanist import Accompanist
from antiphon.perform.answer.ahead import Choices
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer_reports import Accompanied
from antiphon.perform.answering import Answering
from antiphon.perform.clock.bar_clock import BarClock, Shift
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.listening import Listening
from antiphon.perform.reports import SessionReport, StateChanged
from antiphon.perform.settings import SessionSettings, State
from antiphon.perform.states import Event, next_state


class Due(NamedTuple):
    """When there will be something to do if nothing is received, in seconds; None: there is nothing.

    decides_s  something is to be decided, or the external clock is lost
    hears_s    the phrase is to be heard, in part, ahead of its end
    works_s    the first of all moments
    sends_s    something is to sound, as far as it is composed
    choice_s   candidates must be composed, and the first of what is chosen: `hurry`, or the answer waits
    """

    decides_s: float | None
    hears_s: float | None
    works_s: float | None
    sends_s: float | None
    choice_s: float | None


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
        self.phrase = self._heard.phrase
        self._answering = Answering(self._planner, time, controls, tell)
        self.playback = self._answering.playback
        self.playback.scheduler.ahead_s = settings.output_latency_s
        self._accompanist = Accompanist(self._planner.phrases, time, self.playback.scheduler, tell)
        self.state: State = "idle"

    @property
    def listening(self) -> bool:
        """Whether a phrase is under way, or one that was over may still go on."""
        return not self.phrase.empty or self._answering.pending

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
        self.playback.scheduler.ahead_s = settings.output_latency_s

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

    def play(self, timed: Timed) -> None:
        """A key goes down or up."""
        if isinstance(timed.event, NoteOn):
            if self.state == "waiting" or not self.phrase.listened.hears(timed.event):
                return  # there are no bars to answer in, or the note is not listened to
            if self.phrase.accompanies(timed):
                self._answering.strike(timed.at_s)
            else:
                self._take_over(timed.at_s)
                self._accompanist.strike(timed.event, timed.at_s)
        else:
            self._accompanist.lift(timed.event, timed.at_s)
        self._heard.hear_anew()
        self.phrase.receive(timed)
        if self.phrase.tells_hands:
            self._settle(timed.at_s)

    def _settle(self, at_s: float) -> None:
        """What was taken for a melody may have turned out to accompany one, or the other way round."""
        if self.state == "listening" and self.phrase.empty:
            if self.playback.phrase is not None:  # it overlapped what was taken for a melody
                self.enter("answer goes on", at_s)
            else:
                self._stop_accompanying(at_s)
                self.enter("no melody", at_s)
        elif self.state in ("idle", "answering") and not self.phrase.empty:
            self._take_over(at_s)

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal goes down or up."""
        self.hear_anew()
        self.phrase.pedal(at_s, channel, down)

    def _take_over(self, at_s: float) -> None:
        """The player plays. If nothing of the answer has sounded, they had only paused."""
        for report in self._time.begin(at_s):
            self._tell(report)
        planned = self.playback.planned
        if planned is not None and not self.playback.counts and self.phrase.resumable:
            self._answering.withdraw()
            self.phrase.resume(planned.phrase)
        elif planned is not None and (self._heard.mode.accompanies or not self._controls.now.answer.overlap):
            self.playback.cut(at_s)
        if self.state != "listening":
            self.enter("note", at_s)
        if self._heard.mode.accompanies:
            self._accompanist.begin(at_s)

    def _accompany(self, at_s: float) -> None:
        """It is time to decide what goes with the player next."""
        transport = self._time.transport
        if transport is not None and (first_s := self.phrase.trim(at_s, transport.beat_s)) is not None:
            self._accompanist.go_on_from(first_s)
        self._accompanist.decide(self._heard.so_far(at_s), at_s, self._controls.now)

    def _stop_accompanying(self, at_s: float) -> None:
        if self._accompanist.at_work:
            self.playback.cut(at_s)
        self._accompanist.stop()

    def settle_mode(self, at_s: float) -> None:
        """Another mode may have been chosen: what goes with the player ends where it does not accompany."""
        if self._accompanist.at_work and not self._heard.mode.accompanies:
            self._stop_accompanying(at_s)

    def end_phrase(self, at_s: float) -> None:
        """The phrase is over; the answer is planned from this moment, however late it is noticed."""
        if self._time.transport is None or self.phrase.empty:
            return
        if self._heard.mode.accompanies:
            self._tell(Accompanied(at_s, self._accompanist.key))
            self._accompanist.stop()
            # Also an answer that overlapped the phrase, from before the mode was chosen.
            self.playback.cut(at_s)
            self.phrase.finish(at_s)
            self.enter("not answered", at_s)
            return
        self.playback.cut(at_s)  # where the two overlap, the new answer takes over
        played, hearing = self._heard.finish(self._time.transport, at_s)
        self._answering.begin(hearing, played, at_s)
        self.enter("phrase over", at_s)

    def again(self, at_s: float) -> None:
        """Another answer to the phrase that was answered last; nothing while a phrase is played."""
        self._answering.finish_planning()
        if self.phrase.empty and self.state != "waiting" and self._answering.again(at_s):
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
        if self.playback.phrase is None:
            return False
        self.playback.cut(at_s)
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
        if not self.phrase.empty:
            self.phrase.finish(at_s)

    def silence(self, event: Event, at_s: float) -> list[Timed]:
        """End the answer at once; gives the events that were not handed out yet, and the note-offs."""
        self._accompanist.stop(halted=event == "answer stopped" and not self.phrase.empty)
        events = self._answering.silence(at_s)
        self.enter(event, at_s)
        return events

    def move(self, shift: Shift) -> None:
        """What waits to sound, and what is still to be composed, lie at the same steps of the grid."""
        self._answering.move(shift)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment, in the order of the music, however late it is now."""
        self._accompanist.go_on()
        if self._answering.planning is not None:
            self._answering.go_on_planning()
        events = self.playback.perform(until_s, now_s)
        if (over_s := self.playback.over_s(until_s)) is not None:
            self.enter("answer over", over_s)
        return events

    def perform_all(self, until_s: float, now_s: float) -> list[Timed]:
        """The same with nothing left to compose: what is remembered must not depend on who looked when."""
        self._accompanist.finish()
        self._answering.finish_planning()
        events = self.perform(until_s, now_s)
        while self.playback.wants_more(until_s):
            events += self.perform(until_s, now_s)
        return events

    def hear_ahead(self, now_s: float) -> None:
        """Hear a part of the phrase; the model cannot hear while it speaks."""
        self._heard.hear_ahead(now_s)

    def due(self) -> Due:
        """When there will be something to do."""
        over_s, hears_s = (None, None) if self.phrase.begins_s is None else self._heard.due_s()
        if hears_s is not None and self._answering.busy:
            hears_s = None
        accompany_s = busy_s = None
        if self._accompanist.at_work:
            accompany_s, busy_s = self._accompanist.due_s, self._accompanist.busy_s
            # Never before the last input, which may have moved it.
            accompany_s = None if accompany_s is None else max(accompany_s, self.phrase.told_s)
        answer_s, choice_s = (None, None) if self.playback.planned is None else self.playback.due_s()
        planning, sends_s = self._answering.planning, self.playback.scheduler.next_s
        planning_s = None if planning is None else planning.over_s
        decides = [over_s, self._time.midi.lost_at_s, self._answering.left_due_s, accompany_s]
        decides_s = min((at_s for at_s in decides if at_s is not None), default=None)
        works = [decides_s, hears_s, busy_s, planning_s, sends_s, answer_s]
        works_s = min((at_s for at_s in works if at_s is not None), default=None)
        return Due(decides_s, hears_s, works_s, sends_s, choice_s)

    def decide(self, at_s: float) -> None:
        """What is due at this moment, however late it is noticed: the left hand is heard, the phrase is over,
        or what goes with the player is chosen."""
        left_due_s = self._answering.left_due_s
        over_s = None if self.phrase.empty else self._heard.due_s()[0]
        if left_due_s is not None and left_due_s <= at_s:
            self._answering.hear_left(self.phrase.beside(at_s), at_s)
        elif over_s is not None and over_s <= at_s:
            self.end_phrase(at_s)
        else:
            self._accompany(at_s)
