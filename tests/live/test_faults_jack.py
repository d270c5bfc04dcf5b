"""Whatever befalls it in mid-answer, on a real JACK server: no note goes on, and it answers again.

The times wanted are half a second of a note that goes on, and three until it answers again; here others have
the machine too, and bench_faults.py measures.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import mido
import numpy as np
import pytest

from antiphon.stage.recorder import Recorder
from live.faults import DEATHS, ENDED, PITCHES, kill, measure_parent, measure_server, scene
from live.house import HERE, Server, wait_for
from live.organ import PIECE_S, Organ, font

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd is not installed"),
]

SILENT_S, BACK_S, NOTICED_S = 2.0, 10.0, 3.0
BREAKING = [str(HERE / "breaking.py")]
PATHS = pytest.mark.parametrize("exact", [True, False], ids=["exact", "plain"])


@pytest.fixture(scope="module")
def server():
    """A server for many: those who are killed do not harm it."""
    with Server(["-S"], real_time=True) as started:
        yield started


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """An Antiphon for all that should not disturb it; `first_answer` is what it answered undisturbed."""
    with Server(["-S"], real_time=True) as quiet, scene(quiet, tmp_path_factory.mktemp("calm")) as staged:
        wait_for(staged.daemon.stands_by, "the process that stands by")
        staged.first_answer = staged.is_answered()
        yield staged
        assert staged.daemon.end() == 0, staged.daemon.log
        assert "takes over" not in staged.daemon.log
        assert_takes_are_whole(staged.daemon.folder)


def assert_takes_are_whole(folder, number=1):
    """All takes can be read, and no note in them goes on."""
    takes = [mido.MidiFile(path) for path in sorted(folder.glob("*.mid"))]
    assert len(takes) == number
    for track in (track for take in takes for track in take.tracks[1:]):
        sounding = set()
        for message in track:
            if message.type == "note_on" and message.velocity:
                sounding.add(message.note)
            elif message.type in ("note_on", "note_off"):
                sounding.discard(message.note)
        assert not sounding


def assert_in_time(measured):
    print(measured)
    assert measured.silence_s is None or measured.silence_s < SILENT_S
    assert measured.noticed_s is None or measured.noticed_s < NOTICED_S
    assert measured.back_s is None or measured.back_s < BACK_S


@PATHS
def test_the_sender_is_killed_and_a_synthesizer_falls_silent(server, tmp_path, exact):
    if font() is None:
        pytest.skip("fluidsynth or a soundfont (timgm6mb-soundfont) is not installed")
    organ = Organ(server.environment, tmp_path / "sound.wav")
    try:
        with scene(server, tmp_path, exact=exact) as staged:
            connect(server, "antiphon:out", "fluidsynth-midi:midi_00")
            assert_in_time(staged.measure(*DEATHS["kill -9 antiphon-sender"]))
            # What was connected before is connected again: the second answer is heard, too.
            pieces_db, _ = organ.finish()
            second = round(1 / PIECE_S)
            assert pieces_db[-3 * second :].max() > -35
            assert np.max(pieces_db[-second // 4 :]) < -60, pieces_db
            assert staged.daemon.status()["restarts"] == 1
            assert staged.daemon.end() == 0, staged.daemon.log
    finally:
        organ.discard()
    assert_takes_are_whole(tmp_path)


def connect(server, output, into):
    command = ["jack_connect", output, into]
    wait_for(
        lambda: not subprocess.run(command, env=server.environment, capture_output=True).returncode, into
    )


@pytest.mark.parametrize("fault", ["kill -9 antiphon-jack", "antiphon-sender hangs (SIGSTOP)"])
def test_another_takes_over(server, tmp_path, fault):
    if "jack" in fault and not server.real_time:
        pytest.skip("on a server of ordinary priority JACK is not played through a process")
    with scene(server, tmp_path) as staged:
        assert_in_time(staged.measure(*DEATHS[fault]))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_those_that_stand_by_are_killed_and_nobody_hears_it(server, tmp_path, calm):
    with scene(server, tmp_path) as staged:
        wait_for(staged.daemon.stands_by, "the process that stands by")
        staged.reach_the_answer()
        for name in ("antiphon-spare", "tracker"):
            kill(name)(staged)
        wait_for(staged.is_over, "the end of the answer")
        answer = [pitch for _, pitch in staged.player.onsets()]
        assert answer == calm.first_answer
        # There is another again, which is of use.
        assert_in_time(staged.measure(kill("antiphon-sender"), ENDED))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


@PATHS
def test_all_of_it_ends_with_the_first_process_and_a_service_begins_again(server, tmp_path, exact):
    with scene(server, tmp_path, ties=True, kept=True, exact=exact) as staged:
        assert_in_time(measure_parent(staged))
        os.kill(staged.daemon.parent, signal.SIGTERM)
        assert staged.daemon.process.wait(10) == 0, staged.daemon.log


@PATHS
def test_the_server_is_killed_and_returns(tmp_path, exact):
    with Server(["-S"], real_time=True) as mortal, scene(mortal, tmp_path, exact=exact) as staged:
        assert_in_time(measure_server(staged))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def broken(part, folder, **more):
    return {"program": BREAKING, "environment": {"BREAKING": part, "BROKEN": str(folder / "broken"), **more}}


@pytest.mark.parametrize("part", ["session", "model", "port"])
def test_a_part_that_breaks_in_mid_note(server, tmp_path, part):
    with scene(server, tmp_path, **broken(part, tmp_path)) as staged:
        assert_in_time(staged.measure(lambda _: None, f"the {part} broke; another takes over."))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_a_part_that_breaks_again_and_again_ends_it(server, tmp_path):
    with scene(server, tmp_path, **broken("port", tmp_path, AGAIN="1")) as staged:
        staged.reach_the_answer()
        assert staged.daemon.process.wait(60) == 1, staged.daemon.log
        wait_for(lambda: not staged.player.sounding(), "silence")
        lines = staged.daemon.log.splitlines()
        assert [line for line in lines if "within a minute" in line] == lines[-1:]
        assert "Traceback" not in staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_a_recorder_that_breaks_is_replaced(server, tmp_path, calm):
    with scene(server, tmp_path, **broken("recorder", tmp_path)) as staged:
        assert staged.is_answered() == calm.first_answer
        assert staged.is_answered()
        assert staged.daemon.log.count("the recording goes on in a new one.") == 1
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path, 2)


def test_a_recorder_that_breaks_again_and_again_is_given_up(server, tmp_path, calm):
    with scene(server, tmp_path, **broken("recorder", tmp_path, AGAIN="1")) as staged:
        assert staged.is_answered() == calm.first_answer
        assert staged.daemon.end() == 1, staged.daemon.log
        assert staged.daemon.log.splitlines()[-1].endswith("nothing is recorded any more")
        assert "Traceback" not in staged.daemon.log


# The first process alone is told wrong: what JACK does in its real-time thread is not to be slowed down.
JUMPY = "import os; del os.environ['LD_PRELOAD']; from antiphon.cli import main; main()"


def test_the_wall_clock_jumps(server, tmp_path, calm):
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
        assert [pitch for _, pitch in staged.player.onsets()] == calm.first_answer
        offset.write_text("-3600")
        assert staged.is_answered()
        assert staged.daemon.end() == 0, staged.daemon.log
        assert "takes over" not in staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_a_hangup_changes_the_settings_and_no_note(server, tmp_path, calm):
    with scene(server, tmp_path) as staged:
        staged.reach_the_answer()
        config = tmp_path / "config.toml"
        good = config.read_text()
        config.write_text(good + "[sampling]\ntemperature = 99\n")
        staged.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "Nothing is changed." in staged.daemon.log, "the bad file to be told of")
        config.write_text(good + "[log]\nlevel = 'debug'\n")
        staged.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "The settings are read again." in staged.daemon.log, "the good file to be read")
        wait_for(staged.is_over, "the end of the answer")
        assert [pitch for _, pitch in staged.player.onsets()] == calm.first_answer
        assert staged.is_answered()
        assert staged.daemon.end() == 0, staged.daemon.log


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
        ask("play", [[256 * place, data] for place, data in enumerate([*notes, *pieces])])
        wait_for(lambda: "C5" in calm.daemon.log[before:], "the call before it")
        wait_for(calm.is_over, "its answer to be over")
        calls = [line.split() for line in calm.daemon.log[before:].splitlines() if line.startswith("you")]
        assert calls == [["you", "C5", *calls[0][2:]]]
        assert len([word for word in calls[0] if word[-1].isdigit()]) == 1
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


@pytest.mark.skipif(not hasattr(Recorder, "trouble"), reason="recording does not resume yet")
def test_the_disk_is_full_and_has_room_again(server, tmp_path, small_disk, calm):
    with scene(server, tmp_path, "--take-dir", str(small_disk)) as staged:
        ballast = small_disk / "ballast"
        with suppress(OSError):  # as full as it gets
            ballast.write_bytes(bytes(65_536))
        assert staged.is_answered() == calm.first_answer
        assert staged.is_answered()
        assert staged.daemon.log.count("No space left on device") == 1
        assert "No space left on device" in staged.daemon.status()["recording_trouble"]
        ballast.unlink()
        wait_for(lambda: staged.daemon.status()["recording_trouble"] is None, "recording to go on")
        assert staged.is_answered()
        assert staged.daemon.end() == 0, staged.daemon.log
    takes = [mido.MidiFile(path) for path in small_disk.glob("*.mid")]
    played = [m.note for take in takes for m in take.tracks[1] if m.type == "note_on" and m.velocity]
    assert played[-len(PITCHES) :] == PITCHES
