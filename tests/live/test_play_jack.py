"""`antiphon play` on a real JACK server, with a player that is not ours."""

import json
import signal
import statistics
import time

import mido
import pytest

pytestmark = pytest.mark.live

# Synchronous: a late client is waited for. Otherwise its messages are lost when the machine is busy.
JACK_OPTIONS = ["-S"]
CALL = [60, 62, 64, 65, 67, 67, 69, 71]  # a bar of eighths at 120 bpm
STEP_S = 0.125


def played(process):
    return json.loads(process.stdout.readline())


def sounding(heard):
    last = {pitch: status & 0xF0 == 0x90 and velocity > 0 for _, status, pitch, velocity in heard}
    return [pitch for pitch, sounds in last.items() if sounds]


def test_a_phrase_is_answered_on_the_grid_and_kept(antiphon, peer, tmp_path):
    daemon, player = antiphon("--random-seed", "1"), peer(8.0, *CALL)
    assert played(player)
    heard = json.loads(player.stdout.readline())
    ons = [moment for moment, status, _, velocity in heard if status == 0x90 and velocity]
    assert ons
    steps = [moment / STEP_S for moment in ons]
    # Two processes and a server lie between, and a busy machine may hold up some notes.
    assert statistics.median(abs(step - round(step)) for step in steps) < 0.25, steps
    assert 31.5 < steps[0] < 34  # silence after the bar is known within the second one; the third is ours
    assert not sounding(heard)
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    take = mido.MidiFile(next(tmp_path.glob("*.mid")))
    onsets = [[m.note for m in track if m.type == "note_on" and m.velocity] for track in take.tracks[1:]]
    assert onsets[0] == CALL
    assert len(onsets[1]) == len(ons)


def test_a_stop_in_mid_note_leaves_nothing_sounding(antiphon, peer):
    daemon, player = antiphon("--random-seed", "1"), peer(7.0, *CALL)
    assert played(player)
    time.sleep(2.3)  # the answer has begun 2 s after the call
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    heard = json.loads(player.stdout.readline())
    assert heard
    assert not sounding(heard)


def test_without_a_server_it_says_what_to_do(antiphon, jack):
    jack["JACK_DEFAULT_SERVER"] = "nobody"
    with pytest.raises(AssertionError, match="start jackd for JACK"):
        antiphon()
