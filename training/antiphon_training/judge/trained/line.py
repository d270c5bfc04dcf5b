"""Phrase and answer as what the trained judges look at: notes counted from a bar line. Pure."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from antiphon.listen.key import Mode
from antiphon_training.judge.answers import JudgedAnswer


class Sound(NamedTuple):
    """A note; `onset` and `length` in steps, the onset from a bar line and below 0 in a pickup."""

    onset: int
    length: int
    pitch: int


@dataclass(frozen=True, slots=True)
class Line:
    """Notes and their bars: `steps` from the bar line to the end; bar, beat and quarter in steps."""

    notes: tuple[Sound, ...]
    steps: int
    bar: int
    beat: int
    quarter: int
    tonic: int

    @property
    def degrees(self) -> list[int]:
        """Semitones above the tonic, 0–11."""
        return [(note.pitch - self.tonic) % 12 for note in self.notes]

    @property
    def intervals(self) -> list[int]:
        """Semitones from note to note."""
        return [b.pitch - a.pitch for a, b in pairwise(self.notes)]

    @property
    def sixteenths(self) -> list[float]:
        """How long each note is."""
        return [4 * note.length / self.quarter for note in self.notes]

    @property
    def weights(self) -> list[int]:
        """Of each onset: 2 on the bar line, 1 on another beat, 0 elsewhere."""
        places = [note.onset % self.bar for note in self.notes]
        return [2 if place == 0 else int(place % self.beat == 0) for place in places]

    @property
    def sounding(self) -> int:
        """Steps from the bar line on that sound."""
        return sum(note.length for note in self.notes if note.onset >= 0)

    def bars(self) -> list["Line"]:
        """The bars from the bar line on, the last perhaps short, each counted from its own bar line."""
        return [
            self._part(start, min(start + self.bar, self.steps)) for start in range(0, self.steps, self.bar)
        ]

    def first_bars(self, bars: int) -> "Line":
        """No more than so many bars; a note that goes on longer ends there."""
        return self._part(0, min(bars * self.bar, self.steps))

    def _part(self, start: int, end: int) -> "Line":
        notes = tuple(
            Sound(note.onset - start, min(note.length, end - note.onset), note.pitch)
            for note in self.notes
            if start <= note.onset < end
        )
        return replace(self, notes=notes, steps=end - start)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A phrase and an answer to it; `last`: whether the song ends with the answer that it gives itself."""

    phrase: Line
    answer: Line
    mode: Mode
    last: bool

    def first_bars(self, bars: int) -> "Exchange":
        """With no more than so many bars of the answer."""
        return replace(self, answer=self.answer.first_bars(bars))


def exchange_of(answer: JudgedAnswer) -> Exchange:
    """What an answer and its opening say; the phrase is counted from its first bar line, the answer from its.

    A note of the phrase that is held into the answer is the phrase's.
    """
    opening = answer.opening
    seam, pickup = len(opening.phrase), opening.pickup_steps
    sounds = [Sound(note.onset_steps, note.duration_steps, note.pitch) for note in answer.whole]

    def line(first: int, end: int, origin: int) -> Line:
        notes = tuple(s._replace(onset=s.onset - origin) for s in sounds if first <= s.onset < end)
        steps = end - origin
        bar, beat, quarter = opening.bar_steps, opening.beat_steps, opening.steps_per_quarter
        return Line(notes, steps, bar, beat, quarter, opening.tonic)

    end = seam + len(answer.stream)
    return Exchange(line(0, seam, pickup), line(seam, end, seam), opening.key.mode, opening.ends_song)
