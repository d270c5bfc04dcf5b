"""A page that is connected: what it may say, when its notes were played, and how much it may send."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.stage.panel.client import LATEST_S, MOST_A_SECOND, MOST_WAITING, Client, Hostile


def said(client):
    return [json.loads(client.waiting.get_nowait()) for _ in range(client.waiting.qsize())]


def note(**fields):
    return json.dumps({"type": "note", "pitch": 60, "velocity": 80, "at_s": 10.0, **fields})


def test_a_ping_is_answered_with_the_daemons_time():
    client = Client(1)
    assert client.hear('{"type": "ping", "id": 7, "page_s": 1.5}', 20.0) is None
    assert said(client) == [{"type": "pong", "id": 7, "page_s": 1.5, "daemon_s": 20.0}]


@pytest.mark.parametrize(
    ("at_s", "taken"),
    [(10.0, 10.0), (9.9, 9.9), (10.5, 10.0), (0.0, 10.0 - LATEST_S), (None, 10.0), ("9", 10.0), (True, 10.0)],
)
def test_a_note_was_played_at_a_moment_that_can_be_true(at_s, taken):
    assert Client(1).hear(note(at_s=at_s), 10.0)["at_s"] == taken


@pytest.mark.parametrize("text", ["9e999", "NaN", "-Infinity"])
def test_a_moment_that_is_no_number_counts_as_now(text):
    heard = Client(1).hear('{"type": "note", "pitch": 60, "velocity": 1, "at_s": ' + text + "}", 10.0)
    assert heard["at_s"] == 10.0


@pytest.mark.parametrize(
    "fields", [{"pitch": 128}, {"pitch": -1}, {"velocity": 1.5}, {"pitch": True}, {"pitch": None}]
)
def test_a_note_that_midi_cannot_say_is_refused(fields):
    with pytest.raises(ValueError, match="whole number 0–127"):
        Client(1).hear(note(**fields), 10.0)


def test_what_is_asked_for_tells_who_asks():
    heard = Client(3).hear('{"type": "press", "button": "stop"}', 1.0)
    assert heard == {"type": "press", "button": "stop", "client": 3}


def test_the_keys_of_a_page_that_is_gone_come_up_once():
    client = Client(1)
    for pitch, velocity in ((60, 80), (64, 80), (60, 0)):
        client.hear(note(pitch=pitch, velocity=velocity), 10.0)
    assert [one["pitch"] for one in client.let_go(11.0)] == [64]
    assert client.let_go(11.0) == []


def test_too_many_messages_in_a_second_are_hostile():
    client = Client(1)
    for _ in range(MOST_A_SECOND):
        client.hear(note(), 10.0)
    with pytest.raises(Hostile):
        client.hear(note(), 10.9)
    assert client.hear(note(), 11.0) is not None


def test_a_page_that_does_not_read_is_stuck_and_costs_nothing_more():
    client = Client(1)
    for _ in range(MOST_WAITING + 5):
        client.tell("x")
    assert client.stuck
    assert client.waiting.qsize() == MOST_WAITING


@given(
    st.text() | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(json.dumps)
)
def test_whatever_comes_is_a_message_or_a_mistake(text):
    try:
        heard = Client(1).hear(text, 1.0)
    except ValueError:
        return
    assert heard is None or heard["type"] in ("note", "set", "press", "learn")


def test_nested_without_end_is_a_mistake():
    with pytest.raises(ValueError, match="JSON"):
        Client(1).hear("[" * 100_000, 1.0)
