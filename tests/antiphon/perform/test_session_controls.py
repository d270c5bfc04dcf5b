"""Knobs, buttons, pedals and changed settings, and what they do to a session."""

from antiphon.events import ControlChange, NoteOn, Timed
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer_reports import Composed, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Asked, KnobTurned, Learned, MemoryKept, Pressed, SettingChanged
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings
from playing import FIXED, PHRASE, lstm_session, play, rows, session, turned

KNOBS = ControlSettings(temperature=20, bars=21, mode=22, answer_now=23, stop=24, panic=25)


def test_answer_now_ends_the_phrase():
    made = session(control=KNOBS)
    sent = play(made, PHRASE[:3], until_s=1.8)
    made.turn(turned(1.8, 23, 127))
    sent += play(made, [], until_s=9.0)
    assert rows(sent)[0] == (3.0, "on", 60)  # in the register of what was played
    heard = next(report for report in made.take_reports() if isinstance(report, Heard))
    assert heard.at_s == 1.8
    assert [note.pitch for note in heard.notes] == [60, 64]


def test_stop_ends_the_answer_and_panic_the_phrase_too():
    for control in (24, 25):
        made = session(control=KNOBS)
        play(made, PHRASE, until_s=3.1)
        made.turn(turned(3.1, control, 127))
        assert rows(made.advance(3.1)) == [(3.1, "off", 72)]
        assert made.state == "idle"
        assert made.next_deadline_s() is None
    made = session(control=KNOBS)
    play(made, PHRASE[:3], until_s=1.8)
    made.turn(turned(1.8, 25, 127))
    assert play(made, [], until_s=9.0) == []


def test_a_button_that_comes_up_does_nothing():
    made = session(control=KNOBS)
    play(made, PHRASE, until_s=3.1)
    made.turn(turned(3.1, 24, 0))
    assert made.state == "answering"


def test_knobs_change_the_answers_to_come():
    made = session(control=KNOBS)
    made.turn(turned(0.5, 21, 32))
    play(made, PHRASE)
    assert next(report for report in made.take_reports() if isinstance(report, Heard)).answer_steps == 32


def test_the_temperature_turns_within_the_answer():
    made = lstm_session(control=KNOBS, tempo=FIXED, answer=AnswerSettings(bars=4))
    play(made, PHRASE, until_s=4.0)
    made.turn(turned(4.0, 20, 0))
    play(made, [], until_s=9.0)
    drawn = [(n.step, n.draw.temperature) for n in made.take_reports() if isinstance(n, Composed)]
    late = [temperature for step, temperature in drawn if step > 28]
    assert late
    assert all(temperature <= 0.12 for temperature in late)
    assert all(temperature > 0.5 for step, temperature in drawn if step <= 26)


def test_the_next_knob_is_learned_and_works_at_once():
    made = session(control=KNOBS, learn="bars")
    made.turn(turned(0.2, 64, 0))  # a pedal is no knob
    made.turn(turned(0.5, 77, 32))
    play(made, PHRASE)
    reports = made.take_reports()
    assert [(n.name, n.control) for n in reports if isinstance(n, Learned)] == [("bars", 77)]
    assert next(n for n in reports if isinstance(n, Heard)).answer_steps == 32


def test_what_a_knob_has_set_and_which_button_went_down_are_told():
    made = session(control=ControlSettings(temperature=20, mode=22, rests=26, record=28))
    for control, value in ((20, 127), (22, 95), (26, 0), (28, 127), (28, 0), (90, 1)):
        made.turn(turned(1.0, control, value))
    assert made.take_reports()[1:] == [
        SettingChanged(1.0, "sampling.temperature", 2.0),
        KnobTurned(1.0, "temperature", 2.0),
        SettingChanged(1.0, "answer.mode", "trade"),
        KnobTurned(1.0, "mode", "trade"),
        SettingChanged(1.0, "sampling.weights.r", 0.0),
        KnobTurned(1.0, "rests", 0.0),
        Pressed(1.0, "record"),
    ]


