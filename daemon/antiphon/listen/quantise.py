"""What was played, in seconds, becomes one voice on the grid, in steps."""

from collections.abc import Iterable, Sequence

from antiphon.events import GridNote, PlayedNote
from antiphon.timebase import Grid

# A silence this short, or shorter than the note before it, is how a player detaches notes, not a rest.
_DETACHED_STEPS = 2


def one_voice(notes: Iterable[PlayedNote], grid: Grid) -> tuple[GridNote, ...]:
    """Onsets go to the nearest step; of notes on one step the highest stays; each lasts to the next at most.

    Notes before step 0 are moved to it.
    """
    melody = _highest_of_each_step(notes, grid)
    onsets = [onset for onset, _ in melody]
    limits = [*onsets[1:], None]
    return tuple(
        GridNote(onset, _duration(onset, grid.steps_at(note.release_s), limit), note.pitch)
        for (onset, note), limit in zip(melody, limits, strict=True)
    )


def _highest_of_each_step(notes: Iterable[PlayedNote], grid: Grid) -> list[tuple[int, PlayedNote]]:
    highest: dict[int, PlayedNote] = {}
    for note in notes:
        step = max(0, round(grid.steps_at(note.onset_s)))
        if step not in highest or note.pitch > highest[step].pitch:
            highest[step] = note
    return sorted(highest.items(), key=lambda pair: pair[0])


def _duration(onset_steps: int, release_steps: float, next_onset_steps: int | None) -> int:
    sounding = max(1, round(release_steps) - onset_steps)
    if next_onset_steps is None:
        return sounding
    space = next_onset_steps - onset_steps
    silence = space - sounding
    if silence <= max(_DETACHED_STEPS, sounding):
        return space
    return sounding


def joined(notes: Sequence[GridNote], until_steps: int) -> tuple[GridNote, ...]:
    """The same notes, the last one lengthened to end at `until_steps` if it ended before."""
    if not notes or notes[-1].end_steps >= until_steps:
        return tuple(notes)
    last = notes[-1]
    return (*notes[:-1], GridNote(last.onset_steps, until_steps - last.onset_steps, last.pitch))
