"""FluidSynth makes the sound, where it is installed: our notes as lines of its shell."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from antiphon.errors import Failure
from antiphon.midi.messages import SUSTAIN
from antiphon.stage.machine.clock import Clock
from antiphon.stage.sound.feed import (
    ANSWERS,
    BASS,
    CHORDS,
    CLICKS,
    PEDAL,
    SILENCE,
    YOURS,
    SoundRecord,
    of_parts,
    read,
)

_FOLDERS = ("/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts")
_FOLDERS_OF_MAC = ("/opt/homebrew/share/soundfonts", "/usr/local/share/soundfonts")
# Programs of General MIDI, counted from 0.
_PROGRAMS = {"piano": 0, "flute": 73, "fiddle": 110, "bass": 32}
_DRUMS = 9
_END_S = 1.0


def soundfont() -> Path | None:
    """The SoundFont of this machine: one called default, else the largest."""
    found = [
        path for folder in (*_FOLDERS, *_FOLDERS_OF_MAC) for path in sorted(Path(folder).glob("*.sf[23]"))
    ]
    named = [path for path in found if path.stem.startswith("default")]
    return next(iter(named), max(found, key=lambda path: path.stat().st_size, default=None))


def installed() -> tuple[str, Path]:
    """The program, and the SoundFont that it plays. Raises Failure where one of them is missing."""
    program, font = shutil.which("fluidsynth"), soundfont()
    if program is None:
        raise Failure("fluidsynth is not installed")
    if font is None:
        raise Failure(f"FluidSynth has no SoundFont in {', '.join(_FOLDERS)}")
    return program, font


class FluidSynth:
    """A process of its own; an instrument "none" is not heard. Raises Failure where something is missing."""

    def __init__(self, yours: str, answers: str, on_jack: bool) -> None:
        program, font = installed()
        driver = ["-a", "jack", "-j"] if on_jack else []
        command = [program, "-q", "-n", *driver, str(font)]
        self.soundfont = font.name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
        )
        self._channels = {YOURS: 0, ANSWERS: 1, CLICKS: _DRUMS, BASS: 2, CHORDS: 3}
        bass, chords = of_parts(answers)
        for voice, name in ((YOURS, yours), (ANSWERS, answers), (BASS, bass), (CHORDS, chords)):
            if name == "none":
                del self._channels[voice]
            else:
                self._say(f"prog {self._channels[voice]} {_PROGRAMS[name]}")

    def play(self, reader: socket.socket, supervisor: "Connection[str, Any]", clock: Clock) -> None:
        """Send on what comes until `supervisor` closes. Raises Failure where FluidSynth ends before that."""
        while supervisor not in wait([reader, supervisor]):
            for record in read(reader):
                for line in self._lines(record):
                    clock.wait_until_s(record.at_s, exactly=False)
                    self._say(line)

    def _lines(self, record: SoundRecord) -> Iterator[str]:
        if record.kind == SILENCE:
            yield from (f"cc {channel} 123 0" for channel in self._channels.values())
        elif (channel := self._channels.get(record.voice)) is None:
            return
        elif record.kind == PEDAL:
            yield f"cc {channel} {SUSTAIN} {record.velocity}"
        elif record.velocity:
            yield f"noteon {channel} {record.pitch} {record.velocity}"
        else:
            yield f"noteoff {channel} {record.pitch}"

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError:
            raise Failure("FluidSynth ended") from None

    def close(self) -> None:
        with suppress(Failure, OSError):
            self._say("quit")
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
