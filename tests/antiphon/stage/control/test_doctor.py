"""What the doctor finds on machines that are well, and on machines that are not."""

import json
from pathlib import Path

import pytest

from antiphon import cli
from antiphon.errors import Failure
from antiphon.stage.control import doctor
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports import systems
from antiphon.stage.ports.system import MissingError, NoServerError
from fake_jack import FakeJack
from fake_rtmidi import FakeRtMidi


def verdicts(findings):
    return [finding.verdict for finding in findings]


def test_one_midi_system_that_answers_is_enough():
    found = doctor.midi(FakeRtMidi([2, 5], dead=[2], sources=["keys"]))
    assert verdicts(found) == ["poor", "good"]
    assert found[0].detail == "no server; another system answers"
    assert found[1].detail == "answers; inputs 1, outputs 0"


def test_no_midi_system_is_told_with_what_mends_each():
    found = doctor.midi(FakeRtMidi([2, 5], dead=[2, 5]))
    assert verdicts(found) == ["bad", "bad"]
    assert verdicts(doctor.midi(FakeRtMidi([]))) == ["bad"]


def test_a_jack_server_that_is_not_there_is_to_be_started():
    def start(_):
        raise NoServerError("no server")

    found = doctor.midi(FakeRtMidi([2]), start)
    assert verdicts(found) == ["good", "poor"]
    assert found[1].mend.startswith("start a JACK server")


def test_what_is_not_installed_is_told_with_the_command_that_installs_it(monkeypatch):
    def none():
        raise MissingError("no MIDI library can be loaded", "pip install one")

    monkeypatch.setattr(systems, "load_binding", none)
    found = doctor.midi(start_jack=FakeJack())[0]
    assert (found.verdict, found.mend) == ("poor", "pip install one")


def test_a_sequencer_that_is_there_but_closed_wants_the_group(tmp_path, monkeypatch):
    assert doctor._mend_midi("alsa", tmp_path / "none") == "sudo modprobe snd-seq"
    closed = tmp_path / "seq"
    closed.touch()
    assert doctor._mend_midi("alsa", closed) == "sudo modprobe snd-seq"
    monkeypatch.setattr(doctor.os, "access", lambda *_: False)
    assert "usermod -aG audio" in doctor._mend_midi("alsa", closed)


def test_windows_without_ports_wants_loopmidi():
    found = doctor.midi(FakeRtMidi([4]))
    assert verdicts(found) == ["bad"]
    assert "loopMIDI" in found[0].mend
    assert verdicts(doctor.midi(FakeRtMidi([4], sources=["keys 0"], sinks=["synth 0"]))) == ["good"]


class DrowsyClock(VirtualClock):
    """Wakes a millisecond late, and every tenth time thirty."""

    waits = 0

    def wait_until_s(self, at_s, exactly=True):
        self.waits += 1
        super().wait_until_s(at_s + (0.03 if self.waits % 10 == 0 else 0.0), exactly)


def test_lateness_is_measured_from_the_pulse_not_from_the_last_waking():
    assert max(doctor.lateness_s(VirtualClock(), 2.0)) == 0.0
    late_s = doctor.lateness_s(DrowsyClock(), 0.1)
    assert len(late_s) == 10
    assert late_s[-1] == pytest.approx(0.03)
    assert max(late_s[:-1]) == 0.0
    assert doctor.lateness_s(DrowsyClock(), 0.2)[10:13] == pytest.approx([0.02, 0.01, 0.0])


@pytest.mark.parametrize(
    ("late_s", "verdict", "words"),
    [
        ([0.0001] * 199 + [0.05], "good", "99 % 0.100 ms, worst 50.000 ms"),
        ([0.0001] * 190 + [0.004] * 10, "poor", "felt in fast playing"),
        ([0.0001] * 190 + [0.04] * 10, "poor", "heard late"),
    ],
)
def test_the_verdict_on_a_pulse(late_s, verdict, words):
    finding = doctor.timing(late_s)
    assert finding.verdict == verdict
    assert words in finding.detail
    assert bool(finding.mend) == (verdict != "good")


def test_what_is_refused_is_told_with_the_line_that_allows_it(monkeypatch):
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.setattr(doctor, "may_lock_memory", lambda: True)
    assert doctor.priority(True).verdict == "good"
    refused = doctor.priority(False)
    assert refused.verdict == "poor"
    assert "real-time priority refused, locked memory allowed" in refused.detail
    assert "rtprio 95" in refused.mend
    assert "limits.d" in refused.mend


