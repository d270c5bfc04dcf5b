"""What a successor is told: how many phrases there were, and where the bars lie."""

import pytest

from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Answered, Heard
from antiphon.perform.handover import HandoverTracker
from antiphon.perform.reports import NO_HANDOVER, Followed, ProgramChosen, Received, Sent, SettingChanged
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter
from fakes import scripted_voice

METER = Meter.parse("3/4")
GRIDS = Grid(96.0, 4.0), Grid(98.0, 4.5), Grid(120.0, 5.0)


def heard(grid):
    return Heard(9.0, (GridNote(0, 4, 60),), Key(7, "major"), grid, 16, 16)


def test_before_a_phrase_nothing_is_left():
    tracker = HandoverTracker(METER)
    for report in (Received(Timed(1.0, NoteOn(60))), Sent(Timed(1.0, NoteOff(60)), 0.0)):
        tracker.hear(report)
    assert tracker.handover == NO_HANDOVER


@pytest.mark.parametrize(
    ("reports", "grid", "phrases"),
    [
        ([heard(GRIDS[0])], GRIDS[0], 1),
        ([heard(GRIDS[0]), Answered(12.0, False, 0), heard(GRIDS[1])], GRIDS[1], 2),
        ([Followed(8.0, GRIDS[2], 0.0, False)], GRIDS[2], 0),
        ([heard(GRIDS[0]), Followed(10.0, GRIDS[2], 4.0, True)], GRIDS[2], 1),
    ],
)
def test_the_newest_grid_and_the_number_of_phrases_are_left(reports, grid, phrases):
    tracker = HandoverTracker(METER)
    for report in reports:
        tracker.hear(report)
    assert tracker.handover.transport == Transport(grid, METER)
    assert tracker.handover.answers == phrases


def play(session, tracker, at_s):
    for moment_s, event in ((at_s, NoteOn(60)), (at_s + 0.4, NoteOff(60))):
        session.receive(Timed(moment_s, event))
        session.advance(moment_s)
    while (deadline_s := session.next_deadline_s()) is not None and deadline_s < at_s + 12:
        session.advance(deadline_s)
        for report in session.take_reports():
            tracker.hear(report)


def test_a_session_that_takes_over_answers_on_the_bars_of_the_first():
    settings = SessionSettings(tempo=TempoSettings("fixed", 120.0))
    tracker = HandoverTracker(Meter.parse(settings.tempo.meter))
    first = Session(scripted_voice(["72", "_"]), settings, 1)
    play(first, tracker, 1.0)
    left = tracker.handover
    second = Session(scripted_voice(["72", "_"]), settings, 1, handover=left)
    play(second, tracker, 21.3)
    assert (left.answers, tracker.handover.answers) == (1, 2)
    assert tracker.handover.transport == left.transport


def test_the_meter_that_was_heard_is_left():
    tracker = HandoverTracker(METER)
    notes = (GridNote(0, 4, 60),)
    tracker.hear(Heard(9.0, notes, Key(7, "major"), GRIDS[0], 16, 16, Meter(6, 8)))
    tracker.hear(Followed(10.0, GRIDS[1], 0.0, False))
    assert tracker.handover.transport == Transport(GRIDS[1], Meter(6, 8))


def test_who_answers_is_left():
    tracker = HandoverTracker(METER)
    for report, voice in [
        (ProgramChosen(1.0, 0, "irish"), "irish"),
        (ProgramChosen(2.0, 9, None), "irish"),
        (SettingChanged(3.0, "model.name", "han"), "han"),
        (SettingChanged(4.0, "sampling.temperature", 1.5), "han"),
    ]:
        tracker.hear(report)
        assert tracker.handover.voice == voice
