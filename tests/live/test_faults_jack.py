"""Whatever befalls it in mid-answer, on a real JACK server: no note goes on, and it answers again.

The times wanted are half a second of a note that goes on, and three until it answers again; here others have
the machine too, and bench_faults.py measures.
"""

import os
import shutil
import signal
import subprocess
import time

import numpy as np
import pytest

from live.faults import (
    DEATHS,
    ENDED,
    GONE,
    answered_in,
    assert_silenced,
    assert_takes_are_whole,
    kill,
    measure_parent,
    measure_server,
    scene,
)
from live.house import HERE, Server, wait_for
from live.organ import PIECE_S, Organ, font

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd is not installed"),
]

STANDS_STILL_S = 1.5
BREAKING = [str(HERE / "breaking.py")]
REAL_TIME = pytest.mark.parametrize("real_time", [True, False], ids=["real time", "ordinary"])


def test_the_playing_process_is_killed_and_a_synthesizer_falls_silent(server, tmp_path):
    if font() is None:
        pytest.skip("fluidsynth or a soundfont (timgm6mb-soundfont) is not installed")
    organ = Organ(server.environment, tmp_path / "sound.wav")
    try:
        with scene(server, tmp_path) as staged:
            connect(server, "antiphon:out", "fluidsynth-midi:midi_00")
            assert_silenced(staged.measure(*DEATHS["kill -9 antiphon-player"]))
            # What was connected before is connected again: the second answer is heard, too.
            ended_s = staged.player.last_change_s()
            pieces_db, closed_s = organ.finish()
            second = round(1 / PIECE_S)
            answered = round((closed_s - ended_s + 1.0) / PIECE_S)
            assert pieces_db[-answered:].max() > -35, pieces_db
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


def test_the_playing_process_is_killed_while_the_server_stands_still(tmp_path):
    """Its end is noticed though its JACK process cannot end yet, and the next has the same name."""
    with Server(["-S"], real_time=True) as slow, scene(slow, tmp_path) as staged:

        def strike(staged):
            slow.signal(signal.SIGSTOP)
            try:
                kill("antiphon-player")(staged)
                wait_for(lambda: ENDED in staged.daemon.log, "the end to be noticed")
                time.sleep(STANDS_STILL_S)
            finally:
                slow.signal(signal.SIGCONT)

        assert_silenced(staged.measure(strike))
        assert staged.daemon.status()["ports"]["inputs"] == ["antiphon:in"]
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_the_jack_process_stands_still_before_it_dies(tmp_path):
    """What was handed over to it meanwhile never left: the notes that it should have ended are ended."""
    with Server(["-S"], real_time=True) as slow, scene(slow, tmp_path) as staged:

        def strike(staged):
            kill("antiphon-jack", signal.SIGSTOP)(staged)
            time.sleep(STANDS_STILL_S)
            kill("antiphon-jack")(staged)

        assert_silenced(staged.measure(strike, GONE))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


@pytest.mark.parametrize("fault", ["kill -9 antiphon-jack", "antiphon-player hangs (SIGSTOP)"])
def test_another_takes_over(server, tmp_path, fault):
    with scene(server, tmp_path) as staged:
        assert_silenced(staged.measure(*DEATHS[fault]))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_the_tracker_of_multiprocessing_is_killed_and_nobody_hears_it(server, tmp_path):
    with scene(server, tmp_path) as staged:
        staged.reach_the_answer()
        kill("tracker")(staged)
        wait_for(staged.is_over, "the end of the answer")
        (take,) = tmp_path.glob("*.mid")
        wait_for(lambda: staged.heard() == answered_in(take), "the take to have what was heard")
        assert_silenced(staged.measure(kill("antiphon-player"), ENDED))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def test_all_of_it_ends_with_the_first_process_and_a_service_begins_again(server, tmp_path):
    with scene(server, tmp_path, connections=True, kept=True) as staged:
        assert_silenced(measure_parent(staged))
        os.kill(staged.daemon.parent, signal.SIGTERM)
        assert staged.daemon.process.wait(60) == 0, staged.daemon.log


@REAL_TIME
def test_the_server_is_killed_and_returns(tmp_path, real_time):
    with Server(["-S"], real_time=real_time) as mortal, scene(mortal, tmp_path) as staged:
        assert_silenced(measure_server(staged))
        assert staged.daemon.end() == 0, staged.daemon.log
    assert_takes_are_whole(tmp_path)


def broken(part, folder, **more):
    return {"program": BREAKING, "environment": {"BREAKING": part, "BROKEN": str(folder / "broken"), **more}}


@pytest.mark.parametrize("part", ["session", "model", "port"])
def test_a_part_that_breaks_in_mid_note(server, tmp_path, part):
    with scene(server, tmp_path, **broken(part, tmp_path)) as staged:
        assert_silenced(staged.measure(lambda _: None, f"the {part} broke; another takes over."))
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


def test_a_recorder_that_breaks_is_replaced(server, tmp_path):
    with scene(server, tmp_path, **broken("recorder", tmp_path)) as staged:
        assert staged.is_answered()
        assert staged.is_answered()
        assert staged.daemon.log.count("the recording goes on in a new one.") == 1
        assert staged.daemon.end() == 0, staged.daemon.log
        first, second = (answered_in(take) for take in sorted(tmp_path.glob("*.mid")))
        # Nothing is lost but the note that broke it.
        assert first
        assert second
        assert first + staged.heard()[len(first) : len(first) + 1] + second == staged.heard()
    assert_takes_are_whole(tmp_path, 2)


def test_a_recorder_that_breaks_again_and_again_is_given_up(server, tmp_path):
    with scene(server, tmp_path, **broken("recorder", tmp_path, AGAIN="1")) as staged:
        assert staged.is_answered()
        assert staged.is_answered()
        assert staged.daemon.end() == 1, staged.daemon.log
        assert staged.daemon.log.splitlines()[-1].endswith("nothing is recorded any more")
        assert "Traceback" not in staged.daemon.log
        (take,) = tmp_path.glob("*.mid")
        answered = answered_in(take)
        assert answered
        assert staged.heard()[: len(answered)] == answered
