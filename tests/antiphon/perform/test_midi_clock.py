"""What the signals of MIDI clock mean, as the standard has it and as players expect."""

import pytest

from antiphon.events import Clocked, ClockSignal
from antiphon.perform.midi_clock import LOST_S, MidiClock

PULSE_S = 60 / 120 / 24


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
