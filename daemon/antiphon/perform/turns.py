"""Whose turn it is: the phrase that is played, the answer that is planned, the answer that sounds. Pure.

A phrase is heard once, shortly before it will be over. Hearing it and planning its answer take long where it
is long, so both are done in small parts. An answer counts from its first note on; where the player goes on
before that, they had only paused, and the plan leaves no trace.
"""

from collections.abc import Callable
from dataclasses import replace

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.perform.answer.ahead import Choices
from antiphon.perform.answer.hearing import Asked, Hearing, Planning
from antiphon.perform.answer.phrase_hearing import BarsBy
from antiphon.perform.answer.planned import PlannedAnswer
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.playback import Playback
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer_reports import Foreseen
from antiphon.perform.clock.bar_clock import BarClock, Shift
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.modes import MODES, Mode
from antiphon.perform.phrase import PhraseInput
from antiphon.perform.reports import SessionReport, StateChanged
from antiphon.perform.settings import LiveSettings, SessionSettings, State
from antiphon.perform.states import Event, next_state
from antiphon.slices import Job, Sliced, finish


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
        self._phrase = PhraseInput(settings.phrase, settings.input)
        self._planner = Planner(settings, programs, answers, time.transport)
        self._playback = Playback(self._commit, tell)
        self._playback.scheduler.ahead_s = settings.output_latency_s
        self._clicked = settings.click.when == "always"
        self._hearing: Hearing | None = None
        self._planning: Planning | None = None
        self._answered: PlannedAnswer | None = None  # the last answer that counted, in the bars of now
        self.state: State = "idle"

    @property
    def listening(self) -> bool:
        """Whether a phrase is under way, or one that was over may still go on."""
        pending = self._playback.phrase is not None and not self._playback.counts
        return not self._phrase.silent or self._planning is not None or pending

    def count_in(self, at_s: float, bars: int) -> list[Timed]:
        """Count bars in: all that was under way is over; gives the events to hand out."""
        self.drop_phrase(at_s)
        events = self.silence("silenced", at_s)
        self._answered = None
        self._tell(self._time.count_in(at_s, bars, self._planner.used_steps, self._clicked))
        return events

    def enter(self, event: Event, at_s: float) -> None:
        """Something happened that may lead to another state."""
        state = next_state(self.state, event)
        if state != self.state:
            self.state = state
            self._tell(StateChanged(at_s, state))

    def set(self, settings: SessionSettings) -> None:
        """Other settings; what sounds goes on."""
        self._phrase.set(settings.phrase, settings.input)
        self._planner.set(settings)
        self._playback.scheduler.ahead_s = settings.output_latency_s
        self._clicked = settings.click.when == "always"
        self.hear_anew()

    def hear_anew(self) -> None:
        """Something changed that the phrase depends on: what was heard of it ahead is heard again."""
        self._hearing = None

    def compose_anew(self) -> None:
        """Other settings, or another program: what is composed ahead of an answer is composed anew."""
        self.hear_anew()
        if (planned := self._playback.planned) is not None:
            anew = self._planner.compose_anew(planned, self._controls.now)
            self._playback.plan_anew(anew)
            if self._answered is planned:
                self._answered = anew

    @property
    def choices(self) -> Choices:
        """The choices among candidates in this session."""
        return self._planner.choices

    @property
    def choice_due_s(self) -> float | None:
        """When candidates that are not composed yet must be; None where there are none."""
        return self._playback.choice_due_s

    def hurry(self) -> None:
        """There is no time for the candidates under way: what is composed of the first is the answer."""
        self._playback.hurry()

    def play(self, timed: Timed) -> None:
        """A key goes down or up."""
        if isinstance(timed.event, NoteOn):
            if self.state == "waiting" or not self._phrase.hears(timed.event):
                return  # there are no bars to answer in, or the note is not listened to
            if not self._phrase.accompanies(timed):
                self._take_over(timed.at_s)
        self.hear_anew()
        self._phrase.play(timed)
        self._settle(timed.at_s)

    def _settle(self, at_s: float) -> None:
        """What was taken for a melody may have turned out to accompany one, or the other way round."""
        if not self._phrase.tells_hands:
            return
        if self.state == "listening" and self._phrase.silent and self._playback.phrase is None:
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
            self._withdraw()
            self._phrase.resume(answered)
        elif answered is not None and not self._controls.now.answer.overlap:
            self._playback.cut(at_s)
        self.enter("note", at_s)

    def end_phrase(self, at_s: float) -> None:
        """The phrase is over; the answer is planned from this moment, however late it is noticed."""
        before = self._time.transport
        if before is None or self._phrase.silent:
            return
        self._playback.cut(at_s)  # where the two overlap, the new answer takes over
        played = self._phrase.finish(at_s)
        asked = (self._time.straight(played), before, self._follows, self._bars_by)
        hearing, self._hearing = self._hearing, None
        if hearing is None or hearing.asked != asked:
            hearing = self._begin_hearing(asked, at_s)
        plan = self._plan(hearing, played, at_s, self._controls.now)
        self._planning = Planning(played, at_s, Job(plan))
        self.enter("phrase over", at_s)

    def _plan(
        self, hearing: Hearing, played: tuple[PlayedNote, ...], at_s: float, now: LiveSettings
    ) -> Sliced[PlannedAnswer]:
        heard = yield from hearing.job.rest()
        straight, scheduler = hearing.asked[0], self._playback.scheduler
        return (yield from self._planner.plan(heard, played, straight, at_s, now, scheduler, hearing.begun))

    def _begin_hearing(self, asked: Asked, over_s: float) -> Hearing:
        now = self._controls.now
        job = Job(self._planner.hear(*asked, over_s, now.answer))
        return Hearing(asked, job, lambda heard: self._planner.begin(heard, over_s, now))

    def _go_on_planning(self) -> None:
        """Do one part; when all are done, the answer begins."""
        if self._planning is None:
            return
        self._planning.job.go_on()
        if self._planning.job.done:
            again, planned = self._planning.again, finish(self._planning.job.rest())
            self._planning = None
            if not again:
                self._time.plan(planned.bars.transcription.transport)
            self._playback.begin(planned)
            if self._time.transport is not None:
                planned.answer.follow(self._time.transport)
            if again:
                self._playback.count()  # the phrase is over: what is played from now on is another

    def finish_planning(self) -> None:
        """Plan the answer to its end, if one is being planned."""
        while self._planning is not None:
            self._go_on_planning()

    def again(self, at_s: float) -> None:
        """Another answer to the phrase that was answered last; nothing while a phrase is played."""
        self.finish_planning()
        planned, transport = self._playback.planned or self._answered, self._time.transport
        if planned is None or transport is None or not self._phrase.silent or self.state == "waiting":
            return
        self._playback.cut(at_s)
        now, scheduler = self._controls.now, self._playback.scheduler
        job = Job(self._planner.again(planned, transport, at_s, now, scheduler))
        self._planning = Planning(planned.phrase, at_s, job, again=True)
        self.enter("again", at_s)

    def keep_motif(self) -> None:
        """The next answer keeps to rhythm and contour of the last one."""
        if (planned := self._playback.planned or self._answered) is not None:
            self._planner.keep_motif(planned)
            self.hear_anew()

    def _commit(self, planned: PlannedAnswer) -> None:
        self._answered = planned
        self._planner.commit(planned)
        self._time.commit()
        grid = planned.heard.grid if self._time.transport is None else self._time.transport.grid
        self._tell(replace(planned.heard, grid=grid))  # an external clock may have moved it since
        if planned.chords is not None:
            self._tell(planned.chords)

    def _withdraw(self) -> None:
        """The bars, the memory and the number of answers are as they were before the phrase was over."""
        self._playback.withdraw()
        self._time.withdraw()

    def count(self) -> None:
        """An answer that is planned counts now: what is to change now would take away what it stands on."""
        self.finish_planning()
        self._playback.count()

    def cut(self, event: Event, at_s: float) -> None:
        """Nothing more of the answer sounds; its note-offs come first the next time."""
        self.finish_planning()
        self._playback.cut(at_s)
        self.enter(event, at_s)

    def stop_for_jump(self, at_s: float) -> bool:
        """End the answer under way, if there is one: the bars are elsewhere now."""
        self.finish_planning()
        if self._playback.phrase is None:
            return False
        self.cut("answer stopped", at_s)
        self._answered = None
        return True

    def wait(self, at_s: float) -> None:
        """The external clock stopped: nothing sounds, and what was played is no phrase."""
        if self.state != "waiting":
            self.drop_phrase(at_s)
        self.cut("clock stopped", at_s)
        self._answered = None

    def drop_phrase(self, at_s: float) -> None:
        """What was played so far is no phrase."""
        self.hear_anew()
        if not self._phrase.silent:
            self._phrase.finish(at_s)

    def silence(self, event: Event, at_s: float) -> list[Timed]:
        """End the answer at once; gives the events that were not handed out yet, and the note-offs."""
        self.finish_planning()
        events = self._playback.silence(at_s)
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
        if shift.moved_s is not None and self._time.transport is not None:
            self._playback.move(shift.moved_s, self._time.transport)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment, in the order of the music, however late it is now."""
        self._go_on_planning()
        events = self._playback.perform(until_s, now_s)
        if (over_s := self._playback.over_s(until_s)) is not None:
            self.enter("answer over", over_s)
        return events

    def perform_all(self, until_s: float, now_s: float) -> list[Timed]:
        """The same with nothing left to compose: what is remembered must not depend on who looked when."""
        self.finish_planning()
        events = self.perform(until_s, now_s)
        while self._playback.wants_more(until_s):
            events += self.perform(until_s, now_s)
        return events

    def hear_ahead(self, now_s: float) -> None:
        """Hear a part of the phrase, if it is time to; the model cannot hear while it speaks."""
        over_s, transport = self.phrase_over_s(), self._time.transport
        heard_from_s = self._heard_from_s(over_s)
        if over_s is None or transport is None or heard_from_s is None or now_s < heard_from_s:
            return
        if self._hearing is None:
            straight = self._time.straight(self._phrase.so_far(over_s))
            self._hearing = self._begin_hearing((straight, transport, self._follows, self._bars_by), over_s)
        self._hearing.go_on()

    def _heard_from_s(self, over_s: float | None) -> float | None:
        """When a phrase that will be over at a moment is to be heard; None where it was, or cannot be now."""
        heard = self._hearing is not None and self._hearing.done
        if over_s is None or heard or self._planning is not None or self._playback.phrase is not None:
            return None
        return self._phrase.heard_from_s(over_s, self._mode.ends_at_bar)

    def phrase_over_s(self) -> float | None:
        """When the phrase will be over: in silence, or in the modes that keep to the bars at a bar line."""
        if self._phrase.silent:
            return None
        mode = self._mode
        bars = (self._controls.now.answer.bars or mode.least_bars) if mode.ends_at_bar else None
        return self._phrase.over_s(self._time, bars)

    @property
    def foreseen(self) -> Foreseen | None:
        """What the answer under way will sound like, as far as it is chosen."""
        planned = self._playback.planned
        return None if planned is None else planned.answer.foreseen(planned.place.number)

    @property
    def next_send_s(self) -> float | None:
        """When something is to sound next, as far as it is composed; None where nothing is."""
        return self._playback.scheduler.next_s

    def deadlines_s(self) -> list[float | None]:
        """When there will be something to do."""
        over_s = self.phrase_over_s()
        planning_s = None if self._planning is None else self._planning.over_s
        return [over_s, planning_s, self._heard_from_s(over_s), *self._playback.deadlines_s()]

    @property
    def _mode(self) -> Mode:
        return MODES[self._controls.now.answer.mode]

    @property
    def _follows(self) -> bool:
        """Whether the player sets the tempo: not in a mode that keeps to the bars, nor to a click."""
        return self._time.follows_player and not self._mode.ends_at_bar and not self._clicked

    @property
    def _bars_by(self) -> BarsBy:
        """Who says where the bars are."""
        if self._time.led or self._mode.ends_at_bar or self._clicked:
            return "grid"
        return "count-in" if self._time.counted_in else "player"
