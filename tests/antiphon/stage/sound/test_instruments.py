import json

import numpy as np
import pytest

from antiphon.config_sections import InstrumentName
from antiphon.errors import Failure
from antiphon.stage.sound import instruments
from antiphon.stage.sound.instruments import SAMPLES, instrument, tick
from antiphon.stage.sound.mixer import Mixer

RATE_HZ = 32000
NAMES = [name for name in InstrumentName.__args__ if name != "none"]
MANIFEST = json.loads((SAMPLES / "samples.json").read_text())["instruments"]


def test_the_settings_know_the_instruments_that_ship():
    assert list(MANIFEST) == NAMES


def test_the_licence_lies_beside_the_samples():
    assert "Frank Wen" in (SAMPLES / "LICENSE").read_text()
    used = {note["file"] for one in MANIFEST.values() for note in one["notes"]}
    assert {file.name for file in SAMPLES.iterdir()} == used | {"LICENSE", "samples.json"}


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_of_an_instrument_are_for_all_pitches_once(name):
    notes = MANIFEST[name]["notes"]
    ranges = [range(note["lowest"], note["highest"] + 1) for note in notes]
    assert [pitch for one in ranges for pitch in one] == list(range(128))
    assert all(note["lowest"] <= note["root"] <= note["highest"] for note in notes)


def best_pitch(wave, near):
    """Of the pitches near one, that whose first four partials have most of the spectrum."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 17))
    pitches = np.arange(near - 6, near + 6.01, 0.1)
    partials = np.outer(440 * 2 ** ((pitches - 69) / 12), [1, 2, 3, 4])
    heights = np.log(spectrum[np.round(partials * (1 << 17) / RATE_HZ).astype(int)] + 1e-6)
    return pitches[np.argmax(heights.sum(axis=1))]


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_plays_the_pitches_that_it_is_asked_for(name):
    one = instrument(name, RATE_HZ)
    for pitch in (55, 62, 69, 76):
        mixer = Mixer([one], RATE_HZ)
        mixer.strike(0, pitch, 100, 0)
        wave = mixer.render(RATE_HZ)
        assert abs(best_pitch(wave[3000:20000], pitch) - pitch) < 0.35, pitch
        assert np.abs(wave[: RATE_HZ // 25]).max() > 0.02  # within 40 ms it is heard


@pytest.mark.parametrize("name", ["flute", "fiddle"])
def test_a_held_note_goes_on_evenly(name):
    mixer = Mixer([instrument(name, RATE_HZ)], RATE_HZ)
    mixer.strike(0, 72, 127, 0)
    pieces = mixer.render(10 * RATE_HZ)[RATE_HZ:].reshape(-1, RATE_HZ // 10)
    loudness = np.sqrt((pieces**2).mean(axis=1))
    assert loudness.min() > 0.3 * loudness.max()


def test_none_is_not_heard_and_another_name_is_refused():
    assert instrument("none", RATE_HZ) is None
    with pytest.raises(Failure, match='must be none, piano, flute, fiddle, bass, got "harp"'):
        instrument("harp", RATE_HZ)


def test_a_damaged_sample_is_told():
    with pytest.raises(Failure, match="a sample cannot be decoded"):
        instruments._decoded(b"no sound", RATE_HZ)


def test_without_miniaudio_it_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "miniaudio", None)
    with pytest.raises(Failure, match=r"pip install '\.\[sound\]'"):
        instrument("piano", RATE_HZ)


def test_the_metronome_ticks_shortly():
    mixer = Mixer([tick(RATE_HZ)], RATE_HZ)
    mixer.strike(0, 76, 100, 0)
    wave = mixer.render(RATE_HZ // 4)
    assert np.abs(wave[:320]).max() > 0.1
    assert np.abs(wave[RATE_HZ // 10 :]).max() == 0
