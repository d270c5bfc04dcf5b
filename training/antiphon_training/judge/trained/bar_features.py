"""How the bars of an answer are like those of the phrase, and like each other. Pure."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from antiphon.listen.key import Mode
from antiphon_training.judge.trained.line import Line

NONE = float("nan")
BARS, BEATS = 4, 4  # of an answer, of a bar: how many are looked at
_TRIADS: Mapping[Mode, frozenset[int]] = {"major": frozenset({0, 4, 7}), "minor": frozenset({0, 3, 7})}
Named = Iterator[tuple[str, float]]


def phrase_and_answer_bars(phrase: Line, answer: Line, mode: Mode) -> Named:
    """For each of four bars what it is like; then each pair of them. NaN where the answer is shorter."""
    old, new = phrase.bars(), answer.bars()
    for number in range(BARS):
        bar = new[number] if number < len(new) else None
        parallel = old[number] if number < len(old) else None
        for name, value in (*_of_bar(bar, mode), *_beside_the_phrase(bar, parallel, old)):
            yield f"bar {number + 1} {name}", value
    for one, other in combinations(range(BARS), 2):
        there = other < len(new)
        yield f"rhythm of bars {one + 1} {other + 1}", same_rhythm(new[one], new[other]) if there else NONE
        yield f"pitches of bars {one + 1} {other + 1}", same_pitches(new[one], new[other]) if there else NONE


def _of_bar(bar: Line | None, mode: Mode) -> Named:
    yield "notes", len(bar.notes) if bar else NONE
    yield "rests", 1 - bar.sounding / bar.steps if bar else NONE
    yield "first degree", bar.degrees[0] if bar and bar.notes else NONE
    yield "last degree", bar.degrees[-1] if bar and bar.notes else NONE
    there, degrees = bool(bar and bar.notes), bar.degrees if bar else []
    yield "last sixteenths", bar.sixteenths[-1] if bar and bar.notes else NONE
    yield "last onset", 4 * bar.notes[-1].onset / bar.quarter if bar and bar.notes else NONE
    yield "on the tonic", sum(degree == 0 for degree in degrees) / len(degrees) if there else NONE
    yield "on its chord", sum(degree in _TRIADS[mode] for degree in degrees) / len(degrees) if there else NONE
    yield "repeats", sum(move == 0 for move in bar.intervals) if bar else NONE
    for beat in range(BEATS):
        yield f"degree at beat {beat + 1}", _sounding_at(bar, beat) if bar else NONE
    yield "note on the bar line", float(bool(bar.notes) and bar.notes[0].onset == 0) if bar else NONE


def _beside_the_phrase(bar: Line | None, parallel: Line | None, old: list[Line]) -> Named:
    yield "parallel rhythm", same_rhythm(bar, parallel) if bar and parallel else NONE
    yield "parallel pitches", same_pitches(bar, parallel) if bar and parallel else NONE
    yield "most like in rhythm", max((same_rhythm(bar, each) for each in old), default=NONE) if bar else NONE
    yield (
        "most like in pitches",
        max((same_pitches(bar, each) for each in old), default=NONE) if bar else NONE,
    )


def _sounding_at(bar: Line, beat: int) -> float:
    """The degree of the note that sounds at a quarter of the bar; −1 for a rest, NaN beyond the bar."""
    step = beat * bar.quarter
    if step >= bar.steps:
        return NONE
    notes = zip(bar.notes, bar.degrees, strict=True)
    return next((degree for note, degree in notes if note.onset <= step < note.onset + note.length), -1)


def same_rhythm(one: Line, other: Line) -> float:
    """Of the onsets that either has, the share that both have; 1 where both have none."""
    return _common({note[:1] for note in one.notes}, {note[:1] for note in other.notes})


def same_pitches(one: Line, other: Line) -> float:
    """The same for onsets with their pitches."""
    return _common({note[::2] for note in one.notes}, {note[::2] for note in other.notes})


def _common(one: set[tuple[int, ...]], other: set[tuple[int, ...]]) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 1.0
