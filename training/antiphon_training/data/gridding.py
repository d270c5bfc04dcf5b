"""The notes of a song on the grid, and what each recipe refuses there.

The names of the filter are those of the seed recipe. Knows no key and no symbols.
"""

from collections.abc import Sequence

from antiphon.events import HIGHEST_PITCH, LOWEST_PITCH, GridNote
from antiphon.midi.on_grid import OnGrid, on_grid
from antiphon.timebase import STEPS_PER_QUARTER, quarters_to_steps
from antiphon_training.corpus.songs import ParsedSong, say_quarters

ACCEPTABLE_DURATIONS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
LONGEST_QUARTERS = 1024
# A song is left out where the grid has no step for more than this share of its notes.
MOST_LEFT_OUT = 0.1


class RefusedError(Exception):
    """A song that is left out: `reason` is the kind, counted; the message says what was found."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def unacceptable_durations(song: ParsedSong, acceptable: Sequence[float]) -> list[float]:
    """The written durations, in quarters, of notes and rests that are not on the list."""
    return sorted({d for sound in song.sounds for d in sound.written if d not in acceptable})


def has_acceptable_durations(song: ParsedSong, acceptable: Sequence[float] = ACCEPTABLE_DURATIONS) -> bool:
    """Whether every note and rest is written with a duration on the list (in quarters; ties taken apart)."""
    return not unacceptable_durations(song, acceptable)


def grid_notes(song: ParsedSong) -> tuple[GridNote, ...]:
    """The notes of a song on the grid of sixteenths. Raises RefusedError for one that is not on it."""
    return tuple(
        GridNote(_step(sound.onset), _step(sound.duration), _pitch(sound.pitch))
        for sound in song.sounds
        if sound.pitch is not None
    )


def _step(quarters: float) -> int:
    steps = quarters_to_steps(quarters)
    if abs(steps - round(steps)) > 1e-6 or quarters > LONGEST_QUARTERS:
        kind = "too long" if quarters > LONGEST_QUARTERS else "off the grid"
        raise RefusedError(kind, f"a note at or of {say_quarters(quarters)} quarters")
    return round(steps)


def _pitch(pitch: int) -> int:
    if not LOWEST_PITCH <= pitch <= HIGHEST_PITCH:
        raise RefusedError("pitch out of range", f"pitch {pitch}")
    return pitch


def rounded_notes(song: ParsedSong, steps_per_quarter: int = STEPS_PER_QUARTER) -> OnGrid:
    """The notes of a song on the grid, rounded where they are off it.

    Raises RefusedError for a song that is too long, or with notes that overlap or are no notes of MIDI.
    """
    written = [(s.onset, s.duration, _pitch(s.pitch)) for s in song.sounds if s.pitch is not None]
    if song.length > LONGEST_QUARTERS:
        found = say_quarters(song.length)
        raise RefusedError("too long", f"a phrase may have 1–{LONGEST_QUARTERS} quarters, got {found}")
    try:
        return on_grid(written, steps_per_quarter)
    except ValueError as error:
        raise RefusedError("overlapping notes", str(error)) from error


def notes_rounded(song: ParsedSong, steps_per_quarter: int = STEPS_PER_QUARTER) -> OnGrid:
    """As the default recipe has it. Raises RefusedError where too many notes find no step."""
    found = rounded_notes(song, steps_per_quarter)
    total = len(found.notes) + found.left_out
    if found.left_out > MOST_LEFT_OUT * total:
        detail = f"{found.left_out} of {total} notes are faster than the grid"
        raise RefusedError("off the grid", detail)
    return found


def notes_acceptable(song: ParsedSong, acceptable: Sequence[float]) -> OnGrid:
    """As the seed recipe has it: what is not on the list, or not on the grid, is refused."""
    _check_durations(song, acceptable)
    for quarters in (song.length, song.pickup):
        _step(quarters)
    return OnGrid(grid_notes(song), 0, 0)


def _check_durations(song: ParsedSong, acceptable: Sequence[float]) -> None:
    if not has_acceptable_durations(song, acceptable):
        found = ", ".join(say_quarters(d) for d in unacceptable_durations(song, acceptable))
        raise RefusedError("durations", f"durations of {found} quarters")
