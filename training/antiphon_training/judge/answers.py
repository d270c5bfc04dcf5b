"""What is said after a held-out phrase: by a bundle, composing as the daemon does, or by the song itself.

`answer` is the one place that knows how a model is told of a phrase and asked for symbols. Where one of
several is chosen, the daemon's own composer makes the candidates and chooses among them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.form import Form, answer_form
from antiphon.compose.melody import Melody
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import Bars
from antiphon.compose.shape import Frame, Shape, ShapeSettings
from antiphon.compose.symbols import END, HOLD, Vocabulary, decode, is_pitch, regridded
from antiphon.events import GridNote
from antiphon.perform.answer.composer import AnswerCritic, Composer
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.openings import Opening
from antiphon_training.score.evaluated_model import EvaluatedModel


@dataclass(frozen=True, slots=True)
class Speaker:
    """A model that answers phrases with its memory and its critic, if it has them, and the name that its
    answers go by."""

    name: str
    model: Model
    vocabulary: Vocabulary
    memory: Memory | None = None
    steps_per_quarter: int = STEPS_PER_QUARTER
    critic: AnswerCritic | None = None


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """What follows an opening, as symbols: the song's own continuation, or an answer as long."""

    opening: Opening
    stream: tuple[str, ...]

    @property
    def notes(self) -> tuple[GridNote, ...]:
        """Counted in steps from the answer's beginning."""
        return decode(self.stream)

    @property
    def whole(self) -> tuple[GridNote, ...]:
        """Phrase and answer as one melody, in steps from the song's beginning."""
        return decode((*self.opening.phrase, *self.stream))


def speaker_of(model: EvaluatedModel) -> Speaker:
    """What was read from a bundle or a run folder, at the start of a song."""
    steps = model.grid.steps_per_quarter
    return Speaker(model.name, model.model(), model.vocabulary, model.memory(), steps, model.critic)


def answer(
    speaker: Speaker, opening: Opening, settings: JudgedSettings, random_seed: Sequence[int]
) -> JudgedAnswer:
    """An answer as long as the song's own continuation, composed as in playing; the memory begins empty.

    With a critic, or where it is to close as songs do, it is chosen of `settings.candidates`; the first of
    them is what a single answer of the same random seed is. The model may end it in its last bar, where the
    last note is then held. A model that has another grid than the songs hears the phrase on its own, and its
    answer is put on theirs.
    """
    own, steps = _on_grid(opening, speaker.steps_per_quarter), opening.steps_per_quarter
    said = _answer(speaker, own, settings, random_seed)
    stream = regridded(said, speaker.steps_per_quarter, steps)[: len(opening.continuation)]
    return JudgedAnswer(opening, stream + (HOLD,) * (len(opening.continuation) - len(stream)))


def _on_grid(opening: Opening, wanted: int) -> Opening:
    steps = opening.steps_per_quarter
    if steps == wanted:
        return opening
    return replace(
        opening,
        bar_steps=round(opening.bar_steps * wanted / steps),
        pickup_steps=round(opening.pickup_steps * wanted / steps),
        phrase=regridded(opening.phrase, steps, wanted),
        continuation=regridded(opening.continuation, steps, wanted),
        steps_per_quarter=wanted,
    )


def _answer(
    speaker: Speaker, opening: Opening, settings: JudgedSettings, random_seed: Sequence[int]
) -> list[str]:
    if speaker.memory is not None:
        speaker.memory.clear()
    steps, chance = opening.steps_per_quarter, np.random.default_rng(random_seed)
    melody = Melody(speaker.model, speaker.vocabulary, settings.sampling, chance, speaker.memory, steps)
    melody.hear(opening.phrase, Bars(str(opening.meter), -opening.pickup_steps, steps))
    ahead = settings.how.chooses(speaker.critic) and melody.composes_ahead
    shape_settings = settings.shape
    if melody.knows_form:
        melody.tell(_form(opening, settings.shape))
    if melody.knows_form or ahead:  # the model is told whether it closes, or an ending is chosen
        shape_settings = replace(shape_settings, cadence=0.0)
    shape = _shape(speaker.vocabulary, opening, len(opening.continuation), shape_settings)
    if ahead:
        composer = _composer(speaker, melody, shape, opening, settings, random_seed)
        return [melody.symbol(drawn.symbol_id) for drawn in composer.choose()]
    return _step_by_step(melody, shape, opening)


