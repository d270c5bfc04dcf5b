"""What the app passes on, to whom, and what it does when it is asked."""

import logging
from dataclasses import replace

import pytest

from antiphon.changes import changed
from antiphon.config import Config
from antiphon.errors import Failure, WrongUse
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import (
    Joined,
    Learned,
    MemoryKept,
    ProgramChosen,
    Received,
    Released,
    Sent,
    SettingChanged,
)
from antiphon.perform.setting_changes import SettingChange
from antiphon.stage.app import App, Models, Outputs, attend
from antiphon.stage.control.protocol import Command, Done, SetOne
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.ports.wiring import Wiring
from antiphon.stage.process.messages import Join, Ready, Waiting
from antiphon.stage.process.supervisor import TakenOver
from fakes import Neighbour

PLAIN = Wiring()
READY = Ready(("antiphon:in",), "antiphon:out", "jack", "antiphon", "ordinary priority")


class House:
    """An app with stand-ins around it; `file` is what the configuration file holds, or its mistake."""

    def __init__(self, settings=None, wiring=PLAIN, osc=None):
        settings = settings or Config()
        self.file, self.orders, self.said = settings, [], []
        self.recording, self.screen, self.notifier = Neighbour(), Neighbour(), Neighbour()
        self.performance = PerformanceTracker(settings, "essen")
        clock = VirtualClock(10.0)
        models = Models(("essen", "own"), ("essen", "own", "han"), self.join)
        outputs = Outputs(
            self.orders.append,
            self.read,
            self.recording,
            self.screen,
            self.notifier,
            self.said.append,
            osc,
            models=models,
        )
        self.app = App(clock, settings, wiring, self.performance, outputs)

    def join(self, name):
        if name == "nobody":
            raise WrongUse("no such model")
        return Join(name, None)

    def read(self):
        if isinstance(self.file, Exception):
            raise self.file
        return self.file

    def status(self):
        return self.app.serve(Command("status")).said["status"]


@pytest.fixture
def house():
    return House()


@pytest.fixture(autouse=True)
def _log_level():
    before = logging.getLogger("antiphon").level
    yield
    logging.getLogger("antiphon").setLevel(before)


def test_what_is_played_reaches_the_screen_the_take_and_the_board(house):
    for report in (Received(Timed(9.0, NoteOn(60))), Sent(Timed(9.5, NoteOn(72)), 0.002)):
        house.app.watch(report)
        assert house.screen.of("show")[-1] == house.recording.of("record")[-1] == report
    assert house.status()["late_p50_ms"] == 2.0
    assert house.said == []


def test_ports_that_open_are_told_to_whoever_started_us(house):
    house.app.opened(READY)
    assert house.notifier.told == [("ready",), ("status", "plays on antiphon:in, antiphon:out")]
    assert house.status()["ports"]["output"] == "antiphon:out"


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (PortChanged("keys", False), "keys is gone; waiting for it to return."),
        (PortChanged("keys", True), "keys is back."),
        (TakenOver("the playing process hung"), "the playing process hung; another takes over."),
        (Waiting("no MIDI system answers"), "no MIDI system answers; trying again."),
        (READY, "Playing again."),
        (
            Learned(9.0, "rests", 20),
            "rests is control 20 now; to keep it, write rests = 20 below [control] in config.toml",
        ),
        (ProgramChosen(9.0, 1, "irish"), "Program 2: irish answers now."),
        (
            ProgramChosen(9.0, 1, None),
            "There is no program 2; [model] programs in config.toml lists them.",
        ),
    ],
)
def test_what_is_said_beside_the_picture(house, report, line):
    house.app.watch(report)
    assert house.said == [line]


def test_while_nobody_plays_the_status_says_so(house):
    house.app.opened(READY)
    house.app.watch(TakenOver("the playing process hung"))
    assert (house.status()["ports"], house.status()["restarts"]) == (None, 1)
    house.app.watch(Released(Timed(9.0, NoteOff(60))))
    house.app.watch(READY)
    assert house.status()["ports"]["output"] == "antiphon:out"
    assert house.recording.of("record") == [Released(Timed(9.0, NoteOff(60)))]


