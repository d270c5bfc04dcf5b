"""A program change lets another voice answer."""

from dataclasses import replace

import pytest

from antiphon.events import ProgramChange
from antiphon.perform.answer_reports import Composed
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import NO_HANDOVER, Handover, Joined, MemoryKept, ProgramChosen, SettingChanged
from antiphon.perform.session import Session
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import SessionSettings
from fakes import scripted_voice
from playing import FIXED, PHRASE, PLAIN, event_voice, play, rows, turned

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


LATE = Joined("late", "abc", None)
OTHER = ["74", "_", "_", "_", "76", "_", "_", "_", "/"]


def late_voice():
    return scripted_voice(OTHER, name="late")


def test_a_voice_that_joins_answers_when_it_is_chosen_by_its_name():
    made, _ = two_voices()
    assert pitches(play(made, PHRASE, until_s=8.0)) == [72] * 8
    made.join(late_voice(), LATE)
    made.join(late_voice(), LATE)
    assert [n for n in made.take_reports() if isinstance(n, Joined)] == [LATE]
    again = [(at_s + 8.0, event) for at_s, event in PHRASE]
    made.ask((SettingChange("model.name", "late"),), 8.5)
    assert pitches(play(made, again)) == [62, 64]


def test_a_voice_that_joins_is_no_program():
    made, _ = two_voices()
    made.join(late_voice(), LATE)
    assert pitches(play(made, [*PHRASE, (2.5, ProgramChange(1))])) == [72] * 8


def test_a_voice_whose_grid_does_not_fit_cannot_join():
    made, _ = two_voices()
    voice = replace(late_voice(), steps_per_quarter=3)
    with pytest.raises(ValueError, match="must divide 4, got 3"):
        made.join(voice, LATE)


def test_a_voice_that_joins_is_sampled_as_the_others_are():
    made, _ = two_voices(control=KNOBS)
    made.turn(turned(0.2, 20, 0))
    made.join(late_voice(), LATE)
    made.ask((SettingChange("model.name", "late"),), 0.5)
    play(made, PHRASE)
    drawn = [n.draw.temperature for n in made.take_reports() if isinstance(n, Composed)]
    assert drawn == [pytest.approx(0.1)] * len(drawn)


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_voice_that_joins_after_all_was_forgotten_remembers_nothing(forgotten):
    made = session_of(event_voice(5))
    voice = event_voice(6)
    voice.memory.restore([3, 4, 5])
    if forgotten:
        made.ask("forget", 0.5)
    made.join(voice, replace(LATE, name="6"))
    made.ask((SettingChange("model.name", "6"),), 1.0)
    made.ask("keep_memory", 1.5)
    (kept,) = (n for n in made.take_reports() if isinstance(n, MemoryKept))
    assert bool(kept.symbols) is not forgotten


def session_of(voice, handover=NO_HANDOVER, joined=()):
    return Session(voice, SessionSettings(sampling=PLAIN, tempo=FIXED), 1, (), handover, joined)


@pytest.mark.parametrize(("voice", "answer"), [("late", [62, 64]), ("", [72] * 8), ("gone", [72] * 8)])
def test_a_session_that_takes_over_goes_on_in_the_voice_that_was_chosen(voice, answer):
    first = scripted_voice(["72", "_"] * 40, name="first")
    made = session_of(first, Handover(voice=voice), [(late_voice(), LATE)])
    assert pitches(play(made, PHRASE)) == answer
    assert LATE in made.take_reports()
