import os
import stat
import sys
from multiprocessing import Pipe

import pytest

from antiphon.errors import Failure
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.sound import fluidsynth
from antiphon.stage.sound.feed import (
    ANSWERS,
    BASS,
    CHORDS,
    CLICKS,
    NOTE,
    PEDAL,
    SILENCE,
    YOURS,
    SoundRecord,
    link,
)
from antiphon.stage.sound.fluidsynth import FluidSynth

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

RECORDS = [
    SoundRecord(1.0, 0.0, NOTE, YOURS, 60, 70),
    SoundRecord(1.1, 0.0, PEDAL, YOURS, 0, 127),
    SoundRecord(1.5, 0.0, NOTE, ANSWERS, 72, 90),
    SoundRecord(1.6, 0.0, NOTE, CLICKS, 76, 100),
    SoundRecord(1.65, 0.0, NOTE, BASS, 36, 60),
    SoundRecord(1.65, 0.0, NOTE, CHORDS, 60, 50),
    SoundRecord(1.7, 0.0, NOTE, YOURS, 60, 0),
    SoundRecord(1.8, 0.0, SILENCE),
]


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """A stand-in for FluidSynth, which keeps its arguments and what it is told; gives the file."""
    said, program = tmp_path / "said", tmp_path / "fluidsynth"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {said}\nwhile read -r line; do echo "$line" >> {said}; done\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "default-GM.sf2").write_bytes(b"")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(fluidsynth, "_FOLDERS", (str(tmp_path),))
    return said


class Waits(VirtualClock):
    """Notes which moments were waited for."""

    def __init__(self):
        super().__init__()
        self.waited = []

    def wait_until_s(self, at_s, exactly=True):
        super().wait_until_s(at_s, exactly)
        self.waited.append(at_s)


def test_notes_become_lines_at_their_moments(installed):
    reader, writer = link()
    reader.setblocking(False)
    ours, theirs = Pipe()
    for record in RECORDS:
        writer.send(record.packed())
    clock, synthesizer = Waits(), FluidSynth("piano", "fiddle", on_jack=True)
    seen = []

    def lines(record, found=synthesizer._lines):
        seen.append(record)
        if len(seen) == len(RECORDS):
            ours.close()  # the supervisor ends it after the last
        return found(record)

    synthesizer._lines = lines
    synthesizer.play(reader, theirs, clock)
    synthesizer.close()
    reader.close()
    writer.close()
    arguments, *told = installed.read_text().splitlines()
    assert "-a jack" in arguments
    assert arguments.endswith("default-GM.sf2")
    assert told == [
        "prog 0 0",
        "prog 1 110",
        "prog 2 32",
        "prog 3 0",
        "noteon 0 60 70",
        "cc 0 64 127",
        "noteon 1 72 90",
        "noteon 9 76 100",
        "noteon 2 36 60",
        "noteon 3 60 50",
        "noteoff 0 60",
        "cc 0 123 0",
        "cc 1 123 0",
        "cc 9 123 0",
        "cc 2 123 0",
        "cc 3 123 0",
        "quit",
    ]
    assert clock.waited[:5] == [1.0, 1.1, 1.5, 1.6, 1.65]


def test_a_voice_without_an_instrument_is_not_heard(installed):
    synthesizer = FluidSynth("none", "flute", on_jack=False)
    assert list(synthesizer._lines(RECORDS[0])) == []
    assert list(synthesizer._lines(RECORDS[2])) == ["noteon 1 72 90"]
    synthesizer.close()
    assert "-a" not in installed.read_text().split()


@pytest.mark.usefixtures("installed")
def test_what_is_missing_is_told(monkeypatch, tmp_path):
    (tmp_path / "default-GM.sf2").unlink()
    monkeypatch.setattr(fluidsynth, "_FOLDERS_OF_MAC", ())
    with pytest.raises(Failure, match="FluidSynth has no SoundFont in"):
        FluidSynth("piano", "flute", on_jack=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Failure, match="fluidsynth is not installed"):
        FluidSynth("piano", "flute", on_jack=False)