def test_a_frame_draws_shows_what_is_recorded_and_keeps_the_watchdog_quiet(house):
    house.app.tick()
    assert house.screen.told == [("tick", 10.0)]
    assert house.notifier.told == [("alive",)]
    assert (house.status()["take"], house.status()["recording"]) == ("take.mid", True)


def test_one_setting_is_changed_and_in_force_once_that_is_reported(house):
    assert house.app.serve(SetOne("sampling.temperature", 1.3)) == Done()
    assert house.orders == [(SettingChange("sampling.temperature", 1.3),)]
    assert house.said == ["sampling.temperature is 1.3 now."]
    house.app.watch(SettingChanged(10.0, "sampling.temperature", 1.3))
    assert house.status()["settings"]["sampling"]["temperature"] == 1.3


def test_the_level_of_the_log_is_changed_here(house):
    house.app.serve(SetOne("log.level", "debug"))
    assert house.orders == []
    assert logging.getLogger("antiphon").level == logging.DEBUG
    assert house.status()["settings"]["log"]["level"] == "debug"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("sampling.temperature", 99, "temperature"),
        ("midi.output", "synth", "only takes effect at the next start"),
        ("clock.source", "midi", "only if Antiphon opened a clock port at its start"),
    ],
)
def test_what_cannot_be_changed_is_told_and_changes_nothing(house, name, value, told):
    before = house.performance.state.settings
    with pytest.raises(WrongUse, match=told):
        house.app.serve(SetOne(name, value))
    assert (house.orders, house.said, house.performance.state.settings) == ([], [], before)


def test_midi_clock_can_be_chosen_where_it_has_a_port():
    house = House(wiring=Wiring(clock_input=""))
    house.app.serve(SetOne("clock.source", "midi"))
    assert house.orders == [(SettingChange("clock.source", "midi"),)]


def test_buttons_and_stop_are_handed_on(house):
    for button in ("panic", "again", "motif"):
        house.app.serve(Command(button))
    assert house.orders == ["panic", "again", "motif"]
    assert not house.app.stopping
    house.app.serve(Command("stop"))
    assert house.app.stopping


def test_osc_hears_what_is_reported_and_is_asked_each_frame():
    osc = Neighbour()
    osc.requests = "a pipe"
    house, note = House(osc=osc), Received(Timed(9.0, NoteOn(60)))
    house.app.watch(note)
    house.app.watch(PortChanged("keys", False))
    assert osc.told == [("hear", note, house.performance.state)]
    house.app.tick()
    assert osc.of("poll") == [house.app]
    assert (house.app.wakers, House().app.wakers) == (["a pipe"], [])


def test_what_osc_asks_for_is_handed_on_without_a_line_on_the_screen(house):
    house.app.change("sampling.temperature", 1.3)
    house.app.press("count_in")
    house.app.play(Timed(9.0, NoteOn(60)))
    change = (SettingChange("sampling.temperature", 1.3),)
    assert (house.orders, house.said) == ([change, "count_in", Timed(9.0, NoteOn(60))], [])
    with pytest.raises(WrongUse, match="next start"):
        house.app.change("osc.port", 9000)


def test_a_value_that_a_setting_has_already_is_no_change(house):
    house.app.change("sampling.temperature", 1)
    house.app.change("sampling.weights.r", 0.9)
    assert house.orders == []


def test_the_file_is_read_again_and_what_a_knob_turned_stays(house):
    house.app.watch(SettingChanged(9.0, "sampling.weights.r", 0.3))
    house.file = changed(Config(), {"tempo.bpm": 96.0, "log.level": "debug"})
    house.app.serve(Command("reload"))
    assert house.orders == [(SettingChange("tempo.bpm", 96.0),)]
    assert house.status()["settings"]["sampling"]["weights"]["r"] == 0.3
    assert house.said == ["The configuration is read again."]
    assert logging.getLogger("antiphon").level == logging.DEBUG
    assert house.notifier.told == [("reloading",), ("ready",)]


def test_what_only_counts_at_the_next_start_is_named(house):
    house.file = changed(Config(), {"midi.output": "synth"})
    house.app.hang_up()
    assert house.said == ["The configuration is read again; midi.output will count at the next start."]


