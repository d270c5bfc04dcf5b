"""What Antiphon sends, made audible by FluidSynth on a JACK server: it sounds, and a stop silences it."""

import signal
import subprocess
import time

import pytest

from live.organ import PIECE_S

pytestmark = pytest.mark.live

# The server waits for its clients; else, on a busy machine, it goes on without a late one and notes are lost.
JACK_OPTIONS = ["-S"]

PITCHES = [60, 62, 64, 65, 67, 67, 69, 71]
EIGHTH_S = 0.25
SILENCE_DB, RELEASE_S, AFTER_S = -60.0, 1.0, 2.5


def connect(jack, source, sink):
    return subprocess.run(["jack_connect", source, sink], env=jack, capture_output=True).returncode == 0


def test_a_stop_in_mid_note_silences_the_synthesizer(antiphon, player, organ, jack, wait_for):
    daemon, someone, synth = antiphon("--random-seed", "1", "--bpm", "120"), player(), organ()
    wait_for(lambda: connect(jack, "antiphon:out", "fluidsynth-midi:midi_00"), "the synthesizer")
    ons = [[place * EIGHTH_S, [0x90, pitch, 90]] for place, pitch in enumerate(PITCHES)]
    offs = [[(place + 0.8) * EIGHTH_S, [0x80, pitch, 0]] for place, pitch in enumerate(PITCHES)]
    someone.play(sorted(ons + offs))
    wait_for(lambda: len(someone.onsets()) >= 3 and someone.sounding(), "a note in the midst of the answer")
    stopped_s = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(60) == 0, daemon.log.read_text()
    wait_for(lambda: time.monotonic() > stopped_s + AFTER_S, "the tail")
    pieces_db, ended_s = synth.finish()
    stop = len(pieces_db) - round((ended_s - stopped_s) / PIECE_S)
    second = round(1 / PIECE_S)
    assert pieces_db[stop - second : stop].max() > -35, pieces_db
    tail = pieces_db[stop + round(RELEASE_S / PIECE_S) :]
    assert len(tail) > second
    assert tail.max() < SILENCE_DB, pieces_db
    assert not someone.sounding()