def test_a_change_counts_from_the_moment_it_is_asked_for():
    made = session(control=KNOBS)
    sent = play(made, PHRASE, until_s=3.2)
    changes = (SettingChange("tempo.bpm", 60.0), SettingChange("control.answer_now", 99))
    made.ask(changes, 3.25)
    sent += play(made, [], until_s=30.0)
    # A quarter of the answer's first second had passed: at half the tempo the rest takes twice as long.
    assert rows(sent)[:4] == [(3.0, "on", 72), (3.65, "off", 72), (3.75, "on", 71), (4.2, "off", 71)]
    reports = made.take_reports()
    assert Asked(3.25, changes) in reports
    assert SettingChanged(3.25, "control.answer_now", 99) in reports
    made.receive(Timed(31.25, NoteOn(60)))
    made.turn(turned(31.5, 23, 127))  # the old button does nothing
    made.turn(turned(31.75, 99, 127))
    play(made, [], until_s=40.0)
    heard = next(report for report in made.take_reports() if isinstance(report, Heard))
    assert (heard.at_s, heard.grid.bpm) == (31.75, 60.0)


def test_a_change_keeps_what_a_knob_has_set():
    made = session(control=KNOBS)
    made.turn(turned(0.1, 22, 95))  # trade
    made.ask((SettingChange("answer.bars", 1),), 0.2)
    play(made, PHRASE, until_s=3.5)
    assert made.state == "answering"  # a bar, then the bar line, as trading has it
    assert next(report for report in made.take_reports() if isinstance(report, Heard)).at_s == 3.0


def test_a_change_to_the_value_of_the_beginning_undoes_a_knob():
    made = session(control=KNOBS)
    before = made.settings.sampling.temperature
    made.turn(turned(0.1, 20, 127))
    assert made.settings.sampling.temperature == 2.0
    made.ask((SettingChange("sampling.temperature", before),), 0.2)
    assert made.settings.sampling.temperature == before


def test_a_button_can_be_asked_for_from_outside():
    made = session()
    play(made, PHRASE, until_s=3.1)
    made.ask("panic", 3.1)
    assert rows(made.advance(3.1)) == [(3.1, "off", 72)]
    assert [report for report in made.take_reports() if isinstance(report, Asked | Pressed)] == [
        Asked(3.1, "panic"),
        Pressed(3.1, "panic"),
    ]


def test_recording_changes_nothing_in_the_music():
    knobs = ControlSettings(record=28)
    press = [(at_s, ControlChange(28, 127)) for at_s in (1.7, 3.1, 4.2)]
    pressed = play(session(control=knobs), sorted([*PHRASE, *press], key=lambda one: one[0]))
    assert pressed == play(session(control=knobs), PHRASE)


def test_the_pedal_holds_the_phrase_open():
    made = session(phrase=PhraseSettings(silence_beats=0.25))
    made.turn(turned(0.9, 64, 127))
    play(made, PHRASE, until_s=4.0)
    assert made.state == "listening"
    made.turn(turned(4.0, 64, 0))
    play(made, [], until_s=4.2)
    assert made.state == "answering"


def test_buttons_rule_the_memory():
    made = lstm_session(control=ControlSettings(remember=40, forget=41, keep_memory=42))

    def phrase_at(at_s):
        return [(moment + at_s, event) for moment, event in PHRASE]

    def press(button, at_s):
        return at_s, ControlChange(button, 127)

    asked = [8.0, 13.0, 20.1, 35.0]
    events = [
        *phrase_at(0.0),
        *phrase_at(10.0),
        press(41, 20.0),
        press(40, 20.5),
        *phrase_at(22.0),
        *phrase_at(32.0),
    ]
    play(made, sorted(events + [press(42, at_s) for at_s in asked], key=lambda e: e[0]), until_s=36.0)
    kept = [n.symbols for n in made.take_reports() if isinstance(n, MemoryKept)]
    assert {"60", "64", "67"} <= set(kept[0])
    assert len(kept[1]) == len(kept[0])  # while an answer sounds it is not kept yet
    assert kept[2:] == [(), ()]


def test_a_client_lets_the_next_knob_be_learned_or_not():
    made = session(control=KNOBS)
    made.ask((SettingChange("learn", "bars"),), 0.1)
    made.ask((SettingChange("learn", None),), 0.2)
    made.turn(turned(0.3, 77, 32))
    made.ask((SettingChange("learn", "bars"),), 0.4)
    made.turn(turned(0.5, 77, 32))
    learned = [n for n in made.take_reports() if isinstance(n, Learned)]
    assert learned == [Learned(0.5, "bars", 77)]
