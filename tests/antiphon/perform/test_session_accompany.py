"""Harmony under the player: guessed a beat ahead, in the player's bars, and over when the player stops."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.harmony.patterns import PATTERNS
from antiphon.events import Clocked, ClockSignal, ControlChange, Lead, NoteOff, NoteOn, ProgramChange
from antiphon.listen.heard import InputSettings
from antiphon.listen.phrase import PhraseSettings
from antiphon.perform.answer_reports import Accompanied, ChordGuessed, Heard
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import Followed, StateChanged
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import (
    AnswerSettings,
    ClickSettings,
    ClockSettings,
    TempoSettings,
)
from happenings import ALL_KNOBS, inputs, some_settings, timed
from playing import ahead_session, lstm_session, play, sounding

FIXED = TempoSettings("fixed", 100.0, downbeat="first")
BASS, CHORDS, SECOND = 1, 2, 3
ALL = HarmonySettings(bass=True, chords=True, second_voice=True)
NO_PARTS = HarmonySettings()
QUARTER_S = 0.6
# Onset, pitch and length in quarters, from second 1 on.
IN_FOUR = (
    (0, 67, 1), (1, 64, 1), (2, 64, 2), (4, 65, 1), (5, 62, 1), (6, 62, 2), (8, 60, 1), (9, 62, 1),
    (10, 64, 1), (11, 65, 1), (12, 67, 1), (13, 67, 1), (14, 67, 2),
)  # fmt: skip
IN_THREE = (
    (0, 60, 2), (2, 64, 1), (3, 67, 2), (5, 67, 1), (6, 65, 2), (8, 62, 1), (9, 67, 3), (12, 64, 2),
    (14, 60, 1), (15, 65, 2), (17, 62, 1), (18, 60, 3),
)  # fmt: skip


def made(session=ahead_session, harmony=NO_PARTS, tempo=FIXED, **changes):
    return session(tempo=tempo, harmony=harmony, answer=AnswerSettings("accompany", candidates=2), **changes)


def tune(rows, start_s=1.0, quarter_s=QUARTER_S, channel=0):
    keys = []
    for at, pitch, length in rows:
        keys.append((start_s + at * quarter_s, NoteOn(pitch, 80, channel)))
        keys.append((start_s + (at + length) * quarter_s - 0.06, NoteOff(pitch, channel)))
    return sorted(keys, key=lambda one: (one[0], isinstance(one[1], NoteOn)))


def guesses(session):
    return [report for report in session.take_reports() if isinstance(report, ChordGuessed)]


def told(session):
    return [(round(one.at_s, 2), round(one.begins_s, 2), one.name) for one in guesses(session)]


def test_in_four_the_next_half_bar_is_guessed_on_the_beat_before():
    session = made(tempo=TempoSettings())
    sent = play(session, tune(IN_FOUR))
    assert told(session) == [
        (4.0, 4.6, "F"), (5.2, 5.8, "C"), (6.4, 7.0, "C"), (7.6, 8.2, "G"), (8.8, 9.4, "C"), (10.0, 10.6, "C")
    ]  # fmt: skip
    assert sounding(sent, BASS) == [(4.6, 5.74, 41), (5.8, 8.14, 36), (8.2, 9.34, 43), (9.4, 11.14, 48)]
    assert {one.event.channel for one in sent} == {BASS, CHORDS}


def test_what_sounds_later_is_guessed_earlier():
    """By the latency of the output, or a quick beat would be too short to play what is decided."""
    quick = replace(FIXED, bpm=263.0, meter="7/8")
    session = made(tempo=quick, output_latency_ms=200.0)
    sent = play(session, tune(IN_FOUR, quarter_s=60 / 263))
    decided = {round(one.begins_s, 6): one.at_s for one in guesses(session)}
    begun = [one.at_s for one in sent if isinstance(one.event, NoteOn)]
    assert set(decided) >= {round(at_s, 6) for at_s in begun}
    assert len(begun) > 4
    assert all(decided[round(at_s, 6)] + 0.2 <= at_s for at_s in begun)


def test_in_three_the_next_bar_is():
    session = made(harmony=ALL, tempo=TempoSettings(meter="3/4"))
    sent = play(session, tune(IN_THREE))
    assert told(session) == [
        (4.6, 5.2, "C"), (6.4, 7.0, "C"), (8.2, 8.8, "C"), (10.0, 10.6, "G"), (11.8, 12.4, "G"),
        (13.6, 14.2, "C"),
    ]  # fmt: skip
    assert sounding(sent, BASS) == [(5.2, 10.51, 48), (10.6, 14.11, 43)]
    assert sounding(sent, SECOND)[0] == (5.8, 6.34, 55)
    assert sounding(sent, CHORDS) == [
        (5.2, 10.51, 52), (5.2, 10.51, 60), (5.2, 14.14, 55), (10.6, 14.11, 50), (10.6, 14.11, 59)
    ]  # fmt: skip


def test_where_leaps_say_no_more_than_steps_another_chord_is_guessed():
    session = made(harmony=replace(ALL, leaps=False), tempo=TempoSettings(meter="3/4"))
    sent = play(session, tune(IN_THREE))
    assert [name for *_, name in told(session)] == ["C", "C", "C", "C", "G", "C"]
    assert sounding(sent, BASS) == [(5.2, 12.31, 48), (12.4, 14.11, 43)]


def test_what_two_chords_share_is_held_on_and_the_rest_moves():
    """F, C twice, G, C twice: the C of the first three half bars is struck once, and so is the G of the last
    five."""
    sent = play(made(tempo=TempoSettings()), tune(IN_FOUR))
    assert sounding(sent, CHORDS) == [
        (4.6, 5.74, 53), (4.6, 5.74, 57), (4.6, 8.14, 60), (5.8, 8.14, 52), (5.8, 11.14, 55),
        (8.2, 9.34, 50), (8.2, 9.34, 59), (9.4, 11.14, 52), (9.4, 11.14, 60),
    ]  # fmt: skip


def test_without_ties_each_half_bar_is_struck_anew():
    session = made(harmony=HarmonySettings(tied=False), tempo=TempoSettings())
    sent = play(session, tune(IN_FOUR))
    assert sounding(sent, BASS) == [
        (4.6, 5.74, 41), (5.8, 6.94, 36), (7.0, 8.14, 36), (8.2, 9.34, 43), (9.4, 10.54, 48),
        (10.6, 11.14, 48),
    ]  # fmt: skip
    assert [pitch for *_, pitch in sounding(sent, CHORDS)[:6]] == [53, 57, 60, 52, 55, 60]


@pytest.mark.parametrize("pattern", ["beat", "boom-chick", "arpeggio"])
def test_only_held_notes_are_tied(pattern):
    tied, untied = (
        play(made(harmony=HarmonySettings(pattern=pattern, tied=each)), tune(IN_FOUR))
        for each in (True, False)
    )
    assert tied == untied


def test_ties_may_change_in_mid_phrase():
    session = made(tempo=TempoSettings())
    keys = tune(IN_FOUR)
    sent = play(session, [one for one in keys if one[0] < 7.5], until_s=7.5)
    session.ask((SettingChange("harmony.tied", False),), 7.5)
    sent += play(session, [one for one in keys if one[0] > 7.5])
    assert sounding(sent, BASS)[-4:] == [
        (5.8, 8.14, 36), (8.2, 9.34, 43), (9.4, 10.54, 48), (10.6, 11.14, 48)
    ]  # fmt: skip


def left_hand(rows):
    """Chords from second 1 on: onset, pitches and length in quarters."""
    return [key for at, pitches, length in rows for pitch in pitches for key in tune([(at, pitch, length)])]


def as_player(melody, rows, meter="4/4", later=()):
    """What bass and chords play in the pattern "player" under a melody with a left hand."""
    keys = sorted([*tune(melody), *left_hand(rows)], key=lambda one: (one[0], isinstance(one[1], NoteOn)))
    session = made(
        harmony=HarmonySettings(bass=True, chords=True, pattern="player"),
        tempo=replace(FIXED, meter=meter),
        input=InputSettings(split=58),
    )
    return play(session, [*keys, *later], until_s=40.0)


WALTZ = [(3 * bar + beat, (36,) if beat == 0 else (52, 55), 0.9) for bar in range(7) for beat in range(3)]
BOOM = [(beat, (36,) if beat % 2 == 0 else (52, 55), 0.9) for beat in range(16)]
BLOCKS = [(4 * bar, (41, 45, 48) if bar == 1 else (36, 40, 43), 3.9) for bar in range(4)]


def test_the_pattern_of_the_player_is_a_waltz_where_the_left_hand_plays_one():
    sent = as_player(IN_THREE, WALTZ, "3/4")
    bars = [4.6, 6.4, 8.2, 10.0, 11.8, 13.6]
    assert [onset for onset, *_ in sounding(sent, BASS)][1:] == bars
    chords = sorted({onset for onset, *_ in sounding(sent, CHORDS)})[1:]
    assert chords == [pytest.approx(bar + beat) for bar in bars[:-1] for beat in (0.6, 1.2)]


def test_the_pattern_of_the_player_alternates_bass_and_chords_over_the_bar():
    sent = as_player(IN_FOUR, BOOM)
    assert [onset for onset, *_ in sounding(sent, BASS)][1:] == [3.4, 4.6, 5.8, 7.0, 8.2, 9.4, 10.6]
    assert sorted({onset for onset, *_ in sounding(sent, CHORDS)})[1:] == [4.0, 5.2, 6.4, 7.6, 8.8, 10.0]


def test_a_chord_that_the_player_holds_for_a_bar_is_held_for_a_bar_where_it_stays():
    """G holds from 8.2 to the bar line at 10.6; C before it is only known for half a bar."""
    sent = as_player(IN_FOUR, BLOCKS)
    assert sounding(sent, BASS)[-3:] == [(7.0, 8.14, 36), (8.2, 10.45, 43), (10.6, 11.14, 48)]
    assert sounding(sent, CHORDS)[-6:] == [
        (8.2, 10.45, 55), (8.2, 10.45, 59), (8.2, 10.45, 62), (10.6, 11.14, 55), (10.6, 11.14, 60),
        (10.6, 11.14, 64),
    ]  # fmt: skip


def test_the_pattern_of_the_player_is_kept_in_phrases_without_a_left_hand():
    sent = as_player(IN_FOUR, BOOM, later=tune(IN_FOUR, start_s=17.0))
    bass = [onset for onset, *_ in sounding(sent, BASS) if onset > 17.0]
    chords = sorted({onset for onset, *_ in sounding(sent, CHORDS) if onset > 17.0})
    assert bass == [pytest.approx(17.8 + 1.2 * half) for half in range(len(bass))]
    assert chords == [pytest.approx(18.4 + 1.2 * half) for half in range(len(chords))]
    assert min(len(bass), len(chords)) >= 7


def test_until_a_left_hand_was_heard_the_pattern_of_the_player_is_held():
    held, player = (
        play(made(harmony=HarmonySettings(bass=True, chords=True, pattern=pattern)), tune(IN_FOUR))
        for pattern in ("held", "player")
    )
    assert sounding(held) == sounding(player) != []


def test_each_phrase_is_told_of_when_it_is_over():
    session = made()
    play(session, [*tune(IN_FOUR), *tune(IN_FOUR[:2], start_s=20.0)], until_s=40.0)
    over = [report for report in session.take_reports() if isinstance(report, Accompanied)]
    assert [str(report.key) for report in over] == ["C major", "C major"]
    assert 10.0 < over[0].at_s < 12.0
    assert 21.0 < over[1].at_s < 23.0


def test_nobody_answers_and_the_state_says_who_plays():
    session = made()
    sent = play(session, tune(IN_FOUR))
    reports = session.take_reports()
    assert not [report for report in reports if isinstance(report, Heard)]
    assert [report.state for report in reports if isinstance(report, StateChanged)] == ["listening", "idle"]
    assert not sounding(sent, 0)


def test_where_the_tempo_is_known_it_begins_with_the_first_half_bar_that_can_be_guessed():
    session = made()
    play(session, tune(IN_FOUR))
    assert told(session)[0][:2] == (1.6, 2.2)


def test_until_the_player_has_shown_the_tempo_it_waits():
    session = made(tempo=TempoSettings())
    sent = play(session, tune(IN_FOUR[:3]))
    assert sent == []
    assert guesses(session) == []


def test_the_tempo_that_is_followed_is_told():
    session = made(tempo=TempoSettings())
    play(session, tune(IN_FOUR, quarter_s=0.5))
    followed = [report for report in session.take_reports() if isinstance(report, Followed)]
    assert followed[-1].grid.bpm == pytest.approx(120, abs=1)
    assert session.transport.grid.bpm == pytest.approx(120, abs=1)


def test_a_tempo_is_not_taken_for_its_half_in_mid_phrase():
    """All of these notes together are rather heard in half the tempo of the first of them."""
    session = made(tempo=TempoSettings())
    play(session, tune(IN_FOUR, quarter_s=0.5))
    followed = [report for report in session.take_reports() if isinstance(report, Followed)]
    assert all(abs(one.grid.bpm - followed[0].grid.bpm) < 5 for one in followed)


@pytest.mark.parametrize("part", ["bass", "chords", "second_voice"])
def test_the_parts_that_are_turned_on_play(part):
    sent = play(made(harmony=HarmonySettings(**{part: True})), tune(IN_FOUR))
    assert {one.event.channel for one in sent} == {ALL.channel_of(part)}


def test_the_second_voice_goes_with_the_highest_note_of_the_melody():
    melody, third = tune(IN_FOUR), [(5.8, NoteOn(55)), (6.3, NoteOff(55))]
    keys = sorted([*melody, *third], key=lambda one: one[0])
    session = made(harmony=HarmonySettings(second_voice=True), input=InputSettings(split="none"))
    below = sounding(play(session, keys), SECOND)
    assert below
    onsets = {round(at_s, 2) for at_s, event in melody if isinstance(event, NoteOn)}
    assert {onset for onset, *_ in below} <= onsets
    for onset, _, pitch in below:
        above = next(
            event.pitch for at_s, event in melody if round(at_s, 2) == onset and isinstance(event, NoteOn)
        )
        assert pitch <= above - 3


@pytest.mark.parametrize("latency_ms", [0.0, 60.0, 180.0])
def test_a_note_leaves_earlier_than_it_sounds_and_the_second_voice_at_once(latency_ms):
    sent = play(made(harmony=ALL, output_latency_ms=latency_ms), tune(IN_FOUR))
    assert sounding(sent, BASS)[0][0] == 2.2
    assert min(onset for onset, *_ in sounding(sent, SECOND)) == pytest.approx(2.2 + latency_ms / 1000)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8", "2/4", "5/4", "7/8", "1/8"])
def test_every_pattern_keeps_to_the_bars(pattern, meter):
    harmony = replace(ALL, pattern=pattern, second_voice=False)
    session = made(harmony=harmony, tempo=replace(FIXED, meter=meter))
    sent = play(session, tune(IN_FOUR))
    begun = [onset for onset, *_ in sounding(sent, BASS)]
    eighth_s = QUARTER_S / 2
    assert begun
    assert all(
        (onset - 1.0) / eighth_s == pytest.approx(round((onset - 1.0) / eighth_s), abs=0.1) for onset in begun
    )


def test_it_is_over_when_the_player_has_stopped_for_silence_beats():
    short, long = (
        play(made(phrase=PhraseSettings(silence_beats=beats)), tune(IN_FOUR)) for beats in (1.0, 4.0)
    )
    ends = [max(end for _, end, _ in sounding(sent)) for sent in (short, long)]
    last_s = 1.0 + 16 * QUARTER_S - 0.06
    assert last_s < ends[0] < last_s + 1.3
    assert last_s + 1.8 < ends[1] < last_s + 5.0


def test_who_goes_on_is_accompanied_again():
    again = tune(IN_FOUR, start_s=17.0)
    session = made()
    sent = play(session, [*tune(IN_FOUR), *again], until_s=40.0)
    assert [one for one in sounding(sent, BASS) if one[0] > 17.0]
    assert not [one for one in sounding(sent) if 13.0 < one[0] < 17.0]


@pytest.mark.parametrize("session", [ahead_session, lstm_session])
@pytest.mark.parametrize("button", ["stop", "panic"])
def test_a_button_ends_all_at_once(session, button):
    keys, session_ = tune(IN_FOUR), made(session, ALL)
    sent = play(session_, [one for one in keys if one[0] < 5.0], until_s=5.0)
    session_.ask(button, 5.0)
    sent += session_.advance(5.0)
    assert {one.event.channel for one in sent} == {BASS, CHORDS, SECOND}
    assert max(end for _, end, _ in sounding(sent)) <= 5.0
    rest = play(session_, [one for one in keys if one[0] > 5.0])
    assert bool(sounding(rest)) == (button == "panic")  # a phrase that goes on stays unaccompanied
    later = play(session_, tune(IN_FOUR, start_s=21.0), until_s=40.0)
    assert sounding(later)


def test_the_end_of_the_session_ends_all():
    session = made(harmony=ALL)
    sent = play(session, tune(IN_FOUR), until_s=5.0)
    assert sounding(sent + session.stop(5.0))


def test_another_mode_ends_it_and_the_phrase_is_answered():
    session = made(harmony=ALL)
    sent = play(session, [one for one in tune(IN_FOUR) if one[0] < 5.0], until_s=5.0)
    session.ask((SettingChange("answer.mode", "answer"),), 5.0)
    sent += session.advance(5.0)
    assert max(end for _, end, _ in sounding(sent)) <= 5.0
    play(session, [one for one in tune(IN_FOUR) if one[0] >= 5.0], until_s=25.0)
    reports = session.take_reports()
    assert len([report for report in reports if isinstance(report, Heard)]) == 1
    assert max(report.at_s for report in reports if isinstance(report, ChordGuessed)) <= 5.0


def test_a_knob_chooses_it_and_leaves_it():
    session = made(control=ControlSettings(mode=24))
    keys = [*tune(IN_FOUR), (5.0, ControlChange(24, 0)), (0.5, ControlChange(24, 127))]
    sent = play(session, sorted(keys, key=lambda one: one[0]), until_s=5.0)
    sent += session.advance(5.0)
    assert sounding(sent)
    assert session.settings.answer.mode == "answer"


def test_the_player_ends_an_answer_even_where_answers_may_overlap():
    session = ahead_session(
        tempo=FIXED, harmony=ALL, answer=AnswerSettings("answer", candidates=2, bars=8, overlap=True)
    )
    sent = play(session, tune(IN_FOUR), until_s=14.0)
    session.ask((SettingChange("answer.mode", "accompany"),), 14.0)
    sent += play(session, tune(IN_FOUR, start_s=15.0), until_s=40.0)
    assert max(end for _, end, _ in sounding(sent, 0)) <= 15.0
    assert [one for one in sounding(sent, BASS) if one[0] > 15.5]


def test_an_answer_that_overlaps_ends_with_a_phrase_in_which_the_mode_was_chosen():
    answer = AnswerSettings("answer", candidates=2, bars=16, overlap=True)
    session = ahead_session(tempo=FIXED, harmony=ALL, answer=answer)
    sent = play(session, tune(IN_FOUR), until_s=14.0)
    sent += play(session, tune([(0, 60, 1), (1, 64, 1), (2, 67, 1)], start_s=15.0), until_s=16.8)
    session.ask((SettingChange("answer.mode", "accompany"),), 16.8)
    sent += play(session, [], until_s=60.0)
    (over_s,) = [report.at_s for report in session.take_reports() if isinstance(report, Accompanied)]
    last_s = max(end for _, end, _ in sounding(sent, 0))
    assert 16.8 < last_s <= over_s < 18.0
    assert session.state == "idle"


def test_a_long_phrase_is_accompanied_to_its_end():
    long = [(at + 16 * turn, pitch, length) for turn in range(4) for at, pitch, length in IN_FOUR]
    session = made(phrase=PhraseSettings(max_beats=16.0))
    sent = play(session, tune(long), until_s=60.0)
    bass = sounding(sent, BASS)
    assert all(after - end < 0.1 for (_, end, _), (after, _, _) in pairwise(bass))
    assert bass[-1][1] > 38.0


def test_parts_that_are_turned_on_meanwhile_begin_with_the_next_chord():
    session = made(harmony=replace(ALL, bass=False, chords=False))
    sent = play(session, tune(IN_FOUR), until_s=5.0)
    session.ask((SettingChange("harmony.bass", True),), 5.0)
    sent += play(session, [one for one in tune(IN_FOUR) if one[0] > 5.0])
    assert min(onset for onset, *_ in sounding(sent, BASS)) == pytest.approx(5.8)


def test_the_chords_of_a_left_hand_count_most():
    """The melody could go over C; the left hand plays A flat."""
    left = [event for bar in range(4) for pitch in (44, 48, 51) for event in tune([(4 * bar, pitch, 3.9)])]
    session = made(input=InputSettings(split=58))
    play(session, sorted([*tune(IN_FOUR), *left], key=lambda one: one[0]))
    assert "Ab" in [one.name for one in guesses(session)]


def test_the_sounds_of_the_parts_are_chosen_when_the_player_begins():
    session = made(harmony=HarmonySettings(bass_program=33, chords_program=5, second_voice_program=7))
    assert session.programs_in("listening") == [ProgramChange(32, BASS), ProgramChange(4, CHORDS)]
    assert session.programs_in("answering") == []


def test_after_a_count_in_it_keeps_to_its_bars():
    session = made(tempo=TempoSettings(bpm=100.0), click=ClickSettings(when="always"))
    session.ask("count_in", 0.1)
    begins_s = 0.35 + 8 * QUARTER_S
    sent = play(session, tune(IN_FOUR, start_s=begins_s))
    begun = {onset for onset, *_ in sounding(sent, BASS)}
    assert begun
    assert all(
        (onset - begins_s) / (2 * QUARTER_S) == pytest.approx(round((onset - begins_s) / 1.2))
        for onset in begun
    )


def with_clock(session, keys, until_s, bpm=100.0, stop_s=None):
    """What is sent while MIDI clock leads from second 1 on; and all of it once it has stopped."""
    pulse_s, sent = 60.0 / bpm / 24, []
    session.hear_clock(Clocked(0.99, ClockSignal("start")), 0.99)
    pulses = [(1.0 + n * pulse_s, ClockSignal("pulse")) for n in range(round((until_s - 1.0) / pulse_s))]
    stops = [] if stop_s is None else [(stop_s, ClockSignal("stop"))]
    for at_s, event in sorted([*pulses, *stops, *keys], key=lambda one: one[0]):
        if isinstance(event, ClockSignal):
            sent += play(session, [], until_s=at_s) + session.advance(at_s)
            if stop_s is None or at_s <= stop_s:
                session.hear_clock(Clocked(at_s, event), at_s)
        else:
            sent += play(session, [(at_s, event)], until_s=at_s)
    return sent + session.advance(until_s)


def test_a_clock_that_leads_says_where_the_bars_are_and_its_stop_ends_all():
    keys = [(at_s + 0.001, event) for at_s, event in tune(IN_FOUR)]
    session = made(harmony=ALL, tempo=TempoSettings(), clock=ClockSettings("midi"))
    sent = with_clock(session, keys, 8.0, stop_s=6.0)
    begun = sounding(sent, BASS)
    assert all(
        (onset - 1.0) / 1.2 == pytest.approx(round((onset - 1.0) / 1.2), abs=0.03) for onset, *_ in begun
    )
    assert 4.0 < max(end for _, end, _ in sounding(sent)) <= 6.01
    assert session.state == "waiting"


def test_a_clock_that_jumps_ends_what_sounds():
    session = made(harmony=ALL, tempo=TempoSettings(), clock=ClockSettings("jack"))
    session.hear_clock(Lead(0.5, 0.0, 100.0), 0.5)
    sent = play(session, [one for one in tune(IN_FOUR) if one[0] < 5.0], until_s=5.0)
    session.hear_clock(Lead(5.0, 33.3, 100.0), 5.0)
    sent += session.advance(5.0)
    assert max(end for _, end, _ in sounding(sent)) <= 5.0
    sent += play(session, [one for one in tune(IN_FOUR) if one[0] > 5.0])
    assert [one for one in sounding(sent, BASS) if one[0] > 5.0]


harmonies = st.builds(
    HarmonySettings,
    bass=st.booleans(),
    chords=st.booleans(),
    second_voice=st.booleans(),
    pattern=st.sampled_from(PATTERNS),
    tied=st.booleans(),
    bass_channel=st.integers(1, 16),
    chords_channel=st.integers(1, 16),
    second_voice_channel=st.integers(1, 16),
    second_voice_lowest=st.integers(24, 84),
)
asked = st.sampled_from(
    [
        "stop",
        "panic",
        "again",
        "answer_now",
        "count_in",
        "click",
        "bass",
        "second_voice",
        "accompany",
        "answer",
        "trade",
    ]
)


def happen(session, played, requests, until_s):
    """Keys and knobs, and buttons and modes that are asked for at moments in between."""
    sent, reached_s = [], 0.0
    for at_s, what in sorted(requests):
        at_s = min(at_s, until_s)
        sent += play(session, [one for one in played if reached_s < one[0] <= at_s], at_s)
        reached_s = at_s
        change = (SettingChange("answer.mode", what),) if what in ("accompany", "answer", "trade") else what
        session.ask(change, at_s)
    sent += play(session, [one for one in played if one[0] > reached_s], until_s)
    return sent + session.stop(until_s)


@settings(deadline=None, max_examples=60)
@given(
    inputs,
    some_settings,
    harmonies,
    st.lists(st.tuples(st.floats(0.1, 12.0), asked), max_size=4),
    st.sampled_from([ahead_session, lstm_session]),
)
def test_whatever_happens_no_note_hangs_and_the_same_gives_the_same(
    steps, changes, harmony, requests, session
):
    changes = {**changes, "answer": replace(changes["answer"], mode="accompany", candidates=2)}
    played = timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 6.0
    sent, again = (
        happen(session(control=ALL_KNOBS, harmony=harmony, **changes), played, requests, until_s)
        for _ in range(2)
    )
    sounds = Counter()
    for event in (one.event for one in sent):
        sounds[event.channel, event.pitch] += 1 if isinstance(event, NoteOn) else -1
        assert sounds[event.channel, event.pitch] in (0, 1)
    assert not +sounds
    assert [one.at_s for one in sent] == sorted(one.at_s for one in sent)
    assert again == sent
