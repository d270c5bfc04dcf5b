"""The log of a performance: which line at which level."""

from antiphon.config import Config
from antiphon.events import GridNote, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import (
    Accompanied,
    Answered,
    ChordGuessed,
    ChordsHeard,
    Heard,
    NamedChord,
)
from antiphon.perform.reports import Followed, KnobTurned, Learned, Pressed, ProgramChosen, Sent, StateChanged
from antiphon.perform.settings import TempoSettings
from antiphon.stage.machine.log import logging_to
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.screen.event_log import log_event
from antiphon.timebase import Grid, Meter

REPORTS = [
    PortChanged("keys", False),
    PortChanged("keys", True),
    StateChanged(1.0, "listening"),
    Heard(5.0, (GridNote(0, 4, 60), GridNote(4, 10, 62)), Key(7, "major"), Grid(96.0, 1.0), 16, 32),
    KnobTurned(5.1, "temperature", 0.5),
    KnobTurned(5.2, "mode", "trade"),
    Learned(5.3, "bars", 21),
    Pressed(5.4, "record"),
    ProgramChosen(5.5, 1, "other"),
    ProgramChosen(5.6, 4, None),
    Sent(Timed(6.0, NoteOn(60)), 0.0001),
    Sent(Timed(6.5, NoteOn(62)), 0.0123),
    Answered(7.0, cut=True, late_steps=0),
    Answered(9.0, cut=False, late_steps=2),
]


def lines(tmp_path, level):
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), level, stderr_free=True):
        performance = PerformanceTracker(Config(), "essen")
        for report in REPORTS:
            performance.hear(report)
            log_event(report, performance.state)
    return [line.split(" ", 2)[2] for line in file.read_text(encoding="utf-8").splitlines()]


WARNINGS = [
    "WARNING port keys lost",
    "WARNING program 5 has no model",
    "WARNING D4 left 12.3 ms late",
    "WARNING answer over; 2 notes composed too late to play",
]


def test_what_happened_is_told_at_its_level(tmp_path):
    assert lines(tmp_path, "debug") == [
        "WARNING port keys lost",
        "INFO    port keys returned",
        "DEBUG   state: listening",
        "INFO    phrase: 2 notes, 3.5 beats, G major, 96.0 bpm; answer from bar 2, 2 bars",
        "DEBUG   temperature turned to 0.5",
        "DEBUG   mode turned to trade",
        "INFO    bars is on control 21",
        "INFO    record pressed",
        "INFO    program 2: other answers",
        "WARNING program 5 has no model",
        "WARNING D4 left 12.3 ms late",
        "INFO    answer cut short",
        "INFO    the newest 2 events: lateness p50 0.10, p99 12.30, most 12.30 ms",
        "WARNING answer over; 2 notes composed too late to play",
        "INFO    the newest 2 events: lateness p50 0.10, p99 12.30, most 12.30 ms",
    ]


def test_a_level_leaves_out_what_is_below_it(tmp_path):
    assert lines(tmp_path, "warning") == WARNINGS


def test_nothing_is_told_above_everything(tmp_path):
    assert lines(tmp_path, "error") == []


def test_it_says_where_the_external_clock_is_and_when_an_answer_has_no_end(tmp_path):
    performance = PerformanceTracker(Config(), "essen")
    jumped = Followed(3.0, Grid(120.0, 0.0), 32.0, jumped=True)
    endless = Heard(5.0, (GridNote(32, 1, 60),), Key(0, "major"), Grid(120.0, 0.0), 48, None)
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), "info", stderr_free=True):
        for report in (jumped, endless):
            performance.hear(report)
            log_event(report, performance.state)
    assert [line.split("INFO    ")[1] for line in file.read_text().splitlines()] == [
        "the bars go on in bar 0.50 at 120.00 bpm",
        "phrase: 1 note, 0.25 beats, C major, 120.0 bpm; answer from bar 2, until you play",
    ]


def test_chords_that_are_played_are_told(tmp_path):
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), "info", stderr_free=True):
        performance = PerformanceTracker(Config(), "essen")
        log_event(ChordsHeard(5.0, (NamedChord(1.0, "C"), NamedChord(3.0, "G7")), 5.0), performance.state)
    assert file.read_text(encoding="utf-8").splitlines()[-1].endswith(" chords: C G7")


def test_a_guess_is_told_to_who_asks_for_everything(tmp_path):
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), "debug", stderr_free=True):
        performance = PerformanceTracker(Config(), "essen")
        log_event(ChordGuessed(5.0, 5.5, 6.5, "Am", Key(0, "major"), Meter()), performance.state)
    assert file.read_text(encoding="utf-8").splitlines()[-1].endswith(" guesses that Am comes next")


def test_a_phrase_that_was_accompanied_is_told_with_its_key(tmp_path):
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), "info", stderr_free=True):
        performance = PerformanceTracker(Config(), "essen")
        for key in (Key(7, "major"), None):
            log_event(Accompanied(5.0, key), performance.state)
    said = [line.split(" ", 2)[2] for line in file.read_text(encoding="utf-8").splitlines()]
    assert said[-2:] == ["INFO    phrase over: G major", "INFO    phrase over"]


def test_a_meter_that_is_heard_is_told(tmp_path):
    tempo = TempoSettings(meter="heard", downbeat="heard")
    performance = PerformanceTracker(Config(tempo=tempo), "essen")
    note, key = GridNote(8, 4, 60), Key(0, "major")
    heard = Heard(5.0, (note,), key, Grid(120.0, 0.0), 24, 12, Meter(3, 4))
    file = tmp_path / "antiphon.log"
    with logging_to(str(file), "info", stderr_free=True):
        performance.hear(heard)
        log_event(heard, performance.state)
    told = file.read_text().strip().split("INFO    ")[1]
    assert told == "phrase: 1 note, 1 beat, C major, 3/4, 120.0 bpm; answer from bar 2, 1 bar"