def _step_by_step(melody: Melody, shape: Shape, opening: Opening) -> list[str]:
    length = len(opening.continuation)
    said: list[str] = []
    last = next((int(symbol) for symbol in reversed(opening.phrase) if is_pitch(symbol)), None)
    while len(said) < length:
        symbol, _ = melody.next(shape.factors(len(said), last))
        last = int(symbol) if is_pitch(symbol) else last
        said += [symbol] if symbol != END else [HOLD] * (length - len(said))
    return said


def _composer(
    speaker: Speaker,
    melody: Melody,
    shape: Shape,
    opening: Opening,
    settings: JudgedSettings,
    random_seed: Sequence[int],
) -> Composer:
    phrase, frame = phrase_and_frame(opening, _closes(opening, settings.shape))
    return Composer(
        melody=melody,
        vocabulary=speaker.vocabulary,
        shape=shape,
        critic=settings.how.chooser(speaker.critic),
        phrase=phrase,
        frame=frame,
        form=_form(opening, settings.shape),
        steps=len(opening.continuation),
        bar_steps=opening.bar_steps,
        ratio=1,
        how=settings.how,
        chance=lambda candidate: np.random.default_rng((*random_seed, candidate)),
    )


def phrase_and_frame(opening: Opening, closes: bool) -> tuple[tuple[GridNote, ...], AnswerFrame]:
    """The phrase of an opening as a critic is told of it, and its answer, which was asked to close or not."""
    before = -opening.pickup_steps % opening.bar_steps  # from the bar line before the phrase
    start = before + len(opening.phrase)
    end, steps = start + len(opening.continuation), opening.steps_per_quarter
    frame = AnswerFrame(steps, opening.meter, start, end, opening.key.mode, closes)
    return shifted(opening.phrase, before), frame


def shifted(stream: Sequence[str], steps: int) -> tuple[GridNote, ...]:
    """The notes of a stream, so many steps later."""
    notes = decode(stream)
    return tuple(GridNote(note.onset_steps + steps, note.duration_steps, note.pitch) for note in notes)


def _closes(opening: Opening, settings: ShapeSettings) -> bool:
    """An answer is asked to close where the song ends, unless it is never asked."""
    return opening.ends_song and settings.cadence > 0


def _form(opening: Opening, settings: ShapeSettings) -> Form:
    start = len(opening.phrase)
    end, closes = start + len(opening.continuation), _closes(opening, settings)
    return answer_form(-opening.pickup_steps, opening.bar_steps, start, end, closes)


def _shape(vocabulary: Vocabulary, opening: Opening, length: int, settings: ShapeSettings) -> Shape:
    frame = Frame(length, opening.bar_steps, opening.beat_steps, opening.key.mode)
    return Shape(vocabulary, frame, opening.phrase[opening.pickup_steps :], settings)


def answers(
    speaker: Speaker, openings: Sequence[Opening], settings: JudgedSettings, random_seed: int
) -> Iterator[JudgedAnswer]:
    """An answer to each opening, each with chance of its own, so that one more changes none of the others."""
    for number, opening in enumerate(openings):
        yield answer(speaker, opening, settings, (random_seed, number))


def continuations(openings: Sequence[Opening]) -> list[JudgedAnswer]:
    """What the songs go on with."""
    return [JudgedAnswer(opening, opening.continuation) for opening in openings]


def chosen(openings: Sequence[Opening], number: int, random_seed: int) -> list[Opening]:
    """So many of the openings in an order by chance; once all were taken, all of them again in that order."""
    order = np.random.default_rng(random_seed).permutation(len(openings))
    return [openings[order[place % len(openings)]] for place in range(number)]
