"""The picture in the terminal: a header, two piano rolls and a footer, drawn from the state of a performance.

Pure drawing with rich. Knows no clock, no port and no report.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from rich.console import Group
from rich.rule import Rule
from rich.text import Text

from antiphon.events import GridNote
from antiphon.files.text_roll import BLOCKS, LABEL_COLUMNS, SOUNDING, bar_numbers, piano_roll
from antiphon.perform.settings import HEARD, State
from antiphon.stage.performance_state import PerformanceState
from antiphon.stage.screen.heard_notes import HeardNotes
from antiphon.timebase import STEPS_PER_QUARTER

PHRASE_STYLE, ANSWER_STYLE, QUIET_STYLE = "dodger_blue1", "dark_orange", "bright_black"
_STATE_STYLES: dict[State, str] = {
    "idle": "default",
    "listening": PHRASE_STYLE,
    "answering": ANSWER_STYLE,
    "waiting": QUIET_STYLE,
}
MIN_ROWS, MAX_ROWS = 6, 12
_WIDE_COLUMNS = 100
_LINES_AROUND = 7  # header, two rules, two lines of bar numbers, lateness, and one to spare
_CHORDS_SHOWN = 8
_NOTES = re.compile(f"[{re.escape(BLOCKS)}]+")


def picture(
    state: PerformanceState, phrase: HeardNotes, answer: HeardNotes, now_s: float, size: tuple[int, int]
) -> Group:
    """The whole picture at a moment; `size` is columns and lines of the terminal."""
    now_steps = max(0.0, state.grid.steps_at(now_s)) if state.counting else 0.0
    return Group(
        _header(state, now_steps),
        *_roll("you", phrase, state, now_s, size, PHRASE_STYLE),
        *_roll("antiphon", answer, state, now_s, size, ANSWER_STYLE),
        Text(_footer(state), style=QUIET_STYLE, no_wrap=True, overflow="ellipsis"),
    )


def _header(state: PerformanceState, now_steps: float) -> Text:
    place = "play" if state.session != "waiting" else "waits for the external clock"
    if state.counting and state.session != "waiting":
        place = state.place(now_steps)
    key = "" if state.key is None else str(state.key)
    recording = "● recording" if state.recording.recording else "not recording"
    mode = state.settings.answer.mode
    meter = str(state.meter) if state.settings.tempo.meter == HEARD else ""
    chords = " ".join(state.chords[-_CHORDS_SHOWN:])
    guess = f"guesses {state.guess}" if state.guess else ""
    facts = [place, key, chords, guess, f"{state.grid.bpm:.4g} bpm", meter, mode, state.model, recording]
    style = f"bold {_STATE_STYLES[state.session]}"
    line = Text(state.session, style=style, no_wrap=True, overflow="ellipsis")
    line.append("".join(f"  ·  {fact}" for fact in facts if fact), style="not bold default")
    return line


def _footer(state: PerformanceState) -> str:
    half, most = (f"{1000 * state.late_within_s(share):.1f}" for share in (0.5, 0.99))
    late = f"late {half} ms, 99 of 100 within {most}"
    if state.draw is None:
        return late
    return f"{late}  ·  entropy {state.draw.entropy:.2f}  ·  temperature {state.draw.temperature:.2f}"


def _roll(
    name: str,
    side: HeardNotes,
    state: PerformanceState,
    now_s: float,
    size: tuple[int, int],
    style: str,
) -> list[Rule | Text]:
    notes, bar, (width, height) = _in_sixteenths(side.at(now_s, state.grid), state), _bar(state), size
    start, columns_per_step = window(notes, width - LABEL_COLUMNS, bar)
    seen = [note for note in notes if note.end_steps > start]
    lines = piano_roll(
        seen,
        start,
        width,
        side.sounding,
        rows=_rows(seen, height),
        steps_per_bar=bar,
        columns_per_step=columns_per_step,
    )
    numbers = Text(bar_numbers(start, width, bar, columns_per_step), style=QUIET_STYLE)
    return [_rule(name), *(coloured(line, style) for line in lines), numbers]


def _bar(state: PerformanceState) -> int:
    """Sixteenths in a bar: they are what is drawn, however fine the grid is."""
    return replace(state.grid, steps_per_quarter=STEPS_PER_QUARTER).steps_per_bar(state.meter)


def _in_sixteenths(notes: Sequence[GridNote], state: PerformanceState) -> Sequence[GridNote]:
    steps = state.grid.steps_per_quarter / STEPS_PER_QUARTER
    if steps == 1:
        return notes
    begins = [(round(note.onset_steps / steps), note) for note in notes]
    return [GridNote(at, max(1, round(n.end_steps / steps) - at), n.pitch) for at, n in begins]


def window(notes: Collection[GridNote], columns: int, steps_per_bar: int) -> tuple[int, int]:
    """The first step to draw, where a bar begins, and columns to a step; a long phrase ends in view."""
    first = min((note.onset_steps for note in notes), default=0) // steps_per_bar * steps_per_bar
    last = max((note.end_steps for note in notes), default=0)
    columns_per_step = 2 if columns >= max(_WIDE_COLUMNS, 2 * (last - first)) else 1
    bars_too_many = max(0, -(-(last - first - columns // columns_per_step) // steps_per_bar))
    return first + bars_too_many * steps_per_bar, columns_per_step


def _rows(notes: Collection[GridNote], height: int) -> int:
    """As many lines as the range needs, an octave at least, and the terminal allows."""
    pitches = [note.pitch for note in notes]
    wanted = (max(pitches, default=0) - min(pitches, default=0) + 2) // 2
    room = max(2, min(MAX_ROWS, (height - _LINES_AROUND) // 2))
    return min(room, max(MIN_ROWS, wanted))


def coloured(line: str, style: str) -> Text:
    """A line of a piano roll: notes and the names of those that sound in `style`, the rest quiet."""
    text = Text(line, style=QUIET_STYLE, no_wrap=True, end="\n")
    for found in _NOTES.finditer(line):
        text.stylize(style, *found.span())
    if line.startswith(SOUNDING):
        text.stylize(f"bold {style}", 0, LABEL_COLUMNS)
    return text


def _rule(name: str) -> Rule:
    return Rule(Text(name, style=QUIET_STYLE), align="left", style=QUIET_STYLE)
