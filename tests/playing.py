"""A session with a scripted voice, a phrase, and a way to play it in virtual time."""

import numpy as np

from antiphon.compose.events_model import EventModel
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import StreamModel
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import END, HOLD
from antiphon.events import ControlChange, NoteOff, NoteOn, Timed, Turned
from antiphon.perform.answer.programs import Voice
from antiphon.perform.session import Session
from antiphon.perform.settings import (
    SessionSettings,
    TempoSettings,
)
from fakes import VOCABULARY, random_event_weights, random_weights, scripted_voice

# At 120 bpm a step lasts 0.125 s, a bar of 4/4 two seconds. The phrase: one bar of C major from second 1.
PHRASE = [
    (1.0, NoteOn(60, 70)),
    (1.45, NoteOff(60)),
    (1.5, NoteOn(64, 80)),
    (1.95, NoteOff(64)),
    (2.0, NoteOn(67, 90)),
    (2.4, NoteOff(67)),
]
SCRIPT = ["72", "_", "_", "_", "71", "_", "r", "_", "72", "_", "_", "_", "_", "_", "_", "_", "/"]
FIXED = TempoSettings("fixed", 120.0)
PLAIN = SamplingSettings(sure_factor=1.0, unsure_factor=1.0, longest_steps=0, most_repeats=0)


def session(script=SCRIPT, **changes):
    changes = {"sampling": PLAIN, "tempo": FIXED, **changes}
    return Session(scripted_voice(script), SessionSettings(**changes), random_seed=1)


def play(made, events, until_s=20.0):
    """Everything sent, the session advanced at each deadline and each event, as the engine does."""
    waiting, now_s = [arrival(at_s, event) for at_s, event in events], 0.0
    sent, still = [], 0
    while now_s < until_s:
        before_s = now_s
        moments = [until_s, *(timed.at_s for timed in waiting[:1])]
        deadline_s = made.next_deadline_s()
        now_s = min(moments) if deadline_s is None else max(now_s, min(deadline_s, *moments))
        while waiting and waiting[0].at_s <= now_s:
            give(made, waiting.pop(0))
        sent += made.advance(now_s)
        still = still + 1 if now_s == before_s else 0
        assert still < 1000, "the deadline does not move"
    return sent


def advanced(made, now_s):
    """What is sent up to a moment, with nothing left to do until then."""
    sent = made.advance(now_s)
    while (deadline_s := made.next_deadline_s()) is not None and deadline_s <= now_s:
        sent += made.advance(now_s)
    return sent


def arrival(at_s, event):
    return Timed(at_s, event) if isinstance(event, NoteOn | NoteOff) else Turned(at_s, event)


def give(made, arrived):
    if isinstance(arrived, Turned):
        made.turn(arrived)
    else:
        made.receive(arrived)


def rows(sent):
    return [(round(t.at_s, 4), "on" if isinstance(t.event, NoteOn) else "off", t.event.pitch) for t in sent]


def turned(at_s, control, value):
    return Turned(at_s, ControlChange(control, value))


class HighCritic:
    """The higher an answer is, the better."""

    def __init__(self):
        self.asked = []

    def log_odds_in_slices(self, phrase, answers, frame):
        self.asked.append((phrase, answers, frame))
        yield
        return np.array([50.0 * np.mean([note.pitch for note in notes] or [0]) for notes in answers])


def event_voice(seed=5, critic=None):
    """A voice of random weights whose answers are composed ahead."""
    memory = Memory(Experience(((0.5,) * RUNS,) * DISTANCES), len(VOCABULARY), VOCABULARY.id(HOLD))
    weights = random_event_weights(len(VOCABULARY), seed=seed)
    model = EventModel(weights, VOCABULARY.id(HOLD), VOCABULARY.id(END))
    return Voice(model, VOCABULARY, 4, str(seed), memory, critic=critic or HighCritic())


def ahead_session(critic=None, **changes):
    """Two voices of random weights; each answer is the highest of its candidates."""
    return Session(event_voice(5, critic), SessionSettings(**changes), 7, [event_voice(6)])


def lstm_session(**changes):
    """Two voices of random weights."""
    voices = [
        Voice(
            StreamModel(random_weights(len(VOCABULARY), seed=n)),
            VOCABULARY,
            4,
            memory=Memory(Experience(((0.5,) * RUNS,) * DISTANCES), len(VOCABULARY), VOCABULARY.id(HOLD)),
        )
        for n in (5, 6)
    ]
    return Session(voices[0], SessionSettings(**changes), 7, voices[1:])


def sounding(sent, channel=None, digits=2):
    """(onset, release, pitch) of what sounded on a channel, or on all; every note must have its end."""
    held, found = {}, []
    for one in sent:
        key = (one.event.channel, one.event.pitch)
        if isinstance(one.event, NoteOn):
            assert key not in held
            held[key] = one.at_s
        else:
            begun = held.pop(key)
            if channel in (None, key[0]):
                found.append((round(begun, digits), round(one.at_s, digits), key[1]))
    assert not held
    return sorted(found)
