"""An answer that is composed ahead: candidates from a step on, of which a critic chooses one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from antiphon.compose import endings
from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.form import Form
from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.melody import Melody
from antiphon.compose.sampling import Draw, SamplingSettings
from antiphon.compose.shape import ShapeSettings
from antiphon.compose.side_by_side.ages import Ints
from antiphon.compose.side_by_side.agreement import Agreement
from antiphon.compose.side_by_side.candidates import Candidates, Wanted
from antiphon.compose.side_by_side.copies import Beats
from antiphon.compose.symbols import END, HOLD, Vocabulary, is_pitch
from antiphon.events import GridNote
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.settings import Choice
from antiphon.slices import Sliced

# An answer without end is composed so many bars at a time.
BARS_AT_A_TIME = 4
# The number of the source of chance that the choice is drawn from, after those of the candidates.
_OF_THE_CHOICE = 1 << 16
# A song may close with a bar of one note, and critics know that; as an answer to several notes it is a
# candidate like that only where all are.
_SINGLE = -1e6
# How much the log odds of an ending weigh beside a critic, which also hears how an answer ends.
_BESIDE_CRITIC = 0.5
# Log odds for each share of the notes that a candidate has with the others, where a phrase is in a style that
# the model and its critic never heard.
_IN_ANOTHER_STYLE = 40.0


class AnswerCritic(Protocol):
    """Says how likely each of some answers to a phrase is what a song would go on with."""

    def log_odds_in_slices(
        self, phrase: Sequence[GridNote], answers: Sequence[Sequence[GridNote]], frame: AnswerFrame
    ) -> Sliced[NDArray[np.float64]]:
        """Log odds (N,). All notes are in C major or A minor."""
        ...


class AnswerShape(Protocol):
    """Says how likely each symbol of an answer is to be made, as `Shape` does."""

    @property
    def by_pitch(self) -> bool:
        """Whether factors depend on the pitch before a step."""
        ...

    def factors(self, step: int, last_pitch: int | None) -> NDArray[np.float64]:
        """Factors (V,) on the probabilities at a step of the answer; `last_pitch`: of the note before."""
        ...


@dataclass(frozen=True, slots=True)
class AnswerPlace:
    """Which answer it is, and where it lies on the grid of its phrase; the model hears both `shift` semitones
    higher. `end` None: without end."""

    phrase: Transcription
    shift: int
    start: int
    end: int | None
    number: int


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an answer until another voice takes it up at `step`: symbols that last `lasting` steps
    of the grid each, `shift` semitones above the player's key."""

    step: int
    symbols: tuple[str, ...]
    lasting: int
    shift: int


