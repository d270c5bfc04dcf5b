"""The house holds: imports go one way, the core is pure, and playing needs neither TensorFlow nor music21."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DAEMON = ROOT / "daemon" / "antiphon"
IMPURE = {"time", "threading", "socket", "rtmidi", "asyncio", "subprocess", "queue", "os", "pathlib", "mido"}
# Each room and the rooms it may look into; the ground (events, timebase) is everybody's.
ROOMS = {
    "events": set(),
    "timebase": set(),
    "listen": {"listen"},
    "compose": {"compose"},
    "perform": {"perform", "listen", "compose"},
}
GROUND = {"events", "timebase"}


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(room):
    return (
        [DAEMON / f"{room}.py"] if (DAEMON / f"{room}.py").is_file() else sorted((DAEMON / room).glob("*.py"))
    )


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_looks_only_where_it_may(room):
    found = files(room)
    assert found
    for path in found:
        for name in imports(path):
            parts = name.split(".")
            assert parts[0] not in IMPURE, f"{path} imports {name}"
            if parts[0] == "antiphon" and len(parts) > 1:
                assert parts[1] in ROOMS[room] | GROUND, f"{path} imports {name}"


def test_the_daemon_does_not_know_the_trainer_nor_its_libraries():
    for path in DAEMON.rglob("*.py"):
        for name in imports(path):
            top = name.split(".")[0]
            assert top not in {"antiphon_training", "tensorflow", "keras", "music21"}, (
                f"{path} imports {name}"
            )


def test_the_trainer_uses_of_the_daemon_only_what_both_need():
    both = ("bundle", "errors", "events", "reading", "signals", "timebase", "weights")
    # Answers are judged and shown as the daemon composes and draws them.
    shown = ("stage.files", "stage.limits", "stage.midifile", "stage.picture")
    allowed = ("compose.", "listen.key", *shown, *both)
    for path in (ROOT / "training" / "antiphon_training").glob("*.py"):
        for name in imports(path):
            if name.startswith("antiphon."):
                assert name.removeprefix("antiphon.").startswith(allowed), f"{path} imports {name}"


def test_only_the_clock_reads_the_time():
    readers = [
        path.name for path in DAEMON.rglob("*.py") if "time" in {name.split(".")[0] for name in imports(path)}
    ]
    assert readers == ["clock.py"]


@pytest.mark.parametrize("command", [["generate", "--steps", "8"], ["demo", "--fast"], ["models"]])
def test_playing_imports_no_tensorflow_and_no_music21(command, tmp_path):
    script = (
        "import sys; from antiphon import cli\n"
        f"try: cli.main({command!r})\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'tensorflow', 'keras', 'music21', 'matplotlib', 'antiphon_training'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_every_test_file_holds_a_test():
    for path in (ROOT / "tests").rglob("test_*.py"):
        assert "def test_" in path.read_text(encoding="utf-8"), path
