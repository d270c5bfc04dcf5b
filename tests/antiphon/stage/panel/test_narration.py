"""Reports become messages: notes, phrases, plans that replace each other and are withdrawn, the state."""

import json
from dataclasses import replace

from antiphon.config import Config
from antiphon.events import GridNote, NoteOff, NoteOn, PlayedNote, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import (
    NOTHING_FORESEEN,
    Answered,
    ChordGuessed,
    ChordsHeard,
    Foreseen,
    Heard,
    NamedChord,
)
from antiphon.perform.reports import (
    BarsBegun,
    Learned,
    ProgramChosen,
    Received,
    Sent,
    SettingChanged,
    StateChanged,
)
from antiphon.stage.panel.narration import Narration, hello, state_of
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.timebase import Grid, Meter

PLAN = Foreseen(3, 2.0, 4.0, (PlayedNote(67, 90, 2.0, 2.4),), ((2.0, 1.5, 0.9),), (True,))


def told(*reports):
    narration = Narration()
    return [message for report in reports for message in narration.hear(report)]


def test_notes_of_both_sides():
    heard, sounded, off = told(
        Received(Timed(1.0, NoteOn(60, 80))),
        Sent(Timed(2.0, NoteOn(67, 90)), 0.0),
        Sent(Timed(2.4, NoteOff(67)), 0.0),
    )
    assert heard == {"type": "heard", "pitch": 60, "velocity": 80, "on": True, "at_s": 1.0}
    assert (sounded["type"], sounded["on"], off["on"], off["velocity"]) == ("sounded", True, False, 0)


def test_a_phrase_begins_and_ends_with_its_notes():
    messages = told(
        StateChanged(1.0, "listening"),
        Received(Timed(1.0, NoteOn(60, 80))),
        Received(Timed(1.5, NoteOff(60))),
        StateChanged(2.0, "answering"),
        StateChanged(3.0, "idle"),
    )
    phrases = [one for one in messages if one["type"] == "phrase"]
    assert [(one["begins_s"], one["ends_s"]) for one in phrases] == [(1.0, None), (1.0, 1.5)]


def test_a_plan_has_notes_and_symbols():
    (plan,) = told(PLAN)
    assert plan["notes"] == [{"pitch": 67, "velocity": 90, "at_s": 2.0, "ends_s": 2.4, "quoted": True}]
    assert plan["symbols"] == [{"at_s": 2.0, "entropy": 1.5, "temperature": 0.9}]
    assert (plan["answer"], plan["begins_s"], plan["ends_s"]) == (3, 2.0, 4.0)


def test_a_plan_is_withdrawn_where_the_player_goes_on():
    _, withdrawn = told(PLAN, NOTHING_FORESEEN)
    assert (withdrawn["answer"], withdrawn["notes"], withdrawn["symbols"]) == (3, [], [])


def heard():
    return Heard(1.5, (), None, Grid(110.0, 0.0), 16, 16)


def test_an_answer_that_counts_is_not_withdrawn_but_cut():
    messages = told(PLAN, heard(), Answered(3.0, True, 0), NOTHING_FORESEEN)
    assert messages[1:] == [{"type": "cut", "answer": 3, "at_s": 3.0}]


def test_an_answer_that_is_over_is_neither():
    assert len(told(PLAN, heard(), Answered(4.0, False, 0), NOTHING_FORESEEN)) == 1


def test_settings_learned_numbers_and_models():
    messages = told(
        SettingChanged(1.0, "sampling.temperature", 1.2),
        Learned(1.0, "temperature", 20),
        ProgramChosen(1.0, 2, "irish"),
        ProgramChosen(1.0, 9, None),
    )
    assert messages == [
        {"type": "setting", "name": "sampling.temperature", "value": 1.2},
        {"type": "learned", "name": "temperature", "number": 20},
        {"type": "setting", "name": "model.name", "value": "irish"},
    ]


def test_the_state_says_where_the_bars_are():
    tracker = PerformanceTracker(Config(), "essen", 24)
    assert state_of(tracker.state, 1.0)["grid"] is None
    tracker.hear(BarsBegun(1.0, Grid(120.0, 1.0, 24)))
    grid = state_of(tracker.state, 5.5)["grid"]
    assert grid == {
        "bar": 3,
        "bar_begins_s": 5.0,
        "quarter_s": 0.5,
        "quarters_a_bar": 4.0,
        "beat_quarters": 1.0,
    }


def test_the_state_says_how_sure_the_key_is():
    tracker = PerformanceTracker(Config(), "essen", 24)
    assert state_of(tracker.state, 1.0)["key_sure"] is None
    note = GridNote(0, 24, 67)
    tracker.hear(Heard(1.5, (note,), Key(7, "major"), Grid(110.0, 0.0, 24), 96, 96, key_sure=0.87654))
    said = state_of(tracker.state, 1.0)
    assert (said["key"], said["key_sure"]) == ("G major", 0.877)


def test_hello_is_plain_and_tells_ranges_and_numbers():
    tracker = PerformanceTracker(Config(), "essen", 24)
    said = json.loads(json.dumps(hello(tracker.state, ("essen", "han"), "1", True)))
    assert said["settings"]["answer.candidates"] == 16
    assert said["ranges"]["answer.candidates"] == {"low": 1.0, "high": 64.0}
    assert said["ranges"]["answer.mode"] == {"choices": ["answer", "continue", "trade", "accompany"]}
    assert said["controls"]["temperature"] is None
    assert "state" not in said["controls"]
    assert said["models"] == ["essen", "han"]


def test_a_plan_names_parts_and_chords():
    under = (("bass", PlayedNote(36, 70, 2.0, 3.0)),)
    (plan,) = told(replace(PLAN, parts=under, chords=((2.0, "Am"),)))
    assert [note.get("part") for note in plan["notes"]] == [None, "bass"]
    assert plan["chords"] == [{"at_s": 2.0, "name": "Am"}]


def test_the_note_of_a_part_names_it():
    narration = Narration()
    sent = [Sent(Timed(2.0, NoteOn(36, 70, channel)), 0.0) for channel in (0, 1, 9)]
    messages = [message for one in sent for message in narration.hear(one, Config())]
    assert [message.get("part") for message in messages] == [None, "bass", None]


def test_a_chord_that_is_guessed_is_told_as_a_guess():
    (told_,) = told(ChordGuessed(3.0, 3.5, 4.5, "Am", Key(0, "major"), Meter()))
    assert told_ == {"type": "chords", "chords": [{"at_s": 3.5, "name": "Am?"}], "ends_s": 4.5}


def test_the_chords_that_were_played_are_told_with_their_moments():
    (told_,) = told(ChordsHeard(3.0, (NamedChord(1.0, "C"), NamedChord(2.0, "G7/B")), 3.0))
    named = [{"at_s": 1.0, "name": "C"}, {"at_s": 2.0, "name": "G7/B"}]
    assert told_ == {"type": "chords", "chords": named, "ends_s": 3.0}
