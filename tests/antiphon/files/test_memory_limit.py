import subprocess
import sys

import pytest

from antiphon.files.memory_limit import MOST_MEMORY_BYTES, limit_memory

pytest.importorskip("resource")


def test_beyond_its_share_a_process_asks_in_vain():
    greedy = f"try: bytearray({MOST_MEMORY_BYTES})\nexcept MemoryError: print('no')"
    done = subprocess.run(
        [sys.executable, "-c", greedy], preexec_fn=limit_memory, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "no\n")


def test_a_tighter_limit_stays():
    script = (
        "import resource; from antiphon.files.memory_limit import limit_memory\n"
        "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); limit_memory()\n"
        "print(resource.getrlimit(resource.RLIMIT_AS))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == f"({1 << 30}, {1 << 30})\n"
