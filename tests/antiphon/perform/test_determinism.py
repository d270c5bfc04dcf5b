"""What a session plays and reports does not depend on how often it is advanced: not with a clock that stops,
not while a phrase is heard in parts, and not with a memory that is full."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.memory import memory as memories
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import StreamModel
from antiphon.compose.symbols import HOLD
from antiphon.events import Clocked, ClockSignal, ControlChange, NoteOff, NoteOn, ProgramChange, Timed, Turned
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import Answered, Composed, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import MemoryKept, StateChanged
from antiphon.perform.session import Session
from antiphon.perform.settings import (
    AnswerSettings,
    ClickSettings,
    ClockSettings,
    SessionSettings,
    TempoSettings,
)
from fakes import VOCABULARY, random_weights

SECONDS = 16.0
# Notes that are more than 0.1 s late are dropped, so a session must be advanced more often than that.
SELDOM_S = 0.09
SAME_S = 1e-6
CONTROLS = ControlSettings(*range(20, 40))


def voice(seed):
    memory = Memory(Experience(((0.5,) * RUNS,) * DISTANCES), len(VOCABULARY), VOCABULARY.id(HOLD))
    return Voice(StreamModel(random_weights(len(VOCABULARY), 8, seed)), VOCABULARY, 4, str(seed), memory)


def session(chance):
    asked = SessionSettings(
        TempoSettings(chance.choice(("follow", "fixed")), 120.0, chance.choice(("4/4", "3/4", "6/8"))),
        PhraseSettings(chance.choice((0.5, 1.0)), chance.choice((2.0, 64.0))),
        AnswerSettings(
            chance.choice(("answer", "continue", "trade", "accompany")),
            chance.choice(("now", "beat", "bar")),
            chance.choice((0, 1)),
            overlap=chance.random() < 0.3,
        ),
        control=CONTROLS,
        clock=ClockSettings(chance.choice(("internal", "midi", "midi"))),
        click=ClickSettings(chance.choice(("never", "count-in", "always")), bars=1),
        output_latency_ms=chance.choice((0.0, 0.0, 60.0)),
    )
    return Session(voice(1), asked, 1, [voice(2)])


def script(chance):
    """Phrases, knobs and buttons, and a MIDI clock that stops, with a message or without."""
    return sorted([*notes(chance), *turns(chance), *clock(chance)], key=lambda one: one.at_s)


def notes(chance):
    at_s = chance.uniform(0.0, 2.0)
    while at_s < SECONDS:
        for _ in range(chance.randint(1, 6)):
            length_s, pitch = chance.choice((0.125, 0.25, 0.5)), chance.randrange(55, 80)
            yield Timed(at_s, NoteOn(pitch, 80))
            yield Timed(at_s + length_s * chance.uniform(0.3, 1.1), NoteOff(pitch))
            at_s += length_s
        at_s += chance.choice((0.3, 0.6, 1.0, 3.0)) * chance.uniform(0.8, 1.2)


def turns(chance):
    for _ in range(chance.randint(0, 12)):
        control = ControlChange(chance.choice((*range(20, 40), 64)), chance.choice((0, 64, 127)))
        change = chance.choice((control, control, control, ProgramChange(chance.randint(0, 1))))
        yield Turned(chance.uniform(0.0, SECONDS), change)


def clock(chance):
    at_s = chance.uniform(0.0, 1.0)
    while at_s < SECONDS:
        if chance.random() < 0.7:
            yield Clocked(at_s, ClockSignal(chance.choice(("start", "continue"))))
        # At these tempos no step falls on the moment at which a clock is lost; rounding would decide there.
        pulse_s = 60 / chance.choice((91.7, 121.3, 153.1)) / 24
        for _ in range(chance.randint(20, 300)):
            at_s += pulse_s
            yield Clocked(at_s, ClockSignal("pulse"))
        if chance.random() < 0.3:
            yield Clocked(at_s + 0.001, ClockSignal("stop"))
        at_s += chance.uniform(0.1, 2.0)


def give(made, arrived):
    if isinstance(arrived, Timed):
        made.receive(arrived)
    elif isinstance(arrived, Turned):
        made.turn(arrived)
    else:
        made.hear_clock(arrived, arrived.at_s)


def play(made, arriving, looks):
    """What is sent and reported. Between inputs the session is advanced when it asks for it, and at each of
    `looks`; where there are any, at nothing but these."""
    sent, waiting = [], list(arriving)
    looks, now_s = list(looks), 0.0
    while now_s < SECONDS:
        deadline_s = made.next_deadline_s()
        now_s = looks.pop(0) if looks else SECONDS if deadline_s is None else max(now_s, deadline_s)
        if not looks and waiting:
            now_s = min(now_s, waiting[0].at_s)
        while waiting and waiting[0].at_s <= now_s:
            give(made, waiting.pop(0))
        sent += made.advance(now_s)
        while (deadline_s := made.next_deadline_s()) is not None and deadline_s <= now_s:
            sent += made.advance(now_s)
    return sent, [plain(report) for report in made.take_reports()]


def plain(report):
    """What must be the same of a report; moments are compared apart."""
    match report:
        case StateChanged(_, state):
            return state
        case Heard():
            return report.notes, report.key, report.answer_start_steps, report.answer_steps
        case Composed(step, symbol):
            return step, symbol
        case Answered(_, cut, late_steps):
            return cut, late_steps
        case MemoryKept(_, symbols):
            return symbols
    return type(report)


def seldom(chance):
    at_s = 0.0
    while at_s < SECONDS:
        at_s = min(SECONDS, at_s + chance.uniform(0.0, SELDOM_S))
        yield at_s


@pytest.fixture(scope="module", autouse=True)
def small_memory():
    """A memory that is full after a few phrases."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memories, "MOST_SIXTEENTHS", 160)
        patch.setattr(memories, "_KEPT_SIXTEENTHS", 96)
        yield


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_session_that_is_advanced_seldom_plays_and_reports_the_same(seed, looks_seed):
    arriving = script(random.Random(seed))
    often, reported_often = play(session(random.Random(seed)), arriving, [])
    looks = seldom(random.Random(looks_seed))
    few, reported_few = play(session(random.Random(seed)), arriving, looks)
    assert [timed.event for timed in few] == [timed.event for timed in often][: len(few)]
    for one, other in zip(few, often, strict=False):
        assert one.at_s == pytest.approx(other.at_s, abs=SAME_S)
    assert reported_few == reported_often[: len(reported_few)]
