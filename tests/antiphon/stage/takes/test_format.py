"""A take's bytes, unfinished and finished: whatever cuts them off, every whole record is read back."""

import io
import shutil
import subprocess
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn, Timed, Turned
from antiphon.files import take_file
from antiphon.midi import smf as chunks
from antiphon.perform.answer_reports import Answered
from antiphon.perform.reports import Received, Sent
from antiphon.stage.takes import format as take_format
from antiphon.stage.takes import records
from antiphon.stage.takes.header import Place, TakeHeader, UsedBundle
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Meter

HEADER = TakeHeader(100.0, Meter(3, 4), {"sampling": {"temperature": 0.9}}, UsedBundle("toy", "ab12"), 42)
PLACE = Place(TempoMap(100.0), records.pack([records.write(Answered(0.5, False, 0))]), "earlier.mid")
OPENING = take_format.opening(HEADER, "2024-05-06T07:08:09", PLACE)
BODY = list(chunks.chunks(OPENING))[-1].begin
FONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")
EVENTS = [
    Received(Timed(1.0, NoteOn(60, 70))),
    Received(Turned(1.1, ControlChange(64, 127))),
    Received(Timed(1.5, NoteOff(60))),
    Sent(Timed(2.0, NoteOn(72, 70, 3)), 0.0001),
    Answered(3.0, False, 0),
    Sent(Timed(3.0, NoteOff(72, 3)), 0.0),
]


def appended(events):
    """What is appended for each."""
    encoder, pieces = take_format.RecordEncoder(HEADER.bpm), []
    for event in events:
        pieces.append(encoder.encode(records.line_of(event)))
        encoder.wrote(event)
    return pieces


def unfinished(pieces, told, rest=b""):
    """The file when the track's length tells of `told` of the pieces, and `rest` lies beyond the last."""
    size = sum(map(len, pieces[:told])) + len(OPENING) - BODY
    head = OPENING[: BODY - 4] + chunks.length(size) + OPENING[BODY:]
    return head + b"".join(pieces) + rest


PIECES = appended(EVENTS)
WHOLE = unfinished(PIECES, len(PIECES))


def test_an_unfinished_take_is_a_midi_file_with_the_notes_at_a_draft_tempo():
    file = mido.MidiFile(file=io.BytesIO(WHOLE))
    ticks, found = 0, []
    for message in file.tracks[1]:
        ticks += message.time
        if not message.is_meta:
            found.append((ticks, message.type, message.channel))
    assert found == [
        (0, "note_on", 0),
        (80, "control_change", 0),
        (400, "note_off", 0),
        (800, "note_on", 3),
        (1600, "note_off", 3),
    ]
    assert (file.type, file.ticks_per_beat) == (1, 480)


def test_what_was_written_is_read_back():
    take = take_file.read(WHOLE)
    assert take.unfinished
    assert list(records.read_all(take.lines)) == EVENTS
    assert list(records.read_all(take.before)) == [Answered(0.5, False, 0)]
    assert TakeHeader.of(take.texts) == HEADER
    assert take.texts["place"] == {"tempo": [100.0, False, []], "continues": "earlier.mid", "known": True}


@pytest.mark.parametrize("whole", range(len(PIECES)))
def test_a_kill_between_the_writes_or_in_the_midst_of_one(whole):
    """The next piece was written in part, the track's length not yet."""
    following = PIECES[whole]
    for part in range(len(following) + 1):
        data = unfinished(PIECES[:whole], whole, following[:part])
        notes = [m for m in mido.MidiFile(file=io.BytesIO(data)).tracks[1] if not m.is_meta]
        assert len(notes) == len([e for e in EVENTS[:whole] if not isinstance(e, Answered)])
        read = list(records.read_all(take_file.read(data).lines))
        assert read in (EVENTS[:whole], EVENTS[: whole + 1])
        assert part < len(following) or read == EVENTS[: whole + 1]


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE)))
def test_truncated_anywhere_every_whole_record_is_there(size):
    data = WHOLE[:size]
    if size < BODY:
        with pytest.raises(ValueError, match=r"is no MIDI file|is cut short in its header"):
            take_file.read(data)
        return
    ends = [len(OPENING) + sum(map(len, PIECES[:number])) for number in range(len(PIECES) + 1)]
    whole = max((number for number, end in enumerate(ends) if end <= size), default=0)
    read = list(records.read_all(take_file.read(data).lines))
    # A record is whole before the note that stands beside it is.
    assert read in (EVENTS[:whole], EVENTS[: whole + 1])


