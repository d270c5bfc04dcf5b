"""The live picture in the terminal, or plain lines where the output is no terminal.

Fed with reports, drawn when told; starts no thread. Knows no port and changes nothing in the music.
"""

from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live

from antiphon.events import Timed
from antiphon.files.text_roll import note_name
from antiphon.perform.answer_reports import Accompanied, Answered, Heard
from antiphon.perform.reports import BarsBegun, Received, Released, Report, Sent, StateChanged
from antiphon.perform.settings import State
from antiphon.stage.performance_state import PerformanceTracker, RecordingStatus
from antiphon.stage.screen.heard_notes import HeardNotes
from antiphon.stage.screen.picture import picture

# Drawing takes milliseconds of a processor that has music to play.
FRAME_S = 0.1


class Screen:
    """Shows a performance on a console; a context that leaves the last picture standing.

    On a terminal `tick` redraws two piano rolls, ten times a second at most. Elsewhere one line is printed
    for each phrase and each answer, without control codes. `performance` must hear a report first.
    """

    def __init__(self, console: Console, performance: PerformanceTracker) -> None:
        self._console, self._performance = console, performance
        self._phrase, self._answer = HeardNotes(), HeardNotes()
        self._phrase_over = True  # so that the next note begins another one
        self._last_s = 0.0  # the newest moment that something sounded
        self._shown = 0  # reports
        self._drawn: tuple[int, RecordingStatus, int] | None = None
        self._drawn_s = float("-inf")
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
        self._shown += 1
        grid = self._performance.state.grid
        match report:
            case Received(Timed() as timed):
                self._last_s = timed.at_s
                self._phrase.play(timed, grid)
            case Sent(timed):
                self._last_s = timed.at_s
                self._play_answer(timed)
            case Released(timed):
                self._play_answer(timed)
            case BarsBegun():
                self._phrase.replace(())  # what ended before was placed on no grid
            case StateChanged(at_s, state):
                self._change(state, grid.steps_at(at_s))
            case Heard(notes=notes, key=key):
                self._phrase_over = True
                self._phrase.replace(notes)
                self._print("you", self._phrase, [str(key)])
            case Accompanied(key=key):
                self._phrase_over = True
                self._print("you", self._phrase, [] if key is None else [str(key)])
            case Answered():
                self._print("antiphon", self._answer, _remarks(report))

    def _play_answer(self, timed: Timed) -> None:
        """The picture shows the answer itself, without the parts that go with it."""
        state = self._performance.state
        if state.settings.session.part_on(timed.event.channel) is None:
            self._answer.play(timed, state.grid)

    def _change(self, state: State, now_steps: float) -> None:
        if state == "listening" and self._phrase_over:
            self._phrase.forget_before(now_steps)
        elif state == "answering":
            self._answer.clear()
        # A phrase that is taken up again before its answer sounds goes on; it was not over.
        self._phrase_over = state != "listening" and (self._phrase_over or state != "answering")

    def _print(self, who: str, side: HeardNotes, remarks: list[str]) -> None:
        if self._live is None:
            names = " ".join(note_name(note.pitch) for note in side.ended) or "(nothing)"
            earlier = f"({side.forgotten} earlier notes) " if side.forgotten else ""
            remark = f"  ({', '.join(remarks)})" if remarks else ""
            line = f"{who:<9} {earlier}{names}{remark}"
            self._console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)

    def tick(self, now_s: float) -> None:
        """Redraw the picture if it would differ; `now_s` is on the clock of the reports."""
        if self._live is None or now_s - self._drawn_s < FRAME_S:
            return
        state = self._performance.state
        step = int(state.grid.steps_at(now_s)) if state.counting else 0
        if (seen := (self._shown, state.recording, step)) != self._drawn:
            self._drawn, self._drawn_s = seen, now_s
            self._live.update(self.picture(now_s), refresh=True)

    def picture(self, now_s: float) -> Group:
        """The whole picture at a moment, as large as the console."""
        size = (self._console.width, self._console.height)
        return picture(self._performance.state, self._phrase, self._answer, now_s, size)


def _remarks(answered: Answered) -> list[str]:
    remarks = ["cut short"] if answered.cut else []
    if answered.late_steps:
        remarks.append(f"{answered.late_steps} too late to play")
    return remarks
