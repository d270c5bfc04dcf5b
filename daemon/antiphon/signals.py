"""Signals that ask for the end or for the settings: what each does while the program starts, plays and ends.

Knows no music.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Self

from antiphon.errors import INTERRUPTED

_TERMINATED = 128 + signal.SIGTERM


def _nothing() -> None:
    """There is nothing to clean up."""


@contextmanager
def ending_at_once(clean_up: Callable[[], None] = _nothing) -> Iterator[None]:
    """Inside, SIGINT and SIGTERM end the process at once, after `clean_up`, with one line and no traceback.

    For moments in which a KeyboardInterrupt would come to no good: Python prints and drops one that is raised
    inside an import. Where SIGINT is ignored, as in a script's background, it stays so.
    """
    with _handled(_leave_after(clean_up), keep_ignored=True):
        yield


@contextmanager
def stop_signals(clean_up: Callable[[], None] = _nothing) -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether SIGINT or SIGTERM came. The second one ends the process at once."""
    asked, leave = False, _leave_after(clean_up)

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            leave(number, frame)
        asked = True

    with _handled(ask):
        yield lambda: asked


def _leave_after(clean_up: Callable[[], None]) -> Callable[[int, FrameType | None], None]:
    def leave(number: int, _: FrameType | None) -> None:
        for again in (signal.SIGINT, signal.SIGTERM):
            signal.signal(again, signal.SIG_IGN)
        with suppress(OSError):
            os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"antiphon: interrupted\n")
        clean_up()
        os._exit(INTERRUPTED if number == signal.SIGINT else _TERMINATED)

    return leave


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], None], keep_ignored: bool = False) -> Iterator[None]:
    """SIGINT and SIGTERM go to `handler`; what they did before is put back after."""
    before = {}
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            if not (keep_ignored and signal.getsignal(number) == signal.SIG_IGN):
                before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, one in before.items():
            signal.signal(number, one)


@contextmanager
def hangup_signal() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether SIGHUP came since it was asked last, where the system has it."""
    number = getattr(signal, "SIGHUP", None)
    if number is None:
        yield lambda: False
        return
    asked: list[bool] = []
    before = signal.signal(number, lambda *_: asked.append(True))

    def came() -> bool:
        again = bool(asked)
        asked.clear()
        return again

    try:
        yield came
    finally:
        signal.signal(number, before)


class PauseKey:
    """Ctrl-Z, or SIGTSTP from elsewhere: `pressed` says that it came, `stop_here` then stops this process.

    `before` and `after` are called just before and after it is stopped.
    """

    def __init__(self, before: Callable[[], None] = _nothing, after: Callable[[], None] = _nothing) -> None:
        self._before, self._after = before, after
        self._came = False

    def __enter__(self) -> Self:
        if hasattr(signal, "SIGTSTP"):
            signal.signal(signal.SIGTSTP, self._come)
        return self

    def __exit__(self, *_: object) -> None:
        if hasattr(signal, "SIGTSTP"):
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)

    def _come(self, *_: object) -> None:
        self._came = True

    def pressed(self) -> bool:
        return self._came

    def stop_here(self) -> None:
        """Return when the process is continued.

        It is the default action that stops it: the system knows to pass that over where no shell is there to
        continue the process.
        """
        self._before()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)
        self._came = False
        signal.signal(signal.SIGTSTP, self._come)
        self._after()


def has_terminal() -> bool:
    """Whether there is a terminal that this process hangs on; one that was closed is none."""
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDONLY | getattr(os, "O_NOCTTY", 0)))
        return True
    return False