class Device:
    system, rate_hz = "ALSA", 48000

    def close(self):
        pass


def says(result):
    """Stands in for what looks; a Failure is raised."""

    def look(*_):
        if isinstance(result, Failure):
            raise result
        return result

    return look


@pytest.mark.parametrize(
    ("device", "synthesizer", "verdict", "detail"),
    [
        (
            Device(),
            ("/bin/fluidsynth", Path("a.sf2")),
            "good",
            "--sound works on ALSA, 48000 Hz; FluidSynth is there with a.sf2",
        ),
        (
            Device(),
            Failure("fluidsynth is not installed"),
            "good",
            "--sound works on ALSA, 48000 Hz; fluidsynth is not installed",
        ),
        (
            Failure("no sound device answers"),
            ("/bin/fluidsynth", Path("a.sf2")),
            "poor",
            "no sound device answers; FluidSynth is there with a.sf2, for --sound fluidsynth",
        ),
        (
            Failure("miniaudio is not installed: pip install '.[sound]' in Antiphon's folder"),
            Failure("fluidsynth is not installed"),
            "poor",
            "--sound does not work: miniaudio is not installed: pip install '.[sound]' in Antiphon's folder; "
            "fluidsynth is not installed",
        ),
    ],
)
def test_whether_sound_can_be_made(device, synthesizer, verdict, detail, monkeypatch):
    monkeypatch.setattr(doctor, "open_device", says(device))
    monkeypatch.setattr(doctor.fluidsynth, "installed", says(synthesizer))
    found = doctor.sound(on_jack=False)
    assert (found.thing, found.verdict, found.detail) == ("sound", verdict, detail)
    assert bool(found.mend) == (verdict != "good")


def test_a_model_that_is_not_there_or_not_whole(tmp_path):
    assert doctor.model("essen").verdict == "good"
    assert doctor.model("nobody").verdict == "bad"
    assert doctor.model(str(tmp_path)).verdict == "bad"


def test_the_takes_folder_is_tried_and_not_made(tmp_path):
    assert doctor.takes(tmp_path / "new" / "takes").verdict == "good"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    found = doctor.takes(tmp_path / "file")
    assert found.verdict == "bad"
    assert "Not a directory" in found.detail


@pytest.mark.parametrize(("dead", "code"), [((), 0), ((2,), 1)])
def test_the_command_says_it_all_and_ends_by_whether_playing_is_possible(
    dead, code, capsys, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(doctor, "MEASURED_S", 0.02)
    monkeypatch.setattr(systems, "load_binding", lambda: FakeRtMidi([2], dead=dead))
    monkeypatch.setattr(systems, "jack_installed", lambda: False)
    monkeypatch.setattr(doctor, "open_device", says(Failure("no sound device answers")))
    for arguments in (["doctor"], ["doctor", "--json"]):
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        assert (end.value.code or 0) == code
    *lines, last = capsys.readouterr().out.splitlines()
    said = json.loads(last)
    assert said["possible"] == (code == 0)
    things = [finding["thing"] for finding in said["findings"]]
    # Where no MIDI system answers, it says what works all the same.
    panel = ["panel"] * code
    assert things == ["MIDI: alsa", "MIDI: JACK", *panel, "priority", "timing", "model", "takes", "sound"]
    assert [line for line in lines if line.endswith("alsa: no server")] == [
        "bad   MIDI: alsa: no server"
    ] * code
    assert lines[-1] == ("Playing is not possible yet." if code else "Playing is possible.")


def test_the_ports_of_parts_are_looked_for():
    library = FakeRtMidi([2], sinks=["Moog 30:0", "Synth a 31:0", "Synth b 32:0"])
    named = {"harmony.bass_port": "moog", "harmony.chords_port": "zzz", "harmony.second_voice_port": "synth"}
    bass, chords, second = doctor.part_ports(named, "auto", library)
    assert (bass.verdict, bass.detail) == ("good", "goes to Moog")
    assert (chords.verdict, second.verdict) == ("bad", "bad")
    assert chords.detail.startswith('no MIDI output fits "zzz"')
    assert chords.mend == "plug it in, or change harmony.chords_port"
    assert second.detail.startswith('MIDI output must be one port; "synth" fits 2')
    assert doctor.part_ports({}, "auto", library) == []
    assert doctor.part_ports(named, "auto", FakeRtMidi([2], dead=[2])) == []
