"""Signals as questions that are asked when there is time for them, in place of an interruption."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether SIGINT or SIGTERM came; what they did before is put back after."""
    asked = False

    def ask(*_: object) -> None:
        nonlocal asked
        asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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


def has_terminal() -> bool:
    """Whether there is a terminal that this process hangs on; one that was closed is none."""
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDONLY | getattr(os, "O_NOCTTY", 0)))
        return True
    return False
