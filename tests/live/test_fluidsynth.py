"""What Antiphon sends, made audible by FluidSynth on a JACK server: it sounds, and a stop silences it."""

import shutil
import signal
import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.live

# The server waits for its clients; else, on a busy machine, it goes on without a late one and notes are lost.
JACK_OPTIONS = ["-S"]

FONTS = [Path("/usr/share/sounds/sf2", name) for name in ("TimGM6mb.sf2", "FluidR3_GM.sf2")]
CALL = [60, 62, 64, 65, 67, 67, 69, 71]
EIGHTH_S = 0.25
PIECE_S = 0.05
SILENCE_DB, RELEASE_S, AFTER_S = -60.0, 1.0, 2.5


class Synth:
    """FluidSynth with an organ, which sounds until it is told to stop; what it plays goes into a file."""

    def __init__(self, environment, font, path):
        self._path = path
        settings = [f"audio.file.name={path}", "audio.file.type=wav", "synth.reverb.active=0"]
        settings += ["synth.chorus.active=0", f"midi.jack.server={environment['JACK_DEFAULT_SERVER']}"]
        command = ["fluidsynth", "-q", "-a", "file", "-m", "jack", "-r", "44100", "-z", "441", "-g", "1"]
        command += [word for setting in settings for word in ("-o", setting)]
        self.process = subprocess.Popen(
            [*command, str(font)],
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
        assert self.process.wait(10) == 0
        return loudness(self._path), ended_s


def loudness(path):
    """RMS in dBFS (0: a full-scale square wave) of one piece of PIECE_S seconds after the other."""
    with wave.open(str(path)) as file:
        assert file.getsampwidth() == 2
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        length = round(PIECE_S * file.getframerate()) * file.getnchannels()
    pieces = samples[: len(samples) // length * length].reshape(-1, length)
    return 20 * np.log10(np.maximum(np.sqrt((pieces**2).mean(axis=1)), 1e-6))


@pytest.fixture
def synth(jack, tmp_path):
    """Starts FluidSynth; gives it."""
    font = next((font for font in FONTS if font.exists()), None)
    if shutil.which("fluidsynth") is None or font is None:
        pytest.skip("fluidsynth or a soundfont (timgm6mb-soundfont) is not installed")
    started = []

    def start():
        started.append(Synth(jack, font, tmp_path / "sound.wav"))
        return started[-1]

    yield start
    for one in started:
        one.process.stdin.close()
        one.process.kill()
        one.process.wait()


def connect(jack, source, sink):
    return subprocess.run(["jack_connect", source, sink], env=jack, capture_output=True).returncode == 0


def test_a_stop_in_mid_note_silences_the_synthesizer(antiphon, player, synth, jack, wait_for):
    daemon, someone, organ = antiphon("--random-seed", "1", "--bpm", "120"), player(), synth()
    wait_for(lambda: connect(jack, "antiphon:out", "fluidsynth-midi:midi_00"), "the synthesizer")
    ons = [[place * EIGHTH_S, [0x90, pitch, 90]] for place, pitch in enumerate(CALL)]
    offs = [[(place + 0.8) * EIGHTH_S, [0x80, pitch, 0]] for place, pitch in enumerate(CALL)]
    someone.play(sorted(ons + offs))
    wait_for(lambda: len(someone.onsets()) >= 3 and someone.sounding(), "a note in the midst of the answer")
    stopped_s = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(5) == 0, daemon.log.read_text()
    wait_for(lambda: time.monotonic() > stopped_s + AFTER_S, "the tail")
    pieces_db, ended_s = organ.finish()
    stop = len(pieces_db) - round((ended_s - stopped_s) / PIECE_S)
    second = round(1 / PIECE_S)
    assert pieces_db[stop - second : stop].max() > -35, pieces_db
    tail = pieces_db[stop + round(RELEASE_S / PIECE_S) :]
    assert len(tail) > second
    assert tail.max() < SILENCE_DB, pieces_db
    assert not someone.sounding()
