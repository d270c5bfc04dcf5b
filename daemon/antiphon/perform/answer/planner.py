"""A phrase is heard and its answer planned: transcription, programs and touch joined."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from antiphon.events import PlayedNote
from antiphon.listen import feel
from antiphon.listen.feel import Feel, HeardFeel
from antiphon.listen.feel_grid import FeelGrid
from antiphon.perform.answer.answer import Answer, Plan
from antiphon.perform.answer.bar_hearing import BarHearing, HeardBars
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import Touch, touch_of, touch_without_feel
from antiphon.perform.answer.transcribe import Transcriber, Transcription
from antiphon.perform.modes import place_answer
from antiphon.perform.reports import Heard
from antiphon.perform.settings import AnswerSettings, LiveSettings, SessionSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced

# The bars of a phrase are those of the grid; or those that were counted in, at the player's tempo; or the
# player's.
BarsBy = Literal["grid", "count-in", "player"]


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """An answer that is planned, the phrase as it was played, and what is reported of it once it counts."""

    answer: Answer
    phrase: tuple[PlayedNote, ...]
    bars: HeardBars
    feel: Feel
    heard: Heard


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """What a phrase says. The model has heard it up to a step of its grid, so many semitones higher."""

    bars: HeardBars
    feel: HeardFeel
    until_steps: int
    shift: int


class Planner:
    """`answers` is how many this performance had before, and `known` where its bars were.

    What is planned counts once it is committed.
    """

    def __init__(
        self, settings: SessionSettings, programs: Programs, answers: int, known: Transport | None = None
    ) -> None:
        self._transcriber = Transcriber(settings.phrase.voice, settings.key)
        self._bars = BarHearing(settings.tempo, programs, known)
        self._feel = Feel()
        self._programs, self._answers, self._channel = programs, answers, settings.channel
        self._latency_s = settings.output_latency_s

    @property
    def used_steps(self) -> int:
        """A later phrase does not begin before this step."""
        return self._transcriber.used_steps

    def set(self, settings: SessionSettings) -> None:
        """Other settings, from the next phrase on."""
        self._transcriber.set(settings.phrase.voice, settings.key)
        self._bars.set(settings.tempo)
        self._latency_s = settings.output_latency_s

    def hear(
        self,
        phrase: Sequence[PlayedNote],
        before: Transport,
        follows: bool,
        bars_by: BarsBy,
        over_s: float,
        settings: AnswerSettings,
    ) -> Sliced[HeardPhrase]:
        """Transcribe a phrase that will be over at a moment, and let the model hear it, in small parts.

        `before` holds until then; `follows` says whether the player sets the tempo.
        """
        counted_in, used = bars_by == "count-in", self.used_steps
        meter_heard = bars_by == "player" and self._bars.hears_meter
        transcription = yield from self._transcriber.transcribe(
            phrase, before, follows, meter_heard, counted_in
        )
        bars = HeardBars(transcription)
        if counted_in:
            bars = self._bars.keep(phrase, transcription, before.grid, used)
        elif bars_by == "player":
            bars = yield from self._bars.hear(phrase, transcription, before.grid, used, follows)
        transcription = bars.transcription
        learned = yield from self._felt(phrase, transcription, follows)
        start, _ = self._place(transcription, over_s, settings)
        yield
        return HeardPhrase(bars, learned, start, (yield from self._programs.hear(transcription, start)))

    def _felt(self, phrase: Sequence[PlayedNote], heard: Transcription, follows: bool) -> Sliced[HeardFeel]:
        """What is known of the player's feel with this phrase."""
        grid = heard.transport.grid
        notes = yield from feel.matched(heard.notes, phrase, grid.step_s)
        places = FeelGrid.of(grid, heard.transport.meter)
        return (yield from feel.hear(self._feel, notes, places, grid, follows))

    def _place(self, phrase: Transcription, at_s: float, settings: AnswerSettings) -> tuple[int, int | None]:
        """Where the answer begins and ends; it begins where its voice can."""
        start, end = place_answer(phrase.notes, at_s, phrase.transport, settings, self._latency_s)
        begins = self._programs.begins_at(start)
        return begins, None if end is None else end + begins - start

    def plan(
        self,
        heard: HeardPhrase,
        played: tuple[PlayedNote, ...],
        straight: Sequence[PlayedNote],
        at_s: float,
        now: LiveSettings,
        scheduler: Scheduler,
    ) -> Sliced[PlannedAnswer]:
        """Plan the answer to a phrase that was heard and was over at a moment, in small parts.

        `played` is the phrase as it came, `straight` as it lies on the present grid; `now` is what the knobs
        are set to.
        """
        phrase, shift = heard.bars.transcription, heard.shift
        transport = phrase.transport
        start, end = self._place(phrase, at_s, now.answer)
        if start != heard.until_steps:
            shift = yield from self._programs.hear(phrase, start)
        melody = self._programs.begin(self._answers)
        closes = self._programs.closes(self._answers, now.shape)
        melody.tell(self._programs.form(phrase, start, end, closes))
        shape = self._programs.shape(phrase, start, end, now.shape)
        touch = _touch(straight, heard, now)
        earliest_s = at_s + self._latency_s if self._latency_s else -math.inf
        plan = Plan(start, end, touch, self._channel, -shift, earliest_s)
        length = None if end is None else end - start
        report = Heard(
            at_s,
            phrase.notes,
            phrase.key,
            transport.grid,
            start,
            length,
            transport.meter,
            phrase.swing,
            heard.bars.sure,
        )
        answer = Answer(melody, shape, plan, transport, scheduler)
        return PlannedAnswer(answer, played, heard.bars, heard.feel.feel, report)

    def commit(self, planned: PlannedAnswer) -> None:
        """The answer sounds: from now on its phrase counts."""
        self._answers += 1
        self._transcriber.commit(planned.bars.transcription, planned.heard.answer_start_steps)
        self._bars.commit(planned.bars)
        self._feel = planned.feel


def _touch(straight: Sequence[PlayedNote], heard: HeardPhrase, now: LiveSettings) -> Touch:
    phrase, in_register = heard.bars.transcription, now.answer.register == "player"
    grid = phrase.transport.grid
    places = FeelGrid.of(grid, phrase.transport.meter)
    if now.feel is None:
        return touch_without_feel(straight, phrase.notes, places, grid, in_register)
    return touch_of(straight, phrase.notes, heard.feel, places, now.feel, in_register)