@dataclass(frozen=True, slots=True)
class HowComposed:
    """How many candidates there are, the settings that they are composed by, in place of the phrase what
    they keep close to, the number of the program that composes, what chooses among them, whether they keep
    to the scale of the key, and over which chords they go, in the player's key."""

    candidates: int
    sampling: SamplingSettings
    shape: ShapeSettings
    motif: Transcription | None = None
    program: int = 0
    choice: Choice = "critic"
    strict: bool = False
    chords: ChordPlan | None = None

    def chooser(self, critic: "AnswerCritic | None") -> "AnswerCritic | None":
        """What ranks the candidates of a voice with this critic; None where there is one answer alone."""
        if self.candidates == 1:
            return None
        return Agreement() if self.choice == "expected" else critic

    @property
    def copies(self) -> bool:
        """Whether what was played whole beats ago is among the candidates as it is."""
        return self.choice == "expected" and self.sampling.adapts and self.sampling.memory > 0

    def chooses(self, critic: "AnswerCritic | None") -> bool:
        """Whether a voice with this critic chooses: not of one, nor where nothing ranks and endings do not
        count."""
        return self.candidates > 1 and (self.chooser(critic) is not None or self.shape.endings)


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes one answer; all steps are the model's, and those of an answer are counted from its start.

    phrase    the phrase in the model's key, as `frame` counts
    critic    None: how songs end decides where the answer is to close, and nothing elsewhere
    frame     of the whole answer; one without end has no end of its own here
    form      of phrase and answer
    steps     of the answer; None: without end
    bar_steps of the meter
    ratio     steps of the music in one of the model
    how       the settings, and how many candidates there are
    chance    the source of chance of a candidate, by its number
    """

    melody: Melody
    vocabulary: Vocabulary
    shape: AnswerShape
    critic: AnswerCritic | None
    phrase: tuple[GridNote, ...]
    frame: AnswerFrame
    form: Form
    steps: int | None
    bar_steps: int
    ratio: int
    how: HowComposed
    chance: Callable[[int], np.random.Generator]

    @property
    def count(self) -> int:
        """How many candidates there are; one where nothing chooses among them."""
        return self.how.candidates if self.critic is not None or self._closes else 1

    @property
    def _closes(self) -> bool:
        """Whether it is chosen by how songs end."""
        return self.how.shape.endings and self.frame.closes and self.steps is not None

    def candidates(self, first: int, last_pitch: int | None, said: Ints, ready: int = 0) -> Candidates:
        """Candidates from a step on, after `ready` steps that are planned.

        `said` are the ids of the steps of the answer before that; `last_pitch` is of the note before.
        """
        block = BARS_AT_A_TIME * self.bar_steps
        steps = block if self.steps is None else self.steps - first
        before = said if self.steps is not None else said[:0]

        def factors(step: int, pitch: int | None) -> NDArray[np.float64]:
            return self.shape.factors((first + step) * self.ratio, pitch)

        def rank(answers: Sequence[Ints], copies: Sequence[float]) -> Sliced[Sequence[int]]:
            return self._rank(first - len(before), steps + len(before), before, answers, copies)

        chance, by_pitch = self._source(first), self.shape.by_pitch
        beats = self._beats if self.how.copies else None
        wanted = Wanted(self.count, steps, factors, chance, rank, self.form, last_pitch, by_pitch, beats)
        return self.melody.candidates(wanted, ready)

    def choose(self, first: int = 0, last_pitch: int | None = None) -> tuple[Draw, ...]:
        """Compose and choose at once what comes from a step on, where nothing before it is to be judged
        with it: a whole answer, or the next bars of one without end."""
        candidates = self.candidates(first, last_pitch, np.zeros(0, np.int64))
        return candidates.draws(candidates.finish())

    def _source(self, first: int) -> Callable[[int], np.random.Generator]:
        """What is composed anew from another step on is drawn anew."""
        return lambda candidate: self.chance(candidate + 2 * _OF_THE_CHOICE * first)

    @property
    def _beats(self) -> Beats:
        quarter, meter = self.frame.steps_per_quarter, self.frame.meter
        return Beats(quarter, max(1, round(quarter * meter.quarters_per_beat)), self.bar_steps)

    def _rank(
        self, first: int, steps: int, before: Ints, answers: Sequence[Ints], copies: Sequence[float]
    ) -> Sliced[Sequence[int]]:
        start = self.frame.start + first
        frame = replace(self.frame, start=start, end=start + steps)
        notes: list[tuple[GridNote, ...]] = []
        for answer in answers:
            notes.append(self._notes(np.concatenate([before, answer]), start, start + steps))
            yield
        log_odds = yield from self._judged(notes, frame, copies)
        if self._closes:
            weight = 1.0 if self.critic is None else _BESIDE_CRITIC
            log_odds += weight * endings.log_odds(notes, frame)
            yield
        if len(self.phrase) > 1:
            log_odds += _SINGLE * np.array([len(each) < 2 for each in notes])
        return _ranked(log_odds, self.chance(_OF_THE_CHOICE))

    def _judged(
        self, notes: Sequence[Sequence[GridNote]], frame: AnswerFrame, copies: Sequence[float]
    ) -> Sliced[NDArray[np.float64]]:
        """Log odds (N,) by what chooses; for a strange phrase rather by what the candidates agree on."""
        log_odds = np.zeros(len(notes))
        critic = Agreement(copies) if copies else self.critic
        if critic is not None:
            log_odds += yield from critic.log_odds_in_slices(self.phrase, notes, frame)
        strange = self.melody.strangeness if self.how.choice == "critic" else 0.0
        if strange > 0:
            agreement = Agreement(sharpness=_IN_ANOTHER_STYLE)
            log_odds *= 1 - strange
            log_odds += strange * (yield from agreement.log_odds_in_slices(self.phrase, notes, frame))
        return log_odds

    def _notes(self, ids: Ints, start: int, end: int) -> tuple[GridNote, ...]:
        """As they will sound: where an answer ends the song before its time, its last note is held."""
        symbols, begun = self.vocabulary.symbols, ids != self.vocabulary.id(HOLD)
        if self.steps is not None:
            begun &= ids != self.vocabulary.id(END)
        onsets = np.flatnonzero(begun).tolist()
        ends = [*onsets[1:], end - start][: len(onsets)]
        said = [symbols[symbol_id] for symbol_id in ids[onsets].tolist()]
        return tuple(
            GridNote(start + onset, after - onset, int(symbol))
            for onset, after, symbol in zip(onsets, ends, said, strict=True)
            if is_pitch(symbol)
        )


def _ranked(log_odds: NDArray[np.float64], generator: np.random.Generator) -> Sequence[int]:
    """The candidates one after another, each drawn in proportion to its odds from those that are left.

    With the optimal critic, what is drawn of very many is as real music is: importance resampling (Rubin
    1987). Sorting by perturbed log odds draws without replacement (Gumbel-top-k, Kool et al. 2019).
    """
    ranked: list[int] = np.argsort(-(log_odds + generator.gumbel(size=len(log_odds))), kind="stable").tolist()
    return ranked
