"""The voices that can answer, each a model with its symbols; a program change chooses one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from antiphon.compose.bar_likelihood import HeardEvent, LogLikelihoods, log_likelihoods
from antiphon.compose.events_model import EventModel
from antiphon.compose.melody import Melody
from antiphon.compose.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import Frame, Shape, ShapeSettings
from antiphon.compose.symbols import REST, Vocabulary
from antiphon.events import GridNote, fold_pitch
from antiphon.listen.repertoire import Repertoire
from antiphon.perform.answer.answer import as_heard, home_shift
from antiphon.perform.answer.transcribe import Transcription
from antiphon.slices import Sliced
from antiphon.timebase import STEPS_PER_QUARTER


@dataclass(frozen=True, slots=True)
class Voice:
    """A model, the symbols it knows, its grid, its name, its memory, and where its songs begin in the bar."""

    model: Model
    vocabulary: Vocabulary
    steps_per_quarter: int
    name: str = ""
    memory: Memory | None = None
    repertoire: Repertoire = field(default_factory=Repertoire)


class Programs:
    """The first voice answers until another is chosen. All have the same grid; each has a model of its own,
    so that an answer under way goes on as it began.

    Raises ValueError where the grids differ.
    """

    def __init__(
        self, first: Voice, programs: Sequence[Voice], sampling: SamplingSettings, random_seed: int
    ) -> None:
        if len({voice.steps_per_quarter for voice in (first, *programs)}) > 1:
            raise ValueError("voices must have the same number of steps to a quarter")
        self.steps_per_quarter = first.steps_per_quarter
        self._random_seed = random_seed
        self._programs = programs
        self._melodies = [
            Melody(voice.model, voice.vocabulary, sampling, self._chance(0), voice.memory)
            for voice in (first, *programs)
        ]
        self._voice, self._melody = first, self._melodies[0]

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols of the voice that answers."""
        return self._voice.vocabulary

    def choose(self, program: int) -> str | None:
        """Let a program's voice answer from now on, 0 the first; gives its name, or None if there is none."""
        if program >= len(self._programs):
            return None
        self._voice, self._melody = self._programs[program], self._melodies[1 + program]
        return self._voice.name

    def sample(self, settings: SamplingSettings) -> None:
        """From the next symbol on, sample in this way."""
        for melody in self._melodies:
            melody.sample(settings)

    def hear(self, phrase: Transcription, until_steps: int) -> Sliced[int]:
        """Let the model hear a phrase, its last note held until a step of its grid, in small parts.

        Gives the semitones from the player's key to the model's.
        """
        shift = home_shift(phrase.notes, phrase.key, self.vocabulary)
        symbols = as_heard(phrase.notes, shift, until_steps)
        yield
        yield from self._melody.hear_in_slices(symbols, self._bars(phrase))
        return shift

    @property
    def repertoire(self) -> Repertoire:
        """Where the songs that the voice that answers learned from begin in the bar."""
        return self._voice.repertoire

    @property
    def knows_bars(self) -> bool:
        """Whether the model that answers can say how likely a phrase is at a place in the bar."""
        return isinstance(self._voice.model, EventModel) and self.steps_per_quarter == STEPS_PER_QUARTER

    def log_likelihoods(
        self, phrase: Transcription, bars: Sequence[Bars], most_notes: int
    ) -> Sliced[LogLikelihoods]:
        """How likely the first notes of a phrase are in each of these bars, shape (len(bars),)."""
        model = self._voice.model
        if not isinstance(model, EventModel):
            return np.zeros(len(bars))
        shift = home_shift(phrase.notes, phrase.key, self.vocabulary)
        events = _events(phrase.notes[:most_notes], shift, self.vocabulary)
        return (yield from log_likelihoods(model.bar_tables, events, bars))

    def _bars(self, phrase: Transcription) -> Bars:
        if self.steps_per_quarter != STEPS_PER_QUARTER:
            return NO_BARS  # models know places in bars of sixteenths only
        first = phrase.notes[0].onset_steps % phrase.transport.bar_steps
        return Bars.begun_at(phrase.transport.meter, first)

    def shape(self, phrase: Transcription, start: int, end: int | None, settings: ShapeSettings) -> Shape:
        """Of an answer from one step of the phrase's grid to another; `end` None: without end."""
        steps, transport = None if end is None else end - start, phrase.transport
        frame = Frame(steps, transport.bar_steps, transport.beat_steps, phrase.key.mode)
        notes = _on_bars(phrase) if settings.closeness else ()
        return Shape(self.vocabulary, frame, notes, settings)

    def forget(self) -> None:
        """Clear the memories of all programs."""
        for melody in self._melodies:
            melody.forget()

    def remembered(self) -> tuple[str, ...]:
        """What the voice that answers has kept, as symbols; "" for each step between two songs."""
        if self._voice.memory is None:
            return ()
        names = (*self.vocabulary.symbols, "")
        return tuple(names[step] for step in self._voice.memory.kept)

    def begin(self, number: int) -> Melody:
        """The melody of answer number `number`, counted from 0; its phrase was heard."""
        self._melody.begin(self._chance(number))
        return self._melody

    def _chance(self, number: int) -> np.random.Generator:
        """Each answer has random numbers of its own: one that is cut short does not change the next."""
        return np.random.default_rng((self._random_seed, number))


def _events(notes: Sequence[GridNote], shift: int, vocabulary: Vocabulary) -> list[HeardEvent]:
    """Notes and the rests between them as the model knows them; how long the last one was is not known."""
    events: list[HeardEvent] = []
    for note, after in zip(notes, (*notes[1:], None), strict=True):
        symbol = vocabulary.id(vocabulary.nearest(str(fold_pitch(note.pitch + shift))))
        rest = 0 if after is None else after.onset_steps - note.end_steps
        held = rest if REST not in vocabulary else 0
        events.append(HeardEvent(symbol, note.duration_steps + held, after is not None))
        if rest > held:
            events.append(HeardEvent(vocabulary.id(REST), rest))
    return events


def _on_bars(phrase: Transcription) -> tuple[str, ...]:
    """A phrase's symbols in whole bars from its first bar line on; "" where it has not begun or is over."""
    first, bar = phrase.notes[0].onset_steps, phrase.transport.bar_steps
    offset = Bars.begun_at(phrase.transport.meter, first % bar).offset_steps
    heard = as_heard(phrase.notes, phrase.key.shift, phrase.notes[-1].end_steps)
    on_line = ("",) * offset if offset > 0 else ()
    said = (*on_line, *heard[max(0, -offset) :])
    return (*said, *[""] * (-len(said) % bar))
