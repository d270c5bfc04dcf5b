"""FluidSynth on a JACK server, with an organ: what is sent, made audible, and measured in a file."""

import shutil
import subprocess
import time
import wave
from pathlib import Path

import numpy as np

FONTS = [Path("/usr/share/sounds/sf2", name) for name in ("TimGM6mb.sf2", "FluidR3_GM.sf2")]
PIECE_S = 0.05


def font():
    """A soundfont; None where it or FluidSynth is not installed."""
    there = next((one for one in FONTS if one.exists()), None)
    return there if shutil.which("fluidsynth") else None


class Organ:
    """FluidSynth with an organ, which sounds until it is told to stop; what it plays goes into a file."""

    def __init__(self, environment, path):
        self._path = path
        settings = [f"audio.file.name={path}", "audio.file.type=wav", "synth.reverb.active=0"]
        settings += ["synth.chorus.active=0", f"midi.jack.server={environment['JACK_DEFAULT_SERVER']}"]
        command = ["fluidsynth", "-q", "-a", "file", "-m", "jack", "-r", "44100", "-z", "441", "-g", "1"]
        command += [word for setting in settings for word in ("-o", setting)]
        self.process = subprocess.Popen(
            [*command, str(font())],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self._say("prog 0 19")

    def _say(self, order):
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def finish(self):
        """Close the file; gives the loudness of each piece of it in dBFS, and the moment of its end."""
        self._say("quit")
        ended_s = time.monotonic()
        assert self.process.wait(60) == 0
        return loudness(self._path), ended_s

    def discard(self):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()


def loudness(path):
    """RMS in dBFS (0: a full-scale square wave) of one piece of PIECE_S seconds after the other."""
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        length = round(PIECE_S * file.getframerate()) * file.getnchannels()
    pieces = samples[: len(samples) // length * length].reshape(-1, length)
    return 20 * np.log10(np.maximum(np.sqrt((pieces**2).mean(axis=1)), 1e-6))
