"""What a critic learns from: of each cut the true continuation and a pool of a bundle's answers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.answer_features import features
from antiphon.slices import finish
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import Speaker, answer, phrase_and_frame, shifted
from antiphon_training.judge.openings import Opening

Measured = NDArray[np.float32]


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
        seeds = ((random_seed, place, each) for each in range(number))
        yield pool(cut, [answer(speaker, cut, settings, seed).stream for seed in seeds])


def pool(cut: Opening, streams: Sequence[Sequence[str]]) -> Pool:
    """Of answers as symbols, on the grid of the cut."""
    phrase, frame = phrase_and_frame(cut, cut.ends_song)
    answers = [shifted(stream, frame.start) for stream in (cut.continuation, *streams)]
    measured = finish(features.measure(phrase, answers, frame))
    return Pool(measured[0], measured[1:])
