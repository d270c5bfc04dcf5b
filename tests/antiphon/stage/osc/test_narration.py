"""What is told of a performance."""

from dataclasses import replace

from antiphon.compose.sampling import Draw
from antiphon.config import Config
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import (
    Answered,
    ChordGuessed,
    ChordsHeard,
    Composed,
    Heard,
    NamedChord,
    Planned,
)
from antiphon.perform.reports import ProgramChosen, Received, Released, Sent, SettingChanged, StateChanged
from antiphon.stage.osc.beats import Beat
from antiphon.stage.osc.narration import TOGETHER, Narration, everything
from antiphon.stage.osc.packets import Message, packet_of
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.timebase import Grid, Meter

GRID = Grid(120.0, 10.0)
HEARD = Heard(14.0, (GridNote(0, 4, 60),), Key.parse("G major"), GRID, 32, 16)


class Told:
    """A narration and the state it tells of; gives what is told as (address, *arguments)."""

    def __init__(self):
        self.performance = PerformanceTracker(Config(), "essen")
        self.narration = Narration()
        list(self.narration.changes(self.performance.state))

    def messages(self, report):
        self.performance.hear(report)
        return [one for told in self.narration.hear(report, self.performance.state) for one in told]

    def of(self, *reports):
        found = [message for report in reports for message in self.messages(report)]
        return [(one.address.removeprefix("/antiphon/"), *one.arguments) for one in found]


def test_the_notes_of_both_are_told():
    told = Told()
    assert told.of(Received(Timed(1.0, NoteOn(60, 80)))) == [("phrase/note", 60, 80)]
    assert told.of(Received(Timed(1.5, NoteOff(60)))) == [("phrase/note", 60, 0)]
    told.of(HEARD)
    assert told.of(Sent(Timed(2.0, NoteOn(72, 90)), 0.0)) == [("answer/note", 72, 90)]
    assert told.of(Released(Timed(2.5, NoteOff(72)))) == [("answer/note", 72, 0)]


def test_phrases_and_answers_begin_and_end():
    told = Told()
    assert told.of(StateChanged(1.0, "listening")) == [("state", "listening"), ("phrase/begin",)]
    assert told.of(StateChanged(2.0, "answering")) == [("state", "answering"), ("phrase/end",)]
    begun = told.of(HEARD)
    assert begun == [("tempo", 120.0), ("key", "G major"), ("answer/begin", 3.0, 4.0)]
    assert told.of(Answered(3.0, True, 0), StateChanged(3.0, "listening")) == [
        *(("answer/end", 1), ("state", "listening"), ("phrase/begin",)),
    ]
    assert told.of(replace(HEARD, answer_steps=None)) == [("answer/begin", 3.0, -1.0)]


def test_the_chords_that_are_played_are_told_by_name():
    told = Told()
    told.of(HEARD)
    assert told.of(ChordsHeard(2.0, (NamedChord(0.0, "C"), NamedChord(1.0, "G7")), 2.0)) == [
        ("chords", "C G7")
    ]
    assert ("chords", "") in told.of(HEARD)


def test_the_chord_that_is_guessed_is_told():
    told = Told()
    assert ("guess", "Am") in told.of(ChordGuessed(5.0, 5.5, 6.5, "Am", Key(0, "major"), Meter()))
    assert ("guess", "") in told.of(StateChanged(7.0, "idle"))


def test_how_sure_the_key_is_is_told_where_it_is_heard():
    told = Told()
    assert ("key_sure", 0.99) in told.of(replace(HEARD, key_sure=0.98765))
    assert told.of(replace(HEARD, key_sure=0.98765)) == [("answer/begin", 3.0, 4.0)]
    assert told.of(HEARD) == [("answer/begin", 3.0, 4.0)]


def test_the_first_note_of_an_answer_which_is_reported_before_it_is_told_after_its_begin():
    told, first = Told(), Sent(Timed(14.0, NoteOn(72, 90)), 0.0)
    assert told.of(first, HEARD)[-2:] == [("answer/begin", 3.0, 4.0), ("answer/note", 72, 90)]
    told.of(Answered(3.0, False, 0))
    off = Sent(Timed(15.0, NoteOff(72)), 0.0)
    assert told.of(first, off) == [("answer/note", 72, 90), ("answer/note", 72, 0)]


def test_a_plan_is_told_whole_and_each_note_has_its_moment():
    told = Told()
    told.of(HEARD)
    notes = (GridNote(32, 4, 67), GridNote(36, 8, 69))
    assert told.messages(Planned(32, notes)) == [
        Message("/antiphon/plan", (1, 2, 3.0)),
        Message("/antiphon/plan/note", (1, 67, 3.0, 1.0), 14.0),
        Message("/antiphon/plan/note", (1, 69, 3.25, 2.0), 14.5),
    ]
    assert told.of(Planned(36, ()))[0] == ("plan", 2, 0, 3.25)


def test_a_long_plan_is_told_in_packets_that_any_network_takes():
    told = Told()
    notes = tuple(GridNote(step, 1, 60) for step in range(1000))
    told.performance.hear(Planned(0, notes))
    bundles = list(told.narration.hear(Planned(0, notes), told.performance.state))
    assert sum(map(len, bundles)) == 1001
    assert max(len(packet_of(one, lambda at_s: at_s)) for one in bundles) < 1400


def test_the_entropy_is_told_where_a_note_or_a_rest_begins():
    told, draw = Told(), Draw(3, 1.5, 1.0, 0.25)
    told.of(HEARD)
    assert told.messages(Composed(32, "67", draw)) == [Message("/antiphon/entropy", (1.5, 1.0), 14.0)]
    assert told.of(Composed(33, "_", draw)) == []


def test_settings_are_told_at_their_addresses_as_numbers_and_texts():
    told = Told()
    assert told.of(SettingChanged(1.0, "answer.overlap", True)) == [("answer/overlap", 1)]
    assert told.of(SettingChanged(1.0, "sampling.weights", {"r": 0.5, "_": 2.0})) == [
        *(("sampling/weights/r", 0.5), ("sampling/weights/_", 2.0)),
    ]
    assert told.of(SettingChanged(1.0, "control.stop", None)) == []


def test_another_model_is_told():
    assert Told().of(ProgramChosen(1.0, 1, "irish")) == [("model", "irish")]


def test_a_bar_and_its_beats_are_told_once():
    narration = Narration()
    beats = [Beat(1.0, 1, 4), Beat(1.5, 2, 1), Beat(1.5, 2, 1), Beat(2.0, 2, 2)]
    told = [[one.address.removeprefix("/antiphon/") for [one] in narration.beat(beat)] for beat in beats]
    assert told == [["bar", "beat"], ["bar", "beat"], [], ["beat"]]


def test_everything_is_the_state_and_each_setting_that_has_a_value():
    bundles = list(everything(PerformanceTracker(Config(), "essen").state))
    assert all(len(one) <= TOGETHER for one in bundles)
    told = {message.address: message.arguments for one in bundles for message in one}
    assert told["/antiphon/model"] == ("essen",)
    assert told["/antiphon/sampling/temperature"] == (1.0,)
    assert told["/antiphon/midi/inputs"] == ()
    assert "/antiphon/control/stop" not in told


def test_the_notes_of_parts_are_told_apart():
    told = Told()
    told.of(HEARD)
    sent = [Sent(Timed(2.0, NoteOn(40, 70, channel)), 0.0) for channel in (1, 2, 3)]
    parts = ("bass", "chords", "second_voice")
    assert told.of(*sent) == [(f"answer/{part}/note", 40, 70) for part in parts]
