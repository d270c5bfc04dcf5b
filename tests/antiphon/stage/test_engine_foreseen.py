"""What an answer will sound like is worked out and told, but not just before something is to leave."""

from itertools import pairwise

import pytest

from antiphon.events import ControlChange, NoteOff, NoteOn, Timed, Turned
from antiphon.perform.answer_reports import NOTHING_FORESEEN, Foreseen
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import Sent
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from playing import event_voice

PHRASE = [Timed(0.5, NoteOn(60, 80)), Timed(2.2, NoteOff(60))]
SETTINGS = SessionSettings(
    tempo=TempoSettings("fixed", 120.0),
    answer=AnswerSettings(candidates=2, bars=2),
    harmony=HarmonySettings(bass=True, chords=True, second_voice=True),
)


class Watched(Session):
    """Notes how long before the next send it is asked for what it foresees."""

    def __init__(self, clock, *args):
        super().__init__(*args)
        self.clock, self.before_s = clock, []

    @property
    def foreseen(self):
        if (sends_s := self.due.sends_s) is not None:
            self.before_s.append(sends_s - self.clock.now_s())
        return super().foreseen


def played(*turned):
    clock, reports = VirtualClock(), []
    session = Watched(clock, event_voice(), SETTINGS, 1)
    port = Loopback(clock, [*PHRASE, *turned])
    Engine(clock, port, session, reports.append).run(until=lambda: clock.now_s() >= 12.0)
    return session, reports


def test_it_is_not_worked_out_just_before_a_note_and_then_after_it():
    _, reports = played()
    moments = [report.timed.at_s for report in reports if isinstance(report, Sent)]
    coming = [later for earlier, later in pairwise(moments) if later > earlier + 0.1]
    assert coming
    # The player turns something 3 ms before each of these notes: a turn of the engine.
    session, again = played(*(Turned(at_s - 0.003, ControlChange(1, 64)) for at_s in coming))
    assert all(before_s > 0.005 for before_s in session.before_s)
    assert [report for report in again if isinstance(report, Sent)] == [
        report for report in reports if isinstance(report, Sent)
    ]
    told = [[one for one in found if isinstance(one, Foreseen)] for found in (reports, again)]
    assert told[0] == told[1]
    assert told[0][0].parts
    assert told[0][-1] == NOTHING_FORESEEN


def test_the_first_that_is_foreseen_is_told_before_the_answer_begins():
    _, reports = played()
    first = next(place for place, report in enumerate(reports) if isinstance(report, Sent))
    assert any(isinstance(report, Foreseen) for report in reports[:first])
    assert reports[first].late_s == pytest.approx(0.0, abs=1e-9)
