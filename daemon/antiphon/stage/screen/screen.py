"""The live picture in the terminal: what is played and answered, as it sounds; plain lines where it is none.

Fed with reports, drawn when told; starts no thread. Knows no port and changes nothing in the music.
"""

import re
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.rule import Rule
from rich.text import Text

from antiphon.compose.sampling import Draw
from antiphon.events import GridNote, NoteOn, Timed
from antiphon.files.text_roll import BLOCKS, LABEL_COLUMNS, SOUNDING, bar_numbers, note_name, piano_roll
from antiphon.perform.reports import (
    Answered,
    Composed,
    Followed,
    Heard,
    KnobTurned,
    ProgramChosen,
    Received,
    Released,
    Report,
    Sent,
    StateChanged,
)
from antiphon.perform.settings import ModeName, State
from antiphon.stage.lateness import percentile
from antiphon.timebase import STEPS_PER_QUARTER, Grid, Meter

CALL_STYLE, ANSWER_STYLE, QUIET_STYLE = "dodger_blue1", "dark_orange", "bright_black"
_STATE_STYLES: dict[State, str] = {
    "idle": "default",
    "listening": CALL_STYLE,
    "answering": ANSWER_STYLE,
    "waiting": QUIET_STYLE,
}
MIN_ROWS, MAX_ROWS = 6, 12
_WIDE_COLUMNS = 100
_LINES_AROUND = 7  # header, two rules, two lines of bar numbers, lateness, and one to spare
_LATELY = 1000  # notes that the lateness shown is measured on


@dataclass(slots=True)
class _Voice:
    """The newest phrase of one side, in steps: notes that ended, and the onsets of those that sound."""

    notes: list[GridNote] = field(default_factory=list)
    onsets: dict[int, float] = field(default_factory=dict)

    def play(self, timed: Timed, grid: Grid) -> None:
        pitch, steps = timed.event.pitch, grid.steps_at(timed.at_s)
        if pitch in self.onsets:
            self.notes.append(_grid_note(pitch, self.onsets.pop(pitch), steps))
        if isinstance(timed.event, NoteOn):
            self.onsets[pitch] = steps

    def forget_before(self, steps: float) -> None:
        self.notes = [note for note in self.notes if note.onset_steps >= round(steps)]

    def at(self, now_steps: float) -> list[GridNote]:
        """All notes, those that sound lasting until now."""
        return self.notes + [_grid_note(pitch, onset, now_steps) for pitch, onset in self.onsets.items()]


def _grid_note(pitch: int, onset_steps: float, end_steps: float) -> GridNote:
    start = max(0, round(onset_steps))
    return GridNote(start, max(1, round(end_steps) - start), pitch)


