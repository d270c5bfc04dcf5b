"""An answer counts from its first note on; only a phrase that goes on before that withdraws it."""

import pytest

from antiphon.events import ControlChange, Lead, NoteOff, NoteOn
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer_reports import Answered, Composed, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Followed, MemoryKept, StateChanged
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, ClockSettings, SessionSettings, TempoSettings
from fakes import scripted_voice
from playing import FIXED, PHRASE, PLAIN, SCRIPT, advanced, lstm_session, play, rows, session


def told(made, *kinds):
    return [report for report in made.take_reports() if isinstance(report, kinds)]


def test_nothing_is_reported_of_an_answer_before_its_first_note():
    made = session()
    play(made, PHRASE, until_s=2.95)
    assert [report.state for report in told(made, StateChanged, Heard, Composed)] == [
        "listening",
        "answering",
    ]
    advanced(made, 3.0)
    heard, *composed = told(made, Heard, Composed)
    assert (heard.at_s, heard.answer_start_steps) == (pytest.approx(2.9), 16)
    assert [report.step for report in composed] == list(range(16, 16 + len(composed)))


@pytest.mark.parametrize("button", ["stop", "panic"])
def test_an_answer_that_is_stopped_before_it_sounds_counts(button):
    made = session()
    play(made, PHRASE, until_s=2.95)
    made.ask(button, 2.95)
    assert advanced(made, 9.0) == []
    assert [type(report) for report in told(made, Heard, Answered)] == [Heard, Answered]
    assert made.state == "idle"


def test_a_phrase_that_was_too_long_counts_though_the_player_goes_on():
    made = session(phrase=PhraseSettings(max_beats=2.0))
    play(made, [(1.0, NoteOn(60)), (2.5, NoteOff(60)), (2.6, NoteOn(62)), (2.8, NoteOff(62))], until_s=8.0)
    heard = [[note.pitch for note in report.notes] for report in told(made, Heard)]
    assert heard == [[60], [62]]


def test_a_tempo_that_is_set_while_an_answer_is_planned_makes_it_count():
    """Its bars are reported with it, and then the new ones."""
    made = session()
    play(made, PHRASE, until_s=2.95)
    made.ask((SettingChange("tempo.bpm", 60.0),), 2.95)
    advanced(made, 2.95)
    heard, followed = told(made, Heard, Followed)
    assert isinstance(heard, Heard)
    assert (heard.grid.bpm, followed.grid.bpm) == (120.0, 60.0)
    play(made, [(3.0, NoteOn(72)), (3.3, NoteOff(72))], until_s=12.0)
    assert [[note.pitch for note in report.notes] for report in told(made, Heard)] == [[72]]


def test_what_is_heard_lies_on_the_grid_of_the_external_clock_as_it_is_when_the_answer_sounds():
    asked = SessionSettings(clock=ClockSettings("link"), sampling=PLAIN)
    made = Session(scripted_voice(SCRIPT), asked, 1)
    made.hear_clock(Lead(0.0, 0.0, 120.0), 0.0)
    # The phrase begins a bar line; its answer is planned at 2.9 and sounds in the clock's next bar.
    events = [(at_s - 1.0, event) for at_s, event in PHRASE]
    play(made, events, until_s=1.95)
    made.hear_clock(Lead(1.95, 3.9, 100.0), 1.95)
    sent = play(made, [], until_s=2.5)
    assert rows(sent)[0] == (pytest.approx(1.95 + 0.1 * 60 / 100, abs=1e-4), "on", 72)
    (heard,) = told(made, Heard)
    assert heard.grid == made.transport.grid
    assert heard.grid.bpm == 100.0


def test_the_memory_holds_nothing_of_a_plan_that_was_withdrawn():
    knobs = ControlSettings(keep_memory=42)
    kept = []
    for silence_beats in (0.75, 1.25):  # the first plans an answer in the pause
        made = lstm_session(tempo=FIXED, control=knobs, phrase=PhraseSettings(silence_beats=silence_beats))
        paused = [*PHRASE, (2.95, NoteOn(72)), (3.3, NoteOff(72)), (9.5, ControlChange(42, 127))]
        play(made, paused, until_s=10.0)
        kept += [report.symbols for report in told(made, MemoryKept)]
    assert kept[0] == kept[1] != ()


def test_the_bars_of_a_plan_hold_while_it_waits_and_after_it_counts_and_not_when_it_is_withdrawn():
    """The settings say 120; quarters are played at 100."""
    events = [
        (1.0 + place * 0.6 + after_s, event)
        for place, pitch in enumerate((60, 62, 64, 65, 67, 65))
        for after_s, event in ((0.0, NoteOn(pitch)), (0.5, NoteOff(pitch)))
    ]

    def waiting():
        made = session(tempo=TempoSettings("follow", 120.0))
        play(made, events, until_s=5.1)
        assert made.transport.grid.bpm == pytest.approx(100.0, abs=0.5)
        return made

    going_on, counting = waiting(), waiting()
    play(going_on, [(5.15, NoteOn(67))], until_s=5.2)
    assert going_on.transport.grid.bpm == 120.0
    play(counting, [(9.0, NoteOn(67))], until_s=9.1)
    assert counting.transport.grid.bpm == pytest.approx(100.0, abs=0.5)


def test_a_phrase_that_goes_on_lies_where_the_external_clock_was_while_it_was_played():
    asked = SessionSettings(clock=ClockSettings("link"), sampling=PLAIN, answer=AnswerSettings(bars=1))
    made = Session(scripted_voice(SCRIPT), asked, 1)
    made.hear_clock(Lead(0.0, 0.0, 120.0), 0.0)
    play(made, [(0.0, NoteOn(60)), (0.4, NoteOff(60)), (0.5, NoteOn(62)), (0.9, NoteOff(62))], until_s=1.5)
    assert made.state == "answering"
    made.hear_clock(Lead(1.5, 3.0, 60.0), 1.5)  # slower, in the pause
    made.hear_clock(Lead(1.6, 3.1, 60.0), 1.6)
    play(made, [(2.0, NoteOn(64)), (2.4, NoteOff(64))], until_s=8.0)
    (heard,) = told(made, Heard)
    assert [note.onset_steps for note in heard.notes] == [0, 4, 14]


@pytest.mark.parametrize(("meter", "over_s", "starts_s"), [("6/8", 3.15, 3.25), ("3/4", 2.9, 3.0)])
def test_a_beat_is_one_of_the_meter(meter, over_s, starts_s):
    """In 6/8 at 120 quarters a minute it lasts 0.75 s."""
    made = session(tempo=TempoSettings("fixed", 120.0, meter), answer=AnswerSettings(start="beat"))
    sent = play(made, PHRASE)
    assert told(made, Heard)[0].at_s == pytest.approx(over_s)
    assert rows(sent)[0] == (starts_s, "on", 72)
