"""The phrase that is played, and how it is heard: when it is over, and in part before that. Pure."""

from antiphon.events import PlayedNote
from antiphon.perform.accompany.accompanist import PhraseSoFar
from antiphon.perform.answer.hearing import Asked, Hearing
from antiphon.perform.answer.phrase_hearing import BarsBy
from antiphon.perform.answer.planner import Planner
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.controls.control_state import ControlState
from antiphon.perform.modes import MODES, Mode
from antiphon.perform.phrase import PhraseInput
from antiphon.perform.settings import SessionSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Job


class Listening:
    """`phrase` is what is played. What was heard of it ahead is heard again where it has changed."""

    def __init__(
        self, settings: SessionSettings, planner: Planner, time: BarClock, controls: ControlState
    ) -> None:
        self.phrase = PhraseInput(settings.phrase, settings.input)
        self._planner, self._time, self._controls = planner, time, controls
        self.clicked = settings.click.when == "always"
        self._hearing: Hearing | None = None

    def set(self, settings: SessionSettings) -> None:
        """Other settings, for the phrase under way too."""
        self.phrase.set(settings.phrase, settings.input)
        self.clicked = settings.click.when == "always"
        self.hear_anew()

    def hear_anew(self) -> None:
        """Something changed that the phrase depends on: what was heard of it ahead is heard again."""
        self._hearing = None

    @property
    def mode(self) -> Mode:
        return MODES[self._controls.now.answer.mode]

    def _bars(self) -> tuple[bool, BarsBy]:
        """Whether the player sets the tempo, and who says where the bars are."""
        kept = self.mode.ends_at_bar or self.clicked
        if kept or self._time.led:
            return False, "grid"
        return self._time.follows_player, "count-in" if self._time.counted_in else "player"

    def due_s(self) -> tuple[float | None, float | None]:
        """When the phrase will be over, in silence or, in the modes that keep to the bars, at a bar line; and
        from when on it is to be heard ahead of that."""
        answer = self._controls.now.answer
        mode = MODES[answer.mode]
        over_s = self.phrase.over_s(
            self._time, (answer.bars or mode.least_bars) if mode.ends_at_bar else None
        )
        if over_s is None or mode.accompanies or (self._hearing is not None and self._hearing.done):
            return over_s, None
        return over_s, self.phrase.heard_from_s(over_s, mode.ends_at_bar)

    def hear_ahead(self, now_s: float) -> None:
        """Hear a part of the phrase; one that is over is heard as its answer is planned."""
        (over_s, _), transport = self.due_s(), self._time.transport
        if over_s is None or transport is None or now_s >= over_s:
            return
        if self._hearing is None:
            straight = self._time.straight(self.phrase.so_far(over_s))
            self._hearing = self._begin((straight, transport, *self._bars()), over_s)
        self._hearing.go_on()

    def so_far(self, at_s: float) -> PhraseSoFar:
        """What was played until a moment, for who accompanies it."""
        return PhraseSoFar(self._time.straight(self.phrase.so_far(at_s)), *self._bars())

    def finish(self, transport: Transport, at_s: float) -> tuple[tuple[PlayedNote, ...], Hearing]:
        """The phrase is over, in these bars; gives its notes, and its hearing: that of before, if it still is
        what it was then."""
        played = self.phrase.finish(at_s)
        asked = (self._time.straight(played), transport, *self._bars())
        hearing, self._hearing = self._hearing, None
        if hearing is None or hearing.asked != asked:
            hearing = self._begin(asked, at_s)
        return played, hearing

    def _begin(self, asked: Asked, over_s: float) -> Hearing:
        now = self._controls.now
        job = Job(self._planner.hear(*asked, over_s, now.answer))
        return Hearing(asked, job, lambda heard: self._planner.begin(heard, over_s, now))
