"""What the next playing process is told, and how many may die."""

from multiprocessing import get_context

import pytest

from antiphon.errors import Failure
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.model_facts import ModelFacts
from antiphon.perform.reports import Asked
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import SessionSettings
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.wiring import Wiring
from antiphon.stage.process.heartbeat import Heartbeat
from antiphon.stage.process.messages import Join, LoadOrder, Ready, StartPlaying
from antiphon.stage.process.next_start import Deaths, NextStart

CHANGE = (SettingChange("sampling.temperature", 1.2),)
READY = Ready(("in",), "out", "jack", "antiphon-2", "")


@pytest.fixture
def facts(tmp_path):
    return ModelFacts(tmp_path, "toy", ("60", "_"), 4, "lstm", 1, "stream", 64, None, "abc")


@pytest.fixture
def following(facts):
    return NextStart(LoadOrder(facts, (), None, 1, on_jack=True), StartPlaying(SessionSettings(), Wiring()))


def test_what_is_asked_before_the_ports_are_open_waits_and_a_note_is_lost(following):
    note = Timed(1.0, NoteOn(60, 64, 0))
    assert [following.ask(what) for what in (CHANGE, "panic", note)] == [False, False, False]
    assert following.opened(READY) == (CHANGE, "panic")
    assert following.asked == [CHANGE]


def test_a_change_stays_asked_until_it_is_reported(following):
    following.opened(READY)
    assert [following.ask(what) for what in (CHANGE, "panic", Timed(1.0, NoteOn(60, 64, 0)))] == [True] * 3
    assert following.asked == [CHANGE]
    following.hear(Asked(1.0, CHANGE))
    assert following.asked == []


def test_a_process_that_takes_over_opens_the_same_ports_and_loads_what_joined(following, facts):
    following.opened(READY)
    join = Join("other", facts)
    assert (following.join(join), following.join(join)) == (True, False)
    assert following.ask(join)
    assert following.asked == [join.change]
    wiring = following.start.wiring
    assert (wiring.api, wiring.client_name, wiring.insist) == ("jack", "antiphon-2", True)
    assert following.load.joined == (join,)
    assert not following.load.on_jack


def test_notes_that_nobody_ended_are_ended_once_and_told_again_to_the_next(following):
    following.opened(READY)
    heartbeat = Heartbeat(get_context("spawn"))
    heartbeat.mark(NoteOn(60, 64, 0))
    off, other = NoteOff(60, 0), NoteOff(62, 0)
    assert list(following.taken_over(SessionSettings(channel=3), heartbeat)) == [off]
    assert (following.start.sounding, following.start.settings.channel) == ((off,), 3)
    heartbeat.mark(NoteOn(62, 64, 0))
    assert list(following.taken_over(SessionSettings(), heartbeat)) == [other]
    assert following.start.sounding == (off, other)


def test_six_deaths_within_a_minute_are_a_failure_and_old_ones_do_not_count():
    clock = VirtualClock()
    deaths = Deaths(clock)
    assert [deaths.count("a crash") for _ in range(5)] == [1, 2, 3, 4, 5]
    clock.wait_until_s(60.5)
    assert [deaths.count("a crash") for _ in range(5)] == [1, 2, 3, 4, 5]
    with pytest.raises(Failure, match="ended 6 times within a minute: a crash"):
        deaths.count("a crash")
