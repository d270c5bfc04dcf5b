"""A JACK server of our own for each test, on no sound card."""

import json
import os
import shutil
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def wait_for(condition, what, seconds=20.0):
    until_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until_s, f"waited {seconds:g} s for {what}"
        time.sleep(0.02)


@pytest.fixture(name="wait_for")
def _wait_for():
    return wait_for


def _may_be_real_time():
    return subprocess.run(["chrt", "-f", "70", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def jack(request):
    """The environment in which programs find the server; a test module may start it with JACK_OPTIONS.

    Where a module says KEEPS_TIME, the server's own time is steady as far as this machine allows.
    """
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    name = f"antiphon-{uuid.uuid4().hex[:8]}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    options = getattr(request.module, "JACK_OPTIONS", [])
    scheduling = ["--no-realtime"]
    if getattr(request.module, "KEEPS_TIME", False) and _may_be_real_time():
        scheduling = ["-R", "-P70"]
    command = ["jackd", "-n", name, *options, *scheduling, "-d", "dummy", "-r", "48000", "-p", "128"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        probe = "import rtmidi; rtmidi.MidiOut(rtmidi.API_UNIX_JACK, 'probe')"
        wait_for(
            lambda: (
                subprocess.run([sys.executable, "-c", probe], env=environment, capture_output=True).returncode
                == 0
            ),
            "the JACK server",
        )
        yield environment
        server.terminate()


@pytest.fixture
def antiphon(jack, tmp_path):
    """Starts `antiphon play` and waits until its ports are open; gives the process."""
    started = []

    def start(*arguments, program=("-m", "antiphon")):
        log = tmp_path / "play.log"
        command = [sys.executable, *program, "play", "--api", "jack", "--take-dir", str(tmp_path)]
        with log.open("w") as out:
            process = subprocess.Popen([*command, *arguments], env=jack, stdout=out, stderr=out)
        started.append(process)
        wait_for(lambda: "are open" in log.read_text() or process.poll() is not None, "the ports")
        assert process.poll() is None, log.read_text()
        process.log = log
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def peer(jack):
    """Starts the player that is not ours."""
    started = []

    def start(seconds, *pitches):
        command = [sys.executable, str(HERE / "peer.py"), "antiphon", str(seconds), *map(str, pitches)]
        process = subprocess.Popen(command, env=jack, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def _begins(status, data):
    return status & 0xF0 == 0x90 and data[1] > 0


class Player:
    """A player in a process of its own, connected to both of `antiphon`'s ports."""

    def __init__(self, environment, client="antiphon"):
        command = [sys.executable, str(HERE / "player.py"), client]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def play(self, phrase):
        """Play [seconds, message] in order; gives when each left, in seconds of the monotonic clock."""
        return self._ask(json.dumps(phrase))

    def heard(self):
        """All messages heard so far: moment and bytes."""
        return self._ask("")

    def onsets(self):
        """The note-ons heard so far: moment and pitch."""
        return [(moment, data[0]) for moment, status, *data in self.heard() if _begins(status, data)]

    def sounding(self):
        """The pitches that began and did not end."""
        notes = Counter()
        for _, status, *data in self.heard():
            if status & 0xE0 == 0x80:
                notes[data[0]] += 1 if _begins(status, data) else -1
        return list(+notes)

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@pytest.fixture
def player(jack):
    """Starts the player; gives it."""
    started = []

    def start():
        started.append(Player(jack))
        assert started[-1].heard() == []
        return started[-1]

    yield start
    for one in started:
        one.process.communicate()
