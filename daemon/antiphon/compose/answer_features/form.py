"""Bars of the answer beside the bars of the phrase that lie in the same place, and beside each other."""

import itertools
from collections.abc import Callable, Sequence

from antiphon.compose.answer_features.parts import Bar, Part
from antiphon.compose.answer_features.sums import found_in, longest_run, mean, overlap


def measure(phrase: Part, answer: Part) -> dict[str, float]:
    return _parallel(phrase, answer) | _copies(phrase, answer) | _inside(answer)


def parallel(phrase: Part, answer: Part) -> list[tuple[Bar, Bar]]:
    """Each bar of the answer with that of the phrase in the same place; a short phrase is repeated."""
    return [(bar, phrase.bars[number % len(phrase.bars)]) for number, bar in enumerate(answer.bars)]


def _parallel(phrase: Part, answer: Part) -> dict[str, float]:
    pairs = parallel(phrase, answer)
    same = [float(ours.rhythm == theirs.rhythm) for ours, theirs in pairs]
    alike = [overlap(ours.rhythm, theirs.rhythm) for ours, theirs in pairs]
    return {
        "parallel_rhythm": mean(same),
        "parallel_rhythm_first": same[0],
        "parallel_rhythm_second": _at(same, 1),
        "parallel_rhythm_before_last": _at(same, -2),
        "parallel_rhythm_last": same[-1],
        "parallel_onsets": mean(alike),
        "parallel_onsets_first": alike[0],
        "parallel_onsets_last": alike[-1],
        "parallel_onsets_least": min(alike),
        "parallel_pitches": mean([_same_pitches(ours, theirs) for ours, theirs in pairs]),
        "parallel_pitches_first": _same_pitches(*pairs[0]),
        "parallel_pitches_last": _same_pitches(*pairs[-1]),
    }


def _at(numbers: Sequence[float], place: int) -> float:
    return numbers[place] if len(numbers) > 1 else -1.0


def _same_pitches(ours: Bar, theirs: Bar) -> float:
    """The share of the places where either has a note, in which both have the same."""
    return overlap(ours.figure, theirs.figure)


def _copies(phrase: Part, answer: Part) -> dict[str, float]:
    pairs = parallel(phrase, answer)
    copied = [bool(ours.figure) and ours.figure == theirs.figure for ours, theirs in pairs]
    moved = [len(ours.figure) > 1 and ours.moves == theirs.moves for ours, theirs in pairs]
    of_phrase = {bar.figure for bar in phrase.bars if bar.figure}
    first, last = answer.bars[0].figure, phrase.bars[-1].figure
    begun = longest_from_start(copied)
    return {
        "restates": float(copied[0]),
        "restates_moved": float(moved[0]),
        "copied_bars": mean(copied),
        "copied_from_start": float(begun),
        "broken_off": float(0 < begun < len(copied)),
        "copied_last": float(copied[-1]),
        "moved_bars": mean(moved),
        "bars_of_phrase": found_in([bar.figure for bar in answer.bars], of_phrase),
        "begins_as_phrase_ended": float(bool(first) and first == last),
        "rhythms_of_phrase": found_in(
            [bar.rhythm for bar in answer.bars], {bar.rhythm for bar in phrase.bars}
        ),
        "ends_in_rhythm_of_phrase": float(answer.bars[-1].rhythm == phrase.bars[-1].rhythm),
        "same_notes_from_start": float(_same_notes_from_start(phrase, answer)),
    }


def longest_from_start(same: Sequence[bool]) -> int:
    """How many are true before the first that is not."""
    return same.index(False) if False in same else len(same)


def _same_notes_from_start(phrase: Part, answer: Part) -> int:
    """How many notes the answer has in common with the phrase before it first differs."""
    ours = zip(answer.onsets, answer.pitches, strict=True)
    theirs = zip(phrase.onsets, phrase.pitches, strict=True)
    from_start = [
        (a - answer.begin, p) == (b - phrase.begin, q) for (a, p), (b, q) in zip(ours, theirs, strict=False)
    ]
    return longest_from_start(from_start)


def _inside(answer: Part) -> dict[str, float]:
    bars = answer.bars
    rhythms = [bar.rhythm for bar in bars]
    return {
        "different_rhythms": len(set(rhythms)) / len(bars),
        "different_bars": len({bar.figure for bar in bars}) / len(bars),
        "rhythm_again_next": _again(bars, 1, lambda bar: bar.rhythm),
        "rhythm_again_second": _again(bars, 2, lambda bar: bar.rhythm),
        "figure_again_next": _again(bars, 1, lambda bar: bar.figure),
        "figure_again_second": _again(bars, 2, lambda bar: bar.figure),
        "moves_again_next": _again(bars, 1, lambda bar: bar.moves),
        "same_rhythm_run": float(longest_run(a == b for a, b in itertools.pairwise(rhythms))),
        "onsets_alike_next": mean([overlap(a, b) for a, b in itertools.pairwise(rhythms)]),
        "empty_bars": mean([not bar.rhythm for bar in bars]),
    }


def _again(bars: Sequence[Bar], later: int, what: Callable[[Bar], object]) -> float:
    pairs = zip(bars, bars[later:], strict=False)
    return mean([bool(a.figure) and what(a) == what(b) for a, b in pairs])
