"""The swing ratio of onsets whose places are known."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.listen.swing import swing_ratio
from antiphon.listen.tempo import Expected, infer
from antiphon.timebase import Meter
from performer import EXACT, Manner, perform

EIGHTHS = np.arange(32) * 12


def played(ratio, noise_s=0.0, seed=0, beat_s=0.5):
    chance, off = random.Random(seed), ratio / (1 + ratio)
    return [(n // 2 + (off if n % 2 else 0)) * beat_s + chance.gauss(0, noise_s) for n in range(32)]


@given(st.floats(1.2, 2.5))
def test_exact_playing_gives_the_ratio_whatever_was_tried_nearby(ratio):
    assert swing_ratio(EIGHTHS, played(ratio), 1.65) == pytest.approx(ratio, abs=0.05)


def test_uneven_playing_gives_it_within_a_small_error():
    missed = [abs(swing_ratio(EIGHTHS, played(2.0, 0.012, seed), 2.05) - 2.0) for seed in range(40)]
    assert sorted(missed)[30] < 0.15


def test_without_off_beats_it_is_the_one_that_was_tried():
    assert swing_ratio(np.array([0, 24, 48, 72]), [0.0, 0.5, 1.0, 1.5], 1.65) == pytest.approx(1.65)
    assert swing_ratio(np.array([12]), [0.3], 1.65) == pytest.approx(1.65)


@pytest.mark.parametrize("grid", [4, 12, 24])
@pytest.mark.parametrize("ratio", [1.5, 2.0, 2.4])
@pytest.mark.parametrize("bpm", [70, 120, 160])
def test_a_swung_phrase_is_heard_as_even_eighths(grid, ratio, bpm):
    notes = [GridNote(number * grid // 2, grid // 2, 60 + number % 7) for number in range(24)]
    manner = Manner(noise_s=0.006, drift=0.03, swing=ratio)
    heard = infer(perform(notes, bpm, 3, manner, steps_per_quarter=grid).notes, Expected(bpm, Meter(), grid))
    assert heard.swing == pytest.approx(ratio, abs=0.15)
    assert heard.beats.steps == tuple(note.onset_steps for note in notes)


def test_straight_eighths_do_not_swing():
    notes = [GridNote(2 * number, 2, 60 + number % 7) for number in range(24)]
    for seed in range(10):
        heard = infer(perform(notes, 100, seed, Manner(drift=0.03)).notes, Expected(100.0, Meter()))
        assert heard.swing == 1.0
    assert infer(perform(notes, 100, manner=EXACT).notes, Expected(100.0, Meter())).swing == 1.0
