"""The log: what is told at which level, and where it goes."""

import logging
import os
import subprocess
import sys

import pytest

from antiphon.errors import Failure
from antiphon.events import GridNote, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.reports import (
    Answered,
    Heard,
    KnobTurned,
    Learned,
    Pressed,
    ProgramChosen,
    Sent,
    StateChanged,
)
from antiphon.stage.machine.log import (
    LOG,
    ForwardingHandler,
    JournalFormatter,
    LogLine,
    is_journal,
    logging_to,
)
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.screen.event_log import EventLog
from antiphon.timebase import Grid, Meter

REPORTS = [
    PortChanged("keys", False),
    PortChanged("keys", True),
    StateChanged(1.0, "listening"),
    Heard(5.0, (GridNote(0, 4, 60), GridNote(4, 10, 62)), Key(7, "major"), Grid(96.0, 1.0), 16, 32),
    KnobTurned(5.1, "temperature", 0.5),
    KnobTurned(5.2, "mode", "trade"),
    Learned(5.3, "bars", 21),
    Pressed(5.4, "record"),
    ProgramChosen(5.5, 1, "other"),
    ProgramChosen(5.6, 4, None),
    Sent(Timed(6.0, NoteOn(60)), 0.0001),
    Sent(Timed(6.5, NoteOn(62)), 0.0123),
    Answered(7.0, cut=True, late_steps=0),
    Answered(9.0, cut=False, late_steps=2),
]


def lines(tmp_path, level):
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), level, stderr_free=True):
        journal = EventLog(Meter())
        for report in REPORTS:
            journal.note(report)
    return [line.split(" ", 2)[2] for line in file.read_text(encoding="utf-8").splitlines()]


WARNINGS = [
    "WARNING port keys lost",
    "WARNING program 5 has no model",
    "WARNING D4 left 12.3 ms late",
    "WARNING answer over; 2 notes were too late to play",
]


def test_what_happened_is_told_at_its_level(tmp_path):
    assert lines(tmp_path, "debug") == [
        "WARNING port keys lost",
        "INFO    port keys returned",
        "DEBUG   state: listening",
        "INFO    call: 2 notes, 3.5 beats, G major, 96.0 bpm; answer from bar 2, 2 bars",
        "DEBUG   temperature turned to 0.5",
        "DEBUG   mode turned to trade",
        "INFO    bars is control 21",
        "INFO    record pressed",
        "INFO    program 2: other answers",
        "WARNING program 5 has no model",
        "WARNING D4 left 12.3 ms late",
        "INFO    answer cut short",
        "INFO    lateness of 2 events: p50 0.10, p99 12.30, most 12.30 ms",
        "WARNING answer over; 2 notes were too late to play",
    ]


def test_a_level_leaves_out_what_is_below_it(tmp_path):
    assert lines(tmp_path, "warning") == WARNINGS


def test_nothing_is_told_above_everything(tmp_path):
    assert lines(tmp_path, "error") == []


def test_without_a_file_lines_go_to_stderr_unless_a_picture_stands_there(capsys):
    before = list(LOG.handlers)
    for free, expected in ((True, 1), (False, 0)):
        with logging_to("", "info", stderr_free=free):
            LOG.info("a line")
        assert capsys.readouterr().err.count("a line") == expected
    assert LOG.handlers == before


def test_a_file_that_cannot_be_written_is_told(tmp_path):
    with (
        pytest.raises(Failure, match="cannot be written: Is a directory"),
        logging_to(str(tmp_path), "info", stderr_free=True),
    ):
        pass


def test_lines_of_another_process_travel_as_letters():
    letters = []
    handler = ForwardingHandler(letters.append)
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    try:
        LOG.info("%s open", "antiphon:in")
    finally:
        LOG.removeHandler(handler)
    assert letters == [LogLine(logging.INFO, "antiphon:in open")]


def record(level, text, error=None):
    return logging.LogRecord("antiphon", level, "", 0, text, (), error)


def test_lines_for_the_systems_journal_begin_with_their_priority():
    lines = JournalFormatter("%(message)s")
    levels = ((10, 7), (20, 6), (30, 4), (40, 3), (50, 2), (25, 5))
    for level, priority in levels:
        assert lines.format(record(level, "a line")) == f"<{priority}>a line"
    try:
        raise ValueError("broken")
    except ValueError:
        told = lines.format(record(40, "a line", sys.exc_info())).splitlines()
    assert len(told) > 2
    assert all(line.startswith("<3>") for line in told)


def test_the_journal_is_known_by_its_number(tmp_path):
    with open(tmp_path / "file", "w") as file:
        there = os.fstat(file.fileno())
        told = f"{there.st_dev}:{there.st_ino}"
        assert is_journal(file.fileno(), {"JOURNAL_STREAM": told})
        for other in ({}, {"JOURNAL_STREAM": ""}, {"JOURNAL_STREAM": f"{told}0"}):
            assert not is_journal(file.fileno(), other)
    assert not is_journal(-1, {"JOURNAL_STREAM": told})


def test_only_stderr_that_is_the_journal_gets_such_lines(tmp_path):
    script = (
        "from antiphon.stage.machine.log import LOG, logging_to\n"
        "with logging_to('', 'info', True): LOG.warning('a line')\n"
    )
    for journal, line in ((True, "<4>a line"), (False, " WARNING a line")):
        with open(tmp_path / "stderr", "w+") as file:
            there = os.fstat(file.fileno())
            told = f"{there.st_dev}:{there.st_ino}" if journal else "1:1"
            environment = {**os.environ, "JOURNAL_STREAM": told}
            subprocess.run([sys.executable, "-c", script], stderr=file, env=environment, check=True)
            file.seek(0)
            assert file.read().endswith(f"{line}\n")
