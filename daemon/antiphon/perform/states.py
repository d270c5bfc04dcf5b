"""The states of a session, and what leads from one to another, as one table. Pure."""

from typing import Literal

from antiphon.perform.settings import State

Event = Literal[
    "note",  # the player strikes a key
    "no melody",  # what was played turned out to accompany a melody, and there is none
    "answer goes on",  # there is none, and an answer still sounds
    "phrase over",
    "not answered",  # the player stops, and with them what accompanied them
    "again",  # another answer to a phrase that was answered
    "answer over",
    "answer stopped",  # by a button, or because the external clock jumped
    "silenced",  # everything ends: panic, or the end of the session
    "clock stopped",
    "clock runs",
]

_NEXT: dict[tuple[State, Event], State] = {
    ("idle", "note"): "listening",
    ("listening", "note"): "listening",
    ("answering", "note"): "listening",
    ("listening", "no melody"): "idle",
    ("listening", "answer goes on"): "answering",
    ("listening", "phrase over"): "answering",
    ("listening", "not answered"): "idle",
    ("idle", "again"): "answering",
    ("answering", "again"): "answering",
    ("answering", "answer over"): "idle",
    ("listening", "answer over"): "listening",  # it overlapped the phrase that is played
    ("idle", "answer stopped"): "idle",
    ("listening", "answer stopped"): "listening",
    ("answering", "answer stopped"): "idle",
    ("waiting", "answer stopped"): "waiting",
    ("idle", "silenced"): "idle",
    ("listening", "silenced"): "idle",
    ("answering", "silenced"): "idle",
    ("waiting", "silenced"): "waiting",
    ("idle", "clock stopped"): "waiting",
    ("listening", "clock stopped"): "waiting",
    ("answering", "clock stopped"): "waiting",
    ("waiting", "clock stopped"): "waiting",
    ("idle", "clock runs"): "idle",
    ("listening", "clock runs"): "listening",
    ("answering", "clock runs"): "answering",
    ("waiting", "clock runs"): "idle",
}


def next_state(state: State, event: Event) -> State:
    """The state after an event. Raises ValueError, naming both, where one cannot happen in the other."""
    try:
        return _NEXT[state, event]
    except KeyError:
        raise ValueError(f'"{event}" cannot happen in the state "{state}"') from None
