"""Whatever else is done to it in mid-answer, on a real JACK server: it plays on as if nothing had been."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from live.faults import assert_as_composed, assert_takes_are_whole, scene
from live.house import HERE, Server, wait_for

pytestmark = pytest.mark.live


# The first process alone is told wrong: what JACK does in its real-time thread is not to be slowed down.
JUMPY = "import os; del os.environ['LD_PRELOAD']; from antiphon.cli import main; main()"


def test_the_wall_clock_jumps(server, tmp_path):
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("libfaketime (faketime) is not installed")
    offset = tmp_path / "offset"
    offset.write_text("+0")
    fake = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with scene(server, tmp_path, environment=fake, program=["-c", JUMPY]) as staged:
        staged.reach_the_answer()
        offset.write_text("+3600")
        wait_for(staged.is_over, "the end of the answer")
        offset.write_text("-3600")
        assert staged.is_answered()
        assert staged.daemon.end() == 0, staged.daemon.log
        assert "takes over" not in staged.daemon.log
        assert_as_composed(staged, tmp_path)
    assert_takes_are_whole(tmp_path)


def test_a_hangup_changes_the_settings_and_no_note(server, tmp_path):
    with scene(server, tmp_path) as staged:
        staged.reach_the_answer()
        config = tmp_path / "config.toml"
        good = config.read_text()
        config.write_text(good + "[sampling]\ntemperature = 99\n")
        staged.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "Nothing is changed." in staged.daemon.log, "the bad file to be told of")
        config.write_text(good + "[log]\nlevel = 'debug'\n")
        staged.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "The configuration is read again." in staged.daemon.log, "the good file to be read")
        wait_for(staged.is_over, "the end of the answer")
        assert staged.is_answered()
        assert staged.daemon.end() == 0, staged.daemon.log
        assert_as_composed(staged, tmp_path)


def test_a_synthesizer_that_misses_note_offs_hears_them_later(tmp_path):
    """JACK drops what a client does not read in time. The player stops again and again during an answer."""
    with Server(real_time=True) as own, scene(own, tmp_path) as staged:
        staged.reach_the_answer()
        for _ in range(20):
            staged.player.process.send_signal(signal.SIGSTOP)
            time.sleep(0.1)
            staged.player.process.send_signal(signal.SIGCONT)
            time.sleep(0.05)
        wait_for(staged.is_over, "the end of the answer", seconds=20)
        assert staged.is_answered()


def test_every_core_is_busy(calm):
    if shutil.which("stress-ng") is None:
        pytest.skip("stress-ng is not installed")
    with subprocess.Popen(["stress-ng", "--cpu", "0", "--quiet"]) as stress:
        try:
            assert calm.is_answered()
        finally:
            stress.terminate()


@contextmanager
def raw(server):
    """A client of JACK that writes whatever it is told to `antiphon:in`; gives what to ask it with."""
    command = [sys.executable, str(HERE / "jack_peer.py"), "raw"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=server.environment, **pipes) as process:

        def ask(*request):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        ask("connect", "raw:out", "antiphon:in")
        yield ask
        process.communicate()


FLOOD_S, FLOOD = 10, 10_000  # messages a second


def test_a_flood_of_messages(calm):
    turns = [[round(n * 48_000 / FLOOD), [0xB0, 20 + n % 8, n % 128]] for n in range(FLOOD_S * FLOOD)]
    with raw(calm.server) as ask:
        ask("play", turns)
        assert calm.is_answered()
    assert calm.daemon.status()["restarts"] == 0


SYSEX_BYTES, PIECE_BYTES = 1_000_000, 4000


def test_a_very_long_message_in_pieces_is_passed_over(calm):
    body = [n % 128 for n in range(SYSEX_BYTES)]
    long = [0xF0, *body]
    pieces = [long[start : start + PIECE_BYTES] for start in range(0, len(long), PIECE_BYTES)]
    # The last ones are as short as notes are.
    pieces += [[60, 80, 62], [80, 64], [64, 80, 0xF7]]
    notes = [[0x90, 72, 80], [0x80, 72, 0]]
    with raw(calm.server) as ask:
        before = len(calm.daemon.log)

        def phrases():
            """The notes of each phrase that was logged since, without the key."""
            lines = [line.split() for line in calm.daemon.log[before:].splitlines()]
            return [
                [word for word in words[1:] if word[-1].isdigit()] for words in lines if words[:1] == ["you"]
            ]

        def is_heard():
            """Play the note and the message. On a busy machine JACK may drop a part of the note."""
            ask("play", [[256 * place, data] for place, data in enumerate([*notes, *pieces])])
            until_s = time.monotonic() + 15
            while not any(set(phrase) == {"C5"} for phrase in phrases()):
                if time.monotonic() > until_s:
                    return False
                time.sleep(0.02)
            return True

        assert any(is_heard() for _ in range(4))
        wait_for(calm.is_over, "its answer to be over")
        # The phrase of the test before may be logged late. Of this one there is nothing but its note, once
        # for each try that was logged late.
        assert all(set(phrase) == {"C5"} for phrase in phrases()[1:])
        assert set(phrases()[-1]) == {"C5"}
        assert calm.is_answered()


BAD = [[0x90], [0x90, 200, 10], [0x90, 60, 200], [0x90, 60], [0xB0, 1], [0xC0], [0xF4], [0xFF], [0xF5, 1]]
BAD += [[60, 70], [60, 70, 80], [0xF0], [0xF7], [0xFD], [0xE0, 255, 255], [0x80, 128, 128], [0xF0, 0xF7]]


def test_bytes_that_are_no_message(calm):
    with raw(calm.server) as ask:
        ask("play", [[200 * place, data] for place, data in enumerate(BAD * 10)])
        assert calm.is_answered()


def test_who_asks_and_never_reads_and_who_talks_nonsense(calm):
    path = Path(calm.server.environment["XDG_RUNTIME_DIR"], "antiphon", "antiphon.sock")
    with socket.socket(socket.AF_UNIX) as deaf, socket.socket(socket.AF_UNIX) as mad:
        for one in (deaf, mad):
            one.connect(str(path))
            one.setblocking(False)
        calm.reach_the_answer()
        until_s = time.monotonic() + 1.0
        while time.monotonic() < until_s:
            for one, said in ((deaf, b'{"command": "status"}\n' * 50), (mad, np.random.bytes(4000))):
                try:
                    one.send(said)
                except OSError:  # its pipe is full, or it was parted from
                    time.sleep(0.005)
        wait_for(calm.is_over, "the end of the answer")
    assert calm.is_answered()
    assert calm.daemon.status()["restarts"] == 0


@pytest.fixture
def small_disk(tmp_path):
    """A folder of 64 KiB."""
    folder = tmp_path / "takes"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_the_disk_is_full_and_has_room_again(server, tmp_path, small_disk):
    with scene(server, tmp_path, "--take-dir", str(small_disk)) as staged:
        ballast = small_disk / "ballast"
        with suppress(OSError):  # as full as it gets
            ballast.write_bytes(bytes(65_536))
        assert staged.is_answered()
        assert staged.is_answered()
        assert staged.daemon.log.count("No space left on device; what you play is kept in memory") == 1
        assert "No space left on device" in staged.daemon.status()["recording_trouble"]
        ballast.unlink()
        wait_for(lambda: staged.daemon.status()["recording_trouble"] is None, "recording to go on")
        assert staged.is_answered()
        assert staged.daemon.end() == 0, staged.daemon.log
        assert_as_composed(staged, small_disk)
    assert_takes_are_whole(small_disk)
