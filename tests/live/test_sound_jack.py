"""What `play --sound` makes audible on a JACK server: the answer's pitches at its moments, then silence."""

import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pytest

from antiphon.events import NoteOn
from antiphon.stage.sound.instruments import instrument
from antiphon.stage.takes.library import played_in
from live.house import HERE

pytestmark = pytest.mark.live

# The server waits for its clients; else, on a busy machine, it goes on without a late one and sound is lost.
JACK_OPTIONS = ["-S"]
KEEPS_TIME = True

PITCHES = [60, 62, 64, 65, 67, 67, 69, 71]
EIGHTH_S = 0.25
MOST_LATE_S = 0.010
LOOKED_S, ATTACK_S = 0.06, 0.06
TAIL_S, SILENCE = 1.0, 1e-4


@pytest.fixture
def recorded(jack, tmp_path):
    """Starts the recorder; gives a function that ends it and gives its file."""
    file = tmp_path / "sound.npz"
    command = [sys.executable, str(HERE / "sound_recorder.py"), "antiphon-sound", str(file)]
    process = subprocess.Popen(command, env=jack, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def finish():
        process.communicate("\n")
        return np.load(file)

    finish.begun = process.stdout.readline
    yield finish
    process.kill()
    process.wait()


def phrase():
    ons = [[place * EIGHTH_S, [0x90, pitch, 90]] for place, pitch in enumerate(PITCHES)]
    offs = [[(place + 0.8) * EIGHTH_S, [0x80, pitch, 0]] for place, pitch in enumerate(PITCHES)]
    return sorted(ons + offs)


def lateness_s(sound, rate, at, pitch, piano):
    """Where within `LOOKED_S` of a frame the sound is most like the beginning of this note."""
    sample = piano.sample(pitch)
    places = np.arange(round(ATTACK_S * rate)) * 2 ** ((pitch - sample.root) / 12)
    attack = np.interp(places, np.arange(len(sample.wave)), sample.wave)
    looked = round(LOOKED_S * rate)
    near = sound[at - looked : at + looked + len(attack)]
    return (int(np.argmax(np.correlate(near, attack, "valid"))) - looked) / rate


def sounding_pitch(sound, rate, begin, end, near):
    """The pitch within 2 semitones of `near` whose first three partials have most of the spectrum."""
    piece = sound[begin:end] * np.hanning(end - begin)
    spectrum = np.abs(np.fft.rfft(piece, 1 << 17))
    pitches = np.arange(near - 2, near + 2.01, 0.1)
    partials = np.outer(440 * 2 ** ((pitches - 69) / 12), [1, 2, 3])
    bins = np.round(partials * (1 << 17) / rate).astype(int)
    return pitches[np.argmax(np.log(spectrum[bins] + 1e-9).sum(axis=1))]


def test_an_answer_sounds_as_it_is_in_the_take_and_silence_follows(
    antiphon, player, recorded, wait_for, tmp_path
):
    voices = ["--set", "sound.yours=none", "--set", "sound.answers=piano"]
    daemon = antiphon("--random-seed", "1", "--bpm", "120", "--sound", *voices)
    assert recorded.begun() == "recording\n"
    wait_for(lambda: "Sound is on" in daemon.log.read_text(), "the sound device")
    # Not before: while clients come and go, a busy JACK server may leave one that is new without its turns.
    someone = player()
    someone.play(phrase())
    wait_for(lambda: someone.onsets(), "the answer")
    wait_for(
        lambda: not someone.sounding() and time.monotonic() > someone.last_change_s() + 3.0,
        "the end of the answer",
    )
    heard = recorded()
    daemon.terminate()
    assert daemon.wait(60) == 0, daemon.log.read_text()

    sound, rate = heard["sound"], int(heard["rate"])
    (take,) = tmp_path.glob("*.mid")
    answer = played_in(take)[1]
    piano, lateness, pitches = instrument("piano", rate), [], []
    ons = [timed for timed in answer if isinstance(timed.event, NoteOn)]
    assert len(ons) > 4

    def frame(at_s):
        cycle = int(np.searchsorted(heard["moments"], at_s)) - 1
        return int(heard["frames"][cycle] + round((at_s - heard["moments"][cycle]) * rate))

    ends_s = [*(later.at_s for _, later in pairwise(ons)), answer[-1].at_s]
    for on, end_s in zip(ons, ends_s, strict=True):
        at, pitch = frame(on.at_s), on.event.pitch
        lateness.append(lateness_s(sound, rate, at, pitch, piano))
        begin, end = at + round(0.03 * rate), max(frame(end_s), at + round(0.12 * rate))
        pitches.append(sounding_pitch(sound, rate, begin, min(end, begin + rate // 2), pitch))
    print("late by ms:", np.round(1000 * np.array(lateness), 1))
    assert [round(pitch) for pitch in pitches] == [on.event.pitch for on in ons]
    assert max(map(abs, lateness)) <= MOST_LATE_S
    after = sound[frame(answer[-1].at_s + TAIL_S) :]
    assert len(after) > rate
    assert np.abs(after).max() < SILENCE
