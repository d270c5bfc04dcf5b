"""Bass, chords and a second voice under the answer: what is played, whatever happens meanwhile."""

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.compose.harmony.accompaniment import PARTS
from antiphon.compose.harmony.patterns import PATTERNS
from antiphon.compose.shape import ShapeSettings
from antiphon.events import Clocked, ClockSignal, ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.listen.heard import InputSettings
from antiphon.perform.answer_reports import Answered, Planned, Written
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import AnswerSettings, ClockSettings, TempoSettings
from happenings import ALL_KNOBS, inputs, some_settings, timed
from playing import PHRASE, advanced, ahead_session, lstm_session, play, sounding

FIRST = TempoSettings("fixed", 120.0, downbeat="first")
BASS, CHORDS, SECOND = 1, 2, 3
ALL = HarmonySettings(bass=True, chords=True, second_voice=True)
SILENT = replace(ALL, bass=False, chords=False, second_voice=False)
MINOR = [(1.0, 57), (1.5, 60), (2.0, 64), (2.5, 57)]
sessions = pytest.mark.parametrize("session", [ahead_session, lstm_session])


def made(session=ahead_session, harmony=ALL, **changes):
    answer = AnswerSettings(**{"candidates": 4, "bars": 2, **changes.pop("answer", {})})
    usual = {"tempo": FIRST, "shape": ShapeSettings(cadence=1.0), "answer": answer}
    return session(**{**usual, "harmony": harmony, **changes})


def phrase(*notes, length_s=0.45):
    return [
        event for at_s, pitch in notes for event in [(at_s, NoteOn(pitch)), (at_s + length_s, NoteOff(pitch))]
    ]


def notes(sent, channel=None):
    return sounding(sent, channel, digits=3)


def chords(sent):
    """The pitch classes that the chords' part strikes, by moment."""
    struck = defaultdict(set)
    for begun, _, pitch in notes(sent, CHORDS):
        struck[begun].add(pitch % 12)
    return dict(struck)


def melody(sent):
    return [(one.at_s, one.event) for one in sent if one.event.channel == 0]


@sessions
def test_each_part_has_its_channel_and_all_end_with_the_answer(session):
    sent = play(made(session), PHRASE)
    lines = [notes(sent, channel) for channel in (0, BASS, CHORDS, SECOND)]
    assert all(lines)
    assert all(line[0][0] == 3.0 and 6.9 < line[-1][1] <= 7.0 for line in lines)
    assert all(len(classes) == 3 for classes in chords(sent).values())


@sessions
def test_without_parts_the_music_is_what_it_was(session):
    """Whatever their settings: channels and patterns change nothing."""
    other = HarmonySettings(pattern="arpeggio", bass_channel=9, chords_lowest=60, second_voice_velocity=0.3)
    assert play(made(session, other), PHRASE) == play(made(session, HarmonySettings()), PHRASE)


def test_the_second_voice_goes_with_the_melody_below_it():
    sent = play(made(), PHRASE)
    above, below = notes(sent, 0), notes(sent, SECOND)
    assert {onset for onset, *_ in above} <= {onset for onset, *_ in below}
    for onset, _, pitch in below:
        over = next(high for begun, ended, high in above if begun <= onset < ended)
        assert pitch <= over - 3


def test_the_bass_says_the_root_of_each_chord_and_the_last_is_the_tonic():
    sent = play(made(answer={"bars": 4}), PHRASE)
    struck = chords(sent)
    for onset, _, pitch in notes(sent, BASS):
        assert pitch % 12 in struck[onset]
    assert struck[max(struck)] == {0, 4, 7}


def test_the_same_input_and_seed_give_the_same_music():
    assert play(made(), PHRASE) == play(made(), PHRASE)


@sessions
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(("meter", "bar_s"), [("4/4", 2.0), ("3/4", 1.5), ("6/8", 1.5), ("2/4", 1.0)])
def test_every_pattern_in_every_meter_keeps_to_the_bars(session, pattern, meter, bar_s):
    harmony = replace(ALL, pattern=pattern)
    sent = play(made(session, harmony, tempo=replace(FIRST, meter=meter)), PHRASE)
    begun = {onset for onset, *_ in notes(sent, BASS)}
    start = min(begun)
    assert (start - 1.0) % bar_s == pytest.approx(0)
    assert start + bar_s in begun
    assert max(end for _, end, _ in notes(sent)) <= start + 2 * bar_s


def test_a_phrase_in_minor_ends_on_its_tonic():
    sent = play(made(answer={"bars": 4}), phrase(*MINOR))
    struck = chords(sent)
    assert struck[max(struck)] == {9, 0, 4}


