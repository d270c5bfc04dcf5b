"""The newest notes of one side on the grid, for drawing: those that ended, and those that still sound.

Keeps a bounded number of notes, however long the music lasts. Knows no terminal.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from antiphon.events import GridNote, NoteOn, Timed
from antiphon.timebase import Grid

KEPT_NOTES = 512  # a terminal of 200 columns shows about 200 sixteenths


class HeardNotes:
    """Feed it what sounds; `forgotten` counts the notes that it no longer keeps."""

    def __init__(self) -> None:
        self._ended: deque[GridNote] = deque(maxlen=KEPT_NOTES)
        self._onsets_s: dict[int, float] = {}
        self.forgotten = 0

    def play(self, timed: Timed, grid: Grid) -> None:
        """A note begins or ends; a note that begins again while it sounds ends first."""
        pitch = timed.event.pitch
        if pitch in self._onsets_s:
            self._keep([_grid_note(pitch, self._onsets_s.pop(pitch), timed.at_s, grid)])
        if isinstance(timed.event, NoteOn):
            self._onsets_s[pitch] = timed.at_s

    def _keep(self, notes: Sequence[GridNote]) -> None:
        self.forgotten += max(0, len(self._ended) + len(notes) - KEPT_NOTES)
        self._ended.extend(notes)

    def clear(self) -> None:
        """A new phrase or answer begins."""
        self._ended.clear()
        self._onsets_s.clear()
        self.forgotten = 0

    def forget_before(self, steps: float) -> None:
        """Forget the notes that began before a step; what sounds stays."""
        kept = [note for note in self._ended if note.onset_steps >= round(steps)]
        self.replace(kept)

    def replace(self, notes: Iterable[GridNote]) -> None:
        """These notes are the ones that ended."""
        self._ended.clear()
        self.forgotten = 0
        self._keep(list(notes))

    @property
    def ended(self) -> tuple[GridNote, ...]:
        return tuple(self._ended)

    @property
    def sounding(self) -> frozenset[int]:
        """The pitches that sound now."""
        return frozenset(self._onsets_s)

    def at(self, now_s: float, grid: Grid) -> list[GridNote]:
        """All notes, those that sound lasting until now."""
        sounding = (_grid_note(pitch, onset_s, now_s, grid) for pitch, onset_s in self._onsets_s.items())
        return [*self._ended, *sounding]


def _grid_note(pitch: int, onset_s: float, end_s: float, grid: Grid) -> GridNote:
    start = max(0, round(grid.steps_at(onset_s)))
    return GridNote(start, max(1, round(grid.steps_at(end_s)) - start), pitch)
