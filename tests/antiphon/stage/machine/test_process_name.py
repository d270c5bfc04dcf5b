"""A process is called what it is told to be, as far as the system goes along."""

import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.stage.machine import process_name

NAMED = """
from pathlib import Path
from antiphon.stage.machine.process_name import call_this_process
call_this_process("antiphon-sender")
print(Path("/proc/self/comm").read_text().strip())
"""


@pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="Linux only")
def test_a_process_has_its_name_whole():
    done = subprocess.run([sys.executable, "-c", NAMED], capture_output=True, text=True, check=True)
    assert done.stdout == "antiphon-sender\n"


def test_where_there_is_no_such_thing_nothing_happens(tmp_path, monkeypatch):
    monkeypatch.setattr(process_name, "_NAME", tmp_path / "none" / "comm")
    process_name.call_this_process("antiphon-sender")
