"""How a running Antiphon is: what each report changes in what is told."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from antiphon.changes import changed
from antiphon.config import Config
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.reports import (
    Answered,
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
from antiphon.stage.control.status import TURNS, Ports, StatusBoard
from antiphon.stage.ports.port import PortChanged
from antiphon.timebase import Grid

PORTS = Ports(("antiphon:in",), "antiphon:out", "jack")
CALL = Heard(9.0, (GridNote(0, 4, 60),), Key(7, "major"), Grid(96.0, 4.0), 16, 16)


@pytest.fixture
def board():
    board = StatusBoard(Config(), "essen", 2.0)
    board.opened(PORTS)
    return board


def test_before_anything_happened(board):
    status = board.status(5.5)
    assert (status.pid, status.client_name, status.uptime_s) == (os.getpid(), "antiphon", 3.5)
    assert (status.state, status.model, status.ports) == ("idle", "essen", PORTS)
    assert (status.clock_source, status.bpm, status.key, status.bar) == ("internal", 110.0, None, None)
    assert (status.take, status.recording, status.recording_trouble) == (None, False, None)
    assert (status.late_p50_ms, status.late_p99_ms, status.notes_dropped, status.restarts) == (0, 0, 0, 0)
    assert status.settings["answer"]["mode"] == "answer"


def test_it_can_be_said_in_json(board):
    board.note(CALL)
    plain = board.status(5.0).to_plain()
    assert json.loads(json.dumps(plain))["ports"] == {
        "inputs": ["antiphon:in"],
        "output": "antiphon:out",
        "api": "jack",
        "away": [],
    }


def test_the_first_note_is_the_first_downbeat(board):
    board.note(Received(Timed(3.0, NoteOff(60))))
    assert board.status(3.5).bar is None
    board.note(Received(Timed(4.0, NoteOn(60))))
    board.note(Received(Timed(5.0, NoteOn(62))))
    bar_s = 4 * 60 / 110
    assert [board.status(4.0 + bars * bar_s + 0.01).bar for bars in (0, 1, 9)] == [1, 2, 10]


def test_a_call_has_a_key_and_a_tempo(board):
    board.note(StateChanged(4.0, "listening"))
    board.note(CALL)
    board.note(StateChanged(9.0, "answering"))
    status = board.status(4.0 + 2.5)
    assert (status.key, status.bpm, status.bar, status.state) == ("G major", 96.0, 2, "answering")


def test_the_studios_bars_are_counted_as_the_studio_does(board):
    board.note(Followed(3.0, Grid(120.0, 0.0), 32.0, jumped=False))
    assert (board.status(4.01).bar, board.status(4.01).bpm) == (1, 120.0)


def test_lateness_and_notes_that_were_dropped(board):
    for late_ms in range(1, 101):
        board.note(Sent(Timed(1.0, NoteOn(60)), late_ms / 1000))
    board.note(Answered(9.0, cut=False, late_steps=2))
    board.note(Answered(9.0, cut=True, late_steps=1))
    status = board.status(9.0)
    assert (status.late_p50_ms, status.late_p99_ms, status.notes_dropped) == (50.0, 99.0, 3)


def test_ports_that_go_and_return(board):
    board.note(PortChanged("keys", False))
    board.note(PortChanged("keys", False))
    board.note(PortChanged("synth", False))
    assert board.status(3.0).ports == replace(PORTS, away=("keys", "synth"))
    board.note(PortChanged("keys", True))
    assert board.status(3.0).ports == replace(PORTS, away=("synth",))


def test_the_take(board):
    board.show_recording(Path("takes/a.mid"), True)
    assert (board.status(3.0).take, board.status(3.0).recording) == ("takes/a.mid", True)
    board.show_recording(None, False, "takes: No space left on device")
    status = board.status(3.0)
    assert (status.take, status.recording, status.recording_trouble) == (
        None,
        False,
        "takes: No space left on device",
    )


def test_another_model_answers(board):
    board.note(ProgramChosen(3.0, 4, None))
    assert board.status(3.0).model == "essen"
    board.note(ProgramChosen(3.0, 1, "irish"))
    assert board.status(3.0).model == "irish"


def test_what_knobs_have_set_is_in_force(board):
    board.note(KnobTurned(3.0, "temperature", 0.5))
    board.note(KnobTurned(3.0, "density", 2.0))
    board.note(KnobTurned(3.0, "clock", "link"))
    status = board.status(3.0)
    assert status.settings["sampling"]["temperature"] == 0.5
    assert status.settings["sampling"]["weights"] == {"r": 0.9, "_": 2.0}
    assert status.clock_source == "link"


def test_every_knob_turns_a_setting():
    assert set(TURNS) == set(get_args(Knob))


def test_buttons_and_learned_numbers(board):
    for pressed, remembers in (("stop", True), ("remember", False), ("remember", True)):
        board.note(Pressed(3.0, pressed))
        assert board.settings.sampling.remembers == remembers
    board.note(Learned(3.0, "bars", 21))
    board.note(Learned(3.0, "panic", 21))
    assert (board.settings.control.bars, board.settings.control.panic) == (None, 21)


def test_other_settings(board):
    board.set_to(changed(Config(), {"tempo.bpm": 90}))
    assert (board.status(3.0).bpm, board.status(3.0).settings["tempo"]["bpm"]) == (90.0, 90.0)
    board.note(CALL)
    board.set_to(Config())
    assert board.status(3.0).bpm == 96.0


def test_a_new_sender_goes_on_in_the_same_bars(board):
    board.note(CALL)
    board.note(StateChanged(9.0, "answering"))
    before = board.status(10.0)
    board.restarted()
    status = board.status(10.0)
    assert (status.restarts, status.state, status.ports) == (1, "idle", None)
    assert (status.key, status.bpm, status.bar) == ("G major", before.bpm, before.bar)
    board.opened(PORTS)
    assert board.status(10.0).ports == PORTS
