"""The answer that is planned, and the one that sounds. Pure.

Planning takes long where the phrase is long, so it is done in small parts. An answer counts from its first
note on; one that is withdrawn before leaves no trace.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from antiphon.events import PlayedNote, Timed
from antiphon.perform.answer import left_hand
from antiphon.perform.answer.hearing import Hearing, Planning
from antiphon.perform.answer.planned import PlannedAnswer
from antiphon.perform.answer.planner import Planner
from antiphon.perform.answer.playback import Playback
from antiphon.perform.clock.bar_clock import BarClock, Shift
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.reports import SessionReport
from antiphon.perform.settings import LiveSettings
from antiphon.slices import Job, Sliced, finish


class Answering:
    """At most one answer at a time. `tell` hears what happens."""

    def __init__(
        self,
        planner: Planner,
        time: BarClock,
        controls: ControlState,
        tell: Callable[[SessionReport], None],
    ) -> None:
        self._planner, self._time, self._controls, self._tell = planner, time, controls, tell
        self.playback = Playback(self._commit, tell)
        self.planning: Planning | None = None
        self._answered: PlannedAnswer | None = None  # the last answer that counted, in the bars of now
        self._struck_s: float | None = None  # when the left hand struck a key that was not heard yet

    @property
    def busy(self) -> bool:
        """Whether an answer is planned, or under way."""
        return self.planning is not None or self.playback.planned is not None

    @property
    def pending(self) -> bool:
        """Whether one is planned that does not count yet."""
        return self.busy and not self.playback.counts

    def forget(self) -> None:
        """There is no other answer to the phrase that was answered last."""
        self._answered = None

    def compose_anew(self) -> None:
        """Other settings, or another program: what is composed ahead of an answer is composed anew."""
        if (planned := self.playback.planned) is not None:
            self._change(planned, self._planner.compose_anew(planned, self._controls.now))

    def _change(self, planned: PlannedAnswer, anew: PlannedAnswer) -> None:
        self.playback.plan_anew(anew)
        if self._answered is planned:
            self._answered = anew

    def strike(self, at_s: float) -> None:
        """The left hand strikes a key."""
        harmony = self._controls.now.harmony
        if self._struck_s is None and harmony.listen and harmony.follow:
            self._struck_s = at_s

    @property
    def left_due_s(self) -> float | None:
        """When it is heard what the left hand plays during an answer; None where that is known."""
        if self._struck_s is None or not self.busy or self._time.transport is None:
            return None
        return left_hand.due_s(self._struck_s, self._time.transport)

    def hear_left(self, beside: Sequence[PlayedNote], at_s: float) -> None:
        """This is what the left hand has played until a moment."""
        self._struck_s = None
        planned, transport = self.playback.planned, self._time.transport
        if planned is not None and transport is not None:
            now = self._controls.now
            self._change(planned, self._planner.hear_left(planned, beside, transport, at_s, now))

    def begin(self, hearing: Hearing, played: tuple[PlayedNote, ...], at_s: float) -> None:
        """Plan the answer to a phrase that was over at a moment."""
        self._struck_s = None
        self.planning = Planning(played, at_s, Job(self._plan(hearing, played, at_s, self._controls.now)))

    def _plan(
        self, hearing: Hearing, played: tuple[PlayedNote, ...], at_s: float, now: LiveSettings
    ) -> Sliced[PlannedAnswer]:
        heard = yield from hearing.job.rest()
        straight, scheduler = hearing.asked[0], self.playback.scheduler
        return (yield from self._planner.plan(heard, played, straight, at_s, now, scheduler, hearing.begun))

    def go_on_planning(self) -> None:
        """Do one part, if an answer is being planned; when all are done, the answer begins."""
        if self.planning is None:
            return
        self.planning.job.go_on()
        if self.planning.job.done:
            again, planned = self.planning.again, finish(self.planning.job.rest())
            self.planning = None
            if not again:
                self._time.plan(planned.bars.transcription.transport)
            self.playback.begin(planned)
            if self._time.transport is not None:
                planned.answer.follow(self._time.transport)
            if again:
                self.playback.count()  # the phrase is over: what is played from now on is another

    def finish_planning(self) -> None:
        """Plan the answer to its end, if one is being planned."""
        while self.planning is not None:
            self.go_on_planning()

    def again(self, at_s: float) -> bool:
        """Another answer to the phrase that was answered last; whether there was one."""
        planned, transport = self.playback.planned or self._answered, self._time.transport
        if planned is None or transport is None:
            return False
        self.playback.cut(at_s)
        now, scheduler = self._controls.now, self.playback.scheduler
        job = Job(self._planner.again(planned, transport, at_s, now, scheduler))
        self.planning = Planning(planned.phrase, at_s, job, again=True)
        return True

    def keep_motif(self) -> bool:
        """The next answer keeps to rhythm and contour of the last one; whether there was one."""
        planned = self.playback.planned or self._answered
        if planned is not None:
            self._planner.keep_motif(planned)
        return planned is not None

    def _commit(self, planned: PlannedAnswer) -> None:
        self._answered = planned
        self._planner.commit(planned)
        self._time.commit()
        grid = planned.heard.grid if self._time.transport is None else self._time.transport.grid
        self._tell(replace(planned.heard, grid=grid))  # an external clock may have moved it since
        if planned.chords is not None:
            self._tell(planned.chords)

    def withdraw(self) -> None:
        """The bars, the memory and the number of answers are as they were before the phrase was over."""
        self.playback.withdraw()
        self._time.withdraw()

    def count(self) -> None:
        """An answer that is planned counts now: what is to change now would take away what it stands on."""
        self.finish_planning()
        self.playback.count()

    def cut(self, at_s: float) -> None:
        """Nothing more of the answer sounds; its note-offs come first the next time."""
        self.finish_planning()
        self.playback.cut(at_s)

    def silence(self, at_s: float) -> list[Timed]:
        """The same at once; gives the events that were not handed out yet, and the note-offs."""
        self.finish_planning()
        return self.playback.silence(at_s)

    def move(self, shift: Shift) -> None:
        """What waits to sound, and what is still to be composed, lie at the same steps of the grid."""
        if shift.moved_s is not None and self._time.transport is not None:
            self.playback.move(shift.moved_s, self._time.transport)
