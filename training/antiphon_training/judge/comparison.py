"""Answers of any number of bundles beside what the songs go on with: figures, overlaps, divergences. Pure.

The yardstick is how far real songs differ from each other: the continuations of another split, and halves of
the true ones against each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

import numpy as np

from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.copying import CopyIndex
from antiphon_training.judge.distributions import (
    Histograms,
    divergences,
    features_of,
    halves,
    histograms,
    overlaps,
)
from antiphon_training.judge.figures import Judged, figures

TIMES_HALVED = 20


@dataclass(frozen=True, slots=True)
class Column:
    """A set of answers measured; `overlap` with and divergence from the true ones by feature, and `mean`."""

    name: str
    number: int
    figures: Mapping[str, float | None]
    overlap: Mapping[str, float]
    divergence_bits: Mapping[str, float]
    histograms: Histograms
    copied_notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """What one number was over many splits into halves."""

    mean: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(fmean(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Halves:
    """True continuations against each other, half against half, by feature and in the mean."""

    overlap: Mapping[str, Spread]
    divergence_bits: Mapping[str, Spread]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The columns: the bundles' in their order, then other real songs', then the true continuations."""

    answers: tuple[Column, ...]
    others: Column
    truth: Column
    halves: Halves

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*self.answers, self.others, self.truth)


@dataclass(frozen=True, slots=True)
class AnswerSet:
    """A set of answers and what to call it."""

    name: str
    answers: Sequence[JudgedAnswer]


def judge(answers: Sequence[AnswerSet], truth: AnswerSet, others: AnswerSet, index: CopyIndex) -> Comparison:
    """Measure every set against the true continuations. None may be empty; two true ones make two halves."""
    real = [features_of(answer) for answer in truth.answers]
    true_histograms = histograms(real)

    def column(of: AnswerSet) -> Column:
        return _column(of, true_histograms, index)

    found = tuple(column(each) for each in answers)
    splits = list(halves(real, TIMES_HALVED, np.random.default_rng(0)))
    return Comparison(found, column(others), column(truth), _halves(splits))


def _column(of: AnswerSet, truth: Histograms, index: CopyIndex) -> Column:
    judged = [Judged(answer, index.longest(answer.notes)) for answer in of.answers]
    own = histograms(features_of(answer) for answer in of.answers)
    return Column(
        name=of.name,
        number=len(judged),
        figures=figures(judged),
        overlap=overlaps(truth, own),
        divergence_bits=divergences(truth, own),
        histograms=own,
        copied_notes=tuple(each.copied.notes for each in judged),
    )


def _halves(splits: Sequence[tuple[Histograms, Histograms]]) -> Halves:
    return Halves(
        _spreads([overlaps(one, other) for one, other in splits]),
        _spreads([divergences(one, other) for one, other in splits]),
    )


def _spreads(found: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    return {name: Spread.of([each[name] for each in found]) for name in found[0]}


def as_plain(comparison: Comparison) -> dict[str, Any]:
    """The whole of it as JSON has it; there, the number of answers has the name of an older design."""
    return {
        "columns": [_plain_column(column) for column in comparison.columns],
        "halves": asdict(comparison.halves),
    }


def _plain_column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "replies": column.number,
        "overlap": dict(column.overlap),
        "divergence_bits": dict(column.divergence_bits),
        "figures": dict(column.figures),
        "histograms": {name: dict(sorted(counts.items())) for name, counts in column.histograms.items()},
    }
