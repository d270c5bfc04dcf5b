"""What a melody shares, note for note, with the training songs. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from antiphon.events import GridNote

# Runs are found by their first notes; shorter ones are everywhere and say nothing.
FEWEST_NOTES = 4
Sounding = tuple[int, int]  # pitch and duration in steps


@dataclass(frozen=True, slots=True)
class Copied:
    """The longest runs of a melody that a training song has: one in notes, one in steps of sounding notes."""

    notes: int
    steps: int


class CopyIndex:
    """The training songs, indexed by every run of four notes.

    Notes are the same where pitch and duration are; rests between them are not compared.
    """

    def __init__(self, songs: Iterable[Sequence[GridNote]]) -> None:
        self._notes: list[Sounding | None] = []  # None between songs: equal to no note
        self._places: dict[tuple[Sounding, ...], list[int]] = defaultdict(list)
        for song in songs:
            self._add(_soundings(song))

    def _add(self, song: list[Sounding]) -> None:
        first = len(self._notes)
        for place in range(len(song) - FEWEST_NOTES + 1):
            self._places[tuple(song[place : place + FEWEST_NOTES])].append(first + place)
        self._notes += [*song, None]

    def longest(self, melody: Sequence[GridNote]) -> Copied:
        """The longest runs of a melody; zero where no four notes in a row are a training song's."""
        notes = _soundings(melody)
        until = [0, *accumulate(steps for _, steps in notes)]
        most_notes = most_steps = 0
        for start in range(len(notes) - FEWEST_NOTES + 1):
            for place in self._places.get(tuple(notes[start : start + FEWEST_NOTES]), ()):
                if start and place and self._notes[place - 1] == notes[start - 1]:
                    continue  # the end of a run that was found already
                length = self._length(notes, start, place)
                most_notes = max(most_notes, length)
                most_steps = max(most_steps, until[start + length] - until[start])
        return Copied(most_notes, most_steps)

    def _length(self, notes: Sequence[Sounding], start: int, place: int) -> int:
        length = FEWEST_NOTES
        while start + length < len(notes) and self._notes[place + length] == notes[start + length]:
            length += 1
        return length


def _soundings(notes: Sequence[GridNote]) -> list[Sounding]:
    return [(note.pitch, note.duration_steps) for note in notes]
