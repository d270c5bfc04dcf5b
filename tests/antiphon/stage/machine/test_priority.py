"""What is asked of the system, and that asking as a trial leaves the process as it was."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from antiphon.stage.machine import priority
from antiphon.stage.machine.priority import (
    FIFO_PRIORITY,
    as_if_playing,
    keep_ordinary,
    may_go_first,
    may_lock_memory,
)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="scheduling as on Linux")


def test_a_trial_is_done_on_a_thread_of_its_own():
    _, thread = as_if_playing(threading.current_thread)
    assert thread is not threading.current_thread()
    assert not thread.is_alive()


@linux
def test_a_trial_has_what_it_says_and_leaves_the_process_as_it_was():
    before = os.sched_getscheduler(0)
    fifo, during = as_if_playing(lambda: os.sched_getscheduler(0))
    assert (during == os.SCHED_FIFO) == fifo
    assert os.sched_getscheduler(0) == before


@linux
def test_memory_is_locked_only_without_a_limit(monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for limit, allowed in ((65536, False), (resource.RLIM_INFINITY, True)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        assert may_lock_memory() == allowed


class Limits:
    """The limits of a process, as the module `resource` shows them."""

    def __init__(self, soft, hard):
        self.now = (soft, hard)

    def getrlimit(self, _):
        return self.now

    def setrlimit(self, _, limits):
        soft, hard = limits
        assert soft <= hard <= self.now[1]  # as the system has it for all but root
        self.now = limits


@linux
@pytest.mark.parametrize("hard", [0, 2, 95])
def test_the_limit_is_lowered_where_antiphon_begins_and_raised_by_who_sends(monkeypatch, hard):
    resource = pytest.importorskip("resource")
    limits = Limits(hard, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.getrlimit)
    monkeypatch.setattr(resource, "setrlimit", limits.setrlimit)
    keep_ordinary()
    assert limits.now == (0, hard)
    may_go_first()
    assert limits.now == (hard, hard)


TRIAL = """
import ctypes, os, resource, sys  # another user may not read where Python lies
from antiphon.stage.machine.priority import keep_ordinary, raise_priority
try:
    resource.setrlimit(resource.RLIMIT_RTPRIO, (95, 95))
except (OSError, ValueError):
    pass
before = resource.getrlimit(resource.RLIMIT_RTPRIO)
if os.geteuid() == 0:
    os.setuid(65534)
keep_ordinary()
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    print("refused", False)
except OSError:
    print("refused", True)
print(raise_priority().startswith("real-time"), before[1])
assert resource.getrlimit(resource.RLIMIT_RTPRIO) == (before[1], before[1])
"""


@linux
def test_an_ordinary_process_is_refused_and_the_one_that_sends_is_not():
    """Where the machine lets this test have a limit at all; of a user who is not root."""
    done = subprocess.run([sys.executable, "-c", TRIAL], capture_output=True, text=True, check=True)
    refused, had = done.stdout.splitlines()
    assert refused == "refused True"
    real_time, hard = had.split()
    assert real_time == str(int(hard) >= FIFO_PRIORITY)


NAMED = """
from pathlib import Path
from antiphon.stage.machine.priority import call_this_process
call_this_process("antiphon-player")
print(Path("/proc/self/comm").read_text().strip())
"""


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="Linux only")
def test_a_process_has_its_name_whole():
    done = subprocess.run([sys.executable, "-c", NAMED], capture_output=True, text=True, check=True)
    assert done.stdout == "antiphon-player\n"


def test_where_there_is_no_such_thing_nothing_happens(tmp_path, monkeypatch):
    monkeypatch.setattr(priority, "_NAME", tmp_path / "none" / "comm")
    priority.call_this_process("antiphon-player")


RESERVE = """
import mmap
from pathlib import Path
from antiphon.stage.machine.priority import raise_priority

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE >> 20

reserved, before = mmap.mmap(-1, 256 << 20), resident_mb()
print("memory locked" in raise_priority(), resident_mb() - before)
"""


@linux
def test_locked_memory_is_what_was_touched_and_not_what_is_only_mapped():
    done = subprocess.run([sys.executable, "-c", RESERVE], capture_output=True, text=True, check=True)
    locked, more_mb = done.stdout.split()
    if locked == "False":
        pytest.skip("this user may not lock memory")
    assert int(more_mb) < 64
