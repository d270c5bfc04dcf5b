"""A phrase and its continuation, composed at once and untimed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.melody import Melody
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import Draw, SamplingSettings
from antiphon.compose.symbols import END, Vocabulary, decode, is_pitch
from antiphon.events import GridNote, fold_pitch
from antiphon.listen.key import Key, estimate
from antiphon.perform.answer.answer import home_shift
from antiphon.perform.answer.programs import Voice


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
) -> Continuation:
    """Up to `steps` symbols after `phrase`, which lies in `bars`; the key is estimated unless given.

    The model may end the melody, but not before it added a note, unless the phrase itself ends in `/`.
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
    drawn = _steps(melody, steps, None if ended else _all_but_the_end(voice.vocabulary))
    made = tuple(Step(_moved(symbol, -shift), how) for symbol, how in drawn)
    return Continuation(
        tuple(phrase), home, made, len(made) < steps, _replaced(moved, shift, voice.vocabulary)
    )


def _all_but_the_end(vocabulary: Vocabulary) -> NDArray[np.float64]:
    """Factors (V,) on the probabilities that forbid the end."""
    factors = np.ones(len(vocabulary))
    factors[vocabulary.id(END)] = 0.0
    return factors


def _steps(
    melody: Melody, steps: int, before_a_note: NDArray[np.float64] | None
) -> Iterator[tuple[str, Draw]]:
    """Symbols until the melody ends; `before_a_note` are factors on their probabilities until one begins."""
    factors = before_a_note
    for _ in range(steps):
        symbol, drawn = melody.next(factors)
        if symbol == END:
            return
        if is_pitch(symbol):
            factors = None
        yield symbol, drawn


def _moved(symbol: str, semitones: int) -> str:
    return str(fold_pitch(int(symbol) + semitones)) if is_pitch(symbol) else symbol


def _replaced(moved: Sequence[str], shift: int, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    unknown = dict.fromkeys(symbol for symbol in moved if symbol not in vocabulary)
    return tuple((_moved(s, -shift), _moved(vocabulary.nearest(s), -shift)) for s in unknown)