def test_an_answer_that_begins_in_mid_bar_has_its_parts_from_its_beat():
    sent = play(made(answer={"start": "beat"}), PHRASE[:4])
    start = min(onset for onset, *_ in notes(sent, 0))
    assert (start - 1.0) % 2.0 != 0
    assert min(onset for onset, *_ in notes(sent, BASS)) == start


def test_a_phrase_with_a_pickup_is_answered_with_parts_on_its_bar_lines():
    heard = replace(FIRST, downbeat="heard")
    sent = play(made(tempo=heard), phrase((1.0, 67), (1.5, 72), (2.5, 72), (3.5, 72), (4.5, 76), (5.5, 72)))
    assert notes(sent, BASS)


@sessions
@pytest.mark.parametrize("at_s", [3.0, 3.3, 4.1, 6.9])
def test_who_cuts_in_ends_all_parts_at_once(session, at_s):
    session_ = made(session)
    sent = play(session_, [*PHRASE, (at_s, NoteOn(62))], until_s=at_s)
    assert all(end <= at_s for _, end, _ in notes(sent))
    assert any(isinstance(one, Answered) and one.cut for one in session_.take_reports())


@sessions
@pytest.mark.parametrize("button", ["stop", "panic"])
def test_a_button_ends_all_parts_at_once(session, button):
    session_ = made(session)
    sent = play(session_, PHRASE, until_s=4.1)
    session_.ask(button, 4.1)
    sent += session_.advance(4.1)
    assert len({one.event.channel for one in sent}) == 4
    assert max(end for _, end, _ in notes(sent)) <= 4.1
    assert play(session_, [], until_s=9.0) == []


@sessions
def test_the_end_of_the_session_ends_all_parts(session):
    session_ = made(session)
    sent = play(session_, PHRASE, until_s=4.1)
    assert notes(sent + session_.stop(4.1))


@sessions
def test_chords_that_are_asked_for_in_mid_answer_begin_at_a_beat(session):
    session_ = made(session, SILENT)
    sent = play(session_, PHRASE, until_s=3.6)
    session_.ask((SettingChange("harmony.chords", True), SettingChange("harmony.bass", True)), 3.6)
    sent += play(session_, [], until_s=9.0)
    begun = [onset for onset, *_ in notes(sent, CHORDS)]
    assert 3.6 < min(begun) < 5.0
    assert (min(begun) - 3.0) % 0.5 == pytest.approx(0)
    assert notes(sent, BASS)


def test_where_it_is_composed_ahead_the_rest_is_composed_anew_over_the_chords():
    session_ = made(harmony=SILENT)
    play(session_, PHRASE, until_s=3.6)
    session_.ask((SettingChange("harmony.chords", True),), 3.6)
    play(session_, [], until_s=9.0)
    assert len([one for one in session_.take_reports() if isinstance(one, Planned)]) == 2


def test_a_channel_that_changes_leaves_no_note_and_no_new_plan():
    session_ = made()
    sent = play(session_, PHRASE, until_s=3.6)
    session_.ask(
        (SettingChange("harmony.second_voice_channel", 9), SettingChange("harmony.pattern", "beat")), 3.6
    )
    sent += play(session_, [], until_s=9.0)
    assert notes(sent, 8)
    assert len([one for one in session_.take_reports() if isinstance(one, Planned)]) == 1


@sessions
def test_parts_that_are_switched_off_in_mid_answer_end(session):
    session_ = made(session, replace(ALL, pattern="beat"))
    sent = play(session_, PHRASE, until_s=4.1)
    off = tuple(SettingChange(f"harmony.{part}", False) for part in ("bass", "chords", "second_voice"))
    session_.ask(off, 4.1)
    sent += play(session_, [], until_s=9.0)
    later = [onset for onset, *_ in notes(sent, CHORDS) if onset > 4.8]
    assert later == []
    assert max(end for _, end, _ in notes(sent, 0)) > 6.0


@pytest.mark.parametrize("part", ["bass", "chords", "second_voice"])
def test_a_button_switches_a_part_on_and_off(part):
    session_ = made(harmony=SILENT, control=ControlSettings(**{part: 50}))
    sent = play(session_, [(0.5, ControlChange(50, 127)), (0.6, ControlChange(50, 0)), *PHRASE])
    assert session_.settings.harmony.parts == (part,)
    assert {one.event.channel for one in sent} == {0, ALL.channel_of(part)}
    session_.ask(part, 20.0)
    assert session_.settings.harmony.parts == ()


