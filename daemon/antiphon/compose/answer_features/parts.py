"""Phrase and answer laid out in bars, on one fine grid for all models: what features are computed from."""

import itertools
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from antiphon.compose.shape import Mode
from antiphon.events import GridNote
from antiphon.timebase import MOST_STEPS_PER_QUARTER, Meter

QUARTER = MOST_STEPS_PER_QUARTER  # ticks
_TONIC: dict[Mode, int] = {"major": 0, "minor": 9}

Figure = tuple[tuple[int, int], ...]
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class AnswerFrame:
    """Where an answer lies. Steps are counted as those of its notes: from the bar line at or before the first
    note of the phrase.

    start, end   of the answer, in steps
    mode         of the key: "major" (C) or "minor" (A)
    closes       whether the answer was asked to close, as at the end of a song
    """

    steps_per_quarter: int
    meter: Meter
    start: int
    end: int
    mode: Mode
    closes: bool

    @property
    def bar_ticks(self) -> int:
        return max(1, round(self.meter.quarters_per_bar * QUARTER))

    @property
    def beat_ticks(self) -> int:
        return max(1, round(self.meter.quarters_per_beat * QUARTER))

    @property
    def tonic(self) -> int:
        """Its pitch class."""
        return _TONIC[self.mode]

    def ticks(self, steps: int) -> int:
        return round(steps * QUARTER / self.steps_per_quarter)


@dataclass(frozen=True, slots=True)
class Bar:
    """The notes that begin in one bar, in order.

    rhythm   where they begin, in ticks from the bar line
    figure   with their pitches
    moves    with the intervals from the note before instead; 0 at the first
    """

    rhythm: tuple[int, ...]
    figure: Figure
    moves: Figure

    @classmethod
    def of(cls, places: Sequence[int], pitches: Sequence[int]) -> "Bar":
        before = [*pitches[:1], *pitches]
        intervals = [pitch - last for pitch, last in zip(pitches, before, strict=False)]
        return cls(
            tuple(places),
            tuple(zip(places, pitches, strict=True)),
            tuple(zip(places, intervals, strict=True)),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A melody that fills a stretch of time: a phrase, or an answer.

    begin, end       of the stretch, in ticks
    onsets … degrees one for each note: ticks, ticks, MIDI numbers, semitones above the tonic (0–11)
    silences         before the first note, between the notes, after the last, in ticks; (notes + 1)
    bars             those that the stretch touches; at least one
    bar_ticks, beat_ticks   the lengths of bar and beat
    known            what `once` keeps
    """

    begin: int
    end: int
    onsets: list[int]
    durations: list[int]
    pitches: list[int]
    degrees: list[int]
    silences: list[int]
    bars: list[Bar]
    bar_ticks: int
    beat_ticks: int
    known: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def length(self) -> int:
        return max(1, self.end - self.begin)


def once(measured: Callable[[Part], Found]) -> Callable[[Part], Found]:
    """A function of a part is computed once for each part: that of the phrase serves all answers."""

    def kept(part: Part) -> Found:
        if measured not in part.known:
            part.known[measured] = measured(part)
        found: Found = part.known[measured]
        return found

    return kept


@once
def intervals(part: Part) -> list[int]:
    """From each note to the next, in semitones."""
    return [b - a for a, b in itertools.pairwise(part.pitches)]


def phrase_part(phrase: Iterable[GridNote], frame: AnswerFrame) -> Part:
    """The phrase from its first whole bar on; a beginning in the second half of a bar is a pickup."""
    notes = sorted(phrase)
    bar = frame.bar_ticks
    first = frame.ticks(notes[0].onset_steps) if notes else 0
    begin = first // bar * bar
    if 2 * (first - begin) >= bar and begin + bar < frame.ticks(frame.start):
        begin += bar
    return _part(notes, frame, begin, frame.ticks(frame.start))


def answer_part(answer: Iterable[GridNote], frame: AnswerFrame) -> Part:
    return _part(sorted(answer), frame, frame.ticks(frame.start), frame.ticks(frame.end))


def _part(notes: Sequence[GridNote], frame: AnswerFrame, begin: int, end: int) -> Part:
    onsets = [frame.ticks(note.onset_steps) for note in notes]
    ends = [frame.ticks(note.end_steps) for note in notes]
    whole = list(zip(onsets, ends, [note.pitch for note in notes], strict=True))
    inside = [(onset, min(over, end), pitch) for onset, over, pitch in whole if begin <= onset < end]
    onsets, ends = [each[0] for each in inside], [each[1] for each in inside]
    pitches = [each[2] for each in inside]
    silences = [max(0, b - a) for a, b in zip([begin, *ends], [*onsets, end], strict=True)]
    return Part(
        begin,
        end,
        onsets,
        [over - onset for onset, over in zip(onsets, ends, strict=True)],
        pitches,
        [(pitch - frame.tonic) % 12 for pitch in pitches],
        silences,
        _bars(onsets, pitches, begin, end, frame.bar_ticks),
        frame.bar_ticks,
        frame.beat_ticks,
    )


def _bars(onsets: list[int], pitches: list[int], begin: int, end: int, bar: int) -> list[Bar]:
    first = begin // bar
    inside: list[tuple[list[int], list[int]]] = [([], []) for _ in range(max(1, -(-end // bar) - first))]
    for onset, pitch in zip(onsets, pitches, strict=True):
        places, there = inside[onset // bar - first]
        places.append(onset % bar)
        there.append(pitch)
    return [Bar.of(*each) for each in inside]
