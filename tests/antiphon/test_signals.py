import os
import pty
import signal
import sys

import pytest

from antiphon.signals import hangup_signal, stop_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_both_signals_ask_for_a_stop(number):
    with stop_signals() as stopped:
        assert not stopped()
        signal.raise_signal(number)
        assert stopped()


def test_what_signals_did_before_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    with stop_signals():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_hangup_is_told_once_and_is_no_stop():
    before = signal.getsignal(signal.SIGHUP)
    with stop_signals() as stopped, hangup_signal() as hung_up:
        assert not hung_up()
        signal.raise_signal(signal.SIGHUP)
        assert hung_up()
        assert not hung_up()
        assert not stopped()
    assert signal.getsignal(signal.SIGHUP) is before


HANGS_ON_A_TERMINAL = """
import signal, sys
from antiphon.signals import has_terminal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])
before = has_terminal()
print("here", flush=True)
signal.sigwait([signal.SIGHUP])
sys.exit(7 if before and not has_terminal() else 1)
"""


def test_a_terminal_that_was_closed_is_none():
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", HANGS_ON_A_TERMINAL])
    said = b""
    while b"\n" not in said:
        said += os.read(terminal, 1024)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
