"""Ctrl-Z, fg and bg at a real terminal, with the shell's own job control: notes end, and it plays on."""

import os
import pty
import re
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from live.faults import BPM, GATE_S, PHRASE
from live.house import Player, is_there, named, wait_for

pytestmark = pytest.mark.live

JACK_OPTIONS, KEEPS_TIME = ["-S"], True
CTRL_C, CTRL_Z = b"\x03", b"\x1a"
SILENT_S, OVER_S = 5.0, 1.5


class Terminal:
    """An interactive shell; `said` is what the terminal shows."""

    def __init__(self, environment, folder):
        self.child, self.end = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], {**environment, "PS1": "$ "})
        self.said = ""
        Thread(target=self._read, daemon=True).start()

    def _read(self):
        """Take what it shows at once: a program has to wait for a terminal that does not."""
        with suppress(OSError):  # the shell is gone
            while data := os.read(self.end, 1 << 16):
                self.said += data.decode(errors="replace")

    def type(self, keys):
        os.write(self.end, keys)

    def run(self, line, until, times=1):
        """Type a line, and wait until the terminal shows what matches, so often since."""
        before = len(self.said)
        self.type(line if isinstance(line, bytes) else f"{line}\n".encode())
        wait_for(lambda: len(re.findall(until, self.said[before:])) >= times, f"{until} after {line}")

    def close(self):
        for pid in [*named(self.child), self.child]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os.waitpid(self.child, 0)
        os.close(self.end)


def state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


class Scene:
    """Antiphon in the foreground of a terminal, and a player."""

    def __init__(self, terminal, player):
        self.terminal, self.player = terminal, player
        jobs = Path(f"/proc/{terminal.child}/task/{terminal.child}/children").read_text()
        self.parent = int(jobs.split()[0])

    def reach_the_answer(self):
        played_s = self.player.play(PHRASE)[-1]
        sounding = lambda: self.player.onsets(played_s + GATE_S) and self.player.sounding()  # noqa: E731
        wait_for(sounding, "a note of the answer", every_s=0.002)

    def is_answered(self):
        self.reach_the_answer()
        wait_for(self.is_over, "the end of the answer")

    def is_over(self):
        return time.monotonic() - self.player.last_change_s() > OVER_S and not self.player.sounding()

    def falls_silent_and_stays_so(self):
        began_s = time.monotonic()
        wait_for(lambda: not self.player.sounding(), "silence", every_s=0.005)
        assert self.player.last_change_s() - began_s < SILENT_S
        changed_s = self.player.last_change_s()
        time.sleep(OVER_S)
        assert self.player.last_change_s() == changed_s

    def others(self):
        """Its processes but multiprocessing's tracker, which does nothing."""
        return [pid for pid, name in named(self.parent).items() if is_there(pid) and name != "tracker"]


@pytest.fixture
def scene(jack, tmp_path):
    terminal = Terminal(jack, tmp_path)
    command = (
        f"{sys.executable} -m antiphon play --api jack --random-seed 1 --bpm {BPM} --take-dir {tmp_path}"
    )
    terminal.run(command, "are open")
    player = Player(jack)
    assert player.onsets() == []
    yield Scene(terminal, player)
    terminal.close()
    player.end()


def test_ctrl_z_in_mid_note_is_silent_and_fg_plays_on(scene):
    scene.reach_the_answer()
    scene.terminal.run(CTRL_Z, "Stopped")
    scene.falls_silent_and_stays_so()
    assert state(scene.parent) == "T"
    assert "T" not in [state(pid) for pid in scene.others()]  # JACK throws out a client that is stopped
    scene.player.play(PHRASE)  # which nobody hears
    scene.terminal.run("fg", "antiphon")
    scene.is_answered()
    scene.terminal.run(CTRL_C, "The take is")
    scene.terminal.run("echo code $?", r"code 0")
    assert "Traceback" not in scene.terminal.said


def test_a_stopped_job_goes_on_in_the_background(scene):
    scene.reach_the_answer()
    os.kill(scene.parent, signal.SIGTSTP)  # from elsewhere
    scene.falls_silent_and_stays_so()
    wait_for(lambda: state(scene.parent) == "T", "it to be stopped")
    scene.terminal.run("", r"\$ ")
    scene.terminal.run("bg", "antiphon")
    scene.is_answered()
    scene.terminal.run("fg", "antiphon")
    scene.terminal.run(CTRL_C, "The take is")
    scene.terminal.run("echo code $?", r"code 0")


def test_a_job_stopped_by_force_lets_no_note_hang(scene):
    scene.reach_the_answer()
    os.killpg(scene.parent, signal.SIGSTOP)
    wait_for(scene.is_over, "the end of the answer")
    scene.terminal.run("fg", "antiphon")
    scene.is_answered()
    scene.terminal.run(CTRL_C, "The take is")
