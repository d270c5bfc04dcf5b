"""MIDI files: what is written is read back the same, by us and by music21; damage is one clear line."""

import os
from fractions import Fraction

import mido
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from antiphon.errors import Failure
from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.listen.phrase import MOST_NOTES
from antiphon.midi import file as midifile
from antiphon.midi.file import MAX_PHRASE_S, read_phrase, write_melody
from antiphon.timebase import Grid, Meter

MELODY = [
    GridNote(0, 4, 67),
    GridNote(4, 2, 69),
    GridNote(6, 1, 71),
    GridNote(10, 3, 71),
    GridNote(13, 7, 62),
]


@st.composite
def melodies(draw):
    """One voice with rests, in any meter's steps."""
    notes, step = [], 0
    for rest, length, pitch in draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(1, 33), st.integers(0, 127)), min_size=1, max_size=20
        )
    ):
        notes.append(GridNote(step + rest, length, pitch))
        step += rest + length
    return notes


def on_the_grid(phrase, steps_per_quarter=4):
    grid = Grid(phrase.bpm, steps_per_quarter=steps_per_quarter)
    return [
        GridNote(round(start), round(grid.steps_at(note.release_s) - start), note.pitch)
        for note in phrase.notes
        for start in [grid.steps_at(note.onset_s)]
    ]


def outcome(path):
    """What came of reading a file, in words; any error but a Failure goes through."""
    try:
        return "read" if read_phrase(path).notes else "nothing"
    except Failure as failure:
        return failure.message


def save_tracks(path, *tracks, ticks_per_beat=480):
    mido.MidiFile(type=1, ticks_per_beat=ticks_per_beat, tracks=[mido.MidiTrack(t) for t in tracks]).save(
        path
    )


@settings(deadline=None)
@given(melodies(), st.sampled_from([1, 2, 3, 4, 6, 8]), st.floats(20, 300), st.sampled_from(["4/4", "6/8"]))
def test_a_melody_comes_back_whole(tmp_path_factory, notes, steps_per_quarter, bpm, meter):
    path = tmp_path_factory.mktemp("melody") / "m.mid"
    assume(notes[-1].end_steps / steps_per_quarter * 60 / bpm < MAX_PHRASE_S)
    write_melody(path, notes, bpm, Meter.parse(meter), steps_per_quarter=steps_per_quarter)
    phrase = read_phrase(path)
    assert on_the_grid(phrase, steps_per_quarter) == notes
    assert phrase.bpm == pytest.approx(bpm, abs=0.011)
    assert str(phrase.meter) == meter


@pytest.mark.train
def test_music21_reads_what_we_write(tmp_path):
    import music21

    path = tmp_path / "m.mid"
    write_melody(path, MELODY, 96, Meter(3, 4), "Ode")
    score = music21.converter.parse(path, quantizePost=False)
    notes = [
        GridNote(int(4 * Fraction(n.offset)), int(4 * Fraction(n.quarterLength)), n.pitch.midi)
        for n in score.flatten().stripTies().notes
    ]
    assert notes == MELODY
    assert [m.ratioString for m in score.flatten().getElementsByClass("TimeSignature")][:1] == ["3/4"]
    assert {m.number for m in score.flatten().getElementsByClass("MetronomeMark")} == {96}


def test_the_file_is_of_format_1_with_480_ticks_and_offs_before_ons(tmp_path):
    path = tmp_path / "m.mid"
    write_melody(path, [GridNote(0, 4, 60), GridNote(4, 4, 60)], 120, name="Größe")
    file = mido.MidiFile(path, charset="utf-8")
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 480, 2)
    assert file.tracks[1].name == "Größe"
    assert [(m.type, m.time) for m in file.tracks[1] if not m.is_meta] == [
        ("note_on", 0),
        ("note_off", 480),
        ("note_on", 0),
        ("note_off", 480),
    ]


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "folder.mid"
    path.mkdir()
    with pytest.raises(Failure, match=r"folder\.mid: cannot be written"):
        write_melody(path, MELODY, 120)
    with pytest.raises(Failure, match=r"nowhere/m\.mid: cannot be written"):
        write_melody(tmp_path / "nowhere" / "m.mid", MELODY, 120)
    assert list(tmp_path.iterdir()) == [path]


def test_a_phrase_is_the_first_channel_of_the_first_track_with_notes(tmp_path):
    path = tmp_path / "p.mid"
    save_tracks(
        path,
        [mido.MetaMessage("set_tempo", tempo=600_000)],
        [
            mido.Message("note_on", note=60, velocity=50, channel=3, time=96),
            mido.Message("note_on", note=40, velocity=50, channel=9),
            mido.Message("note_on", note=60, velocity=0, channel=3, time=96),
            mido.Message("note_off", note=40, channel=9, time=96),
        ],
        [mido.Message("note_on", note=90, velocity=50, time=0), mido.Message("note_off", note=90, time=5)],
        ticks_per_beat=96,
    )
    phrase = read_phrase(path)
    assert (phrase.bpm, str(phrase.meter)) == (100.0, "4/4")
    assert [(n.pitch, n.velocity, n.onset_s, n.release_s) for n in phrase.notes] == [
        (60, 50, pytest.approx(0.6), pytest.approx(1.2))
    ]


