"""What people's MIDI files hold, and the melody that is read from them."""

import contextlib
import random
import struct
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.midi import smf
from antiphon.midi.song import read_song
from antiphon.midi.voice_choice import Wanted
from midi_bytes import SCALE, TICKS, file_of, named, row, struck
from mutations import damaged

SONG = (1, 1, 2, 3, 1, 1, 1, 2, 1, 1, 2, 4)
PITCHES = (67, 69, 71, 72, 71, 69, 67, 65, 64, 62, 64, 60)
QUARTERS = [(n, 1, pitch) for n, pitch in enumerate(SCALE)]


def heard(data, **wanted):
    return [(float(n.onset), float(n.length), n.pitch) for n in read_song(data, Wanted(**wanted)).notes]


def lengths(data):
    return [length for _, length, _ in heard(data)]


@pytest.mark.parametrize("gate", [0.5, 0.6, 0.75, 0.8, 0.9, 0.95, 0.99, 1.0])
def test_a_song_is_the_same_at_every_gate(gate):
    assert lengths(file_of(struck(row(SONG, PITCHES, gate)))) == list(SONG)


@pytest.mark.parametrize("early", [1 / 480, 1 / 48, 1 / 16])
def test_notes_that_all_end_the_same_time_early(early):
    assert lengths(file_of(struck(row(SONG, PITCHES, late=-early)))) == list(SONG)


@pytest.mark.parametrize("seed", range(8))
def test_gates_that_vary_from_note_to_note_are_no_rests(seed):
    chance = random.Random(seed)
    rows = [(at, length * chance.uniform(0.5, 1.0), pitch) for at, length, pitch in row(SONG, PITCHES)]
    assert lengths(file_of(struck(rows)))[:-1] == list(SONG)[:-1]


@pytest.mark.parametrize("gate", [0.5, 0.8, 0.95, 1.0])
def test_rests_are_rests_at_every_gate(gate):
    """A quarter and a rest of a quarter among quarters: what sounds for half as long as its time."""
    rows = [
        (at, gate, pitch) for at, pitch in zip((0, 1, 2, 4, 5, 6, 8, 9, 10, 11), (60, 62) * 5, strict=True)
    ]
    found = heard(file_of(struck(rows)))
    assert [(at, length) for at, length, _ in found if at in (2, 6)] == [(2, 1), (6, 1)]
    assert {length for _, length, _ in found} == {1}


@pytest.mark.parametrize("length", [0.5, 1])
@pytest.mark.parametrize("late", [0.05, 0.1, 0.15, 0.2, 0.3])
def test_legato_notes_end_where_the_next_begins(length, late):
    pitches = (60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65)
    data = file_of(struck(row([length] * 12, pitches, late=late)))
    assert heard(data) == [(length * n, length, pitch) for n, pitch in enumerate(pitches)]


@pytest.mark.parametrize("late", [0, 1, 15, 30])
def test_a_repeated_pitch_whose_on_stands_before_its_off(late):
    track = [(0, (0x90, 60, 80)), (3840, (0x80, 60, 64))]
    for n in range(1, 8):
        track += [(480 * n, (0x90, 60, 80)), (480 * n + late, (0x80, 60, 64))]
    assert heard(file_of(track)) == [(n, 1, 60) for n in range(8)]


def test_drums_are_no_melody_wherever_they_stand():
    drums = struck([(n / 2, 0.25, 36 + n % 3) for n in range(16)], channel=9)
    assert heard(file_of(drums, struck(QUARTERS, 3))) == QUARTERS
    assert heard(file_of(drums + struck(QUARTERS, 3))) == QUARTERS
    with pytest.raises(ValueError, match="only drums"):
        read_song(file_of(drums))
    assert len(heard(file_of(drums), channel=10)) == 16


