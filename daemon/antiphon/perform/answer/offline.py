"""A phrase and its continuation, composed at once and untimed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.form import answer_form
from antiphon.compose.melody import Melody
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import Draw, SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary, decode, is_pitch
from antiphon.events import GridNote, fold_pitch
from antiphon.listen.key import Key, Mode, estimate
from antiphon.perform.answer.composer import BARS_AT_A_TIME, AnswerCritic, Composer, HowComposed
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer.transcribe import home_shift
from antiphon.perform.settings import Choice
from antiphon.timebase import Meter

# Where the meter is not known, a first note comes after so many quarters at most.
QUARTERS_TO_A_NOTE = 4


@dataclass(frozen=True, slots=True)
class Step:
    """One symbol of a continuation, in the key of the phrase, and how it was drawn."""

    symbol: str
    draw: Draw


@dataclass(frozen=True, slots=True)
class Continuation:
    """A phrase and what follows it, in the phrase's key; `ended` if the model ended the melody itself."""

    phrase: tuple[str, ...]
    key: Key
    steps: tuple[Step, ...]
    ended: bool
    replaced: tuple[tuple[str, str], ...]  # what the model did not know, and what it heard instead

    @property
    def symbols(self) -> tuple[str, ...]:
        return tuple(step.symbol for step in self.steps)

    @property
    def phrase_notes(self) -> tuple[GridNote, ...]:
        return decode(self.phrase)

    @property
    def answer(self) -> tuple[GridNote, ...]:
        """The notes that begin after the phrase."""
        return tuple(note for note in self.whole if note.onset_steps >= len(self.phrase))

    @property
    def whole(self) -> tuple[GridNote, ...]:
        """Phrase and continuation as one melody; a hold at the seam lengthens the phrase's last note."""
        return decode((*self.phrase, *self.symbols))


def continue_phrase(
    voice: Voice,
    phrase: Sequence[str],
    key: Key | None,
    steps: int,
    sampling: SamplingSettings,
    random_seed: int,
    bars: Bars = NO_BARS,
    candidates: int = 1,
    choice: Choice = "critic",
) -> Continuation:
    """Up to `steps` symbols after `phrase`, which lies in `bars`; the key is estimated unless given.

    The first note comes within a bar, and within the first half of `steps`; only after a phrase that itself
    ends in `/` may the melody end at once. Where the voice has a critic, or the choice needs none, four bars
    at a time are chosen of so many `candidates`, as in the mode `continue`; not where the meter is not known,
    or the phrase has no note.
    """
    notes = decode(phrase)
    home = key or estimate(notes, steps_per_quarter=voice.steps_per_quarter)
    shift = home_shift(notes, home, voice.vocabulary)
    moved = [_moved(symbol, shift) for symbol in phrase]
    chance = np.random.default_rng(random_seed)
    grid = voice.steps_per_quarter
    melody = Melody(voice.model, voice.vocabulary, sampling, chance, voice.memory, grid)
    melody.hear(moved, bars)
    ended = bool(phrase) and phrase[-1] == END
    latest = min(bars.steps or QUARTERS_TO_A_NOTE * grid, steps // 2)
    shape = _FirstANote(voice.vocabulary, latest, may_end=ended)
    composer = None
    how = HowComposed(candidates, sampling, ShapeSettings(), choice=choice)
    critic = how.chooser(voice.critic)
    if critic is not None and melody.composes_ahead and bars.steps and notes:
        place = _Place(tuple(moved), bars, home.mode, random_seed)
        composer = _composer(melody, voice.vocabulary, critic, shape, place, how)
        melody.tell(composer.form)
    drawn = _steps(melody, steps, shape, composer)
    made = tuple(Step(_moved(symbol, -shift), how) for symbol, how in drawn)
    return Continuation(
        tuple(phrase), home, made, len(made) < steps, _replaced(moved, shift, voice.vocabulary)
    )


class _FirstANote:
    """The melody does not end before it added a note, unless it `may_end` at once. The phrase's last note,
    or a rest, lasts until step `latest` of the continuation at most."""

    by_pitch = True

    def __init__(self, vocabulary: Vocabulary, latest: int, may_end: bool) -> None:
        self._latest = latest
        self._free, self._before_a_note, self._a_note = np.ones((3, len(vocabulary)))
        self._before_a_note[vocabulary.id(END)] = self._a_note[vocabulary.id(END)] = float(may_end)
        self._a_note[[vocabulary.id(HOLD), vocabulary.id(REST)]] = 0.0

    def factors(self, step: int, last_pitch: int | None) -> NDArray[np.float64]:
        """`last_pitch`: of the note that was added last, None for none."""
        if last_pitch is not None:
            return self._free
        return self._before_a_note if step < self._latest else self._a_note


@dataclass(frozen=True, slots=True)
class _Place:
    """What is continued, in the model's key, where it lies in its bars, and with what chance."""

    phrase: tuple[str, ...]
    bars: Bars
    mode: Mode
    random_seed: int

    @property
    def notes(self) -> tuple[GridNote, ...]:
        """The notes, counted from the bar line at or before the first of them."""
        return tuple(
            GridNote(note.onset_steps + self.before, note.duration_steps, note.pitch)
            for note in decode(self.phrase)
        )

    @property
    def before(self) -> int:
        """Steps from a bar line to the phrase."""
        return self.bars.offset_steps % self.bars.steps

    @property
    def frame(self) -> AnswerFrame:
        """What follows, as a critic counts; it has no end of its own."""
        start = self.before + len(self.phrase)
        meter = Meter.parse(self.bars.meter)
        return AnswerFrame(self.bars.steps_per_quarter, meter, start, start, self.mode, False)


def _composer(
    melody: Melody,
    vocabulary: Vocabulary,
    critic: AnswerCritic,
    shape: _FirstANote,
    place: _Place,
    how: HowComposed,
) -> Composer:
    bars = place.bars
    return Composer(
        melody=melody,
        vocabulary=vocabulary,
        shape=shape,
        critic=critic,
        phrase=place.notes,
        frame=place.frame,
        form=answer_form(bars.offset_steps, bars.steps, len(place.phrase), None, False),
        steps=None,
        bar_steps=bars.steps,
        ratio=1,
        how=how,
        chance=lambda candidate: np.random.default_rng((place.random_seed, candidate)),
    )


def _steps(
    melody: Melody, steps: int, shape: _FirstANote, composer: Composer | None
) -> Iterator[tuple[str, Draw]]:
    """Symbols until the melody ends; the composer, if there is one, chooses them some bars at a time."""
    last_pitch = None
    for step in range(steps):
        if composer is not None and step % (BARS_AT_A_TIME * composer.bar_steps) == 0:
            melody.plan(composer.choose(step, last_pitch))
        symbol, drawn = melody.next(shape.factors(step, last_pitch))
        if symbol == END:
            return
        if is_pitch(symbol):
            last_pitch = int(symbol)
        yield symbol, drawn


def _moved(symbol: str, semitones: int) -> str:
    return str(fold_pitch(int(symbol) + semitones)) if is_pitch(symbol) else symbol


def _replaced(moved: Sequence[str], shift: int, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    unknown = dict.fromkeys(symbol for symbol in moved if symbol not in vocabulary)
    return tuple((_moved(s, -shift), _moved(vocabulary.nearest(s), -shift)) for s in unknown)
