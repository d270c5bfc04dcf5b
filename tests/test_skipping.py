"""A test that is skipped because something is not installed is a failure in CI, and nowhere else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest


@pytest.mark.train
def test_of_the_trainer():
    raise AssertionError("this must not run without the trainer's libraries")


@pytest.mark.live
def test_of_a_live_system():
    pytest.skip("nothing here")


def test_of_ours():
    pytest.skip("of no interest")
"""


def run(folder, **environment):
    """The conftest of these tests, on a machine that has none of the trainer's libraries."""
    (folder / "test_some.py").write_text(TESTS)
    shutil.copy(Path(__file__).parent / "conftest.py", folder)
    with (folder / "conftest.py").open("a") as conftest:
        conftest.write('\nTRAIN = ("no_such_library",)\n')
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore", str(folder)]
    return subprocess.run(
        command, cwd=folder, env={**inherited, **environment}, capture_output=True, text=True
    )


def test_outside_ci_they_are_skipped(tmp_path):
    done = run(tmp_path)
    assert "3 skipped" in done.stdout
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("options", "forbidden"), [("", ["live", "train"]), ("-m 'not train'", ["live"]), ("-k ours", [])]
)
def test_in_ci_they_fail_unless_they_are_deselected(tmp_path, options, forbidden):
    done = run(tmp_path, CI="true", PYTEST_ADDOPTS=options)
    found = [name for name in ("live", "train") if f"marked {name} was skipped in CI" in done.stdout]
    assert (found, done.returncode) == (forbidden, 1 if forbidden else 0)
    assert "1 skipped" in done.stdout