def test_a_track_named_melody_comes_before_a_bass():
    bass = named("Bass") + struck([(n, 1, 36 + 7 * (n % 2)) for n in range(8)], 1)
    assert heard(file_of(bass, named("Melody") + struck(QUARTERS, 3))) == QUARTERS


def test_short_notes_under_a_pedal_are_as_long_as_their_time():
    pedal = [(0, (0xB0, 64, 127)), (3840, (0xB0, 64, 0))]
    assert heard(file_of(pedal + struck([(n, 0.2, pitch) for n, pitch in enumerate(SCALE)]))) == QUARTERS


def test_a_pedal_that_changes_with_each_bar():
    pedal = [
        event
        for bar in (0, 1)
        for event in ((1920 * bar + 40, (0xB0, 64, 127)), (1920 * bar + 1900, (0xB0, 64, 0)))
    ]
    assert (
        lengths(file_of(pedal + struck([(n, 0.6, pitch) for n, pitch in enumerate(SCALE)])))[:-1] == [1] * 7
    )


def test_notes_of_no_length_are_the_shortest_there_are():
    rows = [(n, 0 if n in (2, 5) else 400 / TICKS, pitch) for n, pitch in enumerate(SCALE)]
    track = []
    for at, sounding, pitch in rows:  # an on before its off, at one tick
        track += [(TICKS * at, (0x90, pitch, 80)), (round(TICKS * (at + sounding)), (0x80, pitch, 64))]
    assert lengths(file_of(track)) == [1, 1, 0.25, 1, 1, 0.25, 1, 1]


@pytest.mark.parametrize("fifths", [8, 0x80, 100])
def test_a_key_that_there_is_not_is_none(fifths):
    key = [(0, smf.meta(0x59, bytes((fifths, 0))))]
    song = read_song(file_of(key, struck(QUARTERS)))
    assert (song.key, len(song.notes)) == (None, 8)


@pytest.mark.parametrize(
    ("fifths", "minor", "key"), [(1, 0, "G major"), (0xFD, 1, "C minor"), (0, 0, None), (0, 1, "A minor")]
)
def test_a_key_is_said_but_c_major_is_what_programs_write_for_none(fifths, minor, key):
    assert read_song(file_of([(0, smf.meta(0x59, bytes((fifths, minor))))], struck(QUARTERS))).key == key


def test_chunks_of_another_kind_escapes_and_a_riff_wrapper_are_skipped():
    plain = file_of([], struck(QUARTERS))
    alien = smf.chunk(b"XFIH", b"\1\2\3")
    assert heard(plain[:14] + alien + plain[14:]) == QUARTERS
    assert heard(file_of([(960, (0xF7, 2, 0xF3, 1)), *struck(QUARTERS)])) == QUARTERS
    wrapped = b"RMIDdata" + struct.pack("<I", len(plain)) + plain
    assert heard(b"RIFF" + struct.pack("<I", len(wrapped)) + wrapped) == QUARTERS


def test_three_notes_in_an_eighth_move_nothing_after_them():
    rows = [(n / 6, 1 / 6, 69 + 2 * n) for n in range(3)]
    rows += [(0.5 + n, 1, pitch) for n, pitch in enumerate(SCALE)]
    found = heard(file_of(struck(rows)))
    assert found[3:] == [(0.5 + n, 1, pitch) for n, pitch in enumerate(SCALE)]
    assert [length for _, length, _ in found[:3]] == pytest.approx([1 / 6] * 3)


def test_triplets_are_read_as_triplets():
    rows = row([1, 1 / 3, 1 / 3, 1 / 3, 1, 0.5, 0.5, 1], SCALE, 0.9)
    assert lengths(file_of(struck(rows))) == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 1, 0.5, 0.5, 1])


def test_a_half_tied_to_an_eighth_is_a_length():
    assert lengths(file_of(struck(row([2.5, 0.5, 1, 1.25, 0.75, 1, 1, 2], gate=0.95)))) == [
        2.5, 0.5, 1, 1.25, 0.75, 1, 1, 2,
    ]  # fmt: skip


