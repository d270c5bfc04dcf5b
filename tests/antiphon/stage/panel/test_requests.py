"""What a page asks is done, or refused to the page that asked."""

import json

import pytest

from antiphon.errors import WrongUse
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.stage.panel.requests import Requests


class Doer:
    def __init__(self):
        self.did = []

    def change(self, name, value):
        if name == "wrong":
            raise WrongUse("wrong is not a setting\nsecond line")
        self.did.append((name, value))

    def press(self, button):
        self.did.append(button)

    def learn(self, name):
        raise ZeroDivisionError(name)

    def play(self, timed):
        self.did.append(timed)


def do(**asked):
    doer = Doer()
    return Requests().do(json.dumps(asked).encode(), doer), doer.did


@pytest.mark.parametrize(
    ("asked", "did"),
    [
        ({"type": "note", "pitch": 60, "velocity": 80, "at_s": 1.5}, Timed(1.5, NoteOn(60, 80))),
        ({"type": "note", "pitch": 60, "velocity": 0, "at_s": 1.5}, Timed(1.5, NoteOff(60))),
        ({"type": "set", "name": "tempo.bpm", "value": 90}, ("tempo.bpm", 90)),
        ({"type": "press", "button": "stop"}, "stop"),
    ],
)
def test_what_is_asked_is_done(asked, did):
    assert do(**asked) == (None, [did])


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"type": "set", "name": "wrong", "value": 1}, "wrong is not a setting"),
        ({"type": "press", "button": "x"}, "'x' is no button (there are: "),
        ({"type": "set"}, "'set' lacks a field"),
        ({"type": "learn", "name": "tempo"}, "unexpected ZeroDivisionError: tempo"),
    ],
)
def test_what_cannot_be_done_is_told_to_the_page_that_asked(asked, why):
    (client, told), did = do(client=3, **asked)
    assert (client, did) == (3, [])
    assert told.startswith(why)
    assert "\n" not in told


@pytest.mark.parametrize("data", [b"[", b"[]", b"null", b'{"client": "x"}'])
def test_where_nobody_asked_nobody_is_told(data):
    assert Requests().do(data, Doer()) is None


def test_the_keys_that_are_down_come_up_once():
    requests, doer = Requests(), Doer()
    for pitch, velocity in ((62, 80), (60, 80), (64, 80), (64, 0)):
        note = {"type": "note", "pitch": pitch, "velocity": velocity, "at_s": 1.0}
        requests.do(json.dumps(note).encode(), doer)
    doer.did.clear()
    requests.let_go(2.0, doer)
    requests.let_go(3.0, doer)
    assert doer.did == [Timed(2.0, NoteOff(60)), Timed(2.0, NoteOff(62))]
