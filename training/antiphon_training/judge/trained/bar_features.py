"""How the bars of an answer are like those of the call, and like each other. Pure."""

from collections.abc import Iterator
from itertools import combinations

from antiphon_training.judge.trained.line import Line

NONE = float("nan")
BARS = 4  # of an answer that are looked at
Named = Iterator[tuple[str, float]]


def call_and_answer_bars(call: Line, answer: Line) -> Named:
    """For each of four bars what it is like; then each pair of them. NaN where the answer is shorter."""
    old, new = call.bars(), answer.bars()
    for number in range(BARS):
        bar = new[number] if number < len(new) else None
        parallel = old[number] if number < len(old) else None
        for name, value in _of_bar(bar, parallel, old):
            yield f"bar {number + 1} {name}", value
    for one, other in combinations(range(BARS), 2):
        there = other < len(new)
        yield f"rhythm of bars {one + 1} {other + 1}", same_rhythm(new[one], new[other]) if there else NONE
        yield f"pitches of bars {one + 1} {other + 1}", same_pitches(new[one], new[other]) if there else NONE


def _of_bar(bar: Line | None, parallel: Line | None, old: list[Line]) -> Named:
    yield "notes", len(bar.notes) if bar else NONE
    yield "rests", 1 - bar.sounding / bar.steps if bar else NONE
    yield "first degree", bar.degrees[0] if bar and bar.notes else NONE
    yield "last degree", bar.degrees[-1] if bar and bar.notes else NONE
    yield "note on the bar line", float(bool(bar.notes) and bar.notes[0].onset == 0) if bar else NONE
    yield "parallel rhythm", same_rhythm(bar, parallel) if bar and parallel else NONE
    yield "parallel pitches", same_pitches(bar, parallel) if bar and parallel else NONE
    yield "most like in rhythm", max((same_rhythm(bar, each) for each in old), default=NONE) if bar else NONE
    yield (
        "most like in pitches",
        max((same_pitches(bar, each) for each in old), default=NONE) if bar else NONE,
    )


def same_rhythm(one: Line, other: Line) -> float:
    """Of the onsets that either has, the share that both have; 1 where both have none."""
    return _common({note[:1] for note in one.notes}, {note[:1] for note in other.notes})


def same_pitches(one: Line, other: Line) -> float:
    """The same for onsets with their pitches."""
    return _common({note[::2] for note in one.notes}, {note[::2] for note in other.notes})


def _common(one: set[tuple[int, ...]], other: set[tuple[int, ...]]) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 1.0
