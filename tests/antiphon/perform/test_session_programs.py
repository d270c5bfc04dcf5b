"""A program change lets another voice answer."""

import pytest

from antiphon.events import ProgramChange
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import (
    Composed,
    ProgramChosen,
    SettingChanged,
)
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, SettingChange
from fakes import scripted_voice
from playing import FIXED, PHRASE, PLAIN, play, rows, turned

KNOBS = ControlSettings(temperature=20)


LOW = ["60", "_", "_", "_", "62", "_", "_", "_", "/"]


def two_voices(**changes):
    """A voice, and another as program 1."""
    changes = {"sampling": PLAIN, "tempo": FIXED, **changes}
    voices = [scripted_voice(["72", "_"] * 40, name="first"), scripted_voice(LOW, name="other")]
    return Session(voices[0], SessionSettings(**changes), 1, voices[1:]), voices


def pitches(sent):
    return [pitch for _, kind, pitch in rows(sent) if kind == "on"]


def test_a_program_change_lets_another_voice_answer():
    made, voices = two_voices()
    sent = play(made, [*PHRASE, (2.5, ProgramChange(0))])
    assert rows(sent)[:4] == [(3.0, "on", 60), (3.45, "off", 60), (3.5, "on", 62), (4.975, "off", 62)]
    assert [n for n in made.take_reports() if isinstance(n, ProgramChosen)] == [
        ProgramChosen(2.5, 0, "other")
    ]
    heard = ["/", "60", "_", "_", "_", "64", "_", "_", "_", "67", "_", "_"]
    assert voices[1].model.heard[: len(heard)] == heard


def test_another_voice_hears_the_phrase_before_it_is_over():
    made, voices = two_voices()
    play(made, [*PHRASE, (2.5, ProgramChange(0))], until_s=2.89)
    assert voices[1].model.heard[-8:] == ["67", *["_"] * 7]


def test_an_answer_goes_on_in_its_own_voice_and_the_next_is_in_the_other():
    made, _ = two_voices()
    again = [(at_s + 6.0, event) for at_s, event in PHRASE]
    sent = play(made, [*PHRASE, (3.3, ProgramChange(0)), *again])
    assert pitches(sent) == [72] * 8 + [60, 62]


def test_a_program_that_there_is_not_changes_nothing():
    made, _ = two_voices()
    sent = play(made, [*PHRASE[:3], (1.97, ProgramChange(1)), *PHRASE[3:]])
    assert pitches(sent) == [72] * 8
    assert [n for n in made.take_reports() if isinstance(n, ProgramChosen)] == [ProgramChosen(1.97, 1, None)]


def test_knobs_turn_for_every_voice():
    made, _ = two_voices(control=KNOBS)
    made.turn(turned(0.2, 20, 0))
    play(made, [*PHRASE, (2.5, ProgramChange(0))])
    drawn = [n.draw.temperature for n in made.take_reports() if isinstance(n, Composed)]
    assert drawn == [pytest.approx(0.1)] * len(drawn)


def test_a_voice_is_chosen_by_its_name_and_the_first_one_again():
    made, _ = two_voices()
    made.ask((SettingChange("model.name", "other"),), 0.5)
    assert pitches(play(made, PHRASE)) == [60, 62]
    made.ask((SettingChange("model.name", "first"),), 20.0)
    again = [(at_s + 20.0, event) for at_s, event in PHRASE]
    assert pitches(play(made, again, until_s=40.0))[0] == 72
    changed = [n for n in made.take_reports() if isinstance(n, SettingChanged)]
    assert changed == [
        SettingChanged(0.5, "model.name", "other"),
        SettingChanged(20.0, "model.name", "first"),
    ]


def test_a_name_that_there_is_not_changes_nothing():
    made, _ = two_voices()
    made.ask((SettingChange("model.name", "nobody"),), 0.5)
    assert pitches(play(made, PHRASE)) == [72] * 8
