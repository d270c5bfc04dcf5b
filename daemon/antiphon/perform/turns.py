"""Whose turn it is: the phrase that is played, the answer that is planned, the answer that sounds. Pure.

A phrase is heard once, shortly before it will be over. Its answer counts from its first note on; where the
player goes on before that, they had only paused, and the plan leaves no trace.
"""

from collections.abc import Callable, Sequence

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.perform.answer.planner import PlannedAnswer, Planner
from antiphon.perform.answer.playback import Playback
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.clock.bar_clock import BarClock, Shift
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.modes import MODES, Mode
from antiphon.perform.phrase import PhraseInput
from antiphon.perform.reports import SessionReport, StateChanged
from antiphon.perform.settings import SessionSettings, State
from antiphon.perform.states import Event, next_state
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced, finish

# Parts of hearing a phrase that are done each time the session is advanced: each takes about 0.2 ms.
_PARTS_AT_ONCE = 2
_Asked = tuple[Sequence[PlayedNote], Transport, bool]


class _Hearing:
    """A phrase that is heard in small parts; `asked` is what it depends on."""

    def __init__(self, asked: _Asked, work: Sliced[Transcription]) -> None:
        self.asked, self._work = asked, work
        self._heard: Transcription | None = None

    @property
    def done(self) -> bool:
        return self._heard is not None

    def do_a_part(self) -> None:
        try:
            next(self._work)
        except StopIteration as done:
            self._heard = done.value

    def finish(self) -> Transcription:
        """Do all that is left."""
        if self._heard is None:
            self._heard = finish(self._work)
        return self._heard


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
        self._phrase = PhraseInput(settings.phrase)
        self._planner = Planner(settings, programs, answers)
        self._playback = Playback(self._commit, self._withdraw, tell)
        self._hearing: _Hearing | None = None
        self._before: tuple[Transport, Transport] | None = None  # the transport of a plan, and the one before
        self.state: State = "idle"

    @property
    def listening(self) -> bool:
        """Whether a phrase is under way."""
        return not self._phrase.silent

    def enter(self, event: Event, at_s: float) -> None:
        """Something happened that may lead to another state."""
        state = next_state(self.state, event)
        if state != self.state:
            self.state = state
            self._tell(StateChanged(at_s, state))

    def set(self, settings: SessionSettings) -> None:
        """Other settings; what sounds goes on."""
        self._phrase.set(settings.phrase)
        self._planner.set(settings)
        self.hear_anew()

    def hear_anew(self) -> None:
        """Something changed that the phrase depends on: what was heard of it ahead is heard again."""
        self._hearing = None

    def play(self, timed: Timed) -> None:
        """A key goes down or up."""
        if isinstance(timed.event, NoteOn):
            if self.state == "waiting":
                return  # there are no bars to answer in
            self._take_over(timed.at_s)
        self.hear_anew()
        self._phrase.play(timed)

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal goes down or up."""
        self.hear_anew()
        self._phrase.pedal(at_s, channel, down)

    def _take_over(self, at_s: float) -> None:
        """The player plays. If nothing of the answer has sounded, they had only paused."""
        answered = self._playback.phrase
        for report in self._time.begin(at_s):
            self._tell(report)
        if answered is not None and not self._playback.sounded:
            self._playback.cut(at_s)
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
        straight = self._time.straight(played)
        heard = self._heard((straight, before, self._follows), at_s)
        planned = self._planner.plan(
            heard, played, straight, at_s, self._controls.now, self._playback.scheduler
        )
        self._before = (heard.transport, before)
        self._time.transport = heard.transport
        self._playback.begin(planned)
        self.enter("answer planned", at_s)

    def _heard(self, asked: _Asked, over_s: float) -> Transcription:
        hearing, self._hearing = self._hearing, None
        if hearing is None or hearing.asked != asked:
            hearing = self._begin_hearing(asked, over_s)
        return hearing.finish()

    def _begin_hearing(self, asked: _Asked, over_s: float) -> _Hearing:
        return _Hearing(asked, self._planner.hear(*asked, over_s, self._controls.now.answer))

    def _commit(self, planned: PlannedAnswer) -> None:
        self._planner.commit(planned)
        self._tell(planned.heard)

    def _withdraw(self, planned: PlannedAnswer) -> None:
        """The bars, the memory and the number of answers are as they were before the phrase was over."""
        planned.melody.withdraw()
        if self._before is not None and self._time.transport is self._before[0]:
            self._time.transport = self._before[1]

    def cut(self, event: Event, at_s: float) -> None:
        """Nothing more of the answer sounds; its note-offs come first the next time."""
        self._playback.cut(at_s)
        self.enter(event, at_s)

    def stop_for_jump(self, at_s: float) -> bool:
        """End the answer under way, if there is one: the bars are elsewhere now."""
        if self._playback.phrase is None:
            return False
        self.cut("answer stopped", at_s)
        return True

    def wait(self, at_s: float) -> None:
        """The external clock stopped: nothing sounds, and what was played is no phrase."""
        if self.state != "waiting":
            self.drop_phrase(at_s)
        self.cut("clock stopped", at_s)

    def drop_phrase(self, at_s: float) -> None:
        """What was played so far is no phrase."""
        self.hear_anew()
        if not self._phrase.silent:
            self._phrase.finish(at_s)

    def silence(self, event: Event, at_s: float) -> list[Timed]:
        """End the answer at once; gives the events that were not handed out yet, and the note-offs."""
        events = self._playback.silence(at_s)
        self.enter(event, at_s)
        return events

    def owe(self, events: list[Timed]) -> None:
        """Events that were due and are not handed out yet: they come first the next time."""
        self._playback.owe(events)

    def told(self, at_s: float) -> None:
        """Some input came, whatever it was."""
        self._phrase.told(at_s)

    def move(self, shift: Shift) -> None:
        """What waits to sound, and what is still to be composed, lie at the same steps of the grid."""
        if shift.moved_s is not None and self._time.transport is not None:
            self._playback.move(shift.moved_s, self._time.transport)

    def perform(self, until_s: float, now_s: float) -> list[Timed]:
        """What is due until a moment, in the order of the music, however late it is now."""
        events = self._playback.perform(until_s, now_s)
        if (over_s := self._playback.over_s(until_s)) is not None:
            self.enter("answer over", over_s)
        return events

    def perform_all(self, until_s: float, now_s: float) -> list[Timed]:
        """The same with nothing left to compose: what is remembered must not depend on who looked when."""
        events = self.perform(until_s, now_s)
        while self._playback.wants_more(until_s):
            events += self.perform(until_s, now_s)
        return events

    def hear_ahead(self, now_s: float) -> None:
        """Hear a part of the phrase, if it is time to; the model cannot hear while it speaks."""
        over_s, begins_s = self.phrase_over_s(), self._heard_from_s()
        if over_s is None or begins_s is None or now_s < begins_s:
            return
        if self._hearing is None and self._time.transport is not None:
            straight = self._time.straight(self._phrase.so_far(over_s))
            self._hearing = self._begin_hearing((straight, self._time.transport, self._follows), over_s)
        for _ in range(_PARTS_AT_ONCE):
            if self._hearing is not None and not self._hearing.done:
                self._hearing.do_a_part()

    def _heard_from_s(self) -> float | None:
        over_s = self.phrase_over_s()
        if over_s is None or self._playback.phrase is not None:
            return None
        return self._phrase.heard_from_s(over_s, self._mode.ends_at_bar)

    def phrase_over_s(self) -> float | None:
        """When the phrase will be over: in silence, or in the modes that keep to the bars at a bar line."""
        bars = self._controls.now.answer.bars or self._mode.least_bars
        return self._phrase.over_s(self._time, bars if self._mode.ends_at_bar else None)

    @property
    def next_send_s(self) -> float | None:
        """When something is to sound next, as far as it is composed; None where nothing is."""
        return self._playback.scheduler.next_s

    def deadlines_s(self) -> list[float | None]:
        """When there will be something to do."""
        heard = self._hearing is not None and self._hearing.done
        return [
            self.phrase_over_s(),
            None if heard else self._heard_from_s(),
            *self._playback.deadlines_s(),
        ]

    @property
    def _mode(self) -> Mode:
        return MODES[self._controls.now.answer.mode]

    @property
    def _follows(self) -> bool:
        """Whether the player sets the tempo: in a mode that keeps to the bars nobody does."""
        return self._time.follows_player and not self._mode.ends_at_bar
