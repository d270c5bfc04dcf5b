"""The house holds: imports go one way, the core is pure, and playing needs neither TensorFlow nor music21."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DAEMON = ROOT / "daemon" / "antiphon"
TRAINING = ROOT / "training" / "antiphon_training"
IMPURE = {"time", "threading", "socket", "rtmidi", "asyncio", "subprocess", "queue", "os", "pathlib"}
GROUND = {"events", "harmony", "slices", "timebase"}
# Each pure room and the rooms it may import; the ground may be imported everywhere.
PURE = {
    "events": set(),
    "timebase": set(),
    "slices": set(),
    "harmony": {"harmony"},
    "midi": {"midi"},
    "listen": {"listen", "harmony"},
    "compose": {"compose", "harmony"},
    "perform": {"perform", "listen", "compose", "harmony"},
}
# The rooms of the stage, and the other rooms of the stage that each may import.
STAGE = {
    "machine": set(),
    "lateness": set(),
    "voice": set(),
    "phrase_file": set(),
    "ports": {"machine"},
    "sync": {"machine"},
    "beat_sender": {"ports"},
    "engine": {"beat_sender", "ports", "machine"},
    "takes": {"machine"},
    "performance_state": {"ports", "lateness"},
    "screen": {"ports", "machine", "performance_state"},
    "sound": {"ports", "machine"},
    "process": {"ports", "sync", "engine", "voice", "machine", "sound"},
    "control": {"ports", "lateness", "machine", "performance_state", "sound"},
    "osc": {"control", "machine", "performance_state"},
    "panel": {"machine", "performance_state"},
    "app": {"process", "control", "osc", "panel", "screen", "takes", "ports", "machine", "performance_state"},
}
# The rooms of the trainer in order: each imports only those before it.
TRAINING_ROOMS = (
    "recipe",
    "corpus",
    "data",
    "network",
    "fit",
    "score",
    "export",
    "judge",
    "critic",
    "commands",
)
MOST_MODULES = 20


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(room, root=DAEMON):
    alone = root / f"{room}.py"
    return [alone] if alone.is_file() else sorted((root / room).rglob("*.py"))


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_imports_only_what_it_may(room):
    found = files(room)
    assert found
    for path in found:
        for name in imports(path):
            parts = name.split(".")
            assert parts[0] not in IMPURE, f"{path} imports {name}"
            if parts[0] == "antiphon" and len(parts) > 1:
                assert parts[1] in PURE[room] | GROUND, f"{path} imports {name}"


@pytest.mark.parametrize("room", STAGE)
def test_a_room_of_the_stage_imports_only_what_it_may(room):
    found = files(room, DAEMON / "stage")
    assert found
    for path in found:
        for name in imports(path):
            if name.startswith("antiphon.stage."):
                assert name.split(".")[2] in STAGE[room] | {room}, f"{path} imports {name}"
            assert not name.startswith("antiphon.commands"), f"{path} imports {name}"


def test_the_stage_has_no_other_rooms():
    found = {path.stem for path in (DAEMON / "stage").iterdir() if not path.name.startswith("__")}
    assert found == set(STAGE)


@pytest.mark.parametrize("room", TRAINING_ROOMS)
def test_a_room_of_the_trainer_imports_only_rooms_before_it(room):
    found = files(room, TRAINING)
    assert found
    allowed = TRAINING_ROOMS[: TRAINING_ROOMS.index(room) + 1]
    for path in found:
        for name in imports(path):
            if name.startswith("antiphon_training."):
                assert name.split(".")[1] in allowed, f"{path} imports {name}"


def test_no_folder_holds_too_many_modules():
    folders = {path.parent for root in (DAEMON, TRAINING) for path in root.rglob("*.py")}
    for folder in folders:
        assert len(list(folder.glob("[!_]*.py"))) <= MOST_MODULES, folder


def test_the_daemon_does_not_know_the_trainer_nor_its_libraries():
    for path in DAEMON.rglob("*.py"):
        for name in imports(path):
            top = name.split(".")[0]
            assert top not in {"antiphon_training", "tensorflow", "keras", "music21", "sklearn"}, (
                f"{path} imports {name}"
            )


def test_the_trainer_uses_of_the_daemon_only_what_both_need():
    both = (
        "bundle",
        "command_line",
        "errors",
        "events",
        "files",
        "harmony",
        "signals",
        "slices",
        "timebase",
        "trained_model",
        "weights",
    )
    # Answers are judged and shown as the daemon composes, chooses and draws them.
    allowed = ("compose.", "listen.key", "midi", "perform.answer.composer", "perform.settings", *both)
    for path in TRAINING.rglob("*.py"):
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
        "heavy = {'tensorflow', 'keras', 'music21', 'matplotlib', 'sklearn', 'antiphon_training'}\n"
        "heavy &= set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(importlib.util.find_spec("jack") is None, reason="JACK-Client is not installed")
def test_the_jack_process_loads_little():
    """Its ports are there the sooner, and its memory is small."""
    script = (
        "import sys; from antiphon.stage.ports.jack import process, position\n"
        "try: process.load_jack()\n"
        "except OSError: pass\n"  # no JACK on this machine
        "heavy = {'numpy', 'rich', 'click', 'pydantic', 'mido', 'multiprocessing'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_test_file_holds_a_test():
    for path in (ROOT / "tests").rglob("test_*.py"):
        assert "def test_" in path.read_text(encoding="utf-8"), path


def test_every_room_is_a_package_or_a_plain_install_would_leave_it_out():
    folders = {path.parent for root in (DAEMON, TRAINING) for path in root.rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").is_file()] == []