@sessions
def test_another_program_in_mid_answer_keeps_the_chords(session):
    alone = play(made(session), PHRASE)
    sent = play(made(session), [*PHRASE, (3.6, ProgramChange(0))])
    assert notes(sent, CHORDS) == notes(alone, CHORDS)
    assert notes(sent, BASS) == notes(alone, BASS)


@sessions
def test_without_end_the_chords_go_on(session):
    session_ = made(session, replace(ALL, pattern="boom-chick"), answer={"mode": "continue"})
    sent = play(session_, PHRASE, until_s=45.0)
    sent += session_.stop(45.0)
    begun = [onset for onset, *_ in notes(sent, BASS)]
    assert max(b - a for a, b in pairwise(begun)) <= 1.0
    assert begun[-1] > 43.0


@sessions
def test_another_answer_to_the_same_phrase_goes_over_the_same_chords(session):
    session_ = made(session)
    first = play(session_, PHRASE, until_s=7.5)
    session_.ask("again", 7.5)
    second = play(session_, [], until_s=14.0)
    moved = {round(at_s + 6.0, 3): classes for at_s, classes in chords(first).items()}
    assert chords(second) == moved


def test_traded_bars_have_their_parts():
    session_ = made(answer={"mode": "trade", "bars": 1})
    sent = play(session_, PHRASE)
    assert {one.event.channel for one in sent} == {0, BASS, CHORDS, SECOND}
    assert notes(sent, BASS)[0][0] == 3.0


def test_a_clock_that_stops_in_mid_answer_ends_all_parts():
    session_ = made(clock=ClockSettings("midi"))
    pulse_s, sent = 0.5 / 24, []
    session_.hear_clock(Clocked(0.99, ClockSignal("start")), 0.99)
    script = [(1.0 + n * pulse_s, ClockSignal("pulse")) for n in range(160)]
    playing = [(at_s + 0.001, event) for at_s, event in PHRASE]
    for at_s, event in sorted([*script, *playing], key=lambda one: one[0]):
        sent += advanced(session_, at_s)
        if isinstance(event, ClockSignal):
            session_.hear_clock(Clocked(at_s, event), at_s)
        else:
            sent += play(session_, [(at_s, event)], until_s=at_s)
    session_.hear_clock(Clocked(4.4, ClockSignal("stop")), 4.4)
    sent += advanced(session_, 4.4)
    assert session_.state == "waiting"
    assert {one.event.channel for one in sent} == {0, BASS, CHORDS, SECOND}
    notes(sent)


def test_where_all_share_a_channel_each_note_still_ends():
    one = replace(ALL, bass_channel=1, chords_channel=1, second_voice_channel=1, bass_lowest=48)
    sent = play(made(harmony=one), PHRASE)
    assert {event.event.channel for event in sent} == {0}
    notes(sent)


def test_the_note_off_of_one_part_does_not_end_the_note_of_another():
    """The held chord's notes sound on where the second voice said one of them."""
    shared = replace(ALL, second_voice_channel=3, bass=False)
    sent = play(made(harmony=shared), PHRASE)
    on_channel = notes(sent, CHORDS)
    ends = {round(end, 3) for _, end, _ in on_channel}
    assert max(ends) > 6.9


def test_parts_are_softer_than_the_melody_and_keep_to_their_registers():
    sent = play(made(harmony=replace(ALL, bass_lowest=40, chords_lowest=55)), PHRASE)
    loud = {channel: [] for channel in range(4)}
    for one in sent:
        if isinstance(one.event, NoteOn):
            loud[one.event.channel].append(one.event.velocity)
    mean = {channel: sum(values) / len(values) for channel, values in loud.items()}
    assert mean[0] > mean[BASS] > mean[CHORDS]
    assert min(pitch for *_, pitch in notes(sent, BASS)) >= 40
    assert min(pitch for *_, pitch in notes(sent, CHORDS)) >= 55


def test_the_sounds_of_the_parts_are_told():
    session_ = made(harmony=replace(ALL, bass_program=33, chords=False, chords_program=5))
    assert session_.programs_in("answering") == [ProgramChange(32, BASS)]


def two_handed(*roots):
    """A bar of melody for each chord, with it held below."""
    events = []
    for bar, root in enumerate(roots):
        at_s = 1.0 + 2.0 * bar
        for pitch in (root, root + 4, root + 7):
            events += [(at_s, NoteOn(pitch)), (at_s + 1.9, NoteOff(pitch))]
        for beat, pitch in enumerate((root + 24, root + 28, root + 31, root + 28)):
            events += [(at_s + 0.5 * beat + 0.01, NoteOn(pitch)), (at_s + 0.5 * beat + 0.4, NoteOff(pitch))]
    return sorted(events, key=lambda one: one[0])


