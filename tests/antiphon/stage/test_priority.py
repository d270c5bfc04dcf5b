"""What is asked of the system, and that asking as a trial leaves the process as it was."""

import os
import sys
import threading

import pytest

from antiphon.stage.priority import as_if_playing, may_lock_memory

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
