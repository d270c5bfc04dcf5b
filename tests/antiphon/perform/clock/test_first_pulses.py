"""Lost pulses among a clock's first are counted, and nothing else is taken for one."""

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import simulated_clocks as clocks
from antiphon.perform.clock.first_pulses import FirstPulses

PULSE_S = 60 / 100 / 24


def counted(moments_s, grain_s=0.0):
    """The first pulses, and how many beat in all, the first one not counted."""
    first = FirstPulses()
    return first, sum(first.take(float(at_s), grain_s) for at_s in moments_s) - 1


@given(st.sets(st.integers(1, 12), max_size=2), st.floats(0.008, 0.12), st.floats(-1e4, 1e4))
def test_the_place_is_right_whichever_were_lost(lost, pulse_s, begin_s):
    kept = [begin_s + number * pulse_s for number in range(24) if number not in lost]
    first, number = counted(kept)
    assert number == 23
    at_s, found_s, square = first.line()
    assert at_s == pytest.approx(kept[-1], abs=1e-6)
    assert found_s == pytest.approx(pulse_s, abs=1e-7)
    assert square < 1e-12


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_jitter_does_not_hide_a_loss(seed, lost):
    chance = np.random.default_rng(seed)
    moments = clocks.gaussian(PULSE_S * np.arange(24), chance, 0.0005)
    assert counted(np.delete(moments, lost))[1] == 23


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.floats(0, 0.025))
def test_what_only_waited_is_not_lost(seed, place, wait_s):
    moments = clocks.gaussian(PULSE_S * np.arange(24), np.random.default_rng(seed), 0.0005)
    held = np.where(np.arange(24) >= place, np.maximum(moments, moments[place] + wait_s), moments)
    assert counted(np.maximum.accumulate(held))[1] == 23


@given(st.floats(30, 200), st.floats(0.5, 2.2), st.integers(3, 20))
@example(142.5625, 1.5, 3)
def test_another_tempo_is_not_lost(bpm, slower, place):
    assume(bpm * slower < 290)
    gaps = [60 / bpm / 24] * place + [60 / bpm / slower / 24] * (30 - place)
    assert counted(np.cumsum([0.0, *gaps]))[1] == 30


@given(st.integers(0, 2**32 - 1), st.floats(1.4, 1.65), st.integers(3, 12))
def test_gaps_of_another_tempo_that_are_just_wide_or_just_not_are_no_losses(seed, faster, place):
    chance = np.random.default_rng(seed)
    gaps = [PULSE_S] * place + [PULSE_S / faster] * (40 - place)
    assert counted(clocks.gaussian(np.cumsum([0.0, *gaps]), chance, 0.0002))[1] == 40


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60), st.sampled_from([0.0, 0.001, 0.02]))
def test_no_pulse_is_ever_taken_back(gaps, grain_s):
    first = FirstPulses()
    assert all(first.take(float(at_s), grain_s) >= 1 for at_s in np.cumsum(gaps))


def test_behind_a_wide_gap_nothing_is_believed_until_it_is_known_what_it_was():
    first, _ = counted([*(PULSE_S * np.arange(8)), 9 * PULSE_S])
    assert len(first) == 9
    assert len(first.settled()) == 8
    assert first.line()[1] == pytest.approx(PULSE_S)
    for number in range(10, 14):
        first.take(number * PULSE_S, 0.0)
    assert len(first.settled()) == 13
    assert len(first.unbroken()) == 5


def test_where_moments_are_coarse_no_loss_is_told():
    moments = np.delete(PULSE_S * np.arange(24), 6)
    assert counted(moments, 0.02)[1] == 22
    assert counted(moments, 0.002)[1] == 23


def test_what_was_lost_before_the_song_does_not_count():
    first, beats = FirstPulses(), 0
    for number in range(30):
        if number == 9:
            first.begin_song()
            beats = -1
        if number not in (5, 8, 13):
            beats += first.take(number * PULSE_S, 0.0)
    assert beats == 20
    assert first.line()[0] == pytest.approx(29 * PULSE_S)