def test_a_note_without_an_off_ends_with_the_file_and_one_struck_again_ends_there(tmp_path):
    path = tmp_path / "p.mid"
    save_tracks(
        path,
        [
            mido.Message("note_on", note=60, velocity=50),
            mido.Message("note_on", note=60, velocity=70, time=480),
        ],
        [mido.MetaMessage("end_of_track", time=1920)],
    )
    phrase = read_phrase(path)
    assert phrase.bpm == 120.0
    assert [(n.velocity, n.onset_s, n.release_s) for n in phrase.notes] == [(50, 0.0, 0.5), (70, 0.5, 2.0)]


def test_events_of_a_phrase_have_offs_before_ons(tmp_path):
    path = tmp_path / "p.mid"
    write_melody(path, [GridNote(0, 4, 60), GridNote(4, 4, 60)], 120)
    assert read_phrase(path).events == (
        Timed(0.0, NoteOn(60)),
        Timed(0.5, NoteOff(60)),
        Timed(0.5, NoteOn(60)),
        Timed(1.0, NoteOff(60)),
    )


def test_a_file_cut_off_anywhere_is_read_or_refused_with_its_name(tmp_path):
    whole = tmp_path / "whole.mid"
    write_melody(whole, MELODY, 120)
    data = whole.read_bytes()
    cut = tmp_path / "cut.mid"
    for length in range(len(data)):
        cut.write_bytes(data[:length])
        with pytest.raises(Failure, match=r"cut\.mid: "):
            read_phrase(cut)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "d.mid"
    write_melody(path, MELODY, 120)
    bytes_ = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(bytes_) - 1), min_size=1, max_size=6)):
        bytes_[place] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes_)
    assert outcome(path) == "read" or "d.mid: " in outcome(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "too early"),
        (b"RIFF and so on", "MThd"),
        (b"MThd\0\0\0\6\0\1\0\0\xe7\x28", "SMPTE"),
        (b"MThd\0\0\0\6\0\1\0\0\1\xe0", "no notes"),
        (b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\xff\xff" + b"\xff" * 60_000, "number without end"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, data, reason):
    path = tmp_path / "bad.mid"
    path.write_bytes(data)
    with pytest.raises(Failure, match=rf"bad\.mid: .*{reason}"):
        read_phrase(path)


def test_a_missing_a_large_a_slow_and_an_endless_file_are_refused(tmp_path, monkeypatch):
    with pytest.raises(Failure, match=r"none\.mid: No such file"):
        read_phrase(tmp_path / "none.mid")
    path = tmp_path / "p.mid"
    note = [mido.Message("note_on", note=60, velocity=9), mido.Message("note_off", note=60, time=9)]
    save_tracks(path, [mido.MetaMessage("set_tempo", tempo=10_000_000), *note])
    with pytest.raises(Failure, match=r"20–300 bpm, got 6"):
        read_phrase(path)
    save_tracks(path, [note[0], note[1].copy(time=480 * 2000)])
    with pytest.raises(Failure, match=r"lasts 1000 s"):
        read_phrase(path)
    monkeypatch.setattr(midifile, "MAX_FILE_BYTES", 10)
    with pytest.raises(Failure, match="larger than"):
        read_phrase(path)


def test_a_machine_gun_is_no_phrase(tmp_path):
    path = tmp_path / "p.mid"
    on, off = mido.Message("note_on", note=60, velocity=9), mido.Message("note_off", note=60, time=1)
    save_tracks(path, [on, off] * (MOST_NOTES + 1))
    with pytest.raises(Failure, match="has 2049 notes; a phrase may have 1–2048"):
        read_phrase(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "p.mid")
    with pytest.raises(Failure, match="is not a regular file"):
        read_phrase(tmp_path / "p.mid")


def test_a_number_beyond_floats_and_a_system_exclusive_of_any_length_are_refused(tmp_path):
    head = b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\xff\xff"
    note = b"\0\x90\x3c\x40" + b"\xff" * 3000 + b"\x7f\x80\x3c\0\0\xff\x2f\0"
    for body in (note, b"\0\xf0\xff\xff\xff\x7f", b"\0\xff\x7f\xff\xff\xff\x7f"):
        (tmp_path / "p.mid").write_bytes(head + body)
        assert "p.mid: cannot be read" in outcome(tmp_path / "p.mid")
