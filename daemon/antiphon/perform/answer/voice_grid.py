"""A phrase and its answer on the grid of the voice that answers, which may be coarser than the music's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.bar_likelihood import HeardEvent
from antiphon.compose.form import Form, answer_form
from antiphon.compose.harmony.odds import ChordLine
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.place import Bars
from antiphon.compose.symbols import REST, Vocabulary
from antiphon.events import GridNote, fold_pitch
from antiphon.harmony.progression import slot_quarters
from antiphon.perform.answer.composer import AnswerPlace
from antiphon.perform.answer.transcribe import Transcription, as_heard
from antiphon.perform.transport import Transport


@dataclass(frozen=True, slots=True)
class VoiceGrid:
    """`steps_per_quarter` of the voice; `ratio`: steps of the music in one of its own."""

    steps_per_quarter: int
    ratio: int

    def begins_at(self, step: int) -> int:
        """The first step of the music, from this one on, that is one of the voice."""
        return -(-step // self.ratio) * self.ratio

    def notes(self, notes: Sequence[GridNote]) -> tuple[GridNote, ...]:
        """In steps of the voice."""
        return tuple(notes) if self.ratio == 1 else tuple(_coarser(notes, self.ratio))

    def bar_steps(self, phrase: Transcription) -> int:
        """A bar in steps of the voice; at least one, where a bar is shorter than its steps."""
        return max(1, phrase.transport.bar_steps // self.ratio)

    def bars(self, phrase: Transcription) -> Bars:
        """Where the phrase begins in them."""
        first = self._first_step(phrase) % self.bar_steps(phrase)
        return Bars.begun_at(phrase.transport.meter, first, self.steps_per_quarter)

    def coarser_bars(self, bars: Bars) -> Bars:
        """Bars of the music in steps of the voice."""
        return Bars(bars.meter, round(bars.offset_steps / self.ratio), self.steps_per_quarter)

    def form(self, phrase: Transcription, start: int, end: int | None, closes: bool) -> Form:
        """What the model is told of the form of an answer from one step of the phrase's grid to another.

        `end` None: without end.
        """
        first = self._first_step(phrase)
        begins, ends = start // self.ratio - first, None if end is None else end // self.ratio - first
        return answer_form(self.bars(phrase).offset_steps, self.bar_steps(phrase), begins, ends, closes)

    def phrase_notes(self, phrase: Transcription, shift: int) -> tuple[GridNote, ...]:
        """The phrase in the model's key, from its first bar line on."""
        line = self._first_line(phrase)
        return tuple(
            GridNote(note.onset_steps - line, note.duration_steps, fold_pitch(note.pitch + shift))
            for note in self.notes(phrase.notes)
        )

    def frame(self, place: AnswerPlace, closes: bool) -> AnswerFrame:
        """The whole answer as the critic counts; one without end has no length."""
        line, ratio = self._first_line(place.phrase), self.ratio
        begins = place.start // ratio - line
        ends = begins if place.end is None else begins + (place.end - place.start) // ratio
        meter, mode = place.phrase.transport.meter, place.phrase.key.mode
        return AnswerFrame(self.steps_per_quarter, meter, begins, ends, mode, closes)

    def events(self, notes: Sequence[GridNote], shift: int, vocabulary: Vocabulary) -> list[HeardEvent]:
        """Notes and the rests between them as the model knows them; the length of the last one is unknown."""
        events: list[HeardEvent] = []
        own = self.notes(notes)
        for note, after in zip(own, (*own[1:], None), strict=True):
            symbol = vocabulary.id(vocabulary.nearest(str(fold_pitch(note.pitch + shift))))
            rest = 0 if after is None else after.onset_steps - note.end_steps
            held = rest if REST not in vocabulary else 0
            events.append(HeardEvent(symbol, note.duration_steps + held, after is not None))
            if rest > held:
                events.append(HeardEvent(vocabulary.id(REST), rest))
        return events

    def _first_step(self, phrase: Transcription) -> int:
        return self.notes(phrase.notes[:1])[0].onset_steps

    def _first_line(self, phrase: Transcription) -> int:
        """The bar line at or before the phrase's first note, in steps of the voice."""
        bar = self.bar_steps(phrase)
        return self._first_step(phrase) // bar * bar


def on_bars(phrase: Transcription) -> tuple[str, ...]:
    """A phrase's symbols in whole bars from its first bar line on; "" where it has not begun or is over."""
    first, bar = phrase.notes[0].onset_steps, phrase.transport.bar_steps
    steps = phrase.transport.grid.steps_per_quarter
    offset = Bars.begun_at(phrase.transport.meter, first % bar, steps).offset_steps
    heard = as_heard(phrase.notes, phrase.key.shift, phrase.notes[-1].end_steps)
    on_line = ("",) * offset if offset > 0 else ()
    said = (*on_line, *heard[max(0, -offset) :])
    return (*said, *[""] * (-len(said) % bar))


def chord_line(plan: ChordPlan, start: int, transport: Transport) -> ChordLine:
    """The chords of an answer from a step on, which are counted as the grid is."""
    quarter = transport.grid.steps_per_quarter
    slot = max(1, round(slot_quarters(transport.meter) * quarter))
    return ChordLine(plan, start, quarter, transport.beat_steps, slot)


def _coarser(notes: Sequence[GridNote], ratio: int) -> Iterator[GridNote]:
    """Each note at the nearest of the steps that are `ratio` times as long; of two on one the first."""
    at_step: dict[int, GridNote] = {}
    for note in notes:
        at_step.setdefault(round(note.onset_steps / ratio), note)
    limits = [*at_step, None][1:]
    for (step, note), limit in zip(at_step.items(), limits, strict=True):
        lasting = max(1, round(note.end_steps / ratio) - step)
        yield GridNote(step, lasting if limit is None else min(lasting, limit - step), note.pitch)
