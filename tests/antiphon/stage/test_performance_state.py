"""The state of a performance: what each report changes in it, and what it never keeps."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.changes import changed
from antiphon.compose.sampling import Draw
from antiphon.config import Config
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Answered, Composed, Heard, Planned
from antiphon.perform.reports import (
    BarsBegun,
    Followed,
    ProgramChosen,
    Received,
    Sent,
    SettingChanged,
    StateChanged,
)
from antiphon.stage.performance_state import NEWEST, PerformanceTracker, Ports, RecordingStatus, after
from antiphon.stage.ports.port import PortChanged
from antiphon.timebase import Grid, Meter

PHRASE = Heard(9.0, (GridNote(0, 4, 60),), Key(7, "major"), Grid(96.0, 4.0), 16, 16)


@pytest.fixture
def performance():
    return PerformanceTracker(Config(), "essen")


def test_before_anything_happened(performance):
    state = performance.state
    assert (state.session, state.model, state.ports, state.key) == ("idle", "essen", None, None)
    assert (state.grid.bpm, state.counting, state.bar_at(5.0)) == (110.0, False, None)
    assert (state.late_within_s(0.99), state.dropped, state.restarts) == (0.0, 0, 0)
    assert state.recording == RecordingStatus()


def test_bars_are_counted_from_the_report_that_they_begin(performance):
    performance.hear(Received(Timed(4.0, NoteOn(60))))
    assert performance.state.bar_at(4.5) is None
    performance.hear(BarsBegun(4.0, Grid(110.0, 4.0)))
    bar_s = 4 * 60 / 110
    assert [performance.state.bar_at(4.0 + bars * bar_s + 0.01) for bars in (0, 1, 9)] == [1, 2, 10]


def test_a_phrase_has_a_key_and_a_tempo(performance):
    performance.hear(StateChanged(4.0, "listening"))
    performance.hear(PHRASE)
    performance.hear(StateChanged(9.0, "answering"))
    state = performance.state
    assert (state.key, state.grid.bpm, state.session) == (Key(7, "major"), 96.0, "answering")
    assert state.bar_at(4.0 + 2.5) == 2


def test_bars_are_counted_as_the_clock_source_counts_them(performance):
    performance.hear(Followed(3.0, Grid(120.0, 0.0), 32.0, jumped=False))
    state = performance.state
    assert (state.bar_at(4.01), state.grid.bpm) == (1, 120.0)
    assert (state.place(32 + 15), state.bar_number(32 + 24)) == ("1.4", 2.5)


def test_bars_and_beats_count_from_one(performance):
    places = [performance.state.place(steps) for steps in (0, 3.9, 4, 15, 16)]
    assert places == ["1.1", "1.1", "1.2", "1.4", "2.1"]
    in_eighths = PerformanceTracker(changed(Config(), {"tempo.meter": "6/8"}), "essen")
    assert in_eighths.state.place(14) == "2.2"


def test_lateness_is_that_of_the_newest_events(performance):
    for late_ms in range(1, 101):
        performance.hear(Sent(Timed(1.0, NoteOn(60)), late_ms / 1000))
    assert [performance.state.late_within_s(share) for share in (0.5, 0.99, 1.0)] == [0.05, 0.099, 0.1]
    for _ in range(NEWEST):
        performance.hear(Sent(Timed(1.0, NoteOn(60)), 0.0))
    assert len(performance.state.late_s) == NEWEST
    assert performance.state.late_within_s(1.0) == 0.0


def test_notes_that_were_dropped_are_counted(performance):
    performance.hear(Answered(9.0, cut=False, late_steps=2))
    performance.hear(Answered(9.0, cut=True, late_steps=1))
    assert performance.state.dropped == 3


def test_ports_that_go_and_return(performance):
    performance.hear(PortChanged("keys", False))
    assert performance.state.ports is None
    performance.opened(("antiphon:in",), "antiphon:out", "jack")
    ports = Ports(("antiphon:in",), "antiphon:out", "jack")
    assert performance.state.ports == ports
    for name in ("keys", "keys", "synth"):
        performance.hear(PortChanged(name, False))
    assert performance.state.ports.away == ("keys", "synth")
    performance.hear(PortChanged("keys", True))
    assert performance.state.ports.away == ("synth",)


def test_the_take(performance):
    recording = RecordingStatus(None, False, "takes: No space left on device")
    performance.record(recording)
    assert performance.state.recording == recording


def test_another_model_answers_and_draws(performance):
    performance.hear(ProgramChosen(3.0, 4, None))
    assert performance.state.model == "essen"
    performance.hear(ProgramChosen(3.0, 1, "irish"))
    draw = Draw(60, 0.5, 1.0, 1.2)
    performance.hear(Composed(3, "60", draw))
    assert (performance.state.model, performance.state.draw) == ("irish", draw)


def test_what_was_changed_is_in_force(performance):
    performance.hear(SettingChanged(3.0, "sampling.temperature", 0.5))
    performance.hear(SettingChanged(3.0, "sampling.weights._", 2.0))
    performance.hear(SettingChanged(3.0, "clock.source", "link"))
    performance.hear(SettingChanged(3.0, "key.name", "G major"))
    performance.hear(SettingChanged(3.0, "control.bars", 21))
    settings = performance.state.settings
    assert settings.sampling.temperature == 0.5
    assert settings.sampling.weights == {"r": 0.9, "_": 2.0}
    assert (settings.clock.source, settings.key.name, settings.control.bars) == ("link", "G major", 21)


def test_the_tempo_of_the_settings_is_that_of_the_bars_until_they_begin(performance):
    performance.hear(SettingChanged(3.0, "tempo.bpm", 90.0))
    assert performance.state.grid.bpm == 90.0
    performance.hear(BarsBegun(4.0, Grid(90.0, 4.0)))
    performance.hear(SettingChanged(5.0, "tempo.bpm", 120.0))
    assert performance.state.grid.bpm == 90.0  # the session reports the bars that follow
    performance.hear(Followed(5.0, Grid(120.0, 4.0), 0.0, jumped=False))
    assert performance.state.grid.bpm == 120.0


def test_a_process_that_takes_over_goes_on_in_the_same_bars(performance):
    performance.hear(PHRASE)
    performance.hear(StateChanged(9.0, "answering"))
    before = performance.state
    performance.restarted()
    state = performance.state
    assert (state.restarts, state.session, state.ports) == (1, "idle", None)
    assert (state.key, state.grid, state.bar_at(10.0)) == (before.key, before.grid, before.bar_at(10.0))


def test_hours_of_an_answer_leave_no_more_objects_than_minutes(performance):
    """An hour of sixteenths at 110 bpm has 26 400 notes."""

    def play(notes):
        state = performance.state
        for number in range(notes):
            at_s = 60 / 110 / 4 * number
            state = after(state, Sent(Timed(at_s, NoteOn(60)), 0.0001 * (number % 9)))
            state = after(state, Sent(Timed(at_s + 0.1, NoteOff(60)), 0.0))
        performance.state = state
        gc.collect()
        return len(gc.get_objects())

    minutes = play(2000)
    assert play(26_400) <= minutes + 50


@given(st.lists(st.floats(0, 1), max_size=50))
def test_the_lateness_kept_is_that_of_the_last_events(late_s):
    performance = PerformanceTracker(Config(), "essen")
    for one in late_s:
        performance.hear(Sent(Timed(1.0, NoteOn(60)), one))
    assert performance.state.late_s == tuple(late_s)


def phrase(at_s, first, grid, meter):
    return Heard(at_s, (GridNote(first, 4, 60),), Key(7, "major"), grid, first + 16, 16, meter)


def test_a_pickup_is_before_bar_one_and_bars_go_on_being_counted_in_another_meter(performance):
    """At 120 bpm: a pickup of a quarter in 3/4, and from the fifth bar on 4/4."""
    grid = Grid(120.0, 4.0)
    performance.hear(BarsBegun(5.0, grid))
    performance.hear(phrase(9.0, 8, grid, Meter(3, 4)))
    state = performance.state
    assert state.meter == Meter(3, 4)
    assert [state.place(step) for step in (8, 12, 16, 24)] == ["0.3", "1.1", "1.2", "2.1"]
    assert state.bar_at(5.6) == 1
    performance.hear(phrase(20.0, 80, grid, Meter(4, 4)))
    assert [performance.state.place(step) for step in (80, 84, 96)] == ["7.1", "7.2", "8.1"]


def test_a_first_phrase_that_is_heard_late_does_not_turn_the_bars_back(performance):
    performance.hear(BarsBegun(4.0, Grid(120.0, 4.0)))
    performance.hear(phrase(30.0, 64, Grid(120.0, 4.0), Meter(4, 4)))
    assert performance.state.place(64) == "5.1"


def test_the_meter_stays_where_a_take_of_an_earlier_version_does_not_say_it(performance):
    performance.hear(PHRASE)
    assert performance.state.meter == Meter(4, 4)


def test_a_plan_is_kept_until_its_answer_is_over_and_a_later_one_replaces_its_end(performance):
    first, second, other = GridNote(16, 4, 60), GridNote(20, 8, 62), GridNote(20, 2, 67)
    performance.hear(Planned(16, (first, second)))
    assert performance.state.plan == (first, second)
    performance.hear(Planned(20, (other,)))
    assert performance.state.plan == (first, other)
    performance.hear(Answered(12.0, False, 0))
    assert performance.state.plan == ()
