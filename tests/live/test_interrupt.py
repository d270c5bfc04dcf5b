"""Ctrl-C in real time, with nothing but this program: a process is started, played with and interrupted."""

import signal
import subprocess
import sys
import time

import mido


def onsets(path):
    return [m.note for track in mido.MidiFile(path).tracks for m in track if m.type == "note_on"]


def begun(folder):
    """Whether a take has a note; it is a valid file at every moment."""
    return any(onsets(path) for path in folder.glob("*.mid"))


def test_ctrl_c_in_the_demo_closes_the_take(tmp_path):
    command = [sys.executable, "-m", "antiphon", "demo", "--take-dir", str(tmp_path), "--random-seed", "1"]
    # What runs in the background of a script is started deaf to Ctrl-C; this is about a terminal.
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes, **heard) as process:
        while not begun(tmp_path):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.strip().splitlines() == ["antiphon: interrupted"]
    assert onsets(next(tmp_path.glob("*.mid")))[0] == 62
