import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.stage.sound.mixer import Instrument, Mixer, Sample

RATE_HZ = 8000
ROOT_HZ = 440.0


def sine(root=69, lowest=0, highest=127, seconds=1.0, loop=None):
    hz = 440.0 * 2 ** ((root - 69) / 12)
    wave = 0.5 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return Sample(wave.astype(np.float32), root, lowest, highest, 0.1, loop)


# Whole periods of 440 Hz: 20 take 363.6 frames, 220 take 4000.
LOOPED = Instrument("organ", (sine(loop=(2000.0, 6000.0)),))
ENDING = Instrument("bell", (sine(),))


def loudest_hz(wave):
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 16))
    return np.argmax(spectrum) * RATE_HZ / (1 << 16)


def rendered(mixer, frames, block=100):
    return np.concatenate([mixer.render(block) for _ in range(frames // block)])


@pytest.mark.parametrize("pitch", [57, 64, 69, 70, 76])
def test_a_note_has_its_pitch(pitch):
    mixer = Mixer([LOOPED], RATE_HZ)
    mixer.strike(0, pitch, 100, 0)
    cents = 1200 * np.log2(loudest_hz(rendered(mixer, 8000)) / (440 * 2 ** ((pitch - 69) / 12)))
    assert abs(cents) < 3


def test_the_sample_of_the_pitch_is_taken():
    two = Instrument("two", (sine(60, 0, 64), sine(72, 65, 127)))
    assert [two.sample(pitch).root for pitch in (0, 64, 65, 127)] == [60, 60, 72, 72]


@pytest.mark.parametrize("at", [0, 1, 99, 100, 137, 250])
def test_a_note_begins_on_its_frame_in_whatever_block_it_falls(at):
    mixer = Mixer([Instrument("step", (Sample(np.ones(4000, np.float32), 69, 0, 127, 0.1),))], RATE_HZ)
    mixer.strike(0, 69, 127, at)
    assert int(np.argmax(rendered(mixer, 1000) > 0)) == at


def test_a_note_that_is_late_begins_at_once():
    mixer = Mixer([ENDING], RATE_HZ)
    mixer.render(500)
    mixer.strike(0, 69, 127, 3)
    assert np.abs(mixer.render(20)).max() > 0


def test_blocks_of_any_size_give_the_same_sound():
    made = []
    for block in (50, 200, 1000):
        mixer = Mixer([LOOPED], RATE_HZ)
        mixer.strike(0, 62, 90, 30)
        mixer.strike(0, 67, 70, 500)
        mixer.release(0, 62, 1210)
        made.append(rendered(mixer, 4000, block))
    assert np.allclose(made[0], made[1], atol=1e-6)
    assert np.allclose(made[0], made[2], atol=1e-6)


def test_a_looped_note_sounds_as_long_as_its_key_is_down_and_the_loop_makes_no_click():
    mixer = Mixer([LOOPED], RATE_HZ)
    mixer.strike(0, 69, 127, 0)
    wave = rendered(mixer, 40000)
    # A sine never changes faster from frame to frame than at its zeros.
    steepest = 0.25 * 2 * np.pi * ROOT_HZ / RATE_HZ
    assert np.abs(np.diff(wave)).max() < 1.02 * steepest
    assert np.abs(wave[-800:]).max() > 0.24


def test_a_release_falls_to_silence_in_its_time_without_a_click():
    mixer = Mixer([LOOPED], RATE_HZ)
    mixer.strike(0, 69, 127, 0)
    mixer.release(0, 69, 4000)
    wave = rendered(mixer, 8000)
    assert np.abs(wave[4000:4100]).max() > 0.05
    assert np.abs(wave[4000 + RATE_HZ // 10 :]).max() == 0
    assert np.abs(np.diff(wave[3900:])).max() < 0.1
    assert mixer.silent


def test_a_louder_key_sounds_louder():
    peaks = []
    for velocity in (1, 40, 80, 127):
        mixer = Mixer([ENDING], RATE_HZ)
        mixer.strike(0, 69, velocity, 0)
        peaks.append(np.abs(rendered(mixer, 800)).max())
    assert peaks == sorted(peaks)
    assert peaks[0] > 0
    assert peaks[-1] > 10 * peaks[0]


def test_a_key_struck_again_ends_its_first_note():
    mixer = Mixer([LOOPED], RATE_HZ)
    for at in range(0, 8000, 1000):
        mixer.strike(0, 69, 127, at)
    wave = rendered(mixer, 8000)
    assert np.abs(wave).max() < 0.55  # one note has 0.25
    mixer.release(0, 69, 8000)
    rendered(mixer, 1000)
    assert mixer.silent


def test_the_pedal_holds_a_note_until_it_comes_up():
    mixer = Mixer([LOOPED], RATE_HZ)
    mixer.pedal(0, True, 0)
    mixer.strike(0, 69, 127, 0)
    mixer.release(0, 69, 400)
    assert np.abs(rendered(mixer, 4000)[-400:]).max() > 0.2
    mixer.pedal(0, False, 4000)
    assert np.abs(rendered(mixer, 2000)[-400:]).max() == 0


def test_voices_are_apart_and_one_without_an_instrument_is_not_heard():
    mixer = Mixer([LOOPED, LOOPED, None], RATE_HZ)
    mixer.strike(0, 69, 127, 0)
    mixer.strike(2, 69, 127, 0)
    mixer.release(1, 69, 0)
    mixer.release(2, 69, 0)
    assert np.abs(rendered(mixer, 4000)[-400:]).max() == pytest.approx(0.25, abs=0.02)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["on", "off", "down", "up"]), st.integers(0, 127), st.integers(1, 127)),
        max_size=120,
    )
)
def test_whatever_is_played_stays_within_full_scale_and_ends_after_silence(played):
    mixer = Mixer([LOOPED], RATE_HZ)
    for number, (what, pitch, velocity) in enumerate(played):
        at = 20 * number
        if what == "on":
            mixer.strike(0, pitch, velocity, at)
        elif what == "off":
            mixer.release(0, pitch, at)
        else:
            mixer.pedal(0, what == "down", at)
        assert np.abs(mixer.render(20)).max() <= 1
    mixer.silence(mixer.frame)
    rendered(mixer, 1000)
    assert mixer.silent
    assert not mixer.render(100).any()
