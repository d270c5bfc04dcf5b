"""A phrase is heard and its answer planned: transcription, programs and touch joined."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.shape import Shape
from antiphon.compose.side_by_side.candidates import Candidates
from antiphon.events import PlayedNote, melody_of
from antiphon.perform.answer import chord_plans, left_hand
from antiphon.perform.answer.ahead import Ahead, Choices
from antiphon.perform.answer.answer import Answer
from antiphon.perform.answer.chord_plans import LeftChord
from antiphon.perform.answer.composer import AnswerPlace, Composer, HowComposed
from antiphon.perform.answer.notes import Plan
from antiphon.perform.answer.parts import Parts
from antiphon.perform.answer.phrase_hearing import BarsBy, PhraseHearing, chords_heard
from antiphon.perform.answer.planned import Begun, HeardPhrase, PlannedAnswer, heard_report
from antiphon.perform.answer.programs import Programs
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import touch_after
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.modes import place_answer
from antiphon.perform.settings import AnswerSettings, LiveSettings, SessionSettings
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced

# How closely an answer follows the motif of the last one, at least.
_MOTIF_CLOSENESS = 0.6


class Planner:
    """`answers` is how many this performance had before, and `known` where its bars were.

    What is planned counts once it is committed.
    """

    def __init__(
        self, settings: SessionSettings, programs: Programs, answers: int, known: Transport | None = None
    ) -> None:
        self.phrases = PhraseHearing(settings, programs, known)
        self._programs, self._answers, self._channel = programs, answers, settings.channel
        self._latency_s = settings.output_latency_s
        self.choices = Choices()
        self._motif: Transcription | None = None  # of the last answer, for the next

    @property
    def used_steps(self) -> int:
        """A later phrase does not begin before this step."""
        return self.phrases.used_steps

    def set(self, settings: SessionSettings) -> None:
        """Other settings, from the next phrase on."""
        self.phrases.set(settings)
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
        bars, learned = yield from self.phrases.hear(phrase, before, follows, bars_by)
        transcription = bars.transcription
        start, _ = self._place(transcription, over_s, settings)
        yield
        return HeardPhrase(bars, learned, start, (yield from self._programs.hear(transcription, start)))

    def _place(self, phrase: Transcription, at_s: float, settings: AnswerSettings) -> tuple[int, int | None]:
        """Where the answer begins and ends; it begins where its voice can."""
        start, end = place_answer(phrase.notes, at_s, phrase.transport, settings, self._latency_s)
        begins = self._programs.begins_at(start)
        return begins, None if end is None else end + begins - start

    def begin(self, heard: HeardPhrase, over_s: float, now: LiveSettings) -> Begun | None:
        """Begin to compose the answer to a phrase that will be over at a moment; None where it is composed
        step by step."""
        phrase = heard.bars.transcription
        start, end = self._place(phrase, over_s, now.answer)
        if start != heard.until_steps:
            return None
        place = AnswerPlace(phrase, heard.shift, start, end, self._answers)
        how = self._how(now, self._motif, place)
        composer = self._composer(place, how)
        if composer is None:
            return None
        return Begun(place, how, composer.candidates(0, None, np.zeros(0, np.int64)))

    def _how(
        self,
        now: LiveSettings,
        motif: Transcription | None,
        place: AnswerPlace,
        left: tuple[LeftChord, ...] = (),
    ) -> HowComposed:
        shape = now.shape
        if motif is not None:
            shape = replace(shape, closeness=max(shape.closeness, _MOTIF_CLOSENESS))
        answer, program = now.answer, self._programs.chosen
        chosen_by, strict, chords = answer.choice, now.strict_key, self._chords(now, place, left)
        return HowComposed(answer.candidates, now.sampling, shape, motif, program, chosen_by, strict, chords)

    def _chords(self, now: LiveSettings, place: AnswerPlace, left: tuple[LeftChord, ...]) -> ChordPlan | None:
        """The plan of chords for an answer; None where it goes without."""
        played = place.phrase.chords
        heard = played.progression if played is not None and now.harmony.listen else None
        if not chord_plans.wanted(now.harmony, heard, left):
            return None
        closes = self._programs.closes(place.number, now.shape)
        chance, table = self._programs.chords_chance(place.number), self._programs.chord_table
        start, end = place.start, place.end
        return chord_plans.chord_plan(place.phrase, heard, start, end, closes, chance, left, table)

    def _composer(self, place: AnswerPlace, how: HowComposed) -> Composer | None:
        return self._programs.composer(place, self._shape(place, how), how)

    def _shape(self, place: AnswerPlace, how: HowComposed) -> Shape:
        return self._programs.shape(place.phrase, place.start, place.end, how, place.shift)

    def compose_anew(self, planned: PlannedAnswer, now: LiveSettings) -> PlannedAnswer:
        """Compose the rest of an answer under way by these settings and the program that is chosen now, where
        it is composed ahead."""
        place = planned.place
        how = self._how(now, planned.how.motif, place, planned.left)
        planned.answer.harmonize(now.harmony, _later(how.chords, place, planned.answer.plan.start))
        return self._anew(planned, now, how)

    def _anew(self, planned: PlannedAnswer, now: LiveSettings, how: HowComposed) -> PlannedAnswer:
        if planned.answer.melody is not self._programs.melody:
            return self._take_up(planned, now, how)
        place = replace(planned.place, shift=self._programs.shift(planned.place.phrase))
        planned.answer.compose_anew(self._composer(place, how), self._shape(place, how))
        return replace(planned, place=place)

    def hear_left(
        self,
        planned: PlannedAnswer,
        beside: Sequence[PlayedNote],
        transport: Transport,
        at_s: float,
        now: LiveSettings,
    ) -> PlannedAnswer:
        """What the left hand has played until a moment of an answer, in these bars: where that is another
        chord than was planned, the rest is composed anew over it from the next beat on."""
        place, table = planned.place, self._programs.chord_table
        plan = self._chords(now, place, planned.left)
        chord = left_hand.heard(planned, plan, beside, transport, at_s, table)
        if chord is None:
            return planned
        left = (*planned.left, chord)
        how = self._how(now, planned.how.motif, place, left)
        ours = planned.answer.melody is self._programs.melody
        chords = _later(how.chords, place, planned.answer.plan.start)
        if chords is not None:
            step = chord.step + planned.answer.plan.start - place.start
            planned.answer.go_over(chords, step, self._shape(place, how) if ours else None)
        return replace(self._anew(planned, now, how), left=left)

    def _take_up(self, planned: PlannedAnswer, now: LiveSettings, how: HowComposed) -> PlannedAnswer:
        """Let the program that is chosen now compose the rest, if it composes ahead and can at that beat."""
        programs, before = self._programs, planned.place
        place = replace(before, shift=programs.shift(before.phrase))
        composer, said = self._composer(place, how), planned.answer.left_at_beat()
        if now.answer.program_change == "answer" or composer is None or said is None:
            return planned
        if not (
            programs.begins_at(place.start) == place.start and programs.begins_at(said.step) == said.step
        ):
            return planned
        hearing = programs.take_up(place, composer.form, said)
        planned.answer.take_up(said, composer, self._shape(place, how), place.shift, hearing)
        return replace(planned, place=place, how=how)

    def plan(
        self,
        heard: HeardPhrase,
        played: tuple[PlayedNote, ...],
        straight: Sequence[PlayedNote],
        at_s: float,
        now: LiveSettings,
        scheduler: Scheduler,
        begun: Begun | None = None,
    ) -> Sliced[PlannedAnswer]:
        """Plan the answer to a phrase that was heard and was over at a moment, in small parts.

        `played` is the phrase as it came, `straight` as it lies on the present grid; `now` is what the knobs
        are set to. Where `begun` is of this answer, it is composed already, or will be.
        """
        phrase, shift = heard.bars.transcription, heard.shift
        start, end = self._place(phrase, at_s, now.answer)
        if start != heard.until_steps:
            shift = yield from self._programs.hear(phrase, start)
        place = AnswerPlace(phrase, shift, start, end, self._answers)
        how = self._how(now, self._motif, place)
        candidates = begun.candidates if begun is not None and begun.fits(place, how) else None
        in_register = now.answer.register == "player"
        touch = touch_after(melody_of(straight), phrase, heard.feel, now.feel, in_register)
        plan = Plan(start, end, touch, self._channel, -shift, self._earliest_s(at_s))
        report = heard_report(heard.bars, at_s, start, end)
        answer = self._answer(place, how, plan, phrase.transport, scheduler, now.harmony, candidates)
        told = chords_heard(phrase, at_s)
        return PlannedAnswer(answer, played, heard.bars, heard.feel.feel, report, place, how, told)

    def _answer(
        self,
        place: AnswerPlace,
        how: HowComposed,
        plan: Plan,
        transport: Transport,
        scheduler: Scheduler,
        harmony: HarmonySettings,
        candidates: Candidates | None,
        turn: int = 0,
    ) -> Answer:
        """An answer by the melody that has heard its phrase; of its candidates the one whose turn it is."""
        melody = self._programs.begin(place.number)
        closes = self._programs.closes(place.number, how.shape)
        melody.tell(self._programs.form(place.phrase, place.start, place.end, closes))
        composer, ahead = self._composer(place, how), None
        if composer is not None:
            quarter = transport.grid.steps_per_quarter
            ahead = Ahead(composer, plan.start, transport.beat_steps, quarter, self.choices)
            ahead.begin(candidates, turn)
        chords = _later(how.chords, place, plan.start)
        figure = None if place.phrase.chords is None else place.phrase.chords.figure
        parts = Parts(harmony, chords, plan.touch, plan.start, plan.end, figure)
        return Answer(melody, self._shape(place, how), plan, transport, scheduler, ahead, parts)

    def again(
        self,
        planned: PlannedAnswer,
        transport: Transport,
        at_s: float,
        now: LiveSettings,
        scheduler: Scheduler,
    ) -> Sliced[PlannedAnswer]:
        """Plan another answer to the phrase of one that counted, in small parts.

        It begins at the next moment after `at_s` that lies in the bar of `transport` as the first one began.
        """
        place, before, bar = planned.place, planned.answer, transport.bar_steps
        soonest = transport.grid.steps_at(at_s + self._latency_s)
        later = max(0, math.ceil((soonest - before.plan.start) / bar)) * bar
        shift = yield from self._programs.hear(place.phrase, place.start)
        # The chords are those of the first answer to the phrase.
        how, candidates, turn = self._how(now, planned.how.motif, place), None, 0
        if how == planned.how and shift == place.shift and before.runner_up is not None:
            candidates, turn = before.runner_up
        place = replace(place, shift=shift, number=self._answers)
        plan = before.plan.later(later, -shift, self._earliest_s(at_s))
        answer = self._answer(place, how, plan, transport, scheduler, now.harmony, candidates, turn)
        heard = replace(planned.heard, at_s=at_s, answer_start_steps=plan.start)
        return replace(planned, answer=answer, heard=heard, place=place, how=how, chords=None, left=())

    def _earliest_s(self, at_s: float) -> float:
        """Nothing that is decided on at a moment can sound before this one."""
        return at_s + self._latency_s if self._latency_s else -math.inf

    def keep_motif(self, planned: PlannedAnswer) -> None:
        """The next answer keeps to rhythm and contour of this one, as far as it was played."""
        if notes := planned.answer.notes:
            self._motif = replace(planned.place.phrase, notes=notes)

    def commit(self, planned: PlannedAnswer) -> None:
        """The answer sounds: from now on its phrase counts."""
        self._answers += 1
        self.phrases.commit(planned.bars, planned.feel, planned.heard.answer_start_steps)
        if planned.how.motif is self._motif:
            self._motif = None


def _later(plan: ChordPlan | None, place: AnswerPlace, start: int) -> ChordPlan | None:
    """The chords of an answer that begins at a step; they were planned for where it has its place."""
    quarter = place.phrase.transport.grid.steps_per_quarter
    return None if plan is None else plan.later((start - place.start) / quarter)
