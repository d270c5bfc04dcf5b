"""A phrase is heard and its answer planned: transcription, programs and touch joined."""

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.events import PlayedNote
from antiphon.perform.answer.answer import Answer, Plan
from antiphon.perform.answer.bar_hearing import BarHearing, HeardBars
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import touch_of
from antiphon.perform.answer.transcribe import Transcriber
from antiphon.perform.modes import place_answer
from antiphon.perform.reports import Heard
from antiphon.perform.settings import AnswerSettings, LiveSettings, SessionSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced


@dataclass(frozen=True, slots=True)
class PlannedAnswer:
    """An answer that is planned, the phrase as it was played, and what is reported of it once it counts."""

    answer: Answer
    phrase: tuple[PlayedNote, ...]
    bars: HeardBars
    heard: Heard


@dataclass(frozen=True, slots=True)
class HeardPhrase:
    """What a phrase says. The model has heard it up to a step of its grid, so many semitones higher."""

    bars: HeardBars
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
        self._programs, self._answers, self._channel = programs, answers, settings.channel

    def set(self, settings: SessionSettings) -> None:
        """Other settings, from the next phrase on."""
        self._transcriber.set(settings.phrase.voice, settings.key)
        self._bars.set(settings.tempo)

    def hear(
        self,
        phrase: Sequence[PlayedNote],
        before: Transport,
        follows: bool,
        free: bool,
        over_s: float,
        settings: AnswerSettings,
    ) -> Sliced[HeardPhrase]:
        """Transcribe a phrase that will be over at a moment, and let the model hear it, in small parts.

        `before` holds until then; `follows` says whether the player sets the tempo, `free` whether
        nothing has fixed the bars.
        """
        transcription = yield from self._transcriber.transcribe(phrase, before, follows)
        bars = HeardBars(transcription)
        if free:
            used = self._transcriber.used_steps
            bars = yield from self._bars.hear(phrase, transcription, before.grid, used, follows)
        transcription = bars.transcription
        start, _ = place_answer(transcription.notes, over_s, transcription.transport, settings)
        yield
        return HeardPhrase(bars, start, (yield from self._programs.hear(transcription, start)))

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
        start, end = place_answer(phrase.notes, at_s, transport, now.answer)
        if start != heard.until_steps:
            shift = yield from self._programs.hear(phrase, start)
        melody = self._programs.begin(self._answers)
        shape = self._programs.shape(phrase, start, end, now.shape)
        in_register = now.answer.register == "player"
        touch = touch_of(straight, phrase.notes, transport.grid, transport.bar_steps, in_register)
        plan = Plan(start, end, touch, self._channel, -shift)
        length = None if end is None else end - start
        report = Heard(at_s, phrase.notes, phrase.key, transport.grid, start, length, transport.meter)
        answer = Answer(melody, shape, plan, transport, scheduler)
        return PlannedAnswer(answer, played, heard.bars, report)

    def commit(self, planned: PlannedAnswer) -> None:
        """The answer sounds: from now on its phrase counts."""
        self._answers += 1
        self._transcriber.commit(planned.bars.transcription, planned.heard.answer_start_steps)
        self._bars.commit(planned.bars)
