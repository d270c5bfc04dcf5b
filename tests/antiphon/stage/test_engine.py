"""The loop, with a loopback port in virtual time; and how it ends when things go wrong."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from antiphon.events import (
    Clocked,
    ClockSignal,
    ControlChange,
    Lead,
    NoteOff,
    NoteOn,
    ProgramChange,
    Timed,
    Turned,
)
from antiphon.perform.answer.programs import Voice
from antiphon.perform.answer_reports import Answered, Hurried, Planned
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import Received, Sent
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import (
    AnswerSettings,
    ClickSettings,
    ClockSettings,
    SessionSettings,
    TempoSettings,
)
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback
from fakes import VOCABULARY, ScriptedModel, scripted_voice
from playing import event_voice

PHRASE = [Timed(0.5, NoteOn(60, 80)), Timed(2.2, NoteOff(60))]
FIXED = SessionSettings(tempo=TempoSettings("fixed", 120.0))
SCRIPT = ["72", "_", "_", "_", "_", "_", "_", "_", "71", "_", "_"]


class Outputs:
    """An engine on a virtual clock, with everything it reported."""

    def __init__(self, voice, port=Loopback, phrase=PHRASE, settings=FIXED, clock=None):
        self.clock = clock or VirtualClock()
        self.port = port(self.clock, phrase)
        self.reports = []
        self.session = Session(voice, settings, 1)
        self.engine = Engine(self.clock, self.port, self.session, self.reports.append)

    def run(self, until_s=8.0):
        self.engine.run(until=lambda: self.clock.now_s() >= until_s)

    def sounding(self):
        open_notes = []
        for event in (timed.event for timed in self.port.sent):
            if isinstance(event, NoteOn):
                open_notes.append(event.pitch)
            else:
                open_notes.remove(event.pitch)
        return open_notes


def test_notes_leave_at_their_moment_not_at_the_next_poll():
    stage = Outputs(scripted_voice(SCRIPT))
    stage.run()
    sent = [report for report in stage.reports if isinstance(report, Sent)]
    assert [report.late_s for report in sent] == pytest.approx([0.0] * 4, abs=1e-9)
    assert [round(t.at_s, 4) for t in stage.port.sent] == [4.5, 5.475, 5.5, 6.475]


def test_everything_is_reported_in_order():
    stage = Outputs(scripted_voice(SCRIPT))
    stage.run()
    assert [r.timed for r in stage.reports if isinstance(r, Received)] == PHRASE
    assert [r.timed.event for r in stage.reports if isinstance(r, Sent)] == [t.event for t in stage.port.sent]
    assert [r.cut for r in stage.reports if isinstance(r, Answered)] == [False]


def test_knobs_and_pedals_reach_the_session_and_are_reported():
    pedal = [Turned(0.4, ControlChange(64, 127)), Turned(3.0, ControlChange(64, 0))]
    stage = Outputs(scripted_voice(SCRIPT), phrase=[*PHRASE, *pedal])
    states = {}
    while stage.clock.now_s() < 4.2:
        stage.engine.turn()
        states[round(stage.clock.now_s(), 1)] = stage.session.state
        stage.clock.wait_until_s(stage.clock.now_s() + 0.1)
    # Silence is counted from the lifting of the pedal, not of the key.
    assert (states[3.4], states[3.6]) == ("listening", "answering")
    assert [r.timed for r in stage.reports if isinstance(r, Received) and r.timed in pedal] == pedal


def test_the_state_goes_out_for_pad_lights_as_the_settings_in_force_say():
    stage = Outputs(scripted_voice(SCRIPT))
    stage.engine.ask((SettingChange("control.state", 30),))
    stage.run()
    assert [(t.change.control, t.change.value, t.change.channel) for t in stage.port.turned] == [
        (30, 64, 0),
        (30, 127, 0),
        (30, 0, 0),
    ]


def test_what_is_played_as_a_note_leaves_comes_after_it():
    """The note was made ready before its moment; what is played in between is no earlier than the note."""
    late_key = [Timed(4.4999, NoteOn(62)), Timed(4.6, NoteOff(62))]
    stage = Outputs(scripted_voice(SCRIPT), phrase=[*PHRASE, *late_key])
    stage.run(until_s=4.7)
    assert [(round(t.at_s, 3), type(t.event)) for t in stage.port.sent] == [(4.5, NoteOn), (4.5, NoteOff)]
    due = [r.timed.at_s for r in stage.reports if isinstance(r, Sent)]
    assert due == sorted(due)


class CountingClock(VirtualClock):
    """Counts how long it is waited for awake."""

    awake_s = 0.0

    def wait_until_s(self, at_s, exactly=True):
        if exactly:
            self.awake_s += max(0.0, at_s - self.now_s())
        super().wait_until_s(at_s, exactly)


def test_only_what_sounds_is_waited_for_awake():
    stage = Outputs(scripted_voice(SCRIPT))
    clock = stage.clock = CountingClock()
    stage.port = Loopback(clock, PHRASE)
    stage.engine = Engine(clock, stage.port, stage.session, stage.reports.append)
    stage.run()
    moments = len({round(timed.at_s, 6) for timed in stage.port.sent})
    assert 0 < clock.awake_s <= moments * 0.0005 + 1e-9


def test_stop_closes_the_note_that_sounds():
    stage = Outputs(scripted_voice(SCRIPT))
    stage.engine.run(until=lambda: stage.clock.now_s() >= 5.0)
    assert [type(t.event) for t in stage.port.sent] == [NoteOn, NoteOff]
    assert stage.sounding() == []


def test_a_stop_from_outside_ends_the_loop():
    stage = Outputs(scripted_voice(SCRIPT))
    stage.engine.stop()
    stage.engine.run()
    assert stage.port.sent == []


class FailingModel(ScriptedModel):
    """Breaks in the middle of the answer."""

    def hear(self, symbol_id):
        if len(self.heard) > 40:
            raise RuntimeError("the model broke")
        super().hear(symbol_id)


def test_an_exception_closes_the_note_that_sounds():
    stage = Outputs(Voice(FailingModel(VOCABULARY, ["72"]), VOCABULARY, 4))
    with pytest.raises(RuntimeError, match="the model broke"):
        stage.run()
    assert [type(t.event) for t in stage.port.sent] == [NoteOn, NoteOff]
    assert stage.sounding() == []


def test_a_watcher_that_breaks_closes_the_note_that_sounds():
    stage = Outputs(scripted_voice(SCRIPT))

    def publish(report):
        if isinstance(report, Sent) and isinstance(report.timed.event, NoteOn):
            raise RuntimeError("the watcher broke")

    stage.engine = Engine(stage.clock, stage.port, stage.session, publish)
    with pytest.raises(RuntimeError, match="the watcher broke"):
        stage.run()
    assert stage.sounding() == []


PULSE_S = 60 / 120 / 24


def test_our_clock_starts_with_the_first_note_and_stops_at_the_end():
    stage = Outputs(scripted_voice(SCRIPT))
    stage.engine = Engine(
        stage.clock, stage.port, stage.session, stage.reports.append, clock_out=MidiClockOut()
    )
    stage.run(until_s=8.0)
    signals = stage.port.signals
    assert signals[0].signal == ClockSignal("start")
    assert signals[-1].signal == ClockSignal("stop")
    pulses = [said.at_s for said in signals if said.signal == ClockSignal("pulse")]
    assert pulses[2:] == pytest.approx([0.5 + n * PULSE_S for n in range(2, len(pulses))])
    assert len(pulses) == pytest.approx(7.5 / PULSE_S, abs=2)
    # Notes are as punctual as without it.
    assert [round(t.at_s, 4) for t in stage.port.sent] == [4.5, 5.475, 5.5, 6.475]


def test_the_beat_leaves_before_a_note_of_the_same_moment():
    """A drum machine that follows starts a step at the pulse, and the note belongs to it."""
    sent = []

    class InOrder(Loopback):
        def send(self, event, at_s):
            sent.append((round(at_s, 4), "note"))
            super().send(event, at_s)

        def send_clock(self, signal, at_s):
            sent.append((round(at_s, 4), "clock"))
            super().send_clock(signal, at_s)

    stage = Outputs(scripted_voice(SCRIPT), port=InOrder)
    stage.engine = Engine(
        stage.clock, stage.port, stage.session, stage.reports.append, clock_out=MidiClockOut()
    )
    stage.run()
    both = [what for at_s, what in sent if at_s == 4.5]
    assert both == ["clock", "note"]


def test_notes_and_clock_leave_early_by_the_latency_of_their_outputs():
    """Notes by 40 ms, and the clock by 10; what is reported has the moments at which it sounds."""
    stage = Outputs(scripted_voice(SCRIPT))
    settings = SessionSettings(
        tempo=TempoSettings("fixed", 120.0),
        clock=ClockSettings(output_latency_ms=10.0),
        output_latency_ms=40.0,
    )
    stage.session = Session(scripted_voice(SCRIPT), settings, 1)
    stage.engine = Engine(
        stage.clock, stage.port, stage.session, stage.reports.append, clock_out=MidiClockOut()
    )
    stage.run()
    assert [round(t.at_s, 4) for t in stage.port.sent] == [4.46, 5.435, 5.46, 6.435]
    sent = [report for report in stage.reports if isinstance(report, Sent)]
    assert [round(report.timed.at_s, 4) for report in sent] == [4.5, 5.475, 5.5, 6.475]
    assert [report.late_s for report in sent] == pytest.approx([0.0] * 4, abs=1e-9)
    pulses = [said.at_s for said in stage.port.signals if said.signal == ClockSignal("pulse")]
    assert pulses[2:] == pytest.approx([0.49 + n * PULSE_S for n in range(2, len(pulses))])


def clicking(when, phrase=PHRASE, **changes):
    """An engine that was asked for a count-in of one bar at the beginning."""
    stage = Outputs(scripted_voice(SCRIPT), phrase=phrase)
    settings = SessionSettings(
        tempo=TempoSettings("fixed", 120.0), click=ClickSettings(when, bars=1), **changes
    )
    stage.session = Session(scripted_voice(SCRIPT), settings, 1)
    stage.engine = Engine(stage.clock, stage.port, stage.session, stage.reports.append)
    stage.engine.ask("count_in")
    return stage


def clicks(stage):
    """The moments and notes of clicks, each of which is ended."""
    events = [timed.event for timed in stage.port.clicks]
    assert [NoteOff(on.pitch, on.channel) for on in events[::2]] == events[1::2]
    ons = stage.port.clicks[::2]
    return [(round(timed.at_s, 3), timed.event.pitch) for timed in ons]


def test_a_count_in_is_clicked_and_then_the_click_ends():
    stage = clicking("count-in", phrase=[Timed(2.25, NoteOn(60, 80)), Timed(4.1, NoteOff(60))])
    stage.run()
    assert clicks(stage) == [(0.25, 76), (0.75, 77), (1.25, 77), (1.75, 77)]
    sent = [report for report in stage.reports if isinstance(report, Sent)]
    assert [event.pitch for event in (t.event for t in stage.port.sent)] == [60, 60, 59, 59]
    assert len(sent) == 4  # the clicks are no notes of the answer
    assert round(stage.port.sent[0].at_s, 3) == 6.25


def test_a_click_that_goes_on_is_early_by_its_latency():
    stage = clicking("always", phrase=[], output_latency_ms=50.0)
    stage.run(until_s=2.3)
    assert clicks(stage) == [(0.2 + 0.5 * n, 76 if n % 4 == 0 else 77) for n in range(5)]


def test_no_click_hangs_when_the_engine_ends_or_is_suspended():
    stage = clicking("always", phrase=[])
    stage.run(until_s=0.26)
    assert clicks(stage) == [(0.25, 76)]
    stage = clicking("always", phrase=[Timed(20.0, NoteOn(60)), Timed(20.2, NoteOff(60))])
    stage.engine._say_suspended = lambda: said.append(stage.clock.now_s())
    said = []

    def until():
        now_s = stage.clock.now_s()
        if 0.76 <= now_s < 10 and not said:
            stage.engine.suspend()
        if now_s >= 10:
            stage.engine.resume()
        return now_s >= 20.8

    stage.engine.run(until=until)
    # Silent until the next note is played.
    assert clicks(stage) == [(0.25, 76), (0.75, 77), (20.25, 76), (20.75, 77)]


@pytest.mark.parametrize("asked", ["stop", (SettingChange("click.when", "never"),)])
def test_a_click_that_is_stopped_ends_at_once_and_none_begins(asked):
    stage = clicking("always", phrase=[])
    while stage.clock.now_s() < 0.76:  # in the midst of a click
        stage.engine.turn()
        stage.engine._rest()
    stage.engine.ask(asked)
    stage.run(until_s=3.0)
    assert clicks(stage) == [(0.25, 76), (0.75, 77)]
    assert stage.port.clicks[-1].at_s < 0.77


def test_an_external_clock_is_followed():
    """The song begins at 0.25; the phrase is half a beat into its first bar."""
    pulses = [Clocked(0.25 + n * PULSE_S, ClockSignal("pulse")) for n in range(400)]
    clock = VirtualClock()
    port = Loopback(clock, [Clocked(0.249, ClockSignal("start")), *pulses, *PHRASE])
    led = SessionSettings(clock=ClockSettings(source="midi"))
    session = Session(scripted_voice(SCRIPT), led, 1)
    Engine(clock, port, session, lambda _: None).run(until=lambda: clock.now_s() >= 8.0)
    assert [round(t.at_s, 3) for t in port.sent][:2] == [4.25, 5.225]


def test_a_clock_feed_is_asked_every_turn():
    clock, told = VirtualClock(), [Lead(0.0, 0.0, 120.0)]
    port = Loopback(clock, PHRASE)
    session = Session(scripted_voice(SCRIPT), SessionSettings(clock=ClockSettings(source="link")), 1)

    def clock_feed():
        leads = told[:]
        told.clear()
        return leads

    engine = Engine(clock, port, session, lambda _: None, clock_feed=clock_feed)
    engine.run(until=lambda: clock.now_s() >= 8.0)
    assert [round(t.at_s, 3) for t in port.sent][:1] == [4.0]


class Ahead(Loopback):
    """A port that wants its notes a hundredth of a second early, and keeps when each is to sound."""

    ahead_s = 0.01

    def __init__(self, clock, script):
        super().__init__(clock, script)
        self.due = []

    def send(self, event, at_s):
        self.due.append((round(at_s, 4), round(self._clock.now_s(), 4)))
        super().send(event, at_s)


def test_a_port_that_keeps_time_itself_is_handed_notes_early():
    stage = Outputs(scripted_voice(SCRIPT), port=Ahead)
    stage.run()
    assert [at_s for at_s, _ in stage.port.due] == [4.5, 5.475, 5.5, 6.475]
    assert all(at_s - handed_s == pytest.approx(0.01, abs=1e-6) for at_s, handed_s in stage.port.due)


class BusyClock(VirtualClock):
    """Whatever is done takes time: 0.2 ms from one look at the clock to the next."""

    def now_s(self):
        self._now_s += 0.0002
        return self._now_s


class FlatCritic:
    def log_odds_in_slices(self, _phrase, answers, _frame):
        yield
        return np.array([0.0] * len(answers))


def test_notes_are_handed_early_also_while_the_answer_is_composed():
    answer = AnswerSettings("continue", candidates=4)
    settings = SessionSettings(tempo=TempoSettings("fixed", 120.0, downbeat="first"), answer=answer)
    stage = Outputs(event_voice(critic=FlatCritic()), Ahead, settings=settings, clock=BusyClock())
    stage.run(until_s=40.0)
    assert len(stage.port.due) > 10
    assert sum(isinstance(report, Planned) for report in stage.reports) > 1
    assert all(at_s - handed_s > 0.008 for at_s, handed_s in stage.port.due[:-1])


def test_a_clock_that_jumps_an_hour_ends_the_notes_and_plays_no_burst():
    later = [Timed(3600 + at_s, event) for at_s, event in ((10.5, NoteOn(60)), (12.2, NoteOff(60)))]
    stage = Outputs(scripted_voice(SCRIPT), phrase=[*PHRASE, *later])
    while not stage.sounding():
        stage.engine.turn()
        stage.clock.wait_until_s(stage.clock.now_s() + 0.01)
    before, (pitch,) = len(stage.port.sent), stage.sounding()
    stage.clock.wait_until_s(stage.clock.now_s() + 3600)
    stage.engine.turn()
    after = [timed.event for timed in stage.port.sent[before:]]
    assert after == [NoteOff(pitch)]
    stage.run(until_s=3630.0)
    again = [timed for timed in stage.port.sent[before + 1 :] if isinstance(timed.event, NoteOn)]
    assert len(again) >= 2
    assert all(timed.at_s > 3612.2 for timed in again)
    assert stage.sounding() == []


class Watched(Loopback):
    """Keeps the moments at which it was looked at."""

    def __init__(self, clock, script):
        super().__init__(clock, script)
        self.clock, self.looks_s = clock, []

    def receive(self):
        self.looks_s.append(self.clock.now_s())
        return super().receive()


def test_a_key_pressed_after_a_long_pause_is_noticed_within_20_ms():
    stage = Outputs(scripted_voice(SCRIPT), Watched, phrase=[])
    stage.run(until_s=10.0)
    looks_s = stage.port.looks_s
    assert max(after - before for before, after in pairwise(looks_s)) < 0.02
    # And not so often that waiting costs anything.
    assert len([look_s for look_s in looks_s if look_s > 5]) < 1000


def test_where_the_input_wakes_the_loop_a_key_is_noticed_at_once_and_looks_are_few():
    stage = Outputs(scripted_voice(SCRIPT), Watched)

    def wait_for_input(until_s):
        coming = [timed.at_s for timed in PHRASE if timed.at_s > stage.clock.now_s()]
        stage.clock.wait_until_s(min([until_s, *coming]))
        return True

    stage.engine._wait_for_input = wait_for_input
    stage.run(until_s=8.0)
    received = [report.timed for report in stage.reports if isinstance(report, Received)]
    assert received == PHRASE
    assert all(timed.at_s in stage.port.looks_s for timed in PHRASE)
    assert len(stage.port.looks_s) < 1200
    assert [timed.at_s for timed in stage.port.sent] == [4.5, 5.475, 5.5, 6.475]


def suspended_at(*moments_s, script=PHRASE):
    """An engine that is suspended at the first moment and resumed at the second."""
    stage = Outputs(scripted_voice(SCRIPT), phrase=script)
    said = []
    stage.engine._say_suspended = lambda: said.append(stage.clock.now_s())
    begin_s, end_s, over_s = moments_s

    def until():
        now_s = stage.clock.now_s()
        if begin_s <= now_s < end_s and not said:
            stage.engine.suspend()
        if now_s >= end_s:
            stage.engine.resume()
        return now_s >= over_s

    stage.engine.run(until=until)
    return stage, said


def test_a_suspended_engine_ends_its_notes_says_so_and_plays_nothing_more():
    stage, said = suspended_at(4.7, 20.0, 30.0)
    assert said == [pytest.approx(4.7, abs=0.02)]
    assert [type(timed.event) for timed in stage.port.sent] == [NoteOn, NoteOff]
    assert stage.sounding() == []
    assert stage.port.sent[1].at_s == pytest.approx(4.7, abs=0.02)


def test_what_is_played_to_a_suspended_engine_is_not_heard_and_afterwards_it_answers():
    missed, heard = (
        [Timed(8.0, NoteOn(62)), Timed(9.0, NoteOff(62))],
        [Timed(21.0, NoteOn(64)), Timed(22.0, NoteOff(64))],
    )
    stage, _ = suspended_at(4.7, 20.0, 32.0, script=[*PHRASE, *missed, *heard])
    received = [report.timed.event.pitch for report in stage.reports if isinstance(report, Received)]
    assert received == [60, 60, 64, 64]
    assert [timed.at_s > 22 for timed in stage.port.sent if isinstance(timed.event, NoteOn)].count(True) >= 1
    assert stage.sounding() == []


def test_a_suspended_engine_can_be_stopped():
    stage, said = suspended_at(4.7, 100.0, 6.0)
    assert said
    assert stage.clock.now_s() == pytest.approx(6.0, abs=0.02)


class SlowCritic:
    """Takes a second of the clock to say something, in parts."""

    def __init__(self, part_s=0.01):
        self.clock, self.part_s = None, part_s

    def log_odds_in_slices(self, _phrase, answers, _frame):
        for _ in range(round(1 / self.part_s)):
            self.clock.wait_until_s(self.clock.now_s() + self.part_s)
            yield
        return np.array([0.0] * len(answers))


def test_an_answer_does_not_wait_for_candidates_that_are_not_ready():
    for start, hurried in (("now", 1), ("bar", 0)):
        critic = SlowCritic()
        answer = AnswerSettings(start=start, candidates=2, bars=1)
        asked = SessionSettings(tempo=TempoSettings("fixed", 120.0, downbeat="first"), answer=answer)
        stage = Outputs(event_voice(critic=critic), settings=asked)
        critic.clock = stage.clock
        stage.run(until_s=9.0)
        assert sum(isinstance(report, Hurried) for report in stage.reports) == hurried
        assert sum(isinstance(report, Planned) for report in stage.reports) == 1 - hurried
        assert stage.sounding() == []


@pytest.mark.parametrize("part_s", [0.0004, 0.0019])
def test_no_pulse_is_late_because_a_part_of_the_composing_was_begun_just_before_it(part_s):
    critic = SlowCritic(part_s)
    asked = replace(FIXED, answer=AnswerSettings(candidates=2, bars=1))
    stage = Outputs(event_voice(critic=critic), settings=asked)
    critic.clock = stage.clock
    stage.engine = Engine(
        stage.clock, stage.port, stage.session, stage.reports.append, clock_out=MidiClockOut()
    )
    stage.run()
    assert sum(isinstance(report, Planned) for report in stage.reports) == 1
    pulses = [said.at_s for said in stage.port.signals if said.signal == ClockSignal("pulse")]
    assert len(pulses) > 300
    assert pulses == pytest.approx([0.5 + n * PULSE_S for n in range(len(pulses))], abs=1e-6)


def test_a_note_without_a_port_is_heard_and_reported_at_its_moment_but_not_later_than_now():
    stage = Outputs(scripted_voice(SCRIPT), phrase=())
    moments = [(0.5, Timed(0.49, NoteOn(60, 80))), (2.2, Timed(99.0, NoteOff(60)))]

    def until():
        while moments and stage.clock.now_s() >= moments[0][0]:
            stage.engine.play(moments.pop(0)[1])
        return stage.clock.now_s() >= 8.0

    stage.engine.run(until=until)
    received = [report.timed for report in stage.reports if isinstance(report, Received)]
    assert [timed.event for timed in received] == [NoteOn(60, 80), NoteOff(60)]
    assert [timed.at_s for timed in received] == [0.49, pytest.approx(2.2, abs=0.02)]
    assert any(isinstance(timed.event, NoteOn) for timed in stage.port.sent)


def test_a_note_without_a_port_is_not_heard_by_a_suspended_engine():
    stage = Outputs(scripted_voice(SCRIPT), phrase=())
    stage.engine.suspend()

    def until():
        if 0.0 < stage.clock.now_s() < 1.0:
            stage.engine.play(Timed(stage.clock.now_s(), NoteOn(60, 80)))
        elif stage.clock.now_s() >= 1.0:
            stage.engine.resume()
        return stage.clock.now_s() >= 3.0

    stage.engine.run(until=until)
    assert not [report for report in stage.reports if isinstance(report, Received)]


def test_the_parts_get_their_sounds_before_each_answer():
    harmony = HarmonySettings(bass=True, bass_program=33, chords_program=5)
    stage = Outputs(scripted_voice(SCRIPT), settings=replace(FIXED, harmony=harmony))
    stage.run()
    ((at_s, change),) = [(one.at_s, one.change) for one in stage.port.turned]
    assert change == ProgramChange(32, 1)
    assert at_s < min(one.at_s for one in stage.port.sent)
    assert {one.event.channel for one in stage.port.sent} == {0, 1}
