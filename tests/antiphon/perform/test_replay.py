"""A recorded session once more: the same, or the first place where it is not."""

from dataclasses import replace

import pytest

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.answer_reports import Answered
from antiphon.perform.comparison import Comparison, Difference, compare
from antiphon.perform.replay import perform
from antiphon.perform.reports import Asked, Begun, Handover, Joined, Released, Sent
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, SessionSettings, TempoSettings
from antiphon.perform.take_records import Closed
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from antiphon.stage.takes import records
from fakes import scripted_voice

SETTINGS = SessionSettings(tempo=TempoSettings("fixed", 120.0))
PHRASE = [Timed(0.5, NoteOn(60, 80)), Timed(2.2, NoteOff(60))]
SCRIPT = ["72", "_", "_", "_", "_", "_", "_", "_", "71", "_", "_"]


def made(begun, script=SCRIPT):
    return Session(scripted_voice(script), begun.settings, begun.random_seed, (), begun.handover)


def recorded(phrase=PHRASE, until_s=8.0, late_s=0.0):
    """What is kept of a session on stage; `late_s`: how long its clock stops in the midst of the answer."""
    clock, reports = VirtualClock(), []
    session = made(Begun(SETTINGS, 1, Handover()))
    engine = Engine(clock, Loopback(clock, phrase), session, reports.append)

    def over():
        if late_s and 4.0 < clock.now_s() < 4.49:
            clock.wait_until_s(4.5 + late_s)
        return clock.now_s() >= until_s

    engine.run(over)
    return [report for report in reports if isinstance(report, records.RECORDED)]


def test_the_same_is_identical():
    assert compare(recorded(), made) == Comparison(4)


def test_what_a_session_reports_is_what_it_reported():
    again = [report for report in perform(recorded(), made) if isinstance(report, records.RECORDED)]
    without_lateness = [replace(r, late_s=0.0) if isinstance(r, Sent) else r for r in recorded()]
    assert sorted(map(repr, again)) == sorted(map(repr, without_lateness))


def test_the_first_place_that_differs_is_told_in_bars_and_beats():
    other = ["72", "_", "_", "_", "_", "_", "_", "_", "69", "_", "_"]
    found = compare(recorded(), lambda begun: made(begun, other))
    assert (found.events, found.difference.bar, found.difference.beat) == (2, 3, 3.0)
    pitches = found.difference.recorded.event.pitch, found.difference.replayed.event.pitch
    assert pitches == (59, 57)


@pytest.mark.parametrize("place", [0, 2])
def test_an_event_that_was_never_sent_is_a_difference(place):
    whole = recorded()
    sent = [record for record in whole if isinstance(record, Sent)]
    found = compare([record for record in whole if record is not sent[place]], made)
    assert found.events == place
    assert found.difference.replayed == sent[place].timed


def shifted(whole, by_s):
    return [
        replace(record, timed=replace(record.timed, at_s=record.timed.at_s + by_s))
        if isinstance(record, Sent)
        else record
        for record in whole
    ]


@pytest.mark.parametrize("by_s", [9e-7, -9e-7])
def test_a_moment_that_was_rounded_in_another_way_is_the_same(by_s):
    assert compare(shifted(recorded(), by_s), made) == Comparison(4)


@pytest.mark.parametrize("by_s", [2e-6, -2e-6])
def test_a_moment_more_than_a_microsecond_away_is_a_difference(by_s):
    found = compare(shifted(recorded(), by_s), made)
    assert (found.events, found.difference.recorded.event) == (0, found.difference.replayed.event)


def test_an_event_too_many_is_a_difference():
    whole = recorded()
    extra = Timed(7.0, NoteOn(50))
    whole.insert(len(whole) - 1, Sent(extra, 0.0))
    assert compare(whole, made) == Comparison(4, 0, Difference(4, 2.0, extra, None))


def test_notes_that_were_dropped_as_late_are_counted():
    whole = recorded(late_s=0.3)
    assert [record.late_steps for record in whole if isinstance(record, Answered)] == [1]
    assert compare(whole, made) == Comparison(2, 1)


def test_cut_off_anywhere_it_is_the_same_up_to_there():
    whole = recorded(phrase=[*PHRASE, Timed(5.0, NoteOn(64)), Timed(5.3, NoteOff(64))])
    for end in range(1, len(whole) + 1):
        found = compare(whole[:end], made)
        assert found.difference is None, whole[:end]
    assert found.events == sum(isinstance(record, Sent) for record in whole)


def test_a_successor_begins_anew_where_its_predecessor_died():
    first = recorded()
    cut = next(place for place, record in enumerate(first) if isinstance(record, Sent)) + 1
    found = compare([*first[:cut], *recorded()], made)
    assert (found.difference, found.events) == (None, 5)


def test_what_a_successor_released_is_no_output_of_a_session():
    first = recorded()
    cut = next(place for place, record in enumerate(first) if isinstance(record, Sent)) + 1
    released = Released(Timed(9.0, NoteOff(65)))
    assert compare([*first[:cut], released, *recorded()], made) == Comparison(5)


def test_a_take_that_was_ended_in_mid_session_is_the_same_up_to_there():
    whole = recorded()
    cut = next(place for place, record in enumerate(whole) if isinstance(record, Sent)) + 1
    assert compare([*whole[:cut], Closed()], made) == Comparison(1)


def test_whole_settings_that_an_earlier_version_recorded_are_replayed_as_their_differences():
    """Knobs stay as they are where the settings did not differ from those asked for before."""
    whole = replace(SETTINGS, tempo=TempoSettings("fixed", 90.0, "3/4"), channel=5)
    again = replace(whole, answer=AnswerSettings(bars=2))
    begun, *others = recorded()
    asked = [Asked(0.1, whole), Asked(0.2, again)]
    reports = list(perform([begun, *asked, *others], made))
    assert [report.what for report in reports if isinstance(report, Asked)] == [
        (SettingChange("tempo.bpm", 90.0),),
        (SettingChange("answer.bars", 2),),
    ]


def test_a_voice_that_joined_while_it_was_played_is_there_from_the_beginning():
    clock, reports = VirtualClock(), []
    told = Joined("late", "abc", None)
    late = scripted_voice(["76", "_", "_", "_", "/"], name="late")
    engine = Engine(clock, Loopback(clock, PHRASE), made(Begun(SETTINGS, 1, Handover())), reports.append)

    def over():
        if told not in reports and clock.now_s() > 1.0:
            engine.join(late, told)
            engine.ask((SettingChange("model.name", "late"),))
        return clock.now_s() >= 8.0

    engine.run(over)
    kept = [records.read(line.data) for report in reports if (line := records.line_of(report)) is not None]
    assert kept.count(told) == 1
    assert [one.timed.event.pitch for one in kept if isinstance(one, Sent)] == [64, 64]

    def with_late(begun):
        voice = scripted_voice(["76", "_", "_", "_", "/"], name="late")
        first = scripted_voice(SCRIPT)
        return Session(first, begun.settings, begun.random_seed, (), begun.handover, [(voice, told)])

    assert compare(kept, with_late) == Comparison(2)
    assert compare(kept, made).difference is not None
