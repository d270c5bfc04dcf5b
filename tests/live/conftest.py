"""A JACK server of our own for each test, on no sound card."""

import os
import shutil
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def wait_for(condition, what, seconds=20.0):
    until_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until_s, f"waited {seconds:g} s for {what}"
        time.sleep(0.02)


@pytest.fixture
def jack():
    """The environment in which programs find the server."""
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    name = f"antiphon-{uuid.uuid4().hex[:8]}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    command = ["jackd", "-n", name, "--no-realtime", "-d", "dummy", "-r", "48000", "-p", "128"]
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

    def start(*arguments):
        log = tmp_path / "play.log"
        command = [sys.executable, "-m", "antiphon", "play", "--api", "jack", "--take-dir", str(tmp_path)]
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
