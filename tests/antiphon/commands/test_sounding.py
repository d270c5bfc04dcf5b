"""Sound as a person asks for it: takes as sound files, and what is said where there is none."""

import json
import wave

import numpy as np
import pytest

from antiphon import config
from antiphon.commands import sounding
from antiphon.commands.sounding import made_audible, sound_order
from antiphon.config import Config
from antiphon.config_sections import SoundSettings
from antiphon.events import NoteOn
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.takes.library import played_in


def test_a_take_becomes_a_sound_file_of_its_length(antiphon, tmp_path):
    antiphon("demo", "--fast", "--random-seed", 1)
    (take,) = (tmp_path / "takes").glob("*.mid")
    code, out, _ = antiphon("takes", "--wav", take, "--json")
    assert code == 0
    file = take.with_suffix(".wav")
    assert json.loads(out)["wav"] == str(file)
    played = [one.at_s for voice in played_in(take) for one in voice]
    with wave.open(str(file)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
    assert max(played) - min(played) < seconds < max(played) - min(played) + 2.0
    assert np.abs(samples).max() > 2000
    assert antiphon("takes", "--wav", take, "-o", "other.wav")[0] == 0
    assert (tmp_path / "other.wav").read_bytes() == file.read_bytes()


def test_what_cannot_be_made_a_sound_file_is_told(antiphon, tmp_path):
    (tmp_path / "text.mid").write_text("no take")
    for arguments, code, said in (
        (["--wav", "text.mid"], 1, "text.mid: is no MIDI file"),
        (["--wav", "gone.mid"], 1, "gone.mid: No such file"),
        (["--wav", "text.mid", "takes"], 2, "leave out the folder"),
        (["-o", "sound.wav"], 2, "give --wav, too"),
    ):
        ended, _, err = antiphon("takes", *arguments)
        assert (ended, said in err) == (code, True), err


def test_the_demo_makes_sound_in_real_time_only(antiphon):
    code, _, err = antiphon("demo", "--fast", "--sound")
    assert code == 2
    assert "--sound plays in real time: leave out --fast" in err


def test_the_option_and_the_settings_say_who_makes_the_sound():
    assert sound_order(Config()) is None
    order = sound_order(Config(sound=SoundSettings("fluidsynth", "none", "bass")))
    assert (order.by, order.yours, order.answers) == ("fluidsynth", "none", "bass")
    assert config.load(None, {"sound.by": "samples"}).sound == SoundSettings("samples", "piano", "flute")


def test_where_no_sound_is_wanted_the_port_stays_as_it_is():
    port = Loopback(VirtualClock())
    with made_audible(None, pytest.fail) as audible:
        assert audible(port) is port


def test_where_there_is_no_device_one_line_is_said_and_the_port_plays(monkeypatch):
    monkeypatch.setattr(sounding.SoundOutput, "_start", lambda *_: None)
    monkeypatch.setattr(sounding.SoundOutput, "_hear", lambda self: self._told.set() or "There is no sound")
    monkeypatch.setattr(sounding.SoundOutput, "__exit__", lambda self, *_: self._reader.close())
    port = Loopback(VirtualClock())
    with made_audible(sound_order(Config(sound=SoundSettings("samples"))), pytest.fail) as audible:
        audible(port).send(NoteOn(60), 0.0)
    assert [timed.event for timed in port.sent] == [NoteOn(60)]
