import ctypes
import subprocess
import sys
from types import SimpleNamespace

import pytest

from antiphon.stage.machine import free_memory

# Memory between blocks that are kept is free, but the C library does not give it back by itself.
FREES_MUCH = """
import re
from antiphon.stage.machine.free_memory import return_free_memory
def taken_kb():
    return int(re.search(r"RssAnon:\\s+(\\d+)", open("/proc/self/status").read())[1])
blocks = [bytes(2000) for _ in range(30_000)]
kept = blocks[::20]
del blocks
before_kb = taken_kb()
return_free_memory()
print(before_kb - taken_kb())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs Linux with glibc"
)
def test_what_was_freed_goes_back_to_the_system():
    done = subprocess.run([sys.executable, "-c", FREES_MUCH], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 10_000


def test_a_system_without_it_keeps_its_memory(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    assert free_memory.return_free_memory() is None
