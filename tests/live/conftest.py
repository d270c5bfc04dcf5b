"""A JACK server of our own for each test, on no sound card."""

import shutil
import subprocess
import sys

import pytest

from live.faults import assert_takes_are_whole, scene
from live.house import HERE, Player, Server, wait_for
from live.organ import Organ, font


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Of a test that failed, what its Antiphon wrote is part of the report."""
    report = yield
    if report.failed and (folder := item.funcargs.get("tmp_path")) is not None:
        for log in sorted(folder.rglob("play.log")):
            report.sections.append((f"{log.relative_to(folder)}", log.read_text()))
    return report


@pytest.fixture(name="wait_for")
def _wait_for():
    return wait_for


@pytest.fixture
def jack(request):
    """The environment in which programs find the server; a test module may start it with JACK_OPTIONS.

    Where a module says KEEPS_TIME, the server's own time is steady as far as this machine allows.
    """
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    options = getattr(request.module, "JACK_OPTIONS", [])
    with Server(options, real_time=getattr(request.module, "KEEPS_TIME", False)) as server:
        yield server.environment


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


@pytest.fixture
def player(jack):
    """Starts the player; gives it."""
    started = []

    def start():
        started.append(Player(jack))
        assert started[-1].onsets() == []
        return started[-1]

    yield start
    for one in started:
        one.end()


@pytest.fixture
def organ(jack, tmp_path):
    """Starts FluidSynth; gives it."""
    if font() is None:
        pytest.skip("fluidsynth or a soundfont (timgm6mb-soundfont) is not installed")
    started = []

    def start():
        started.append(Organ(jack, tmp_path / "sound.wav"))
        return started[-1]

    yield start
    for one in started:
        one.discard()


@pytest.fixture(scope="module")
def server():
    """A server for many: those who are killed do not harm it."""
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    with Server(["-S"], real_time=True) as started:
        yield started


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """An Antiphon for all that should not disturb it."""
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    folder = tmp_path_factory.mktemp("calm")
    with Server(["-S"], real_time=True) as quiet, scene(quiet, folder) as staged:
        assert staged.is_answered()
        yield staged
        assert staged.daemon.end() == 0, staged.daemon.log
        assert "takes over" not in staged.daemon.log
        assert_takes_are_whole(staged.daemon.folder)
