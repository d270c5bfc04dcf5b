"""Degrees, range, intervals and contour, beside those of the phrase."""

import itertools

from antiphon.compose.answer_features.parts import Part, intervals, once
from antiphon.compose.answer_features.sums import longest_run, mean, share

# Semitones above the tonic. The third, the sixth and the seventh are of major or of minor.
_KIND_OF_SIZE = (
    0,
    1,
    1,
    2,
    2,
    3,
    3,
    3,
    4,
)  # of an interval in semitones: repeated, step, third, fourth, leap
_DEGREES = {"1": (0,), "2": (2,), "3": (3, 4), "4": (5,), "5": (7,), "6": (8, 9), "7": (10, 11)}


def measure(phrase: Part, answer: Part) -> dict[str, float]:
    ours, theirs = by_degree(answer), by_degree(phrase)
    return (
        {f"degree_{name}": part for name, part in ours.items()}
        | {f"degree_{name}_more": ours[name] - theirs[name] for name in ("1", "2", "5", "7")}
        | {"degrees_unlike": sum(abs(ours[name] - theirs[name]) for name in ours)}
        | _range(phrase, answer)
        | _intervals(phrase, answer)
        | _contour(answer)
        | _seam(phrase, answer)
    )


@once
def by_degree(part: Part) -> dict[str, float]:
    """The share of the sounding time of each degree, and of all others."""
    time = [0] * 12
    for degree, duration in zip(part.degrees, part.durations, strict=True):
        time[degree] += duration
    whole = sum(time)
    found = {name: share(sum(time[d] for d in degrees), whole) for name, degrees in _DEGREES.items()}
    return found | {"other": share(time[1] + time[6], whole)}


def _range(phrase: Part, answer: Part) -> dict[str, float]:
    ours, theirs = answer.pitches or [60], phrase.pitches or answer.pitches or [60]
    known = set(theirs)
    return {
        "range": float(max(ours) - min(ours)),
        "range_more": float(max(ours) - min(ours) - max(theirs) + min(theirs)),
        "top_above": float(max(ours) - max(theirs)),
        "bottom_above": float(min(ours) - min(theirs)),
        "middle_above": mean(ours) - mean(theirs),
        "different_pitches": float(len(set(ours))),
        "new_pitches": mean([pitch not in known for pitch in ours]),
        "top_place": share(ours.index(max(ours)), len(ours)),
        "tops": float(ours.count(max(ours))),
    }


def _intervals(phrase: Part, answer: Part) -> dict[str, float]:
    ours, theirs = _kinds(answer), _kinds(phrase)
    names = ("repeated", "steps", "thirds", "fourths", "leaps")
    sizes = [abs(interval) for interval in intervals(answer)]
    return (
        dict(zip(names, ours, strict=True))
        | {f"{name}_more": a - b for name, a, b in zip(names, ours, theirs, strict=True)}
        | {
            "largest_interval": float(max(sizes, default=0)),
            "mean_interval": mean(sizes),
            "repeated_run": float(longest_run(size == 0 for size in sizes)),
            "leaps_not_turned": _leaps_not_turned(answer),
        }
    )


@once
def _kinds(part: Part) -> list[float]:
    counts, sizes = [0] * 5, [abs(interval) for interval in intervals(part)]
    for size in sizes:
        counts[_KIND_OF_SIZE[min(size, 8)]] += 1
    return [share(count, len(sizes)) for count in counts]


def _leaps_not_turned(answer: Part) -> float:
    after = [a * b > 0 for a, b in itertools.pairwise(intervals(answer)) if abs(a) > 4]
    return mean(after)


def _contour(answer: Part) -> dict[str, float]:
    moves = [interval for interval in intervals(answer) if interval]
    turns = [a * b < 0 for a, b in itertools.pairwise(moves)]
    bars = [mean([pitch for _, pitch in bar.figure]) for bar in answer.bars if bar.figure]
    middle = mean(answer.pitches)
    return {
        "turns": mean(turns),
        "longest_line": float(longest_run(not turn for turn in turns)),
        "ups": mean([move > 0 for move in moves]),
        "first_bar_above": bars[0] - middle if bars else 0.0,
        "second_bar_above": bars[1] - middle if len(bars) > 1 else 0.0,
        "before_last_bar_above": bars[-2] - middle if len(bars) > 1 else 0.0,
        "last_bar_above": bars[-1] - middle if bars else 0.0,
    }


def _seam(phrase: Part, answer: Part) -> dict[str, float]:
    """How the answer begins, after the phrase."""
    if not (phrase.pitches and answer.pitches):
        return {"seam": 0.0, "seam_size": 0.0, "first_degree": -1.0, "first_above_first": 0.0}
    move = answer.pitches[0] - phrase.pitches[-1]
    return {
        "seam": float(move),
        "seam_size": float(abs(move)),
        "first_degree": float(answer.degrees[0]),
        "first_above_first": float(answer.pitches[0] - phrase.pitches[0]),
    }
