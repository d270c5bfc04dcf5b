"""Clocks as wires deliver them: how near the tempo and the place come.

The limits are those of a partner who plays along: a tenth of a beat a minute, half a millisecond.
"""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import simulated_clocks as clocks
from antiphon.perform.clock.pulse_filter import PulseFilter, narrowest_strip
from antiphon.stage.engine import POLL_S
from antiphon.stage.ports.rtmidi import GRAIN_S


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
    "USB": (lambda true, chance: clocks.usb_bursts(true, chance, POLL_S), GRAIN_S, 0.1, 0.0007),
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


def test_a_sender_that_was_held_up_has_lost_no_pulse():
    true = clocks.pulses(lambda _: 100.0, 20)
    heard = np.where(true > 8, true + 0.0345, true)
    rows = followed(true, heard)
    assert (rows[:, 3] == 1).all()
    assert np.abs(rows[rows[:, 0] > 10][:, 2] - 0.0345).max() < 0.0005


@given(st.floats(0.006, 0.2), st.lists(st.floats(-0.4, 0.4), min_size=5, max_size=60))
def test_the_narrowest_strip_holds_all_moments(pulse_s, off):
    moments = [pulse_s * (number + error) for number, error in enumerate(off)]
    last_s, each_s, width_s = narrowest_strip(moments)
    errors = [at - (last_s - each_s * back) for back, at in enumerate(reversed(moments))]
    assert max(map(abs, errors)) <= width_s / 2 + 1e-9
    # It is searched for until the slope is known to a few ten-thousandths of what the moments spread.
    assert width_s <= 0.8 * pulse_s * 1.002 + 1e-9


@given(st.lists(st.floats(0, 2), max_size=80), st.sampled_from([0.0, 0.001, 0.02]))
@example([0.0, 0.0, 0.0, 5e-323, 1.0, 1.0], 0.0)  # gaps of another order than any clock's
@example([1e-9] * 8 + [2.0] + [1e-9] * 8, 0.0)
def test_whatever_comes_the_filter_stays_finite(gaps, grain_s):
    pulses, at_s = PulseFilter(0.25), 0.0
    for gap in gaps:
        at_s += gap
        assert pulses.pulse(at_s, grain_s) >= 1
        assert np.isfinite(pulses.at_s)
        assert not pulses.locked or 60 / 340 / 24 < pulses.pulse_s < 60 / 17 / 24


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("wire", ["gaussian", "128 frames"])
def test_pulses_lost_at_the_beginning_do_not_leave_it_late(wire, seed):
    deliver, grain_s, most_bpm, most_s = WIRES[wire]
    chance = np.random.default_rng(seed)
    true = clocks.pulses(lambda _: 100.0, 6)
    kept = np.delete(np.arange(len(true)), [5, 9])  # two of the first dozen
    rows = followed(true[kept], deliver(true, chance)[kept], grain_s)
    assert rows[:, 3].sum() == len(true) - 3
    after = rows[rows[:, 0] > true[0] + 2]
    assert np.abs(after[:, 1] - 100).max() <= most_bpm
    assert np.abs(after[:, 2]).max() <= most_s
