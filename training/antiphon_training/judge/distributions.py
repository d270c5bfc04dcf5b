"""How alike two sets of melodies are, feature by feature, as histograms. Pure.

After L.-C. Yang and A. Lerch, "On the evaluation of generative models in music", Neural Computing and
Applications 32 (2020): overlapping area and Kullback–Leibler divergence; here of the features themselves.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.repetition import repeated_runs

Histogram = Counter[int]
Histograms = Mapping[str, Histogram]
Features = Mapping[str, Sequence[int]]
WIDEST_INTERVAL = 12
SMOOTHING = 0.5
MEAN = "mean"


def pitch_classes(answer: JudgedAnswer) -> list[int]:
    return [note.pitch % 12 for note in answer.notes]


def intervals(answer: JudgedAnswer) -> list[int]:
    """Semitones from note to note within the answer; beyond an octave all are 13 or −13."""
    beyond = WIDEST_INTERVAL + 1
    return [max(-beyond, min(beyond, b.pitch - a.pitch)) for a, b in pairwise(answer.notes)]


def durations(answer: JudgedAnswer) -> list[int]:
    """Sixteenths."""
    return [max(1, answer.opening.sixteenths(note.duration_steps)) for note in answer.notes]


def places_in_bar(answer: JudgedAnswer) -> list[int]:
    """Whole sixteenths from the bar line to each onset."""
    opening = answer.opening
    places = (opening.place_in_bar(note.onset_steps) for note in answer.notes)
    return [place * STEPS_PER_QUARTER // opening.steps_per_quarter for place in places]


def ranges(answer: JudgedAnswer) -> list[int]:
    """Semitones from the lowest note to the highest: one value."""
    pitches = [note.pitch for note in answer.notes]
    return [max(pitches) - min(pitches)] if pitches else []


def rest_steps(answer: JudgedAnswer) -> int:
    return len(answer.stream) - sum(note.duration_steps for note in answer.notes)


def rests(answer: JudgedAnswer) -> list[int]:
    """The share of steps that are silent, in twentieths: one value."""
    return [20 * rest_steps(answer) // len(answer.stream)]


def densities(answer: JudgedAnswer) -> list[int]:
    """Notes in sixteen sixteenths: one value."""
    return [4 * answer.opening.steps_per_quarter * len(answer.notes) // len(answer.stream)]


def repetitions(answer: JudgedAnswer) -> list[int]:
    """The share of repeated runs, in tenths: one value, none where the answer is too short for a run."""
    repeated, total = repeated_runs(answer)
    return [10 * repeated // total] if total else []


# Four features of every note, then four of a whole answer.
FEATURES: Mapping[str, Callable[[JudgedAnswer], list[int]]] = {
    "pitch class": pitch_classes,
    "interval": intervals,
    "duration": durations,
    "place in the bar": places_in_bar,
    "range": ranges,
    "rests": rests,
    "note density": densities,
    "self-repetition": repetitions,
}


def features_of(answer: JudgedAnswer) -> Features:
    return {name: values(answer) for name, values in FEATURES.items()}


def histograms(answers: Iterable[Features]) -> dict[str, Histogram]:
    """What the answers have of each feature, all together."""
    found: dict[str, Histogram] = {name: Counter() for name in FEATURES}
    for features in answers:
        for name, values in features.items():
            found[name].update(values)
    return found


def overlap(a: Histogram, b: Histogram) -> float:
    """Σ min(p, q) of two histograms made shares: 1 where they are alike, 0 where nothing is common."""
    all_a, all_b = a.total(), b.total()
    return sum(min(a[bin_] / all_a, b[bin_] / all_b) for bin_ in a) if all_a and all_b else 0.0


def divergence_bits(truth: Histogram, other: Histogram) -> float:
    """Kullback–Leibler divergence Σ p log2(p/q), p the truth's shares, of counts with a half added to each.

    The half goes to every bin that either has, so that what one never does costs much and not infinitely.
    """
    bins = sorted({*truth, *other})
    all_p, all_q = (counts.total() + SMOOTHING * len(bins) for counts in (truth, other))
    shares = [((truth[b] + SMOOTHING) / all_p, (other[b] + SMOOTHING) / all_q) for b in bins]
    return sum(p * math.log2(p / q) for p, q in shares)


def overlaps(truth: Histograms, other: Histograms) -> dict[str, float]:
    """By feature, and their mean: how much of what one has the other has too."""
    return _with_mean({name: overlap(truth[name], other[name]) for name in FEATURES})


def divergences(truth: Histograms, other: Histograms) -> dict[str, float]:
    """By feature, and their mean, in bits."""
    return _with_mean({name: divergence_bits(truth[name], other[name]) for name in FEATURES})


def _with_mean(values: Mapping[str, float]) -> dict[str, float]:
    return {**values, MEAN: sum(values.values()) / len(values)}


def halves(
    answers: Sequence[Features], times: int, generator: np.random.Generator
) -> Iterator[tuple[Histograms, Histograms]]:
    """So many splits of the answers into two halves by chance: how alike real melodies are to each other."""
    for _ in range(times):
        order = [answers[place] for place in generator.permutation(len(answers))]
        middle = len(order) // 2
        yield histograms(order[:middle]), histograms(order[middle:])
