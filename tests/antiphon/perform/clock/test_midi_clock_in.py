"""What the signals of MIDI clock mean, as the standard has it and as players expect."""

import pytest

from antiphon.events import Clocked, ClockSignal
from antiphon.perform.clock.midi_clock_in import LOST_S, MidiClockIn

PULSE_S = 60 / 120 / 24


def play(*signals, clock=None, begin_s=0.0):
    """Signals, each as long after the last as a pulse is; numbers are that many pulses. Gives the leads."""
    clock, at_s, leads = clock or MidiClockIn(0.25), begin_s, []
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
    assert clock.lost_at_s == pytest.approx(47 * PULSE_S + LOST_S)
    lost = clock.lose(clock.lost_at_s)
    assert not lost.rolling
    assert clock.lost_at_s is None
    leads, _ = play(10, clock=clock, begin_s=5.0)
    assert leads[-1].rolling
    assert leads[-1].at_s == pytest.approx(5 + 9 * PULSE_S)


def test_pulses_lost_right_after_a_start_do_not_leave_the_song_late():
    clock = MidiClockIn(0.25)
    clock.receive(Clocked(0.0, ClockSignal("start")))
    came = [number * PULSE_S for number in range(97) if number not in (3, 8)]
    leads = [clock.receive(Clocked(at_s, ClockSignal("pulse"))) for at_s in came]
    assert leads[-1].quarters == 4.0
    assert leads[-1].at_s == pytest.approx(96 * PULSE_S, abs=1e-6)
    # … and 2 seconds after the start at the latest.
    assert leads[46].quarters == pytest.approx(leads[46].at_s * 2)


@pytest.mark.parametrize("before", [6, 12, 30, 100])  # pulses
@pytest.mark.parametrize("stood", [1, 2, 3, 5])  # as long as so many
def test_a_standstill_is_no_loss_of_pulses(before, stood):
    _, clock = play("start", before, "stop")
    begin_s = (before + stood) * PULSE_S
    leads, _ = play("continue", 49, clock=clock, begin_s=begin_s)
    assert leads[-1].quarters == (before - 1 + 48) / 24
    assert leads[-1].at_s == pytest.approx(begin_s + 48 * PULSE_S, abs=0.003)