def test_each_note_on_a_channel_of_its_own_is_one_voice():
    mpe = [(0, (0xB0, 101, 0)), (0, (0xB0, 100, 6)), (0, (0xB0, 6, 15))]
    spread = [event for n, one in enumerate(QUARTERS) for event in struck([one], 1 + n)]
    assert heard(file_of(mpe + spread)) == QUARTERS
    assert heard(file_of(spread)) == QUARTERS
    strings = [event for n, one in enumerate(QUARTERS * 2) for event in struck([(n, 1, one[2])], n % 6)]
    assert [pitch for _, _, pitch in heard(file_of(strings))] == [*SCALE, *SCALE]


def test_the_pedal_of_the_master_channel_holds_every_note():
    pedal = [(0, (0xB0, 64, 127)), (3840, (0xB0, 64, 0))]
    spread = [event for n, (at, _, p) in enumerate(QUARTERS) for event in struck([(at, 0.1, p)], 1 + n)]
    assert heard(file_of(pedal + spread)) == QUARTERS


def test_rests_before_the_first_note_are_no_part_of_the_song():
    meter = [(0, smf.meta(0x58, bytes((3, 2, 24, 8))))]
    song = read_song(file_of(meter, struck([(48 + at, n, p) for at, n, p in QUARTERS])))
    assert (float(song.notes[0].onset), song.pickup) == (0, 0)
    late = read_song(file_of(meter, struck([(50 + at, n, p) for at, n, p in QUARTERS])))
    assert (float(late.notes[0].onset), late.pickup) == (0, 1)


def test_a_short_first_bar_with_a_meter_of_its_own_is_a_pickup():
    meters = [(0, smf.meta(0x58, bytes((1, 2, 24, 8)))), (480, smf.meta(0x58, bytes((4, 2, 24, 8))))]
    song = read_song(file_of(meters, struck(QUARTERS)))
    assert (song.pickup, [str(meter) for meter in song.meters]) == (1, ["4/4"])


def test_a_file_without_notes_says_so():
    with pytest.raises(ValueError, match="it has no notes"):
        read_song(file_of([]))


LENGTHS = st.sampled_from(
    [Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(3, 2), Fraction(2)]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(LENGTHS, st.integers(48, 84)), min_size=12, max_size=60),
    st.floats(0.5, 1.0),
    st.sampled_from([96, 192, 480, 960]),
)
def test_any_melody_comes_back_at_any_gate(sounds, gate, ticks):
    at, track = Fraction(0), []
    for length, pitch in sounds:
        off = max(1, int(gate * float(length) * ticks))
        track += [(int(at * ticks) + off, (0x80, pitch, 64)), (int(at * ticks), (0x90, pitch, 80))]
        at += length
    found = read_song(file_of(track, ticks=ticks)).notes
    assert [note.pitch for note in found] == [pitch for _, pitch in sounds]
    assert [note.length for note in found[:-1]] == [length for length, _ in sounds[:-1]]


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 1 << 30))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(seed):
    pedal = [(0, (0xB0, 64, 127)), (1000, (0xB0, 64, 0))]
    whole = file_of(named("x"), pedal + struck(QUARTERS) + struck(QUARTERS[:3], 1), struck(QUARTERS, 9))
    with contextlib.suppress(ValueError):
        song = read_song(damaged(whole, random.Random(seed)))
        ends = [note.onset + note.length for note in song.notes]
        assert all(end <= after.onset for end, after in zip(ends, song.notes[1:], strict=False))
        assert all(note.length > 0 for note in song.notes)


def test_more_notes_than_any_music_has_are_refused():
    track = [(10 * n + late, (kind, 60, 64)) for n in range(50_001) for kind, late in ((0x90, 0), (0x80, 5))]
    with pytest.raises(ValueError, match="50001 notes; a file may have 50000"):
        read_song(file_of(track))
