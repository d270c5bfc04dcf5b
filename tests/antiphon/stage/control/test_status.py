"""The status: the state of a performance as plain values."""

import json
import os
from dataclasses import replace

from antiphon.config import Config
from antiphon.events import GridNote, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Answered, ChordGuessed, ChordsHeard, Heard, NamedChord
from antiphon.perform.reports import Sent, StateChanged
from antiphon.stage.control.status import status_of
from antiphon.stage.performance_state import PerformanceTracker, RecordingStatus
from antiphon.timebase import Grid, Meter

PHRASE = Heard(9.0, (GridNote(0, 4, 60),), Key(7, "major"), Grid(96.0, 4.0), 16, 16)


def test_before_anything_happened():
    status = status_of(PerformanceTracker(Config(), "essen").state, 2.0, 5.5)
    assert (status.pid, status.client_name, status.uptime_s) == (os.getpid(), "antiphon", 3.5)
    assert (status.state, status.model, status.ports) == ("idle", "essen", None)
    assert (status.clock_source, status.bpm, status.key, status.bar) == ("internal", 110.0, None, None)
    assert (status.meter, status.bars_sure, status.key_sure) == ("4/4", None, None)
    assert (status.take, status.recording, status.recording_trouble) == (None, False, None)
    assert (status.late_p50_ms, status.late_p99_ms, status.notes_dropped, status.restarts) == (0, 0, 0, 0)
    assert status.settings["answer"]["mode"] == "answer"


def test_after_a_phrase_and_an_answer():
    performance = PerformanceTracker(Config(), "essen")
    performance.record(RecordingStatus("takes/a.mid", True, "full"))
    performance.hear(PHRASE)
    for late_ms in range(1, 101):
        performance.hear(Sent(Timed(1.0, NoteOn(60)), late_ms / 1000))
    performance.hear(Answered(9.0, cut=False, late_steps=2))
    status = status_of(performance.state, 0.0, 6.5)
    assert (status.key, status.bpm, status.bar, status.notes_dropped) == ("G major", 96.0, 2, 2)
    assert (status.late_p50_ms, status.late_p99_ms) == (50.0, 99.0)
    assert (status.take, status.recording, status.recording_trouble) == ("takes/a.mid", True, "full")


def test_the_meter_that_was_heard_and_how_sure_the_bars_are():
    performance = PerformanceTracker(Config(), "essen")
    performance.hear(replace(PHRASE, meter=Meter(3, 4), sure=0.87654, key_sure=0.98765))
    status = status_of(performance.state, 0.0, 6.5)
    assert (status.meter, status.bars_sure) == ("3/4", 0.877)
    assert status.key_sure == 0.988


def test_the_chords_of_the_newest_phrase():
    performance = PerformanceTracker(Config(), "essen")
    performance.hear(PHRASE)
    assert status_of(performance.state, 0.0, 5.0).chords == ()
    performance.hear(ChordsHeard(5.0, (NamedChord(1.0, "C"), NamedChord(3.0, "G7/B")), 5.0))
    assert status_of(performance.state, 0.0, 6.0).chords == ("C", "G7/B")
    performance.hear(PHRASE)
    assert status_of(performance.state, 0.0, 9.0).chords == ()


def test_the_chord_that_is_guessed_until_the_player_stops():
    performance = PerformanceTracker(Config(), "essen")
    performance.hear(StateChanged(1.0, "listening"))
    performance.hear(ChordGuessed(5.0, 5.5, 7.0, "Am", Key(0, "major"), Meter(3, 4)))
    status = status_of(performance.state, 0.0, 6.0)
    assert (status.guess, status.key, status.meter) == ("Am", "C major", "3/4")
    performance.hear(StateChanged(8.0, "idle"))
    assert status_of(performance.state, 0.0, 9.0).guess == ""


def test_it_can_be_said_in_json():
    performance = PerformanceTracker(Config(), "essen")
    performance.opened(("antiphon:in",), "antiphon:out", "jack")
    performance.hear(PHRASE)
    plain = status_of(performance.state, 0.0, 5.0).to_plain()
    assert json.loads(json.dumps(plain))["ports"] == {
        "inputs": ["antiphon:in"],
        "output": "antiphon:out",
        "api": "jack",
        "away": [],
    }