@given(st.integers(len(OPENING), len(WHOLE) - 1), st.integers(1, 255))
def test_no_damaged_record_is_read_for_another(place, change):
    data = bytearray(WHOLE)
    data[place] ^= change
    read, written = take_file.read(bytes(data)).lines, [records.write(event) for event in EVENTS]
    assert set(read) <= set(written)
    before = [end for number in range(7) if (end := len(OPENING) + sum(map(len, PIECES[:number]))) <= place]
    assert list(read)[: len(before) - 1] == written[: len(before) - 1]


@given(st.binary(max_size=200))
def test_whatever_is_read_is_a_take_none_or_a_value_error(data):
    for begun in (data, OPENING[:40] + data, OPENING + data):
        try:
            assert take_file.read(begun) is None or begun.startswith(b"MThd")
        except ValueError:
            continue


def finished(meters=((0, HEADER.meter),)):
    voices = [
        ("Player", [(0, NoteOn(60)), (480, NoteOff(60))]),
        ("Antiphon", [(960, NoteOn(72)), (1440, NoteOff(72))]),
    ]
    packed = records.pack([records.write(event) for event in EVENTS])
    return take_format.finished([(0, 100.0), (960, 90.0)], meters, HEADER.texts(), b"", packed, voices)


def test_a_finished_take_holds_its_records_at_its_start():
    file = mido.MidiFile(file=io.BytesIO(finished()))
    kinds = [(message.type, message.time) for message in file.tracks[0]]
    assert kinds[-3:] == [("sequencer_specific", 0), ("set_tempo", 960), ("end_of_track", 0)]
    assert [track.name for track in file.tracks[1:]] == ["Player", "Antiphon"]
    take = take_file.read(finished())
    assert not take.unfinished
    assert list(records.read_all(take.lines)) == EVENTS


def test_the_meter_of_a_finished_take_may_change():
    file = mido.MidiFile(file=io.BytesIO(finished([(0, Meter(3, 4)), (720, Meter(6, 8))])))
    changes = [message for message in file.tracks[0] if message.type in ("time_signature", "set_tempo")]
    assert [message.time for message in changes] == [0, 0, 720, 240]
    meters = [(m.numerator, m.denominator) for m in changes if m.type == "time_signature"]
    assert meters == [(3, 4), (6, 8)]


def test_the_voices_of_a_finished_take_to_the_byte():
    voices = finished()[finished().index(b"MTrk", 30) :]
    assert voices.hex(" ") == (
        "4d 54 72 6b 00 00 00 17 00 ff 03 06 50 6c 61 79 65 72 "
        "00 90 3c 50 83 60 80 3c 40 00 ff 2f 00 "
        "4d 54 72 6b 00 00 00 1a 00 ff 03 08 41 6e 74 69 70 68 6f 6e "
        "87 40 90 48 50 83 60 80 48 40 00 ff 2f 00"
    )


def test_many_records_are_cut_into_pieces_that_every_program_reads():
    big = bytes(range(256)) * 1000
    data = take_format.finished([(0, 100.0)], [(0, HEADER.meter)], HEADER.texts(), big, b"", [("Player", [])])
    held = [m.data for m in mido.MidiFile(file=io.BytesIO(data)).tracks[0] if m.type == "sequencer_specific"]
    assert len(held) == 4
    assert max(map(len, held)) <= 65_536


def test_a_midi_file_of_somebody_else_is_no_take():
    data = chunks.header(1, 480) + chunks.chunk(chunks.TRACK, b"\x00" + chunks.meta(chunks.END_OF_TRACK, b""))
    assert take_file.read(data) is None


@pytest.mark.train
@pytest.mark.parametrize("part", [0, 1, 7, 30])
def test_music21_and_fluidsynth_read_it_however_it_was_cut_off(tmp_path, part):
    import music21

    path = tmp_path / "cut.mid"
    path.write_bytes(unfinished(PIECES[:4], 4, PIECES[5][:part]))
    score = music21.converter.parse(path, forceSource=True)
    assert {note.pitch.midi for note in score.flatten().notes} >= {60}
    if shutil.which("fluidsynth") and FONT.is_file():
        command = ["fluidsynth", "-ni", "-F", tmp_path / "sound.raw", "-T", "raw", FONT, path]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0
        assert not [line for line in done.stderr.splitlines() if "error" in line.lower()]
