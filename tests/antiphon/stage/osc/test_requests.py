"""What each address asks for."""

from dataclasses import fields
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon import config
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.events import NoteOff, NoteOn
from antiphon.perform.controls.control_settings import Button
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.osc.packets import Message
from antiphon.stage.osc.requests import Press, TellAll, address_of, request_of


@pytest.mark.parametrize(
    ("address", "arguments", "request_"),
    [
        ("/antiphon/sampling/temperature", (1.2,), SetOne("sampling.temperature", 1.2)),
        ("/antiphon/sampling/weights/r", (0.5,), SetOne("sampling.weights.r", 0.5)),
        ("/antiphon/answer/mode", ("trade",), SetOne("answer.mode", "trade")),
        ("/antiphon/answer/overlap", (True,), SetOne("answer.overlap", True)),
        ("/antiphon/now", (), Press("answer_now")),
        ("/antiphon/take", (1.0,), Press("record")),
        ("/antiphon/panic", (1,), Press("panic")),
        ("/antiphon/panic", (0.0,), None),
        ("/antiphon/panic", (False,), None),
        ("/antiphon/note", (60, 80), NoteOn(60, 80)),
        ("/antiphon/note", (60.0, 80.0), NoteOn(60, 80)),
        ("/antiphon/note", (60, 0), NoteOff(60)),
        ("/antiphon/status", (), TellAll()),
    ],
)
def test_an_address_and_its_arguments_ask_for_something(address, arguments, request_):
    assert request_of(Message(address, arguments)) == request_


def test_each_button_and_each_setting_has_an_address():
    for button in get_args(Button):
        assert request_of(Message(f"/antiphon/{button}")) == Press(button)
    for section, keys in config.to_plain(Config()).items():
        for key in keys:
            name = f"{section}.{key}"
            assert request_of(Message(address_of(name), (1,))) == SetOne(name, 1)


def test_no_event_that_is_told_has_the_address_of_a_setting():
    for section in fields(Config):
        keys = {key.name for key in fields(getattr(Config(), section.name))}
        assert keys.isdisjoint({"begin", "end", "note"}), section.name


@pytest.mark.parametrize(
    ("address", "arguments", "told"),
    [
        ("/other/tempo", (1,), "they begin with /antiphon/"),
        ("/antiphon", (), "they begin with /antiphon/"),
        ("/antiphon/nwo", (), "no button .there are: now, take, answer_now"),
        ("/antiphon/tempo/bpm", (), "needs one value, got 0"),
        ("/antiphon/tempo/bpm", (1, 2), "needs one value, got 2"),
        ("/antiphon/control/stop", (None,), "needs one value"),
        ("/antiphon/note", (60,), "pitch and velocity"),
        ("/antiphon/note", (128, 1), "pitch and velocity"),
        ("/antiphon/note", (60, -1), "pitch and velocity"),
        ("/antiphon/note", (60.5, 1), "pitch and velocity"),
        ("/antiphon/note", (float("nan"), 1), "pitch and velocity"),
        ("/antiphon/note", ("C4", 1), "pitch and velocity"),
        ("/antiphon/note", (True, 1), "pitch and velocity"),
        ("/antiphon/note", (60, 80, 1), "pitch and velocity"),
    ],
)
def test_what_asks_for_nothing_is_refused(address, arguments, told):
    with pytest.raises(WrongUse, match=told):
        request_of(Message(address, arguments))


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text()


@given(st.text().map(lambda rest: f"/antiphon/{rest}") | st.text(), st.lists(ANYTHING, max_size=4))
def test_any_message_asks_for_something_or_is_refused(address, arguments):
    assert "\n" not in refusal(Message(address, tuple(arguments)))


def refusal(message):
    """Why it is refused; "" where it is not."""
    try:
        request_of(message)
    except WrongUse as refused:
        return refused.message
    return ""