@pytest.mark.parametrize(
    "mistake", [WrongUse("config.toml: tempo.bpm must be"), Failure("config.toml: gone")]
)
def test_a_bad_file_changes_nothing_and_whoever_started_us_hears_the_end_of_it(house, mistake):
    house.file = mistake
    house.app.hang_up()
    assert house.said == [f"{mistake.message}\nNothing is changed."]
    assert house.orders == []
    assert house.notifier.told == [("reloading",), ("ready",)]
    with pytest.raises(type(mistake)):
        house.app.serve(Command("reload"))


def test_the_memory_goes_into_its_file_or_the_music_goes_on_without(tmp_path):
    kept = MemoryKept(9.0, ("60", "_"))
    nowhere = House()
    nowhere.app.watch(kept)
    assert nowhere.said == ["The memory has no file: [memory] file in config.toml names one."]
    file = tmp_path / "memory.json"
    house = House(changed(Config(), {"memory.file": str(file)}))
    house.app.watch(kept)
    assert house.said == [f"The memory is in {file}."]
    assert file.exists()
    broken = House(changed(Config(), {"memory.file": str(tmp_path / "none" / "memory.json")}))
    broken.app.watch(kept)
    assert len(broken.said) == 1
    assert "none" in broken.said[0]


class Play:
    """A live performance of so many frames; gives each a report."""

    def __init__(self, *reports, breaks=None):
        self.reports, self.breaks = reports, breaks

    def attend(self, watch, tick, stopping, wakers):
        assert wakers == []
        for report in self.reports:
            if stopping():
                return
            watch(report)
            tick()
        if self.breaks:
            raise self.breaks


def test_attending_hears_polls_and_closes(house):
    door = Neighbour()
    notes = [Sent(Timed(float(n), NoteOn(72)), 0.0) for n in range(3)]
    attend(Play(*notes), house.app, door, lambda: False, lambda: False)
    assert house.screen.of("show") == notes
    assert door.told == [("poll",)] * 3
    assert house.notifier.told[-1] == ("stopping",)


def test_whoever_wants_the_end_has_it(house):
    house.app.serve(Command("stop"))
    attend(Play(READY), house.app, Neighbour(), lambda: False, lambda: False)
    assert house.said == []


def test_a_hangup_reads_the_settings_again(house, monkeypatch):
    monkeypatch.setattr("antiphon.stage.app.has_terminal", lambda: False)
    house.file = changed(Config(), {"tempo.bpm": 96.0})
    attend(Play(replace(READY)), house.app, Neighbour(), lambda: False, lambda: True)
    assert "The configuration is read again." in house.said


def test_a_terminal_that_is_closed_is_the_end(house, monkeypatch):
    there = iter([True, False])
    monkeypatch.setattr("antiphon.stage.app.has_terminal", lambda: next(there))
    attend(Play(READY, READY), house.app, Neighbour(), lambda: False, lambda: True)
    assert house.app.stopping
    assert house.said == ["Playing again."]


def test_a_performance_that_breaks_is_said_to_stop(house):
    with pytest.raises(Failure):
        attend(Play(breaks=Failure("again and again")), house.app, Neighbour(), bool, bool)
    assert house.notifier.told == [("stopping",)]


def test_a_model_that_is_loaded_is_chosen_and_another_joins_first(house):
    house.app.serve(SetOne("model.name", "own"))
    house.app.serve(SetOne("model.name", "a/folder"))
    house.app.change("model.name", "han")
    assert house.orders == [
        (SettingChange("model.name", "own"),),
        Join("a/folder", None),
        Join("han", None),
    ]
    house.app.watch(Joined("a/folder", "abc", None))
    house.app.change("model.name", "a/folder")
    assert house.orders[-1] == (SettingChange("model.name", "a/folder"),)


def test_a_model_that_there_is_not_changes_nothing(house):
    with pytest.raises(WrongUse, match="no such model"):
        house.app.serve(SetOne("model.name", "nobody"))
    assert house.orders == []


def test_from_elsewhere_no_folder_can_be_named(house):
    with pytest.raises(WrongUse, match="must be one of essen, own, han, got"):
        house.app.change("model.name", "/etc")
    assert house.orders == []


def test_after_a_program_change_the_first_model_can_be_chosen_again(house):
    house.app.watch(ProgramChosen(9.0, 0, "own"))
    assert house.status()["settings"]["model"]["name"] == "own"
    house.app.change("model.name", "essen")
    assert house.orders == [(SettingChange("model.name", "essen"),)]
