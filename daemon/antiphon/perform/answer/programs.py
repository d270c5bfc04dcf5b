"""The voices that can answer, each a model with its symbols; a program change chooses one of them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from antiphon.compose.bar_likelihood import LogLikelihoods, log_likelihoods
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import Form
from antiphon.compose.harmony.odds import ChordOdds
from antiphon.compose.melody import Melody
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import Frame, Shape, ShapeSettings
from antiphon.compose.symbols import GAP, Vocabulary, is_pitch, regridded
from antiphon.events import fold_pitch
from antiphon.harmony.chord_hmm import theory_table
from antiphon.harmony.theory import ChordTable
from antiphon.listen.repertoire import Repertoire
from antiphon.perform.answer.composer import AnswerCritic, AnswerPlace, Composer, HowComposed, Said
from antiphon.perform.answer.transcribe import Transcription, as_heard, home_shift
from antiphon.perform.answer.voice_grid import VoiceGrid, chord_line, on_bars
from antiphon.perform.last_made import LastMade
from antiphon.slices import Sliced

# What the numbers of the source of chance end with that says whether an answer closes.
_OF_THE_CLOSE = (0, 1)
_OF_THE_CHORDS = (0, 2)


@dataclass(frozen=True, slots=True)
class Voice:
    """A model, the symbols it knows, its grid, its name, its memory, where its songs begin in the bar, the
    critic that chooses among its answers, and what is known of chords."""

    model: Model
    vocabulary: Vocabulary
    steps_per_quarter: int
    name: str = ""
    memory: Memory | None = None
    repertoire: Repertoire = field(default_factory=Repertoire)
    critic: AnswerCritic | None = None
    chords: ChordTable = field(default_factory=theory_table)


class Programs:
    """The first voice answers until another is chosen. Each has a model of its own, so that an answer under
    way goes on as it began.

    The music has `steps_per_quarter`, so many that each voice has its grid in them. A voice with a coarser
    grid hears each note at the nearest step of its own, and its answer begins on one.

    Voices that `join` later are chosen by name alone, and have grids that fit into that of the music.
    """

    def __init__(
        self, first: Voice, programs: Sequence[Voice], sampling: SamplingSettings, random_seed: int
    ) -> None:
        self.steps_per_quarter = math.lcm(*(voice.steps_per_quarter for voice in (first, *programs)))
        self._random_seed, self._sampling = random_seed, sampling
        self._program_count, self._forgot = len(programs), False
        self._last_closes, self._last_shape = LastMade[bool](), LastMade[Shape]()
        self._last_composer = LastMade[Composer]()
        self._voices = [first, *programs]
        self._melodies = [self._melody_of(voice, sampling) for voice in self._voices]
        self._select(0)

    def _melody_of(self, voice: Voice, sampling: SamplingSettings) -> Melody:
        steps = voice.steps_per_quarter
        lasting = self.steps_per_quarter // steps
        return Melody(voice.model, voice.vocabulary, sampling, self._chance(0), voice.memory, steps, lasting)

    def begins_at(self, step: int) -> int:
        """The first step, from this one on, at which the voice that answers can begin."""
        return self._grid.begins_at(step)

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols of the voice that answers."""
        return self._voice.vocabulary

    def choose(self, program: int) -> str | None:
        """Let a program's voice answer from now on, 0 the first; gives its name, or None if there is none."""
        if program >= self._program_count:
            return None
        self._select(1 + program)
        return self._voice.name

    def choose_named(self, name: str) -> bool:
        """Let the voice of this name answer from now on; whether there is one."""
        names = [voice.name for voice in self._voices]
        if name in names:
            self._select(names.index(name))
        return name in names

    def _select(self, number: int) -> None:
        self._voice, self._melody, self.chosen = self._voices[number], self._melodies[number], number
        own = self._voice.steps_per_quarter
        self._grid = VoiceGrid(own, self.steps_per_quarter // own)

    def join(self, voice: Voice) -> bool:
        """One more voice can be chosen, unless there is one of its name; whether there was none.

        It is as if it had been there from the beginning. Raises ValueError where its grid does not fit.
        """
        if any(one.name == voice.name for one in self._voices):
            return False
        if self.steps_per_quarter % voice.steps_per_quarter:
            raise ValueError(
                f"the steps to a quarter must divide {self.steps_per_quarter}, got {voice.steps_per_quarter}"
            )
        melody = self._melody_of(voice, self._sampling)
        if self._forgot:
            melody.forget()
        self._voices.append(voice)
        self._melodies.append(melody)
        return True

    def sample(self, settings: SamplingSettings) -> None:
        """From the next symbol on, sample in this way."""
        self._sampling = settings
        for melody in self._melodies:
            melody.sample(settings)

    def hear(self, phrase: Transcription, until_steps: int) -> Sliced[int]:
        """Let the model hear a phrase, its last note held until a step of its grid, in small parts.

        Gives the semitones from the player's key to the model's.
        """
        shift = self.shift(phrase)
        notes = self._grid.notes(phrase.notes)
        symbols = as_heard(notes, shift, until_steps // self._grid.ratio)
        yield
        yield from self._melody.hear_in_slices(symbols, self._grid.bars(phrase))
        return shift

    def shift(self, phrase: Transcription) -> int:
        """Semitones from the player's key and register to those of the voice that answers."""
        return home_shift(phrase.notes, phrase.key, self.vocabulary)

    @property
    def melody(self) -> Melody:
        """That of the voice that answers."""
        return self._melody

    def take_up(self, place: AnswerPlace, form: Form, said: Said) -> Sliced[None]:
        """Let the voice that answers now hear the phrase and what was said of its answer, in small parts.

        It goes on as if it had said that itself.
        """
        melody, bars, chance = self._melody, self._grid.bars(place.phrase), self._chance(place.number)
        heard = as_heard(self._grid.notes(place.phrase.notes), place.shift, place.start // self._grid.ratio)
        there = regridded(said.symbols, self.steps_per_quarter // said.lasting, self._voice.steps_per_quarter)
        move = place.shift - said.shift
        taken = [str(fold_pitch(int(symbol) + move)) if is_pitch(symbol) else symbol for symbol in there]

        def take_up() -> Sliced[None]:
            yield from melody.hear_in_slices(heard, bars)
            melody.begin(chance)
            melody.tell(form)
            yield from melody.take_up_in_slices(taken)

        return take_up()

    @property
    def repertoire(self) -> Repertoire:
        """Where the songs that the voice that answers learned from begin in the bar."""
        return self._voice.repertoire

    @property
    def chord_table(self) -> ChordTable:
        """What the voice that answers knows of chords."""
        return self._voice.chords

    @property
    def knows_bars(self) -> bool:
        """Whether the model that answers can say how likely a phrase is at a place in the bar."""
        return isinstance(self._voice.model, EventModel)

    def log_likelihoods(
        self, phrase: Transcription, bars: Sequence[Bars], most_notes: int
    ) -> Sliced[LogLikelihoods]:
        """How likely the first notes of a phrase are in each of these bars, shape (len(bars),).

        The bars are counted in steps of the music.
        """
        model = self._voice.model
        if not isinstance(model, EventModel):
            return np.zeros(len(bars))
        shift = home_shift(phrase.notes, phrase.key, self.vocabulary)
        events = self._grid.events(phrase.notes[:most_notes], shift, self.vocabulary)
        there = [self._grid.coarser_bars(each) for each in bars]
        return (yield from log_likelihoods(model.bar_tables, events, there))

    def shape(
        self, phrase: Transcription, start: int, end: int | None, how: HowComposed, shift: int = 0
    ) -> Shape:
        """Of an answer from one step of the phrase's grid to another; `end` None: without end.

        Its rhythm and contour follow those of the phrase or of the motif, as closely as is set. The model
        hears the chords `shift` semitones higher.
        """
        asked = self.chosen, phrase, start, end, how, shift
        return self._last_shape.of(asked, lambda: self._shape(phrase, start, end, how, shift))

    def _shape(
        self, phrase: Transcription, start: int, end: int | None, how: HowComposed, shift: int
    ) -> Shape:
        settings, like = how.shape, how.motif
        chosen = settings.endings and self.composes_ahead(how)
        if self._melody.knows_form or chosen:  # the model is told whether it closes, or an ending is chosen
            settings = replace(settings, cadence=0.0)
        steps, transport = None if end is None else end - start, phrase.transport
        frame = Frame(steps, transport.bar_steps, transport.beat_steps, phrase.key.mode, how.strict)
        notes = on_bars(like or phrase) if settings.closeness else ()
        chords = None
        if how.chords is not None:
            line = chord_line(how.chords.transposed(shift), start, transport)
            chords = ChordOdds(self.vocabulary, line)
        return Shape(self.vocabulary, frame, notes, settings, chords)

    def closes(self, number: int, settings: ShapeSettings) -> bool:
        """Whether answer `number` is to close as a song does; drawn by a source of chance of its own."""

        def closes() -> bool:
            seed = self._random_seed, number, *_OF_THE_CLOSE
            return bool(np.random.default_rng(seed).random() < settings.cadence)

        return self._last_closes.of((number, settings.cadence), closes)

    def form(self, phrase: Transcription, start: int, end: int | None, closes: bool) -> Form:
        """What the model is told of the form of an answer between two steps; `end` None: without end."""
        return self._grid.form(phrase, start, end, closes)

    def composes_ahead(self, how: HowComposed) -> bool:
        """Whether answers are chosen among candidates, which the model must be able to step side by side."""
        return how.chooses(self._voice.critic) and self._melody.composes_ahead

    def composer(self, place: AnswerPlace, shape: Shape, how: HowComposed) -> Composer | None:
        """What composes an answer ahead; None where it is composed step by step."""
        if not self.composes_ahead(how):
            return None
        asked = self.chosen, place, how, id(shape)
        return self._last_composer.of(asked, lambda: self._composer(place, shape, how))

    def _composer(self, place: AnswerPlace, shape: Shape, how: HowComposed) -> Composer:
        critic, grid = how.chooser(self._voice.critic), self._grid
        phrase, start, end = place.phrase, place.start, place.end
        closes = end is not None and self.closes(place.number, how.shape)
        return Composer(
            melody=self._melody,
            vocabulary=self.vocabulary,
            shape=shape,
            critic=critic,
            phrase=grid.phrase_notes(phrase, place.shift),
            frame=grid.frame(place, closes),
            form=grid.form(phrase, start, end, closes),
            steps=None if end is None else (end - start) // grid.ratio,
            bar_steps=grid.bar_steps(phrase),
            ratio=grid.ratio,
            how=how,
            chance=self._chances(place.number),
        )

    def forget(self) -> None:
        """Clear the memories of all programs."""
        self._forgot = True
        for melody in self._melodies:
            melody.forget()

    def remembered(self) -> tuple[str, ...]:
        """What the voice that answers has kept, as symbols in steps of the music; GAP between two songs."""
        if self._voice.memory is None:
            return ()
        names = (*self.vocabulary.symbols, GAP)
        kept = [names[step] for step in self._voice.memory.kept]
        return regridded(kept, self._voice.steps_per_quarter, self.steps_per_quarter)

    def begin(self, number: int) -> Melody:
        """The melody of answer number `number`, counted from 0; its phrase was heard."""
        self._melody.begin(self._chance(number))
        return self._melody

    def _chance(self, number: int) -> np.random.Generator:
        """Each answer has random numbers of its own: one that is cut short does not change the next."""
        return np.random.default_rng((self._random_seed, number))

    def chords_chance(self, number: int) -> np.random.Generator:
        """What the chords of answer `number` are drawn from: a source of chance of its own."""
        return np.random.default_rng((self._random_seed, number, *_OF_THE_CHORDS))

    def _chances(self, number: int) -> Callable[[int], np.random.Generator]:
        """The same for each candidate of an answer; the first has the random numbers of the answer."""
        return lambda candidate: np.random.default_rng((self._random_seed, number, candidate))
