"""A process that records without a pause, is killed at any moment, and what can be read of its take then.

The process tells through a pipe what it is about to hand to its recorder.
"""

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import mido

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import Begun, Handover, Received, Sent
from antiphon.perform.settings import SessionSettings
from antiphon.stage.takes.finish import read, records_of
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.library import finish_what_was_cut_off
from antiphon.stage.takes.recorder import Recorder
from antiphon.timebase import Meter

HEADER = TakeHeader(120.0, Meter(), {}, UsedBundle("toy", "ab12"), 1)
FONTS = [Path("/usr/share/sounds/sf2", name) for name in ("TimGM6mb.sf2", "FluidR3_GM.sf2")]
_NUMBER_BYTES = 4


def record(number):
    """Number 0, 1, … of what is recorded: a session begins, then notes of both sides, a thousandth apart."""
    if number == 0:
        return Begun(SessionSettings(), 1, Handover())
    place, second = divmod(number - 1, 2)
    event = NoteOff(60 + place % 12) if second else NoteOn(60 + place % 12, 1 + place % 127)
    timed = Timed(number / 1000, event)
    return Sent(timed, 0.0) if place % 2 else Received(timed)


def _feed(folder, pipe):
    recorder, number = Recorder(folder, HEADER, True, print), 0
    while True:
        os.write(pipe, number.to_bytes(_NUMBER_BYTES, "big"))
        recorder.record(record(number))
        recorder.tend(number / 1000)
        number += 1


def killed(folder, after_s):
    """Record in a process of its own until it is killed; gives how many records were told of."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _feed(folder, writing)
        finally:
            os._exit(1)
    os.close(writing)
    told = os.read(reading, 1)  # it has begun
    until_s = time.monotonic() + after_s
    while time.monotonic() < until_s:
        told += _waiting(reading)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while part := os.read(reading, 1 << 16):
        told += part
    os.close(reading)
    return len(told) // _NUMBER_BYTES


def _waiting(pipe):
    os.set_blocking(pipe, False)
    try:
        return os.read(pipe, 1 << 16)
    except BlockingIOError:
        return b""
    finally:
        os.set_blocking(pipe, True)


@dataclass(frozen=True)
class Found:
    """What is left of a take: who could read it as it was cut off, and how many records are missing."""

    told: int
    missing: int
    readers: tuple[str, ...]


def look_at(folder, told, music21=None):
    """Read a take that was cut off, finish it, and look at what it holds. Fails where anything is wrong."""
    path = next(folder.glob("*.mid"))
    readers = ["mido"]
    notes = sum(not message.is_meta for message in mido.MidiFile(path).tracks[1])
    assert told - 3 <= notes + 1 <= told + 1, (told, notes)
    if music21 is not None:
        # It joins what sounds within a sixteenth into chords: so many notes there are not.
        assert bool(music21.converter.parse(path, forceSource=True).flatten().notes) == (notes >= 2)
        readers.append("music21")
    if shutil.which("fluidsynth") and (font := next((one for one in FONTS if one.is_file()), None)):
        sing(font, path)
        readers.append("fluidsynth")
    lines = finish_what_was_cut_off(folder)
    assert len(lines) == 1, lines
    assert lines[0].startswith((f"Finished {path.name}, which was cut off", f"Removed {path.name}")), lines
    if not path.exists():
        assert told <= 2
        return Found(told, 0, tuple(readers))
    recovered = records_of(read(path))
    assert recovered == [record(number) for number in range(len(recovered))]
    mido.MidiFile(path)
    return Found(told, told - len(recovered), tuple(readers))


def sing(font, path):
    """Let fluidsynth play it into nothing; fails where it complains."""
    command = ["fluidsynth", "-ni", "-q", "-F", "/dev/null", "-T", "raw", "-r", "8000", str(font), str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    complaints = ("error", "end of file")
    assert not any(word in done.stderr.lower() for word in complaints), done.stderr
