"""Events of MIDI files: what departs from the standard and is clear, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.events import GridNote
from antiphon.midi import smf
from antiphon.midi.file import melody_file
from antiphon.midi.track import TrackEvent, read_tracks

HEAD = smf.header(1, 480)
END = b"\0\xff\x2f\0"
WHOLE = melody_file([GridNote(0, 4, 67), GridNote(4, 2, 69), GridNote(6, 1, 71)], 120)
NOTE = b"\0\x90\x3c\x40\x60\x80\x3c\x40"
READ = [(0, b"\x90\x3c\x40"), (0x60, b"\x80\x3c\x40")]


def read(*bodies, head=HEAD):
    file = read_tracks(head + b"".join(smf.chunk(smf.TRACK, body) for body in bodies))
    return [(event.ticks, event.message) for event in file.tracks[0]]


def test_a_track_is_its_messages_at_their_ticks():
    file = read_tracks(HEAD + smf.chunk(smf.TRACK, NOTE + END))
    assert file.ticks_per_quarter == 480
    assert file.tracks == ((*(TrackEvent(*one) for one in READ), TrackEvent(0x60, b"\xff\x2f")),)


@pytest.mark.parametrize(
    "said",
    [
        b"\0\xf0\x03\x41\x10\xf7",  # System Exclusive
        b"\0\xf0\x02\x41\x10\x60\xf7\x02\x11\xf7",  # … in pieces
        b"\0\xf7\x01\xf8",  # an escape
        b"\0\xf7\x03\xf3\x01\x90",
    ],
)
def test_exclusives_and_escapes_are_skipped_and_their_ticks_count(said):
    ticks = 0x60 if said.count(b"\x60\xf7") else 0
    assert read(said + NOTE + END)[:2] == [(at + ticks, message) for at, message in READ]


def test_running_status_lives_on_after_a_meta_event():
    key_out_of_range = b"\0\xff\x59\x02\x08\0"
    body = b"\0\x90\x3c\x40" + key_out_of_range + b"\x10\x3e\x40" + END
    assert [m for _, m in read(body)] == [b"\x90\x3c\x40", b"\xff\x59\x08\0", b"\x90\x3e\x40", b"\xff\x2f"]


def test_a_track_ends_at_its_end_or_where_its_chunk_ends():
    assert read(NOTE + END + b"\x99\x99\x99")[:2] == READ
    assert read(NOTE) == READ


def test_chunks_of_other_kinds_are_skipped():
    alien = smf.chunk(b"XFIH", b"abcd")
    file = read_tracks(HEAD + alien + smf.chunk(smf.TRACK, NOTE + END) + alien)
    assert [len(track) for track in file.tracks] == [3]


def test_a_riff_wrapper_is_opened():
    def riff(*parts):
        body = b"RMID" + b"".join(parts)
        return b"RIFF" + len(body).to_bytes(4, "little") + body

    def part(kind, body):
        return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)

    assert read_tracks(riff(part(b"data", WHOLE))) == read_tracks(WHOLE)
    assert read_tracks(riff(part(b"DISP", b"abc"), part(b"data", WHOLE))) == read_tracks(WHOLE)
    with pytest.raises(ValueError, match="too early"):
        read_tracks(riff(part(b"DISP", b"abc")))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "too early"),
        (b"RIFF and so on", "MThd"),
        (b"MThd\0\0\0\6\0\1\0\0\xe7\x28", "SMPTE"),
        (b"MThd\0\0\0\2\0\1", "too early"),
        (HEAD + smf.chunk(smf.TRACK, b"\xff" * 60_000), "variable-length number never ends"),
        (HEAD + smf.chunk(smf.TRACK, b"\0\xf0\xff\xff\xff\x7f"), "too early"),
        (HEAD + smf.chunk(smf.TRACK, b"\0\xff\x7f\xff\xff\xff\x7f"), "too early"),
        (HEAD + smf.chunk(smf.TRACK, b"\0\x90\x3c"), "too early"),
        (HEAD + smf.chunk(smf.TRACK, b"\0"), "too early"),
        (HEAD + smf.chunk(smf.TRACK, b"\0\x90\x3c\xc8"), "data byte must be 00–7F, got C8"),
        (HEAD + smf.chunk(smf.TRACK, b"\0\x3c\x40"), "status byte .*, got 3C"),
        (HEAD + smf.chunk(smf.TRACK, b"\0\xf4\x40"), "status byte .*, got F4"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(data, reason):
    with pytest.raises(ValueError, match=reason):
        read_tracks(data)


def test_a_file_cut_off_anywhere_is_refused():
    for length in range(len(WHOLE)):
        with pytest.raises(ValueError, match=r"too early|MThd"):
            read_tracks(WHOLE[:length])


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data):
    damaged = bytearray(WHOLE)
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=6)):
        damaged[place] = data.draw(st.integers(0, 255))
    with suppress(ValueError):
        tracks = read_tracks(bytes(damaged)).tracks
        assert all(len(event.message) > 1 for track in tracks for event in track)