class Screen:
    """Shows a performance on a console; a context that leaves the last picture standing.

    On a terminal two piano rolls are redrawn by `tick`. Elsewhere a line is printed for each call and each
    answer, without control codes.
    """

    def __init__(
        self,
        console: Console,
        bpm: float,
        meter: Meter,
        model: str,
        steps_per_quarter: int = STEPS_PER_QUARTER,
        mode: ModeName = "answer",
    ) -> None:
        self._console = console
        self._meter, self._model = meter, model
        self._mode: str = mode
        self._recording = True
        self._grid = Grid(bpm, 0.0, steps_per_quarter)
        self._begun = False
        self._ahead_steps = 0.0  # of the grid that the studio has not counted
        self._call, self._answer = _Voice(), _Voice()
        self._state: State = "idle"
        self._key = ""
        self._late_s: deque[float] = deque(maxlen=_LATELY)
        self._draw: Draw | None = None
        self._last_s = 0.0
        self._drawn: tuple[int, int] | None = None
        self._reports = 0
        live = console.is_terminal and not console.is_dumb_terminal
        self._live = Live(console=console, auto_refresh=False) if live else None

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.update(self.picture(self._last_s))
            self._live.stop()

    def show(self, report: Report) -> None:
        """Take in what happened; on a terminal it is seen at the next `tick`."""
        self._reports += 1
        match report:
            case Received(Timed() as timed):
                self._last_s = timed.at_s
                self._hear(timed)
            case Sent(timed, late_s):
                self._last_s = timed.at_s
                self._answer.play(timed, self._grid)
                self._late_s.append(late_s)
            case Released(timed):
                self._answer.play(timed, self._grid)
            case Composed(draw=draw):
                self._draw = draw
            case StateChanged(at_s, state):
                self._change(state, at_s)
            case Heard():
                self._end_call(report)
            case Followed():
                self._grid, self._begun, self._ahead_steps = report.grid, True, report.ahead_steps
            case Answered():
                self._end_answer(report)
            case KnobTurned(name="mode", value=mode):
                self._mode = str(mode)
            case ProgramChosen(name=str(model)):
                self._model = model

    def show_recording(self, recording: bool) -> None:
        """Whether a take is being recorded; on a terminal it is seen at the next `tick`."""
        if recording != self._recording:
            self._recording = recording
            self._reports += 1

    def _hear(self, timed: Timed) -> None:
        if not self._begun and isinstance(timed.event, NoteOn):
            # The first note played is the first downbeat.
            self._grid = Grid(self._grid.bpm, timed.at_s, self._grid.steps_per_quarter)
            self._begun = True
        self._call.play(timed, self._grid)

    def _change(self, state: State, at_s: float) -> None:
        self._state = state
        if state == "listening":
            self._call.forget_before(self._grid.steps_at(at_s))
        elif state == "answering":
            self._answer = _Voice()

    def _end_call(self, heard: Heard) -> None:
        self._key, self._grid, self._begun = str(heard.key), heard.grid, True
        self._call.notes = list(heard.notes)
        self._say("you", heard.notes, self._key)

    def _end_answer(self, answered: Answered) -> None:
        remarks = ["cut short"] if answered.cut else []
        if answered.late_steps:
            remarks.append(f"{answered.late_steps} too late to play")
        self._say("antiphon", self._answer.notes, *remarks)

    def _say(self, who: str, notes: Sequence[GridNote], *remarks: str) -> None:
        if self._live is None:
            names = " ".join(note_name(note.pitch) for note in notes) or "(nothing)"
            remark = f"  ({', '.join(remarks)})" if remarks else ""
            self._console.print(
                f"{who:<9} {names}{remark}", highlight=False, markup=False, emoji=False, soft_wrap=True
            )

    def tick(self, now_s: float) -> None:
        """Redraw the picture if it would differ; `now_s` on the clock of the reports.

        Drawing takes milliseconds of a processor that has music to play, so it is done once a step.
        """
        seen = (self._reports, int(self._grid.steps_at(now_s)) if self._begun else 0)
        if self._live is not None and seen != self._drawn:
            self._drawn = seen
            self._live.update(self.picture(now_s), refresh=True)

    def picture(self, now_s: float) -> Group:
        """The whole picture at a moment, as wide as the console."""
        now_steps = max(0.0, self._grid.steps_at(now_s)) if self._begun else 0.0
        return Group(
            self._header(now_steps),
            *self._roll("you", self._call, now_steps, CALL_STYLE),
            *self._roll("antiphon", self._answer, now_steps, ANSWER_STYLE),
            Text(self._footer(), style=QUIET_STYLE, no_wrap=True, overflow="ellipsis"),
        )

    def _footer(self) -> str:
        half, most = (_ms(percentile(self._late_s, share)) for share in (0.5, 0.99))
        late = f"late {half} ms, 99 of 100 within {most}"
        if self._draw is None:
            return late
        return f"{late}  ·  entropy {self._draw.entropy:.2f}  ·  temperature {self._draw.temperature:.2f}"

    def _header(self, now_steps: float) -> Text:
        place = "play" if self._state != "waiting" else "for the studio's clock"
        if self._begun and self._state != "waiting":
            place = bar_and_beat(now_steps - self._ahead_steps, self._grid, self._meter)
        recording = "● recording" if self._recording else "not recording"
        facts = [place, self._key, f"{self._grid.bpm:.4g} bpm", self._mode, self._model, recording]
        line = Text(
            self._state, style=f"bold {_STATE_STYLES[self._state]}", no_wrap=True, overflow="ellipsis"
        )
        line.append("".join(f"  ·  {fact}" for fact in facts if fact), style="not bold default")
        return line

    def _roll(self, name: str, voice: _Voice, now_steps: float, style: str) -> list[Rule | Text]:
        notes = voice.at(now_steps)
        bar = self._grid.steps_per_bar(self._meter)
        width = self._console.width
        start, columns_per_step = window(notes, width - LABEL_COLUMNS, bar)
        rows = self._rows(notes)
        lines = piano_roll(
            notes,
            start,
            width,
            voice.onsets,
            rows=rows,
            steps_per_bar=bar,
            columns_per_step=columns_per_step,
        )
        numbers = Text(bar_numbers(start, width, bar, columns_per_step), style=QUIET_STYLE)
        return [_rule(name), *(coloured(line, style) for line in lines), numbers]

    def _rows(self, notes: Collection[GridNote]) -> int:
        """As many lines as the range wants, an octave at least, and the terminal allows."""
        pitches = [note.pitch for note in notes]
        wanted = (max(pitches, default=0) - min(pitches, default=0) + 2) // 2
        room = max(2, min(MAX_ROWS, (self._console.height - _LINES_AROUND) // 2))
        return min(room, max(MIN_ROWS, wanted))


def bar_and_beat(steps: float, grid: Grid, meter: Meter) -> str:
    """Where a step is, both counted from 1: "3.2" is the second beat of the third bar."""
    bar, within = divmod(steps, grid.steps_per_bar(meter))
    beat_steps = grid.steps_of_beats(4 / meter.denominator)
    return f"{int(bar) + 1}.{int(within / beat_steps) + 1}"


def window(notes: Collection[GridNote], columns: int, steps_per_bar: int) -> tuple[int, int]:
    """The first step to draw, where a bar begins, and columns to a step; a long phrase ends in view."""
    first = min((note.onset_steps for note in notes), default=0) // steps_per_bar * steps_per_bar
    last = max((note.end_steps for note in notes), default=0)
    columns_per_step = 2 if columns >= max(_WIDE_COLUMNS, 2 * (last - first)) else 1
    bars_too_many = max(0, -(-(last - first - columns // columns_per_step) // steps_per_bar))
    return first + bars_too_many * steps_per_bar, columns_per_step


def coloured(line: str, style: str) -> Text:
    """A line of a piano roll: notes and the names of those that sound in `style`, the rest quiet."""
    text = Text(line, style=QUIET_STYLE)
    text.highlight_regex(f"[{re.escape(BLOCKS)}]+", style)
    if line.startswith(SOUNDING):
        text.stylize(f"bold {style}", 0, LABEL_COLUMNS)
    return text


def _rule(name: str) -> Rule:
    return Rule(Text(name, style=QUIET_STYLE), align="left", style=QUIET_STYLE)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
