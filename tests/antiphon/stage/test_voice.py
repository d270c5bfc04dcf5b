import gc
from typing import get_args

import pytest

from antiphon.commands.demo import Performance
from antiphon.compose.model import StreamModel
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.listen.rhythm import Kind, log_waits
from antiphon.perform.answer_reports import Answered
from antiphon.perform.reports import Received, Sent
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, TempoSettings
from antiphon.stage.machine.clock import SystemClock, VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.voice import warm
from fakes import VOCABULARY, random_weights, scripted_voice

SCRIPT = ["72", "_", "_", "_", "71", "_", "_", "_", "72"]
FASTEST = SessionSettings(tempo=TempoSettings("fixed", 300.0))


def stage(clock):
    begin_s = clock.now_s()
    port = Loopback(clock, [Timed(begin_s, NoteOn(60)), Timed(begin_s + 0.1, NoteOff(60))])
    session = Session(scripted_voice(SCRIPT), FASTEST, 1)
    return port, session, Performance(clock, port, session)


def performed(clock):
    """What was sent, and how many notes were so late that they became rests."""
    port, session, performance = stage(clock)
    reports, ticks = [], []

    def over():
        return port.exhausted and session.state == "idle"

    if isinstance(clock, VirtualClock):
        performance.play_at_once(over, reports.append)
    else:
        performance.play(over, reports.append, lambda: ticks.append(1))
        assert ticks
    sent = [report.timed.event for report in reports if isinstance(report, Sent)]
    assert sum(isinstance(report, Received) for report in reports) == 2
    assert [timed.event for timed in port.sent] == sent
    return sent, sum(report.late_steps for report in reports if isinstance(report, Answered))


def test_real_and_virtual_time_play_the_same():
    """But for notes that a busy machine lets become rests."""
    (virtual, none), (real, late) = performed(VirtualClock()), performed(SystemClock())
    assert (len(virtual), none) == (6, 0)
    assert len(real) == len(virtual) - 2 * late
    left = iter(virtual)
    assert all(event in left for event in real)


def test_a_watcher_that_breaks_ends_the_performance_in_order():
    port, _, performance = stage(SystemClock())

    def watch(report):
        if isinstance(report, Sent):
            raise RuntimeError("the screen broke")

    with pytest.raises(RuntimeError, match="the screen broke"):
        performance.play(lambda: False, watch, lambda: None)
    kinds = [type(t.event) for t in port.sent]
    assert kinds.count(NoteOn) == kinds.count(NoteOff)


def test_warming_leaves_the_model_at_a_beginning():
    model = StreamModel(random_weights(len(VOCABULARY)))
    fresh = StreamModel(random_weights(len(VOCABULARY)))
    warm(model)
    assert (model.step(3) == fresh.step(3)).all()


def test_what_lives_before_the_first_note_is_not_looked_at_by_the_collector_again():
    gc.unfreeze()
    try:
        warm(StreamModel(random_weights(len(VOCABULARY))))
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()


def test_what_the_first_phrase_needs_is_worked_out_before_the_music():
    log_waits.cache_clear()
    warm()
    assert log_waits.cache_info().currsize == 0
    warm(StreamModel(random_weights(len(VOCABULARY))))
    assert log_waits.cache_info().currsize == len(get_args(Kind))
