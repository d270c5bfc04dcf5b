"""The log: what happens, line by line with levels, through the standard library.

The process that sends never writes it: its lines come as letters, and are written where the screen is.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from antiphon.errors import Failure
from antiphon.files.text_roll import note_name
from antiphon.perform.reports import (
    Answered,
    Followed,
    Heard,
    KnobTurned,
    Learned,
    Pressed,
    ProgramChosen,
    Report,
    Sent,
    StateChanged,
)
from antiphon.stage.ports.live_port import PortChanged
from antiphon.stage.screen.screen import percentile
from antiphon.timebase import Meter

LOG = logging.getLogger("antiphon")
LATE_S = 0.005
_STDERR = 2
_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"
# What the system's journal calls the levels (sd-daemon(3)).
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log, on its way from another process; `level` as in the standard library."""

    level: int
    text: str


class Posting(logging.Handler):
    """Sends lines on as letters, and never waits; `put` may be called from any thread."""

    def __init__(self, put: Callable[[LogLine], None]) -> None:
        super().__init__()
        self._put = put

    def emit(self, record: logging.LogRecord) -> None:
        self._put(LogLine(record.levelno, self.format(record)))


class JournalLines(logging.Formatter):
    """Lines for the system's journal, which knows the time: each begins with its priority."""

    def format(self, record: logging.LogRecord) -> str:
        priority = _PRIORITIES.get(record.levelno, 5)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def is_journal(descriptor: int, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what is written there goes to the system's journal."""
    try:
        written = os.fstat(descriptor)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM") == f"{written.st_dev}:{written.st_ino}"


@contextmanager
def logging_to(file: str, level: str, stderr_free: bool) -> Iterator[None]:
    """Write the log to a file, or to stderr if that is free, or nowhere. Raises Failure naming the file."""
    handler = _handler(file, stderr_free)
    journal = not file and is_journal(_STDERR)
    handler.setFormatter(JournalLines("%(message)s") if journal else logging.Formatter(_FORMAT))
    LOG.addHandler(handler)
    LOG.setLevel(level.upper())
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()


def _handler(file: str, stderr_free: bool) -> logging.Handler:
    if not file:
        return logging.StreamHandler[TextIO](sys.stderr) if stderr_free else logging.NullHandler()
    try:
        return logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{file}: cannot be written: {error.strerror}") from None


class Journal:
    """Writes down what is reported. Bars are counted in `meter`."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._late_s: list[float] = []
        self._ahead_steps = 0.0

    def note(self, report: Report | PortChanged) -> None:
        match report:
            case PortChanged(name, True):
                LOG.info("port %s returned", name)
            case PortChanged(name, False):
                LOG.warning("port %s lost", name)
            case Sent():
                self._sent(report)
            case Heard():
                LOG.info(_heard(report, self._meter, self._ahead_steps))
            case Followed():
                self._followed(report)
            case Answered():
                self._answered(report)
            case StateChanged(_, state):
                LOG.debug("state: %s", state)
            case KnobTurned(_, name, value):
                LOG.debug("%s turned to %s", name, f"{value:g}" if isinstance(value, float) else value)
            case Learned(_, name, control):
                LOG.info("%s is control %d", name, control)
            case Pressed(_, name):
                LOG.info("%s pressed", name)
            case ProgramChosen(_, program, None):
                LOG.warning("program %d has no model", program + 1)
            case ProgramChosen(_, program, name):
                LOG.info("program %d: %s answers", program + 1, name)

    def _followed(self, followed: Followed) -> None:
        self._ahead_steps = followed.ahead_steps
        bar = followed.grid.steps_per_bar(self._meter)
        place = (followed.grid.steps_at(followed.at_s) - followed.ahead_steps) / bar + 1
        level = logging.INFO if followed.jumped else logging.DEBUG
        LOG.log(level, "the studio is in bar %.2f at %.2f bpm", place, followed.grid.bpm)

    def _sent(self, sent: Sent) -> None:
        self._late_s.append(sent.late_s)
        if sent.late_s > LATE_S:
            LOG.warning("%s left %.1f ms late", note_name(sent.timed.event.pitch), 1000 * sent.late_s)

    def _answered(self, answered: Answered) -> None:
        how = "cut short" if answered.cut else "over"
        if answered.late_steps:
            LOG.warning("answer %s; %d notes were too late to play", how, answered.late_steps)
        else:
            LOG.info("answer %s", how)
        if self._late_s:
            shown = [1000 * percentile(self._late_s, share) for share in (0.5, 0.99, 1.0)]
            LOG.info("lateness of %d events: p50 %.2f, p99 %.2f, most %.2f ms", len(self._late_s), *shown)
            self._late_s.clear()


def _heard(heard: Heard, meter: Meter, ahead_steps: float) -> str:
    grid, notes = heard.grid, heard.notes
    bar_steps = grid.steps_per_bar(meter)
    beats = (notes[-1].end_steps - notes[0].onset_steps) / grid.steps_per_quarter
    bars = "until interrupted" if heard.answer_steps is None else f"{heard.answer_steps / bar_steps:g} bars"
    return (
        f"call: {len(notes)} notes, {beats:g} beats, {heard.key}, {grid.bpm:.1f} bpm; "
        f"answer from bar {(heard.answer_start_steps - ahead_steps) / bar_steps + 1:g}, {bars}"
    )
