"""Reports to JSON and back, exact; whatever else is read is refused with a reason."""

import json
import re
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.sampling import SamplingSettings
from antiphon.events import (
    Clocked,
    ClockSignal,
    ControlChange,
    GridNote,
    Lead,
    NoteOff,
    NoteOn,
    ProgramChange,
    Timed,
    Turned,
)
from antiphon.files.take_file import unpack
from antiphon.listen.heard import InputSettings
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Accompanied, Answered, Heard, Written
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import (
    Asked,
    BarsBegun,
    Begun,
    Ended,
    Followed,
    Handover,
    Joined,
    Led,
    Pressed,
    Received,
    Released,
    Sent,
)
from antiphon.perform.setting_changes import SettingChange
from antiphon.perform.settings import MODE_NAMES, FeelSettings, SessionSettings, TempoSettings
from antiphon.perform.take_records import Closed, Lost
from antiphon.perform.transport import Transport
from antiphon.stage.takes import records
from antiphon.timebase import Grid, Meter

MOMENTS = st.floats(-1e6, 1e6, allow_nan=False)
DATA, CHANNELS, STEPS = st.integers(0, 127), st.integers(0, 15), st.integers(0, 10_000)
EVENTS = st.one_of(st.builds(NoteOn, DATA, st.integers(1, 127), CHANNELS), st.builds(NoteOff, DATA, CHANNELS))
CHANGES = st.one_of(st.builds(ControlChange, DATA, DATA, CHANNELS), st.builds(ProgramChange, DATA, CHANNELS))
TIMED, TURNED = st.builds(Timed, MOMENTS, EVENTS), st.builds(Turned, MOMENTS, CHANGES)
METERS = st.builds(Meter, st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))
GRIDS = st.builds(Grid, st.floats(20, 300), MOMENTS, st.integers(1, 48))
KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from(["major", "minor"]))
SETTINGS = st.builds(
    SessionSettings,
    tempo=st.builds(TempoSettings, st.sampled_from(["follow", "fixed"]), st.floats(20, 300)),
    sampling=st.builds(
        SamplingSettings, st.floats(0.01, 10), weights=st.dictionaries(st.sampled_from("r_"), st.floats(0, 9))
    ),
    key=st.none() | KEYS,
    channel=CHANNELS,
    control=st.builds(ControlSettings, temperature=st.none() | DATA, stop=st.none() | DATA),
    learn=st.none() | st.sampled_from(["memory", "panic"]),
)
SIGNALS = st.builds(ClockSignal, st.sampled_from(["pulse", "start", "position"]), st.integers(0, 0x3FFF))
LEADS = st.builds(
    Lead,
    MOMENTS,
    MOMENTS,
    st.floats(20, 300),
    st.booleans(),
    st.booleans(),
    st.none() | METERS,
    st.sampled_from(["", "link"]),
)
CHANGES = st.one_of(
    st.builds(SettingChange, st.just("sampling.temperature"), st.floats(0.1, 5)),
    st.builds(
        SettingChange, st.just("sampling.weights"), st.dictionaries(st.sampled_from("r_"), st.floats(0, 9))
    ),
    st.builds(SettingChange, st.just("sampling.weights.r"), st.floats(0, 9)),
    st.builds(SettingChange, st.just("answer.mode"), st.sampled_from(["answer", "trade"])),
    st.builds(SettingChange, st.just("feel.swing"), st.just("follow") | st.floats(1, 3)),
    st.builds(SettingChange, st.just("answer.overlap"), st.booleans()),
    st.builds(SettingChange, st.just("control.bars"), st.none() | DATA),
    st.builds(SettingChange, st.just("key.name"), st.sampled_from(["", "G major"])),
)
NOTES = st.lists(st.builds(GridNote, STEPS, st.integers(1, 99), DATA), min_size=1, max_size=5).map(tuple)
RECORDS = st.one_of(
    st.builds(
        Begun,
        SETTINGS,
        st.integers(0, 1 << 40),
        st.builds(
            Handover, st.none() | st.builds(Transport, GRIDS, METERS), STEPS, st.sampled_from(["", "han"])
        ),
    ),
    st.builds(Joined, st.sampled_from(["han", "my/own"]), st.just("abc"), st.none() | st.just("def")),
    st.builds(Received, TIMED | TURNED),
    st.builds(Led, MOMENTS, LEADS | st.builds(Clocked, MOMENTS, SIGNALS, st.floats(0, 1))),
    st.builds(
        Asked,
        MOMENTS,
        SETTINGS | st.lists(CHANGES, max_size=3).map(tuple) | st.sampled_from(["stop", "record"]),
    ),
    st.builds(BarsBegun, MOMENTS, GRIDS),
    st.builds(Sent, TIMED, st.floats(0, 9)),
    st.builds(Released, TIMED),
    st.builds(
        Heard, MOMENTS, NOTES, KEYS, GRIDS, STEPS, st.none() | STEPS, st.none() | METERS, st.floats(1, 3)
    ),
    st.builds(Followed, MOMENTS, GRIDS, st.floats(0, 64), st.booleans()),
    st.builds(Written, st.builds(GridNote, STEPS, st.integers(1, 99), DATA)),
    st.builds(Accompanied, MOMENTS, st.none() | KEYS),
    st.builds(Answered, MOMENTS, st.booleans(), STEPS),
    st.builds(Pressed, MOMENTS, st.sampled_from(["record", "stop"])),
    st.builds(Ended, MOMENTS, MOMENTS | st.just(float("-inf"))),
    st.builds(Lost, STEPS),
    st.builds(Closed),
)


