"""What a key at the terminal asks of all processes is for the first process to decide."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker

_NAMES = ("SIGINT", "SIGHUP", "SIGTSTP")


def leave_the_terminal() -> None:
    """Ignore those keys, in a process that was started with `terminal_signals_blocked`.

    A group of its own keeps this process going when the job is stopped with SIGSTOP, so that no note hangs.
    """
    numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        with suppress(OSError):
            os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)
    _silence_libraries()


def _silence_libraries() -> None:
    """A library whose server ends writes to stderr what is of no use to the user."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


@contextmanager
def libraries_silenced() -> Iterator[None]:
    """Nothing that is written to stderr meanwhile is shown: a library tells there what it did not find."""
    kept = os.dup(2)
    _silence_libraries()
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextmanager
def terminal_signals_blocked() -> Iterator[None]:
    """A new process inherits what is blocked, so Ctrl-C and Ctrl-Z cannot reach it before it ignores them."""
    if sys.platform == "win32":
        yield
        return
    # The first process to be started starts this one as well, which would unblock the signals again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [getattr(signal, name) for name in _NAMES])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
