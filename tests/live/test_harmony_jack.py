"""An answer with bass, chords and a second voice on a real JACK server: four parts out on four channels."""

import json
import signal

import mido
import pytest

pytestmark = pytest.mark.live

# Synchronous: a late client is waited for. Otherwise its messages are lost when the machine is busy.
JACK_OPTIONS = ["-S"]
CALL = [60, 62, 64, 65, 67, 67, 69, 71]  # a bar of eighths at 120 bpm
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
    daemon, player = antiphon("--random-seed", "1", *PARTS, *sounds), peer(8.0, *CALL)
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
