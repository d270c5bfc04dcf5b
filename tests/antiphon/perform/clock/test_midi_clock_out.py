"""Pulses against the grid: each at its own moment, none doubled, none lost, whatever the grid does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.timebase import Grid


def said(signals):
    return [
        (s.signal.signal, s.signal.sixteenths) if s.signal.signal == "position" else s.signal.signal
        for s in signals
    ]


def test_the_first_pulse_is_the_first_downbeat():
    clock = MidiClockOut()
    assert clock.next_s is None
    assert said(clock.follow(Grid(120.0, 1.0), 1.0)) == ["start"]
    pulses = clock.due(1.5)
    assert [p.at_s for p in pulses] == pytest.approx([1.0 + n * 0.5 / 24 for n in range(25)])
    assert said(pulses) == ["pulse"] * 25
    assert clock.next_s == pytest.approx(1.5 + 0.5 / 24)


def test_in_the_middle_of_a_song_it_continues_from_the_next_sixteenth():
    clock = MidiClockOut()
    # At 2.05 s two beats and 0.4 of a sixteenth are gone.
    assert said(clock.follow(Grid(120.0, 1.0), 2.05)) == [("position", 9), "continue"]
    assert clock.next_s == pytest.approx(1.0 + 9 * 0.125)


def test_what_began_a_moment_ago_starts_at_its_beginning():
    clock = MidiClockOut()
    assert said(clock.follow(Grid(120.0, 1.0), 1.03)) == ["start"]
    assert clock.follow(Grid(120.0, 1.0), 1.03) == []
    assert [p.at_s for p in clock.due(1.03)] == pytest.approx([1.0, 1.0 + 0.5 / 24])


def test_until_a_continue_begins_it_is_not_told_again():
    clock = MidiClockOut()
    assert said(clock.follow(Grid(120.0, 0.0), 1.01)) == [("position", 9), "continue"]
    assert clock.follow(Grid(120.0, 0.0), 1.02) == []
    assert [p.at_s for p in clock.due(1.13)] == pytest.approx([9 * 0.125])


def test_it_stops_once():
    clock = MidiClockOut()
    clock.follow(Grid(120.0, 0.0), 0.0)
    assert said(clock.follow(None, 0.3)) == ["stop"]
    assert clock.follow(None, 0.4) == []
    assert clock.next_s is None
    assert clock.due(9.0) == []


def test_a_jump_is_told_and_a_small_move_is_not():
    clock = MidiClockOut()
    clock.follow(Grid(120.0, 0.0), 0.0)
    clock.due(1.0)
    assert clock.follow(Grid(121.0, 0.005), 1.0) == []
    assert said(clock.follow(Grid(121.0, 0.7), 1.0)) == ["stop", ("position", 3), "continue"]


@given(
    st.lists(st.tuples(st.floats(20, 300), st.floats(-0.02, 0.02), st.floats(0.005, 0.4)), max_size=30),
)
def test_while_the_tempo_moves_no_pulse_is_doubled_or_lost(moves):
    clock, now_s, grid = MidiClockOut(), 0.0, Grid(120.0, 0.0)
    signals = clock.follow(grid, now_s)
    for bpm, shift, gap_s in moves:
        steps = grid.steps_at(now_s) + shift
        grid = Grid(bpm, now_s - steps * Grid(bpm).step_s)
        signals += clock.follow(grid, now_s)
        now_s += gap_s
        signals += clock.due(now_s)
    kinds = said(signals)
    assert kinds[0] == "start"
    assert kinds.count("start") == 1
    assert set(kinds) <= {"start", "pulse"}
    assert abs(kinds.count("pulse") - 1 - grid.steps_at(now_s) * 6) <= 1.2
