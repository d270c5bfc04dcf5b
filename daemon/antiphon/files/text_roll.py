"""A piano roll as lines of text, for the terminal.

Pure drawing: notes on the grid in, lines out. Knows no terminal, no colour and no clock.
"""

from collections.abc import Collection, Sequence

from antiphon.events import GridNote
from antiphon.listen.key import NAMES

LABEL_COLUMNS = 5
# The sixteen ways to fill the quarters of a cell: bit 0 top left, 1 top right, 2 bottom left, 3 bottom right.
_QUARTERS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
BLOCKS = _QUARTERS[1:]
_QUARTER_BITS = ((4, 8), (1, 2))  # of the lower line's left and right half column, then the upper line's
BAR_LINE, SOUNDING = "│", "▸"


def note_name(pitch: int) -> str:
    """Scientific pitch name: 60 is C4."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"


def piano_roll(
    notes: Sequence[GridNote],
    start: int,
    width: int,
    sounding: Collection[int] = (),
    *,
    rows: int = 6,
    steps_per_bar: int = 16,
    columns_per_step: int = 1,
) -> list[str]:
    """Draw notes from step `start` on, as `rows` lines of `width` columns, two pitches a line.

    The pitches that occur are in the middle, and share lines if they are more than 2 × `rows`. At the side
    stands the lowest pitch of a line that occurs; `▸` points at one that is `sounding`. A note ends half a
    column before the next, so that repeated notes are seen.
    """
    columns = width - LABEL_COLUMNS
    base, semitones = _scale([note.pitch for note in notes], rows)
    filled = [[0] * columns for _ in range(rows)]
    for note in notes:
        row, upper = divmod((note.pitch - base) // semitones, 2)
        for half in _halves(note, start, columns, columns_per_step):
            filled[row][half // 2] |= _QUARTER_BITS[upper][half % 2]
    bar_columns = _bar_columns(start, columns, steps_per_bar, columns_per_step)
    empty = [BAR_LINE if column in bar_columns else " " for column in range(columns)]
    lines = []
    for row in reversed(range(rows)):
        covered = range(base + 2 * row * semitones, base + 2 * (row + 1) * semitones)
        here = sorted({note.pitch for note in notes if note.pitch in covered})
        cells = (_QUARTERS[bits] if bits else space for bits, space in zip(filled[row], empty, strict=True))
        lines.append(_label(here, sounding) + "".join(cells))
    return lines


def _scale(pitches: Sequence[int], rows: int) -> tuple[int, int]:
    """The lowest pitch drawn, and semitones to half a line."""
    low, high = min(pitches, default=60), max(pitches, default=71)
    semitones = max(1, -(-(high - low + 1) // (2 * rows)))
    spare = 2 * rows * semitones - (high - low + 1)
    return low - spare // 2, semitones


def _halves(note: GridNote, start: int, columns: int, columns_per_step: int) -> range:
    """The half columns that a note fills, as far as they are in view."""
    per_step = 2 * columns_per_step
    first, end = (note.onset_steps - start) * per_step, (note.end_steps - start) * per_step - 1
    return range(max(0, first), min(end, 2 * columns))


def _bar_columns(start: int, columns: int, steps_per_bar: int, columns_per_step: int) -> dict[int, int]:
    """Columns where a bar begins, and the bar's number, counted from 1."""
    first_bar = -(-start // steps_per_bar)
    bars = range(first_bar, (start + columns // columns_per_step) // steps_per_bar + 1)
    places = {(bar * steps_per_bar - start) * columns_per_step: bar + 1 for bar in bars}
    return {column: number for column, number in places.items() if column < columns}


def _label(pitches: Sequence[int], sounding: Collection[int]) -> str:
    shown = next((pitch for pitch in pitches if pitch in sounding), pitches[0] if pitches else None)
    if shown is None:
        return " " * LABEL_COLUMNS
    return f"{SOUNDING if shown in sounding else ' '}{note_name(shown):<{LABEL_COLUMNS - 1}}"


def bar_numbers(start: int, width: int, steps_per_bar: int = 16, columns_per_step: int = 1) -> str:
    """The line under a roll: the number of each bar where it begins."""
    line = [" "] * width
    places = _bar_columns(start, width - LABEL_COLUMNS, steps_per_bar, columns_per_step)
    for column, number in places.items():
        line[LABEL_COLUMNS + column :] = f"{number}".ljust(width - LABEL_COLUMNS - column)
    return "".join(line)[:width]
