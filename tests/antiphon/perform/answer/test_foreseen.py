"""An answer is foreseen as it will sound: the same notes, moments and loudness as are sent afterwards."""

import pytest

from antiphon.compose.sampling import Draw, SamplingSettings
from antiphon.events import GridNote, NoteOn, PlayedNote
from antiphon.listen.feel_grid import FeelGrid
from antiphon.perform.answer.foreseen import Chosen, foreseen
from antiphon.perform.answer.touch import touch_without_feel
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter
from playing import PHRASE, ahead_session, play, rows, session

FIRST = TempoSettings("fixed", 120.0, downbeat="first")
NOTES = (PlayedNote(60, 80, 0.0, 0.5),)
ANSWER = AnswerSettings(candidates=4, bars=2, register="any")


def made_of(**changes):
    settings = {"tempo": FIRST, "sampling": SamplingSettings(temperature=1.5), "answer": ANSWER, **changes}
    return ahead_session(None, **settings)


def sounding(sent):
    return [(t.at_s, t.event.pitch, t.event.velocity) for t in sent if isinstance(t.event, NoteOn)]


def test_it_is_known_before_it_begins_and_is_what_sounds():
    made = made_of()
    assert play(made, PHRASE, until_s=2.95) == []
    foreseen = made.foreseen
    sent = play(made, [], until_s=20.0)
    assert [(n.onset_s, n.pitch, n.velocity) for n in foreseen.notes] == sounding(sent)
    offs = [at_s for at_s, kind, _ in rows(sent) if kind == "off"]
    assert [note.release_s for note in foreseen.notes] == pytest.approx(offs, abs=1e-3)
    assert (foreseen.answer, foreseen.begins_s, foreseen.ends_s) == (0, 3.0, 7.0)


def test_each_symbol_that_begins_something_has_its_moment():
    made = made_of()
    play(made, PHRASE, until_s=2.95)
    foreseen = made.foreseen
    assert {note.onset_s for note in foreseen.notes} <= {at_s for at_s, _, _ in foreseen.draws}
    assert all(entropy >= 0 and temperature > 0 for _, entropy, temperature in foreseen.draws)


def test_it_is_the_same_object_until_it_changes():
    made = made_of()
    play(made, PHRASE, until_s=2.95)
    first = made.foreseen
    assert made.foreseen is first
    play(made, [], until_s=3.6)
    assert made.foreseen is first
    made.ask((SettingChange("sampling.temperature", 0.1),), 3.6)
    play(made, [], until_s=4.6)
    changed = made.foreseen
    assert changed is not first
    assert changed.notes[0].onset_s > 3.6


def test_nothing_is_foreseen_while_and_after_the_player_goes_on():
    made = made_of()
    play(made, PHRASE, until_s=2.95)
    play(made, [(2.96, NoteOn(60))], until_s=2.97)
    assert made.foreseen is None


def test_nothing_is_foreseen_of_what_is_composed_step_by_step():
    made = session()
    play(made, PHRASE, until_s=2.95)
    assert made.foreseen is None


def test_what_the_memory_quotes_is_known_note_for_note():
    draws = (Draw(1, 0.5, 1.0, 0.2), Draw(2, 0.5, 1.0, 0.2, quoted=True), Draw(3, 0.5, 1.0, 0.2))
    notes = (GridNote(32, 4, 60), GridNote(36, 4, 62), GridNote(40, 8, 64))
    grid, meter = Grid(120.0), Meter(4, 4)
    touch = touch_without_feel(NOTES, (GridNote(0, 4, 60),), FeelGrid.of(grid, meter), grid, False)
    chosen = Chosen(notes, tuple(zip((32, 36, 40), draws, strict=True)))
    found = foreseen(0, chosen, touch, Transport(grid, meter), (32, 48), 0.0)
    assert found.quoted == (False, True, False)
