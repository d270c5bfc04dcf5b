"""`antiphon play` on a real JACK server, with a player that is not ours."""

import json
import signal
import time
from itertools import accumulate

import mido
import pytest

from antiphon.timebase import TICKS_PER_QUARTER

pytestmark = pytest.mark.live

# Synchronous: a late client is waited for. Otherwise its messages are lost when the machine is busy.
JACK_OPTIONS = ["-S"]
PITCHES = [60, 62, 64, 65, 67, 67, 69, 71]  # a bar of eighths at 120 bpm
# A phrase that leaves later than this is another phrase: the machine played it, and it is played again.
LATE_S, TRIES = 0.05, 6


def played(process):
    """Once the phrase is over: how late the latest of its messages left."""
    return json.loads(process.stdout.readline())["late_s"]


def sounding(heard):
    last = {pitch: status & 0xF0 == 0x90 and velocity > 0 for _, status, pitch, velocity in heard}
    return [pitch for pitch, sounds in last.items() if sounds]


def onsets(track):
    """The notes of a track: pitches, and places in sixteenths."""
    ticks = accumulate(message.time for message in track)
    return [
        (message.note, tick * 4 / TICKS_PER_QUARTER)
        for message, tick in zip(track, ticks, strict=True)
        if message.type == "note_on" and message.velocity
    ]


def test_a_phrase_is_answered_on_the_grid_and_kept(antiphon, peer, tmp_path):
    for tries in range(TRIES):
        daemon, player = antiphon("--random-seed", "1"), peer(8.0, *PITCHES)
        late_s = played(player)
        heard = json.loads(player.stdout.readline())
        daemon.send_signal(signal.SIGINT)
        assert daemon.wait(60) == 0, daemon.log.read_text()
        take = next(tmp_path.glob("*.mid"))
        if late_s < LATE_S or tries == TRIES - 1:
            break
        take.unlink()
    phrase, answer = map(onsets, mido.MidiFile(take).tracks[1:])
    assert [pitch for pitch, _ in phrase] == PITCHES
    assert [pitch for _, status, pitch, velocity in heard if status == 0x90 and velocity] == [
        pitch for pitch, _ in answer
    ]
    assert not sounding(heard)
    steps = [step for _, step in answer]
    assert all(abs(step - round(step)) < 0.25 for step in steps), steps
    assert 31.5 < steps[0] < 34  # silence after the bar is known within the second one; the third is ours


def test_a_stop_in_mid_note_leaves_nothing_sounding(antiphon, peer):
    daemon, player = antiphon("--random-seed", "1"), peer(7.0, *PITCHES)
    played(player)
    time.sleep(2.3)  # the answer has begun 2 s after the phrase
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    heard = json.loads(player.stdout.readline())
    assert heard
    assert not sounding(heard)


def test_without_a_server_it_says_what_to_do(antiphon, jack):
    jack["JACK_DEFAULT_SERVER"] = "nobody"
    with pytest.raises(AssertionError, match="start jackd for JACK"):
        antiphon()
