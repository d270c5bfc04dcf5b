"""What each process loads: some are started in the middle of a performance, and all stay in memory."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "banned"),
    [
        ("antiphon.cli", {"click", "numpy", "multiprocessing"}),
        ("antiphon.commands.play", {"numpy", "pydantic", "rich"}),
        ("antiphon.stage.process.entry", {"click", "mido", "numpy", "pydantic", "rich"}),
        ("antiphon.stage.process.player", {"click", "mido", "pydantic", "rich", "jack"}),
        ("antiphon.stage.ports.jack.process", {"click", "mido", "numpy", "pydantic", "rich"}),
    ],
)
def test_a_process_that_must_be_quick_loads_nothing_heavy(module, banned):
    script = f"import sys, {module}; print(*set(sys.modules) & {banned!r})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
