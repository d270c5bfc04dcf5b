"""The panel from end to end: its process serves, dies and comes back on the same port; the port is kept."""

import json
import urllib.request
from contextlib import suppress
from urllib.error import HTTPError

import pytest

from antiphon.config import Config
from antiphon.config_sections import PanelSettings
from antiphon.errors import Failure, WrongUse
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.panel import opened as opening
from antiphon.stage.panel.link import PanelLink
from antiphon.stage.panel.opened import opened
from antiphon.stage.performance_state import PerformanceTracker

PATIENCE_S = 120.0


class Doer:
    def __init__(self):
        self.did = []

    def change(self, name, value):
        if name == "wrong":
            raise WrongUse("wrong is not a setting")
        self.did.append((name, value))

    def press(self, button):
        self.did.append(button)

    def learn(self, name):
        self.did.append(name)

    def play(self, timed):
        self.did.append(timed)


@pytest.fixture
def panel(tmp_path):
    state = PerformanceTracker(Config(), "essen").state
    up = []
    with opened(
        PanelSettings(True), str(tmp_path), SystemClock(), lambda: state, ("essen",), up.append
    ) as link:
        yield link, up


def wait_for(link, doer, holds):
    clock = SystemClock()
    until_s = clock.now_s() + PATIENCE_S
    while not holds():
        assert clock.now_s() < until_s
        link.requests.poll(0.1)
        link.poll(doer)


def test_it_answers_says_so_once_and_comes_back(panel):
    link, up = panel
    wait_for(link, Doer(), lambda: up)
    assert up == [link.address]
    first = link._running.process
    first.kill()
    wait_for(link, Doer(), lambda: link._running.process is not first)
    with urllib.request.urlopen(link.address + "health", timeout=PATIENCE_S) as answer:
        assert json.load(answer)["ok"] is True
    assert up == [link.address]


def ask(link, doer, **asked):
    link._do(json.dumps(asked).encode(), doer)


def test_on_the_network_it_has_an_address_of_this_machine_and_asks_for_a_token(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "_own_address", lambda: "127.0.0.1")
    state = PerformanceTracker(Config(), "essen").state
    up = []
    settings = PanelSettings(True, lan=True)
    with opened(settings, str(tmp_path), SystemClock(), lambda: state, (), up.append) as link:
        wait_for(link, Doer(), lambda: up)
        base, _, token = link.address.partition("?token=")
        assert len(token) >= 24
        with pytest.raises(HTTPError, match="403"):
            urllib.request.urlopen(base + "health", timeout=PATIENCE_S)
        with urllib.request.urlopen(f"{base}health?token={token}", timeout=PATIENCE_S) as answer:
            assert json.load(answer)["ok"] is True


def test_this_machine_has_an_address():
    assert opening._own_address().count(".") == 3


def test_requests_are_done_and_mistakes_are_told(panel):
    link, _ = panel
    doer = Doer()
    ask(link, doer, type="note", pitch=60, velocity=80, at_s=1.5)
    ask(link, doer, type="set", name="tempo.bpm", value=90)
    ask(link, doer, type="press", button="stop")
    ask(link, doer, type="learn", name=None)
    for wrong in (
        {"type": "press", "button": "x"},
        {"type": "set"},
        {"type": "set", "name": "wrong", "value": 1},
        {},
    ):
        ask(link, doer, client=1, **wrong)
    link._do(b"[]", doer)
    assert doer.did == [Timed(1.5, NoteOn(60, 80)), ("tempo.bpm", 90), "stop", None]


def test_notes_that_a_dead_process_held_end(panel):
    link, _ = panel
    doer = Doer()
    ask(link, doer, type="note", pitch=60, velocity=80, at_s=1.5)
    link._begin_again(2.0, doer)
    assert doer.did[-1] == Timed(2.0, NoteOff(60))


def test_a_port_that_somebody_has_is_told_and_without_one_another_is_taken(panel, tmp_path):
    link, _ = panel
    port = int(link.address.rsplit(":", 1)[1].strip("/"))
    state = PerformanceTracker(Config(), "essen").state
    arguments = (str(tmp_path), SystemClock(), lambda: state, (), print)
    with pytest.raises(Failure, match=f"panel: 127.0.0.1:{port} cannot be listened on"), suppress(ValueError):
        opened(PanelSettings(True, port), *arguments).__enter__()
    with opened(PanelSettings(True), *arguments) as other:
        assert isinstance(other, PanelLink)
        assert other.address != link.address