@given(RECORDS)
def test_what_is_written_is_read_back_to_the_last_digit(record):
    line = records.write(record)
    assert b"\n" not in line
    assert records.read(line) == record
    assert repr(records.read(line)) == repr(record)


@given(st.lists(RECORDS, max_size=6))
def test_many_are_packed_and_unpacked(many):
    lines = [records.write(record) for record in many]
    assert list(records.read_all(unpack(records.pack(lines)))) == many


def test_a_phrase_in_a_take_of_an_earlier_version_has_no_meter():
    line = b'["heard",1.0,["many",["note",0,4,60]],["key",0,"major"],["grid",120.0,0.0,4],16,16]'
    heard = records.read(line)
    assert heard == Heard(1.0, (GridNote(0, 4, 60),), Key(0, "major"), Grid(120.0), 16, 16, None)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('["in",["t",1.0,["on",60,80,16]]]', "channel must be 0–15, got 16"),
        ('["in",["t",1.0,["on",60.5,80,0]]]', '"on": pitch cannot be 60.5'),
        ('["in",["t","soon",["off",60,0]]]', "\"t\": at_s cannot be 'soon'"),
        ('["in",["t",NaN,["off",60,0]]]', '"t": at_s cannot be nan'),
        ('["in",["t",true,["off",60,0]]]', '"t": at_s cannot be True'),
        ('["in"]', '"in" has 1 fields, got 0'),
        ('["sung",1.0]', "'sung' is no kind of record"),
        ('["on",60,80,0]', "a record must be one of begun, joined, in"),
        ('["heard",1.0,["many",60],["key",0,"major"],["grid",120.0,0.0,4],0,0]', "notes cannot be (60,)"),
        ('["heard",1.0,["many"],["key",0,"dorian"],["grid",120.0,0.0,4],0,0]', "mode cannot be 'dorian'"),
        ('["asked",1.0,["settings",{"tempo":{"bpm":7}}]]', "greater than or equal to 20"),
        ('["asked",1.0,["many",["change","tempo.bpm",7]]]', "greater than or equal to 20"),
        ('["asked",1.0,["many",["change","tempo.speed",7]]]', "'tempo.speed' is not a setting of a session"),
        ('["asked",1.0,["many",["change","tempo",7]]]', "'tempo' is not a setting of a session"),
        ('["asked",1.0,["many",["change","sampling.weights.r.x","a"]]]', "weights"),
        ('["asked",1.0,["many",["change","key.name","H dur"]]]', "'key.name' is not a setting of a session"),
        ("[]", "a list must begin with its kind"),
        ("[" * 100_000, "nested without end"),
        ("sing", "Expecting value"),
    ],
)
def test_a_damaged_record_is_refused(line, why):
    with pytest.raises(ValueError, match=re.escape(why)):
        records.read(line.encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.sampled_from(["in", "t", "on", "grid"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(st.binary(max_size=40) | JSON.map(lambda said: json.dumps(said).encode()))
def test_whatever_is_read_is_a_record_or_a_value_error(line):
    with suppress(ValueError):
        assert isinstance(records.read(line), records.RECORDED)


def test_packed_records_that_were_cut_or_changed_are_refused():
    packed = records.pack([records.write(Closed())] * 9)
    for damaged in (packed[:-3], packed[:4] + b"!!" + packed[6:]):
        with pytest.raises(ValueError, match="its records are"):
            unpack(damaged)


def test_a_take_from_before_notes_were_left_out_hears_every_note():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    del whole[1][1]["input"]
    begun = records.read(json.dumps(whole).encode())
    assert begun.settings.input == InputSettings(min_ms=0.0, split="none")


def test_a_take_from_before_a_feel_was_learned_has_none():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.feel == FeelSettings()
    del whole[1][1]["feel"]
    before = records.read(json.dumps(whole).encode())
    assert before.settings.feel is None
    assert records.read(records.write(before)) == before


def test_a_take_from_before_bars_were_heard_begins_them_with_the_first_note():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.tempo.downbeat == "heard"
    del whole[1][1]["tempo"]["downbeat"]
    begun = records.read(json.dumps(whole).encode())
    assert begun.settings == replace(SessionSettings(), tempo=TempoSettings(downbeat="first"))


def test_in_a_take_from_before_endings_were_known_they_do_not_count():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.shape.endings
    del whole[1][1]["shape"]["endings"]
    shape = records.read(json.dumps(whole).encode()).settings.shape
    assert shape == replace(SessionSettings().shape, endings=False)


def test_in_a_take_from_before_the_memory_adapted_it_is_always_as_loud():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.sampling.adapts
    del whole[1][1]["sampling"]["adapts"]
    sampling = records.read(json.dumps(whole).encode()).settings.sampling
    assert sampling == replace(SessionSettings().sampling, adapts=False)


def test_in_a_take_from_before_programs_took_up_answers_they_wait_for_the_next():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    del whole[1][1]["answer"]["program_change"]
    answer = records.read(json.dumps(whole).encode()).settings.answer
    assert answer == replace(SessionSettings().answer, program_change="answer")


def test_in_a_take_from_before_chords_were_heard_during_an_answer_they_are_not():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.harmony.follow
    del whole[1][1]["harmony"]["follow"]
    harmony = records.read(json.dumps(whole).encode()).settings.harmony
    assert harmony == replace(SessionSettings().harmony, follow=False)


def test_in_a_take_from_before_notes_were_tied_under_the_player_they_are_not():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.harmony.tied
    del whole[1][1]["harmony"]["tied"]
    harmony = records.read(json.dumps(whole).encode()).settings.harmony
    assert harmony == replace(SessionSettings().harmony, tied=False)


def test_in_a_take_from_before_leaps_said_more_of_chords_they_do_not():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.harmony.leaps
    del whole[1][1]["harmony"]["leaps"]
    harmony = records.read(json.dumps(whole).encode()).settings.harmony
    assert harmony == replace(SessionSettings().harmony, leaps=False)


def test_in_a_take_from_before_the_knob_knew_accompany_it_chooses_among_three_modes():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    assert records.read(json.dumps(whole).encode()).settings.modes == MODE_NAMES
    del whole[1][1]["modes"]
    assert records.read(json.dumps(whole).encode()).settings.modes == ("answer", "continue", "trade")


def test_a_take_from_before_clicks_and_latencies_has_none():
    whole = json.loads(records.write(Begun(SessionSettings(), 1, Handover())))
    del whole[1][1]["click"], whole[1][1]["output_latency_ms"], whole[1][1]["clock"]["output_latency_ms"]
    assert records.read(json.dumps(whole).encode()).settings == SessionSettings()


def test_a_handover_of_an_earlier_version_names_no_voice():
    begun = Begun(SessionSettings(), 1, Handover(None, 3, "han"))
    line = records.write(begun).replace(b'3,"han"]', b"3]")
    assert records.read(line).handover == Handover(None, 3)
