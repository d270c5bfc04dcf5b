"""An answer with bass, chords and a second voice on a real JACK server: four parts out on four channels."""

import json
import os
import signal
import subprocess
import sys

import mido
import pytest

from live.house import Player, named

pytestmark = pytest.mark.live

# Synchronous: a late client is waited for. Otherwise its messages are lost when the machine is busy.
JACK_OPTIONS = ["-S"]
EIGHTHS = [60, 62, 64, 65, 67, 67, 69, 71]  # a bar of eighths at 120 bpm
PARTS = [word for part in ("bass", "chords", "second_voice") for word in ("--set", f"harmony.{part}=true")]


def notes(heard):
    """(channel, pitch, velocity; 0: it ends) of the notes among messages."""
    for _, status, *data in heard:
        if status & 0xE0 == 0x80:
            yield status & 0x0F, data[0], data[1] if status & 0x10 else 0


def still_sounding(heard):
    last = {(channel, pitch): velocity for channel, pitch, velocity in notes(heard)}
    return [key for key, velocity in last.items() if velocity]


def test_four_parts_leave_on_four_channels_and_each_has_its_track(antiphon, peer, tmp_path):
    sounds = ["--set", "harmony.pattern='boom-chick'", "--set", "harmony.bass_program=33"]
    daemon, player = antiphon("--random-seed", "1", *PARTS, *sounds), peer(8.0, *EIGHTHS)
    assert json.loads(player.stdout.readline())
    heard = json.loads(player.stdout.readline())
    assert {channel for channel, _, velocity in notes(heard) if velocity} == {0, 1, 2, 3}
    assert [data for _, status, *data in heard if status == 0xC1] == [[32]]
    assert not still_sounding(heard)
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    tracks = mido.MidiFile(next(tmp_path.glob("*.mid"))).tracks
    assert [track.name for track in tracks[1:]] == ["Player", "Antiphon", "Bass", "Chords", "Second voice"]
    assert [message.program for message in tracks[3] if message.type == "program_change"] == [32]


PHRASE = [
    [0.25 * place + after, [0x90, pitch, velocity]]
    for place, pitch in enumerate(EIGHTHS)
    for after, velocity in ((0.0, 80), (0.2, 0))
]
OWN_BASS = ["--set", "harmony.bass_port='own'"]


@pytest.fixture
def bass_player(jack):
    """Starts one that hears the port of the bass."""
    started = []

    def start():
        started.append(Player(jack, out="bass"))
        assert started[-1].heard() == []
        return started[-1]

    yield start
    for one in started:
        one.end()


def channels(heard):
    return {channel for channel, _, velocity in notes(heard) if velocity}


def test_a_part_with_a_port_of_its_own_sounds_there_alone(antiphon, player, bass_player, wait_for):
    sound = ["--set", "harmony.bass_program=33"]
    daemon = antiphon("--random-seed", "1", *PARTS, *OWN_BASS, *sound)
    assert "antiphon:in, antiphon:out and antiphon:bass are open" in daemon.log.read_text()
    others, bass = player(), bass_player()
    others.play(PHRASE)
    wait_for(lambda: channels(others.heard()) >= {0, 2, 3} and channels(bass.heard()) == {1}, "all parts")
    wait_for(lambda: not still_sounding(others.heard()) and not still_sounding(bass.heard()), "the end")
    assert 1 not in channels(others.heard())
    assert channels(bass.heard()) == {1}
    assert [data for _, status, *data in bass.heard() if status == 0xC1] == [[32]]
    assert not [status for _, status, *_ in others.heard() if status == 0xC1]


def test_what_sounds_on_a_parts_port_is_ended_by_the_process_that_takes_over(
    antiphon, player, bass_player, wait_for
):
    endless = ["--set", "answer.mode='continue'"]
    daemon = antiphon("--random-seed", "1", *PARTS, *OWN_BASS, *endless)
    others, bass = player(), bass_player()
    others.play(PHRASE)
    wait_for(lambda: still_sounding(bass.heard()), "the bass")
    playing = [number for number, name in named(daemon.pid).items() if name == "antiphon-player"]
    os.kill(playing[0], signal.SIGKILL)
    wait_for(lambda: "takes over" in daemon.log.read_text(), "the standby")
    wait_for(lambda: not still_sounding(bass.heard()) and not still_sounding(others.heard()), "silence")
    before = len(bass.heard())
    others.play(PHRASE)
    wait_for(lambda: channels(bass.heard()[before:]) == {1}, "the bass of the next answer")


def test_panic_silences_a_parts_port(antiphon, jack, player, bass_player, wait_for):
    antiphon("--random-seed", "1", *PARTS, *OWN_BASS, "--set", "answer.mode='continue'")
    others, bass = player(), bass_player()
    others.play(PHRASE)
    wait_for(lambda: still_sounding(bass.heard()), "the bass")
    done = subprocess.run([sys.executable, "-m", "antiphon", "panic"], env=jack, capture_output=True)
    assert done.returncode == 0, done.stderr
    wait_for(lambda: not still_sounding(bass.heard()) and not still_sounding(others.heard()), "silence")


def test_the_player_is_accompanied_and_all_ends_when_they_stop(antiphon, peer, tmp_path):
    bars = [
        word
        for name in ("mode='fixed'", "bpm=120", "downbeat='first'")
        for word in ("--set", f"tempo.{name}")
    ]
    daemon = antiphon("--random-seed", "1", *PARTS, *bars, "--set", "answer.mode='accompany'")
    player = peer(14.0, *EIGHTHS, *EIGHTHS, *EIGHTHS)
    assert json.loads(player.stdout.readline())
    heard = json.loads(player.stdout.readline())
    assert {channel for channel, _, velocity in notes(heard) if velocity} == {1, 2, 3}
    assert not still_sounding(heard)
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    file = mido.MidiFile(next(tmp_path.glob("*.mid")))
    assert [track.name for track in file.tracks[1:]] == [
        "Player",
        "Antiphon",
        "Bass",
        "Chords",
        "Second voice",
    ]
    guessed = [message.text for message in file.tracks[0] if message.type == "marker"]
    assert guessed
    assert all(name.endswith("?") for name in guessed)
