"""What a critic learns from: of each cut the true continuation and a pool of a bundle's answers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features import features
from antiphon.compose.answer_features.parts import AnswerFrame
from antiphon.compose.symbols import decode
from antiphon.events import GridNote
from antiphon.slices import finish
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import Speaker, answer
from antiphon_training.judge.openings import Opening

Measured = NDArray[np.float32]
Notes = tuple[GridNote, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Features of what follows one cut: `truth` (F,) of the song, `ours` (N, F) of N answers, maybe none."""

    truth: Measured
    ours: Measured


def pools(
    speaker: Speaker, cuts: Iterable[Opening], number: int, settings: JudgedSettings, random_seed: int
) -> Iterator[Pool]:
    """To each cut a pool of so many answers, each with chance of its own."""
    for place, cut in enumerate(cuts):
        chances = (np.random.default_rng([random_seed, place, each]) for each in range(number))
        yield pool(cut, [answer(speaker, cut, settings, chance).stream for chance in chances])


def pool(cut: Opening, streams: Sequence[Sequence[str]]) -> Pool:
    """Of answers as symbols, on the grid of the cut."""
    call, frame = call_of(cut)
    answers = [shifted(stream, frame.start) for stream in (cut.continuation, *streams)]
    measured = finish(features.measure(call, answers, frame))
    return Pool(measured[0], measured[1:])


def call_of(cut: Opening) -> tuple[Notes, AnswerFrame]:
    """The phrase of a cut as a critic is told of it."""
    before = -cut.pickup_steps % cut.bar_steps  # from the bar line before the phrase
    start = before + len(cut.phrase)
    end = start + len(cut.continuation)
    frame = AnswerFrame(cut.steps_per_quarter, cut.meter, start, end, cut.key.mode, cut.ends_song)
    return shifted(cut.phrase, before), frame


def shifted(stream: Sequence[str], steps: int) -> Notes:
    """The notes of a stream, so many steps later."""
    notes = decode(stream)
    return tuple(GridNote(note.onset_steps + steps, note.duration_steps, note.pitch) for note in notes)
