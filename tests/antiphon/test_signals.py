import os
import pty
import signal
import subprocess
import sys

import pytest

from antiphon.signals import PauseKey, hangup_signal, stop_signals


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


# A script's background ignores SIGINT, and so would its children.
ENDS_AT_ONCE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from antiphon.signals import ending_at_once, stop_signals
with {context}:
    for number in {numbers}:
        signal.raise_signal(number)
print("went on")
"""


@pytest.mark.parametrize(
    ("context", "numbers", "code", "said"),
    [
        ("ending_at_once(lambda: print('cleaned', flush=True))", [signal.SIGINT], 130, "cleaned\n"),
        ("ending_at_once()", [signal.SIGTERM], 143, ""),
        ("stop_signals()", [signal.SIGINT], 0, "went on\n"),
        ("stop_signals(lambda: print('cleaned', flush=True))", [signal.SIGINT] * 2, 130, "cleaned\n"),
        ("stop_signals()", [signal.SIGTERM, signal.SIGINT], 130, ""),
    ],
)
def test_a_signal_at_the_start_and_a_second_one_at_the_end_leave_at_once(context, numbers, code, said):
    script = ENDS_AT_ONCE.format(context=context, numbers=[int(number) for number in numbers])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, said)
    assert done.stderr == ("" if code == 0 else "antiphon: interrupted\n")


def test_ctrl_z_is_a_question_until_the_process_is_told_to_stop():
    stopped = []
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)  # a group that this process could continue
        with PauseKey(after=lambda: os._exit(7)) as key:
            signal.raise_signal(signal.SIGTSTP)
            if key.pressed():
                key.stop_here()
        os._exit(1)
    _, status = os.waitpid(child, os.WUNTRACED)
    stopped.append(os.WIFSTOPPED(status))
    os.kill(child, signal.SIGCONT)
    assert stopped == [True]
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
