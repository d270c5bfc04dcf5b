"""Clocks as wires deliver them: how near the tempo and the place come, and what the signals mean.

The limits are those of a partner who plays along: a tenth of a beat a minute, half a millisecond.
"""

import numpy as np
import pytest
import simulated_clocks as clocks
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import Clocked, ClockSignal
from antiphon.perform.midi_clock import LOST_S, MidiClock, PulseFilter, narrowest_strip

PULSE_S = 60 / 120 / 24


def followed(true, heard, grain_s=0.0):
    """(moment, bpm, phase error in s, pulses that beat) after each pulse, once the filter is locked."""
    pulses, rows = PulseFilter(0.25), []
    for at_s, heard_s in zip(true, heard, strict=True):
        gone = pulses.pulse(float(heard_s), grain_s)
        if pulses.locked:
            rows.append((at_s, 2.5 / pulses.pulse_s, pulses.at_s - at_s, gone))
    return np.array(rows)


WIRES = {
    "gaussian": (clocks.gaussian, 0.0, 0.1, 0.001),
    "128 frames": (lambda true, chance: clocks.quantised(true, chance, 128), 128 / 48_000, 0.1, 0.0005),
    "1024 frames": (lambda true, chance: clocks.quantised(true, chance, 1024), 1024 / 48_000, 0.1, 0.0006),
    "USB": (clocks.usb_bursts, 0.001, 0.1, 0.0007),
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("wire", WIRES)
def test_two_seconds_are_enough(wire, seed):
    deliver, grain_s, most_bpm, most_s = WIRES[wire]
    chance = np.random.default_rng(seed)
    true = clocks.pulses(lambda _: 120.0, 12, chance.random())
    rows = followed(true, deliver(true, chance), grain_s)
    after = rows[rows[:, 0] > true[0] + 2]
    assert np.abs(after[:, 1] - 120).max() <= most_bpm
    assert np.abs(after[:, 2]).max() <= most_s
    assert (after[:, 3] == 1).all()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wire", ["gaussian", "128 frames", "USB"])
def test_a_step_of_the_tempo_is_settled_within_a_second(wire, seed):
    deliver, grain_s, _, most_s = WIRES[wire]
    chance = np.random.default_rng(seed)
    true = clocks.pulses(lambda at_s: 120.0 if at_s < 5 else 126.0, 10)
    rows = followed(true, deliver(true, chance), grain_s)
    settled = rows[rows[:, 0] > 6]
    assert np.abs(settled[:, 1] - 126).max() <= 0.25
    assert np.abs(settled[:, 2]).max() <= most_s


@pytest.mark.parametrize("wire", ["gaussian", "128 frames", "USB"])
def test_a_ritardando_is_followed(wire):
    deliver, grain_s, *_ = WIRES[wire]
    chance = np.random.default_rng(5)

    def slowing(at_s):
        return 120 - min(20, max(0.0, at_s - 4))

    true = clocks.pulses(slowing, 28)
    rows = followed(true, deliver(true, chance), grain_s)[120:]
    tempi = np.array([slowing(at_s) for at_s in rows[:, 0]])
    assert np.abs(rows[:, 1] - tempi).max() <= 1.5
    assert np.abs(rows[:, 2]).max() <= 0.005


@pytest.mark.parametrize("bpm", [20.0, 47.0, 180.0, 300.0])
def test_every_tempo_of_the_range(bpm):
    true = clocks.pulses(lambda _: bpm, 12)
    rows = followed(true, clocks.gaussian(true, np.random.default_rng(2), 0.0003))
    assert np.abs(rows[rows[:, 0] > 2.5][:, 1] - bpm).max() <= 0.25


@pytest.mark.parametrize(("before", "after"), [(120.0, 60.0), (60.0, 120.0), (90.0, 240.0), (300.0, 20.0)])
def test_a_leap_of_the_tempo_is_another_clock(before, after):
    true = clocks.pulses(lambda at_s: before if at_s < 5 else after, 10)
    rows = followed(true, clocks.gaussian(true, np.random.default_rng(3), 0.0003))
    assert np.abs(rows[rows[:, 0] > 7.5][:, 1] - after).max() <= 0.5


def test_pulses_that_never_came_are_counted():
    chance = np.random.default_rng(1)
    true = clocks.pulses(lambda _: 120.0, 60)
    kept, heard = clocks.dropped(true, clocks.gaussian(true, chance, 0.0003), chance)
    rows = followed(kept, heard)
    assert len(kept) < len(true)
    assert rows[:, 3].sum() == len(true) - 3
    assert np.abs(rows[200:, 1] - 120).max() <= 0.1


@given(st.floats(0.006, 0.2), st.lists(st.floats(-0.4, 0.4), min_size=5, max_size=60))
def test_the_narrowest_strip_holds_all_moments(pulse_s, off):
    moments = [pulse_s * (number + error) for number, error in enumerate(off)]
    last_s, each_s, width_s = narrowest_strip(moments)
    errors = [at - (last_s - each_s * back) for back, at in enumerate(reversed(moments))]
    assert max(map(abs, errors)) <= width_s / 2 + 1e-9
    assert width_s <= 0.8 * pulse_s + 1e-9


@given(st.lists(st.floats(0, 2), max_size=80), st.sampled_from([0.0, 0.001, 0.02]))
def test_whatever_comes_the_filter_stays_finite(gaps, grain_s):
    pulses, at_s = PulseFilter(0.25), 0.0
    for gap in gaps:
        at_s += gap
        assert pulses.pulse(at_s, grain_s) >= 1
        assert np.isfinite(pulses.at_s)
        assert not pulses.locked or 60 / 340 / 24 < pulses.pulse_s < 60 / 17 / 24


def play(*signals, clock=None, begin_s=0.0):
    """Signals, each as long after the last as a pulse is; numbers are that many pulses. Gives the leads."""
    clock, at_s, leads = clock or MidiClock(0.25), begin_s, []
    for signal in signals:
        for said in ["pulse"] * signal if isinstance(signal, int) else [signal]:
            moment = at_s if said == "pulse" else at_s - PULSE_S / 2
            what = said if isinstance(said, ClockSignal) else ClockSignal(said)
            leads.append(clock.receive(Clocked(moment, what)))
            at_s += PULSE_S if what.signal == "pulse" else 0.0
    return [lead for lead in leads if lead is not None], clock


def test_the_pulse_after_a_start_is_the_first_downbeat():
    leads, _ = play("start", 25)
    assert leads[-1].quarters == 1.0
    assert leads[-1].bpm == pytest.approx(120)
    assert leads[-1].rolling
    assert leads[-1].placed


def test_without_a_start_only_the_tempo_means_something():
    leads, _ = play(48)
    assert leads[-1].rolling
    assert not leads[-1].placed


def test_a_stop_stands_and_a_continue_goes_on_from_there():
    leads, clock = play("start", 25, "stop")
    assert not leads[-1].rolling
    leads, clock = play(10, clock=clock, begin_s=25 * PULSE_S)
    assert not leads[-1].rolling
    leads, _ = play("continue", 1, clock=clock, begin_s=35 * PULSE_S)
    assert leads[-1].rolling
    assert leads[-1].quarters == 1.0


def test_a_song_position_says_where_a_continue_begins():
    leads, _ = play("start", 12, "stop", ClockSignal("position", 32), "continue", 25)
    assert leads[-1].quarters == 9.0


def test_a_song_position_while_rolling_is_the_next_pulse():
    leads, _ = play("start", 25, ClockSignal("position", 16), 1)
    assert leads[-1].quarters == 4.0


def test_a_second_start_begins_again():
    leads, _ = play("start", 30, "start", 1)
    assert leads[-1].quarters == 0.0
    assert leads[-1].rolling


def test_a_second_stop_says_nothing_new():
    leads, _ = play("start", 25, "stop", "stop")
    assert [lead.rolling for lead in leads].count(False) == 1


def test_a_clock_that_falls_silent_is_lost_and_begins_anew():
    leads, clock = play("start", 48)
    assert clock.lost_at_s() == pytest.approx(47 * PULSE_S + LOST_S)
    lost = clock.lose(clock.lost_at_s())
    assert not lost.rolling
    assert clock.lost_at_s() is None
    leads, _ = play(10, clock=clock, begin_s=5.0)
    assert leads[-1].rolling
    assert leads[-1].at_s == pytest.approx(5 + 9 * PULSE_S)
