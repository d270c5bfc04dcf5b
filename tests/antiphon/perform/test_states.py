"""The states of a session: what leads from one to another, and what cannot happen."""

from typing import get_args

import pytest

from antiphon.perform.settings import State
from antiphon.perform.states import Event, next_state


@pytest.mark.parametrize(
    ("events", "states"),
    [
        (["note", "note", "phrase over", "answer over"], ["listening", "listening", "answering", "idle"]),
        (["note", "phrase over", "note"], ["listening", "answering", "listening"]),
        (["note", "answer over"], ["listening", "listening"]),
        (["note", "phrase over", "answer stopped"], ["listening", "answering", "idle"]),
        (["note", "silenced"], ["listening", "idle"]),
        (["note", "clock stopped", "clock runs"], ["listening", "waiting", "idle"]),
    ],
)
def test_events_lead_from_state_to_state(events, states):
    state = "idle"
    for event, expected in zip(events, states, strict=True):
        state = next_state(state, event)
        assert state == expected


def test_what_cannot_happen_is_named_with_its_state():
    with pytest.raises(ValueError, match='"phrase over" cannot happen in the state "waiting"'):
        next_state("waiting", "phrase over")


@pytest.mark.parametrize("event", ["answer stopped", "silenced", "clock stopped", "clock runs"])
def test_what_comes_from_outside_can_happen_in_every_state(event):
    assert event in get_args(Event)
    for state in get_args(State):
        assert next_state(state, event) in get_args(State)
