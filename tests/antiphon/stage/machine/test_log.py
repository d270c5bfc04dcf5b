"""Where the log goes, and how its lines look there."""

import logging
import os
import subprocess
import sys

import pytest

from antiphon.errors import Failure
from antiphon.stage.machine.log import (
    LOG,
    ForwardingHandler,
    JournalFormatter,
    LogLine,
    is_journal,
    logging_to,
)


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


def test_lines_of_another_process_are_sent_on():
    sent = []
    handler = ForwardingHandler(sent.append)
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    try:
        LOG.info("%s open", "antiphon:in")
    finally:
        LOG.removeHandler(handler)
    assert sent == [LogLine(logging.INFO, "antiphon:in open")]


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


def test_afterwards_the_log_is_as_it_was(monkeypatch):
    monkeypatch.setattr(LOG, "propagate", True)
    monkeypatch.setattr(LOG, "level", logging.ERROR)
    before = LOG.level, LOG.propagate, list(LOG.handlers)
    with logging_to("", "debug", stderr_free=True):
        assert (LOG.level, LOG.propagate) == (logging.DEBUG, False)
    assert (LOG.level, LOG.propagate, list(LOG.handlers)) == before
