"""How an answer ends, and how it takes up the bars of its phrase: so many of so many. Pure."""

from collections.abc import Mapping

from antiphon.listen.key import Mode
from antiphon_training.judge.answers import JudgedAnswer
from antiphon_training.judge.repetition import Share

# Semitones above the tonic: the 2nd degree and the 7th, in minor raised or not.
_LEADING: Mapping[Mode, frozenset[int]] = {"major": frozenset({2, 11}), "minor": frozenset({2, 10, 11})}
_WIDEST_STEP = 2  # semitones


def leads(answer: JudgedAnswer) -> Share:
    """Whether the last note but one is on the 2nd or 7th degree."""
    notes, opening = answer.notes, answer.opening
    return int(len(notes) > 1 and (notes[-2].pitch - opening.tonic) % 12 in _LEADING[opening.key.mode]), 1


def ends_by_step(answer: JudgedAnswer) -> Share:
    """Whether the last note is one or two semitones from the note before it."""
    return int(0 < abs(_last_interval(answer)) <= _WIDEST_STEP), 1


def ends_by_repeating(answer: JudgedAnswer) -> Share:
    """Whether the last note has the pitch of the note before it."""
    return int(len(answer.notes) > 1 and _last_interval(answer) == 0), 1


def _last_interval(answer: JudgedAnswer) -> int:
    pitches = [note.pitch for note in answer.notes[-2:]]
    return pitches[-1] - pitches[0] if pitches else 0


def ends_on_downbeat(answer: JudgedAnswer) -> Share:
    """Whether the last note begins on a bar line."""
    return int(bool(answer.notes) and answer.opening.place_in_bar(answer.notes[-1].onset_steps) == 0), 1


def restates_the_phrase(answer: JudgedAnswer) -> Share:
    """Whether the first bar is that of the phrase, symbol by symbol."""
    bar = answer.opening.bar_steps
    phrase, own = _phrase_bar(answer, 0), answer.stream[:bar]
    return int(len(own) == bar and own == phrase), 1


def parallel_rhythms(answer: JudgedAnswer) -> Share:
    """Of the whole bars those with the onsets of the bar at the same place in the phrase."""
    bar = answer.opening.bar_steps
    pairs = [
        (answer.stream[start : start + bar], _phrase_bar(answer, start))
        for start in range(0, len(answer.stream) - bar + 1, bar)
    ]
    known = [(own, phrase) for own, phrase in pairs if len(phrase) == bar]
    return sum(_rhythm(own) == _rhythm(phrase) for own, phrase in known), len(known)


def _phrase_bar(answer: JudgedAnswer, start: int) -> tuple[str, ...]:
    """A bar of the phrase, by its first step from the phrase's first bar line."""
    opening = answer.opening
    first = opening.pickup_steps + start
    return opening.phrase[first : first + opening.bar_steps]


def _rhythm(bar: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("note" if symbol.isdigit() else symbol for symbol in bar)
