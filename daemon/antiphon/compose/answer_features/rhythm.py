"""Lengths, silences and places of the notes, beside those of the phrase."""

import itertools
import math
from bisect import bisect_left
from collections import Counter

from antiphon.compose.answer_features.parts import QUARTER, Part, once
from antiphon.compose.answer_features.sums import found_in, longest_run, mean, share, spread

# Upper limits of the classes of lengths, in ticks; longer notes are in one more class.
_CLASSES = tuple(int(QUARTER * quarters) for quarters in (0.49, 0.5, 0.99, 1.0, 1.5, 2.0))
_CLASS_NAMES = ("shorter", "eighth", "between", "quarter", "to_dotted_quarter", "to_half", "longer")


def measure(phrase: Part, answer: Part) -> dict[str, float]:
    classes, of_phrase = _classes(answer), _classes(phrase)
    return (
        _density(phrase, answer)
        | {f"share_{name}": part for name, part in zip(_CLASS_NAMES, classes, strict=True)}
        | {f"more_{n}": a - b for n, a, b in zip(_CLASS_NAMES, classes, of_phrase, strict=True)}
        | _silence(phrase, answer)
        | _lengths(phrase, answer)
        | _places(phrase, answer)
    )


@once
def _classes(part: Part) -> list[float]:
    counts = [0] * (len(_CLASSES) + 1)
    for duration in part.durations:
        counts[bisect_left(_CLASSES, duration)] += 1
    return [share(count, len(part.durations)) for count in counts]


def _density(phrase: Part, answer: Part) -> dict[str, float]:
    ours, theirs = (len(part.onsets) * QUARTER / part.length for part in (answer, phrase))
    in_bars = [len(bar.rhythm) for bar in answer.bars]
    middle = mean(in_bars)
    return {
        "density": ours,
        "density_ratio": math.log((ours + 0.1) / (theirs + 0.1)),
        "density_spread": spread(in_bars),
        "first_bar_denser": in_bars[0] - middle,
        "last_bar_denser": in_bars[-1] - middle,
    }


def _silence(phrase: Part, answer: Part) -> dict[str, float]:
    inner = answer.silences[1:-1]
    ours, theirs = (share(sum(part.silences), part.length) for part in (answer, phrase))
    return {
        "rests": ours,
        "rests_more": ours - theirs,
        "rests_inside": float(sum(silence > 0 for silence in inner)),
        "longest_rest": max(inner, default=0) / QUARTER,
        "silent_start": answer.silences[0] / QUARTER,
    }


def _lengths(phrase: Part, answer: Part) -> dict[str, float]:
    lengths = answer.durations
    counts = Counter(lengths)
    same = [a == b for a, b in itertools.pairwise(lengths)]
    foreign = 1 - found_in(lengths, set(phrase.durations)) if lengths else 0.0
    missing = 1 - found_in(phrase.durations, set(lengths)) if phrase.durations else 0.0
    return {
        "foreign_lengths": foreign,
        "missing_lengths": missing,
        "kinds_of_lengths": float(len(counts)),
        "kinds_more": float(len(counts) - len(set(phrase.durations))),
        "usual_length": share(max(counts.values(), default=0), len(lengths)),
        "same_length": mean(same),
        "same_length_run": float(longest_run(same)),
        "longest_note": max(lengths, default=0) / QUARTER,
        "shortest_note": min(lengths, default=0) / QUARTER,
    }


def _places(phrase: Part, answer: Part) -> dict[str, float]:
    return {
        "off_beat": _off_beat(answer),
        "off_beat_more": _off_beat(answer) - _off_beat(phrase),
        "syncopated": _syncopated(answer),
        "syncopated_more": _syncopated(answer) - _syncopated(phrase),
        "downbeats": _downbeats(answer),
        "downbeats_more": _downbeats(answer) - _downbeats(phrase),
        "over_bar_line": _over_bar_line(answer),
        "long_on_downbeat": _long_on_downbeat(answer),
    }


@once
def _downbeats(part: Part) -> float:
    return mean([0 in bar.rhythm for bar in part.bars])


@once
def _off_beat(part: Part) -> float:
    return mean([onset % part.beat_ticks > 0 for onset in part.onsets])


@once
def _syncopated(part: Part) -> float:
    """The share of notes that begin off the beat and last over the next one."""
    notes = zip(part.onsets, part.durations, strict=True)
    return mean([0 < onset % part.beat_ticks > part.beat_ticks - length for onset, length in notes])


def _over_bar_line(part: Part) -> float:
    notes = zip(part.onsets, part.durations, strict=True)
    return mean([onset % part.bar_ticks + length > part.bar_ticks for onset, length in notes])


def _long_on_downbeat(part: Part) -> float:
    """How much longer notes on downbeats are than the others, in quarters."""
    on = [d for o, d in zip(part.onsets, part.durations, strict=True) if o % part.bar_ticks == 0]
    off = [d for o, d in zip(part.onsets, part.durations, strict=True) if o % part.bar_ticks]
    return (mean(on) - mean(off)) / QUARTER
