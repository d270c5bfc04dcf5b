"""The log: what happens, line by line with levels, through the standard library.

The process that sends never writes it: its lines come as letters, and are written where the screen is.
"""

import logging

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
from antiphon.stage.lateness import percentile
from antiphon.stage.machine.log import LOG
from antiphon.stage.ports.port import PortChanged
from antiphon.timebase import Meter

LATE_S = 0.005


class EventLog:
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
