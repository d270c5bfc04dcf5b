"""The state of a performance: what each report changes in it, and what it never keeps."""

import gc
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.changes import changed
from antiphon.compose.sampling import Draw
from antiphon.config import Config
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.reports import (
    Answered,
    Composed,
    Followed,
    Heard,
    KnobTurned,
    Learned,
    Pressed,
    ProgramChosen,
    Received,
    Sent,
    StateChanged,
)
from antiphon.perform.settings import Knob
from antiphon.stage.performance_state import NEWEST, TURNS, PerformanceTracker, Ports, RecordingStatus, after
from antiphon.stage.ports.port import PortChanged
from antiphon.timebase import Grid

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


def test_the_first_note_is_the_first_downbeat(performance):
    performance.hear(Received(Timed(3.0, NoteOff(60))))
    assert performance.state.bar_at(3.5) is None
    performance.hear(Received(Timed(4.0, NoteOn(60))))
    performance.hear(Received(Timed(5.0, NoteOn(62))))
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


def test_what_knobs_have_set_is_in_force(performance):
    performance.hear(KnobTurned(3.0, "temperature", 0.5))
    performance.hear(KnobTurned(3.0, "density", 2.0))
    performance.hear(KnobTurned(3.0, "clock", "link"))
    settings = performance.state.settings
    assert settings.sampling.temperature == 0.5
    assert settings.sampling.weights == {"r": 0.9, "_": 2.0}
    assert settings.clock.source == "link"


def test_every_knob_turns_a_setting():
    assert set(TURNS) == set(get_args(Knob))


def test_buttons_and_learned_numbers(performance):
    for pressed, remembers in (("stop", True), ("remember", False), ("remember", True)):
        performance.hear(Pressed(3.0, pressed))
        assert performance.state.settings.sampling.remembers == remembers
    performance.hear(Learned(3.0, "bars", 21))
    performance.hear(Learned(3.0, "panic", 21))
    control = performance.state.settings.control
    assert (control.bars, control.panic) == (None, 21)


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
