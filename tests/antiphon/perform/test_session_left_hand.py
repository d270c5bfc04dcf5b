"""A left hand that goes on during the answer: the rest of the answer goes over the chord that it plays."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.harmony.patterns import PATTERNS
from antiphon.compose.shape import ShapeSettings
from antiphon.events import NoteOff, NoteOn
from antiphon.listen.heard import InputSettings
from antiphon.perform.answer_reports import Planned
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, TempoSettings
from playing import ahead_session, lstm_session, play, sounding

FIRST = TempoSettings("fixed", 120.0, downbeat="first")
PARTS = HarmonySettings(bass=True, chords=True)
ROOTS = (48, 53, 55, 48)
NAMES = {
    frozenset({0, 4, 7}): "C",
    frozenset({0, 5, 9}): "F",
    frozenset({2, 7, 11}): "G",
    frozenset({2, 5, 9}): "Dm",
}
sessions = pytest.mark.parametrize("session", [ahead_session, lstm_session])


def made(session=ahead_session, harmony=PARTS, **answer):
    """An answer of four bars to four bars of C major from second 1; it begins at second 11."""
    usual = AnswerSettings(**{"candidates": 2, "bars": 4, **answer})
    listened = InputSettings(split=63)
    return session(
        tempo=FIRST, shape=ShapeSettings(cadence=1.0), answer=usual, harmony=harmony, input=listened
    )


def held(at_s, end_s, *pitches):
    return [event for pitch in pitches for event in [(at_s, NoteOn(pitch)), (end_s, NoteOff(pitch))]]


def phrase():
    """A bar of melody over each chord."""
    events = []
    for bar, root in enumerate(ROOTS):
        at_s = 1.0 + 2.0 * bar
        events += held(at_s, at_s + 1.9, root, root + 4, root + 7)
        for beat, pitch in enumerate((root + 24, root + 28, root + 31, root + 28)):
            events += held(at_s + 0.5 * beat, at_s + 0.5 * beat + 0.4, pitch)
    return events


def with_left(*chords):
    return sorted([*phrase(), *(event for chord in chords for event in held(*chord))], key=lambda one: one[0])


def chords(sent):
    """When the chords' part strikes, and what."""
    struck = {}
    for begun, _, pitch in sounding(sent, 2):
        struck.setdefault(begun, set()).add(pitch % 12)
    return [(at_s, NAMES.get(frozenset(classes), classes)) for at_s, classes in struck.items()]


AS_PLANNED = [(11.0, "C"), (13.0, "F"), (15.0, "G"), (17.0, "G"), (18.0, "C")]
F, DM = (11.02, 12.9, 41, 45, 48), (13.0, 14.9, 38, 41, 45)


@sessions
def test_a_chord_that_changes_in_mid_answer(session):
    """F is heard in the middle of the first beat, Dm in that of the fifth: the next beat that nothing is
    composed of yet is the third of the bar, and the chords go on from there."""
    assert chords(play(made(session), with_left())) == AS_PLANNED
    sent = play(made(session), with_left(F, DM))
    assert chords(sent) == [
        (11.0, "C"), (12.0, "F"), (13.0, "G"), (14.0, "Dm"), (15.0, "G"), (17.0, "G"), (18.0, "C")
    ]  # fmt: skip


@sessions
def test_what_sounded_over_the_old_chord_ends_where_the_new_one_begins(session):
    sent = play(made(session), with_left(F))
    assert {end for begun, end, _ in sounding(sent, 2) if begun == 11.0} == {12.0}
    assert {end for begun, end, _ in sounding(sent, 1) if begun == 11.0} == {12.0}


@sessions
@pytest.mark.parametrize("setting", ["follow", "listen"])
def test_where_that_is_turned_off_the_answer_is_what_it_was(session, setting):
    off = replace(PARTS, **{setting: False})
    assert play(made(session, off), with_left(F, DM)) == play(made(session, off), with_left())


@sessions
def test_who_plays_the_chords_that_are_planned_changes_nothing(session):
    planned = with_left((11.0, 12.9, 48, 52, 55), (13.0, 14.9, 41, 45, 48), (15.0, 16.9, 43, 47, 50))
    assert play(made(session), planned) == play(made(session), with_left())


def test_the_rest_is_composed_anew_over_the_chord_that_is_heard():
    session = made()
    play(session, with_left(F))
    assert len([report for report in session.take_reports() if isinstance(report, Planned)]) == 2


def test_a_chord_is_decided_on_once_where_it_is_struck_in_parts():
    broken = with_left((11.02, 12.9, 41), (11.1, 12.9, 45), (11.2, 12.9, 48))
    assert chords(play(made(), broken)) == chords(play(made(), with_left(F)))


@sessions
def test_a_setting_that_changes_afterwards_keeps_the_chord_that_was_heard(session):
    events, session_ = with_left(F), made(session)
    sent = play(session_, events, until_s=12.6)
    session_.ask((SettingChange("sampling.temperature", 0.7),), 12.6)
    sent += play(session_, [one for one in events if one[0] > 12.6])
    assert chords(sent) == chords(play(made(session), events))


def test_an_answer_without_parts_goes_over_the_chord_too():
    quiet = replace(PARTS, bass=False, chords=False)
    session = made(harmony=quiet)
    play(session, with_left(F), until_s=12.5)
    assert next(name for _, name in session.foreseen.chords) == "F"


def test_without_end_the_chords_go_on_from_what_is_heard():
    session = made(mode="continue")
    sent = play(session, with_left(F, (31.0, 32.9, 38, 41, 45)), until_s=45.0)
    sent += session.stop(45.0)
    assert (12.0, "F") in chords(sent)
    assert (32.0, "Dm") in chords(sent)
    assert max(at_s for at_s, _ in chords(sent)) > 43.0


LEFT = ((41, 45, 48), (48, 52, 55), (43, 47, 50, 53), (36,), (38, 41), (61, 62, 37))
struck = st.tuples(st.floats(9.0, 19.0), st.floats(0.03, 5.0), st.sampled_from(LEFT))


@settings(deadline=None, max_examples=40)
@given(
    st.lists(struck, max_size=12),
    st.sampled_from(PATTERNS),
    st.booleans(),
    st.sampled_from(["answer", "continue"]),
    st.sampled_from([ahead_session, lstm_session]),
)
def test_whatever_the_left_hand_does_during_an_answer_no_note_hangs(rows, pattern, second, mode, session):
    harmony = replace(PARTS, pattern=pattern, second_voice=second)
    rows = [(at_s, at_s + length_s, *pitches) for at_s, length_s, pitches in rows]
    played = made(session, harmony, mode=mode)
    sent = play(played, with_left(*rows), until_s=22.0) + played.stop(22.0)
    sounds = Counter()
    for event in (one.event for one in sent):
        sounds[event.channel, event.pitch] += 1 if isinstance(event, NoteOn) else -1
        assert sounds[event.channel, event.pitch] in (0, 1)
    assert not +sounds
    assert [one.at_s for one in sent] == sorted(one.at_s for one in sent)
    again = made(session, harmony, mode=mode)
    assert play(again, with_left(*rows), until_s=22.0) + again.stop(22.0) == sent