SPLIT = InputSettings(split=63)


def test_an_answer_goes_over_the_chords_of_the_left_hand_where_that_is_listened_to():
    def foreseen(listen):
        session_ = made(harmony=replace(SILENT, listen=listen), input=SPLIT, answer={"bars": 4})
        sent = play(session_, two_handed(48, 53, 55, 48), until_s=10.9)
        assert {one.event.channel for one in sent} <= {0}
        return session_.foreseen

    assert foreseen(True).chords
    assert foreseen(False).chords == ()


def test_the_chords_that_are_planned_are_of_the_key_of_both_hands():
    session_ = made(input=SPLIT, answer={"bars": 4})
    play(session_, two_handed(48, 53, 55, 48), until_s=10.9)
    names = [name for _, name in session_.foreseen.chords]
    assert set(names) <= {"C", "F", "G", "Am", "Dm", "Em"}
    assert len(set(names)) > 1


def near(rows):
    return [
        (pytest.approx(onset, abs=2e-3), pytest.approx(end, abs=2e-3), pitch) for onset, end, pitch in rows
    ]


def of_part(foreseen, part):
    return sorted((note.onset_s, note.release_s, note.pitch) for one, note in foreseen.parts if one == part)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_parts_of_an_answer_are_foreseen_as_they_sound(pattern):
    session_ = made(harmony=replace(ALL, pattern=pattern), answer={"bars": 4})
    sent = play(session_, PHRASE, until_s=2.98)
    foreseen = session_.foreseen
    sent += play(session_, [], until_s=15.0)
    for part in PARTS:
        assert near(notes(sent, ALL.channel_of(part))) == of_part(foreseen, part)
    assert foreseen.chords[0][0] == 3.0
    assert [at_s for at_s, _ in foreseen.chords] == sorted(at_s for at_s, _ in foreseen.chords)


def test_parts_that_begin_in_mid_answer_are_foreseen_from_there():
    session_ = made(harmony=SILENT)
    sent = play(session_, PHRASE, until_s=3.6)
    assert session_.foreseen.parts == session_.foreseen.chords == ()
    session_.ask((SettingChange("harmony.chords", True),), 3.6)
    sent += play(session_, [], until_s=4.6)
    foreseen = session_.foreseen
    sent += play(session_, [], until_s=9.0)
    assert near(notes(sent, CHORDS)) == of_part(foreseen, "chords")


def test_what_is_written_is_the_melody_alone():
    session_ = made()
    sent = play(session_, PHRASE)
    written = [one.note.pitch for one in session_.take_reports() if isinstance(one, Written)]
    assert written == [pitch for *_, pitch in notes(sent, 0)]


harmonies = st.builds(
    HarmonySettings,
    bass=st.booleans(),
    chords=st.booleans(),
    second_voice=st.booleans(),
    pattern=st.sampled_from(PATTERNS),
    bass_channel=st.integers(1, 16),
    chords_channel=st.integers(1, 16),
    second_voice_channel=st.integers(1, 16),
    bass_lowest=st.integers(24, 84),
    chords_lowest=st.integers(24, 84),
    second_voice_lowest=st.integers(24, 84),
)


@settings(deadline=None, max_examples=60)
@given(
    inputs,
    some_settings,
    harmonies,
    harmonies,
    st.floats(0, 12),
    st.sampled_from([ahead_session, lstm_session]),
)
def test_for_any_input_and_settings_no_note_of_any_part_hangs(steps, changes, harmony, later, at_s, session):
    changes = {**changes, "answer": replace(changes["answer"], candidates=2)}
    session_, played = session(control=ALL_KNOBS, harmony=harmony, **changes), timed(steps)
    until_s = (played[-1][0] if played else 0.0) + 6.0
    asked_s = min(at_s, until_s)
    sent = play(session_, [one for one in played if one[0] <= asked_s], asked_s)
    names = [name for name in HarmonySettings.__slots__ if getattr(harmony, name) != getattr(later, name)]
    session_.ask(tuple(SettingChange(f"harmony.{name}", getattr(later, name)) for name in names), asked_s)
    sent += play(session_, [one for one in played if one[0] > asked_s], until_s)
    sent += session_.stop(until_s)
    sounding = Counter()
    for event in (one.event for one in sent):
        note = (event.channel, event.pitch)
        sounding[note] += 1 if isinstance(event, NoteOn) else -1
        assert sounding[note] in (0, 1)
    assert not +sounding
    assert [one.at_s for one in sent] == sorted(one.at_s for one in sent)
