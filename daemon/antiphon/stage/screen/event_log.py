"""The log of a performance: which report has a line, and at which level. Works nothing out itself."""

import logging

from antiphon.files.text_roll import note_name
from antiphon.perform.answer_reports import Accompanied, Answered, ChordGuessed, ChordsHeard, Heard
from antiphon.perform.reports import (
    Followed,
    KnobTurned,
    Learned,
    Pressed,
    ProgramChosen,
    Report,
    Sent,
    StateChanged,
)
from antiphon.perform.settings import HEARD
from antiphon.stage.machine.log import LOG
from antiphon.stage.performance_state import PerformanceState
from antiphon.stage.ports.port import PortChanged

LATE_S = 0.005


def log_event(report: Report | PortChanged, state: PerformanceState) -> None:
    """Log a report; `state` is the state of the performance after it."""
    match report:
        case PortChanged(name, True):
            LOG.info("port %s returned", name)
        case PortChanged(name, False):
            LOG.warning("port %s lost", name)
        case Sent(timed, late_s) if late_s > LATE_S:
            LOG.warning("%s left %.1f ms late", note_name(timed.event.pitch), 1000 * late_s)
        case Heard():
            LOG.info(_phrase(report, state))
        case ChordsHeard(_, chords):
            LOG.info("chords: %s", " ".join(chord.name for chord in chords))
        case ChordGuessed(_, _, _, name):
            LOG.debug("guesses that %s comes next", name)
        case Accompanied(_, key):
            LOG.info("phrase over%s", "" if key is None else f": {key}")
        case Followed():
            _log_bars(report, state)
        case Answered():
            _log_answer(report, state)
        case StateChanged(_, session):
            LOG.debug("state: %s", session)
        case KnobTurned(_, name, value):
            LOG.debug("%s turned to %s", name, f"{value:g}" if isinstance(value, float) else value)
        case Learned(_, name, control):
            LOG.info("%s is on control %d", name, control)
        case Pressed(_, name):
            LOG.info("%s pressed", name)
        case ProgramChosen(_, program, None):
            LOG.warning("program %d has no model", program + 1)
        case ProgramChosen(_, program, name):
            LOG.info("program %d: %s answers", program + 1, name)


def _phrase(heard: Heard, state: PerformanceState) -> str:
    """For example "phrase: 8 notes, 8 beats, G major, 110.0 bpm; answer from bar 3, 2 bars"."""
    grid, notes = heard.grid, heard.notes
    count = _counted(len(notes), "note")
    beats = _counted((notes[-1].end_steps - notes[0].onset_steps) / grid.steps_per_quarter, "beat")
    length = "until you play"
    if heard.answer_steps is not None:
        length = _counted(heard.answer_steps / state.steps_per_bar, "bar")
    return (
        f"phrase: {count}, {beats}, {heard.key}, {_meter(state)}{grid.bpm:.1f} bpm; "
        f"answer from bar {state.bar_number(heard.answer_start_steps):g}, {length}"
    )


def _meter(state: PerformanceState) -> str:
    """Said where it was heard, and not only set."""
    return f"{state.meter}, " if state.settings.tempo.meter == HEARD else ""


def _counted(number: float, what: str) -> str:
    return f"{number:g} {what}" + ("" if number == 1 else "s")


def _log_bars(followed: Followed, state: PerformanceState) -> None:
    bar = state.bar_number(followed.grid.steps_at(followed.at_s))
    level = logging.INFO if followed.jumped else logging.DEBUG
    LOG.log(level, "the bars go on in bar %.2f at %.2f bpm", bar, followed.grid.bpm)


def _log_answer(answered: Answered, state: PerformanceState) -> None:
    how = "answer cut short" if answered.cut else "answer over"
    if answered.late_steps:
        LOG.warning("%s; %s composed too late to play", how, _counted(answered.late_steps, "note"))
    else:
        LOG.info("%s", how)
    if state.late_s:
        shown = [1000 * state.late_within_s(share) for share in (0.5, 0.99, 1.0)]
        LOG.info("the newest %d events: lateness p50 %.2f, p99 %.2f, most %.2f ms", len(state.late_s), *shown)
