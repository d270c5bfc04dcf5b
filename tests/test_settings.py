"""Settings from every side at once: knobs, requests and the configuration file, and what is then in force."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.changes import changed
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.events import ControlChange, Turned
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.session import Session
from antiphon.stage.app import App, Outputs
from antiphon.stage.control.protocol import Command, SetOne
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.machine.log import LOG
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.ports.wiring import Wiring
from fakes import Neighbour, scripted_voice

KNOBS = ControlSettings(temperature=20, rests=21, bars=23, mode=24, clock=25, remember=33)


@pytest.fixture(autouse=True, scope="module")
def _log_level():
    before = LOG.level
    yield
    LOG.setLevel(before)


class Playing:
    """An app and a session with two pipes between them, which deliver when they are told to."""

    def __init__(self):
        self.file = Config(control=KNOBS)
        self.performance = PerformanceTracker(self.file, "toy")
        self.requests, self.reports, self.clock = [], [], VirtualClock(1.0)
        neighbour = Neighbour()
        outputs = Outputs(
            self.requests.append, lambda: self.file, neighbour, neighbour, neighbour, lambda _: None
        )
        self.app = App(self.clock, self.file, Wiring(clock_input=""), self.performance, outputs)
        self.begin(replace(self.file.session, learn="closeness"))

    def begin(self, settings):
        self.session = Session(scripted_voice(["60"]), settings, 1)
        self.publish()

    def publish(self):
        self.reports += self.session.take_reports()

    @property
    def now_s(self):
        self.clock.wait_until_s(self.clock.now_s() + 0.01)
        return self.clock.now_s()

    def turn(self, number, value):
        self.session.turn(Turned(self.now_s, ControlChange(number, value)))
        self.publish()

    def set(self, name, value):
        try:
            self.app.serve(SetOne(name, value))
        except WrongUse:
            assert name == "midi.output"

    def reload(self, name, value):
        self.file = changed(self.file, {name: value})
        self.app.serve(Command("reload"))

    def deliver_requests(self):
        while self.requests:
            self.session.ask(self.requests.pop(0), self.now_s)
        self.publish()

    def deliver_reports(self):
        while self.reports:
            self.app.watch(self.reports.pop(0))

    def deliver(self):
        self.deliver_requests()
        self.deliver_reports()

    def take_over(self):
        self.deliver()
        self.begin(self.performance.state.settings.session)


NAMED = st.one_of(
    st.tuples(st.just("sampling.temperature"), st.sampled_from([0.5, 0.9, 1.3])),
    st.tuples(st.just("sampling.weights.r"), st.floats(0, 2)),
    st.tuples(st.just("sampling.weights"), st.just({"_": 1.5})),
    st.tuples(st.just("answer.bars"), st.integers(0, 8)),
    st.tuples(st.just("answer.mode"), st.sampled_from(["answer", "continue", "trade", "accompany"])),
    st.tuples(st.just("clock.source"), st.sampled_from(["internal", "link"])),
    st.tuples(st.just("tempo.bpm"), st.integers(60, 180)),
    st.tuples(st.just("key.name"), st.sampled_from(["", "G major", "Am"])),
    st.tuples(st.just("control.bars"), st.sampled_from([None, 40, 41])),
    st.tuples(st.just("log.level"), st.sampled_from(["info", "error"])),
    st.tuples(st.just("midi.output"), st.sampled_from(["", "synth"])),
)
STEPS = st.one_of(
    st.tuples(st.just("turn"), st.sampled_from([20, 21, 23, 24, 25, 33, 40, 41, 90]), st.integers(0, 127)),
    NAMED.map(lambda one: ("set", *one)),
    NAMED.map(lambda one: ("reload", *one)),
    st.sampled_from([("deliver_requests",), ("deliver_reports",), ("deliver",), ("take_over",)]),
)


@given(st.lists(STEPS, max_size=20))
def test_the_status_tells_the_settings_of_the_session(steps):
    playing = Playing()
    for what, *given_ in steps:
        getattr(playing, what)(*given_)
    playing.deliver()
    assert playing.performance.state.settings.session == replace(playing.session.settings, learn=None)


def test_a_setting_that_is_set_keeps_a_knob_that_was_turned_a_moment_before():
    playing = Playing()
    playing.turn(90, 0)  # this one is learned
    playing.turn(20, 64)
    playing.deliver()
    playing.turn(20, 121)  # the report is on its way while the request is made
    turned = playing.session.settings.sampling.temperature
    playing.set("answer.bars", 2)
    playing.deliver()
    assert playing.session.settings.sampling.temperature == turned > 1.9
    assert playing.performance.state.settings.sampling.temperature == turned


def test_a_file_that_is_read_again_keeps_what_was_set_unless_it_changed_that_too():
    playing = Playing()
    playing.turn(90, 0)  # this one is learned: closeness
    playing.turn(20, 127)
    playing.set("answer.bars", 3)
    playing.reload("tempo.bpm", 90.0)
    playing.deliver()
    sampling, answer = playing.session.settings.sampling, playing.session.settings.answer
    assert (sampling.temperature, answer.bars, playing.session.settings.tempo.bpm) == (2.0, 3, 90.0)
    assert playing.session.settings.control.closeness == 90
    playing.reload("answer.bars", 5)
    playing.deliver()
    assert playing.session.settings.answer.bars == 5
    assert playing.performance.state.settings.sampling.temperature == 2.0
