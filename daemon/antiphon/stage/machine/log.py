"""The log: lines with levels, through the standard library, to a file, to stderr or to the system's journal.

The playing process never writes it: it sends each line to the process that owns the log.
"""

import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from antiphon.errors import Failure

LOG = logging.getLogger("antiphon")
_STDERR = 2
_FORMAT = "%(asctime)s %(levelname)-7s %(message)s"
# What the system's journal calls the levels (sd-daemon(3)).
_PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log, on its way from another process; `level` as in the standard library."""

    level: int
    text: str


class ForwardingHandler(logging.Handler):
    """Passes lines on as messages, and never waits; `put` may be called from any thread."""

    def __init__(self, put: Callable[[LogLine], None]) -> None:
        super().__init__()
        self._put = put

    def emit(self, record: logging.LogRecord) -> None:
        self._put(LogLine(record.levelno, self.format(record)))


class JournalFormatter(logging.Formatter):
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
    handler.setFormatter(JournalFormatter("%(message)s") if journal else logging.Formatter(_FORMAT))
    LOG.addHandler(handler)
    before = LOG.level, LOG.propagate
    LOG.setLevel(level.upper())
    LOG.propagate = False
    try:
        yield
    finally:
        LOG.setLevel(before[0])
        LOG.propagate = before[1]
        LOG.removeHandler(handler)
        handler.close()


def _handler(file: str, stderr_free: bool) -> logging.Handler:
    if not file:
        return logging.StreamHandler[TextIO](sys.stderr) if stderr_free else logging.NullHandler()
    try:
        return logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise Failure(f"{file}: cannot be written: {error.strerror}") from None
