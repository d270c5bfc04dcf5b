"""MIDI files as bytes: what is written is read back the same, by us and by others."""

import io
from fractions import Fraction
from itertools import pairwise

import mido
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.midi import smf
from antiphon.midi.file import melody_file, read_phrase
from antiphon.timebase import Grid, Meter

MELODY = [
    GridNote(0, 4, 67),
    GridNote(4, 2, 69),
    GridNote(6, 1, 71),
    GridNote(10, 3, 71),
    GridNote(13, 7, 62),
]
PITCHES = (60, 62, 64, 65, 67, 65, 64, 62)


def file_of(*tracks, ticks_per_quarter=480):
    """A file of tracks, each a list of (ticks since the event before, message bytes)."""
    bodies = [b"".join(smf.number(ticks) + bytes(said) for ticks, said in track) for track in tracks]
    end = b"\0" + smf.meta(smf.END_OF_TRACK, b"")
    written = [smf.chunk(smf.TRACK, body + end) for body in bodies]
    return smf.header(len(tracks), ticks_per_quarter) + b"".join(written)


def on(pitch, ticks=0, velocity=80, channel=0):
    return ticks, (0x90 | channel, pitch, velocity)


def off(pitch, ticks, channel=0):
    return ticks, (0x80 | channel, pitch, 64)


def quarters(channel=0, pitches=PITCHES, gate=456):
    messages = [on(pitches[0], 0, channel=channel)]
    for before, after in pairwise(pitches):
        messages += [off(before, gate, channel), on(after, 480 - gate, channel=channel)]
    return [*messages, off(pitches[-1], gate, channel)]


def ticks_of(data):
    """Onset, length and pitch of each note, in ticks of 480 a quarter at 120 bpm."""
    return [
        (round(960 * note.onset_s), round(960 * note.gate_s), note.pitch) for note in read_phrase(data).notes
    ]


def on_the_grid(phrase, steps_per_quarter=4):
    grid = Grid(phrase.bpm, steps_per_quarter=steps_per_quarter)
    return [
        GridNote(round(start), round(grid.steps_at(note.release_s) - start), note.pitch)
        for note in phrase.notes
        for start in [grid.steps_at(note.onset_s)]
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


@settings(deadline=None)
@given(melodies(), st.sampled_from([1, 2, 3, 4, 6, 8]), st.floats(20, 300), st.sampled_from(["4/4", "6/8"]))
def test_a_melody_comes_back_whole(notes, steps_per_quarter, bpm, meter):
    assume(notes[-1].end_steps / steps_per_quarter * 60 / bpm < 600)
    phrase = read_phrase(melody_file(notes, bpm, Meter.parse(meter), steps_per_quarter=steps_per_quarter))
    assert on_the_grid(phrase, steps_per_quarter) == notes
    assert phrase.bpm == pytest.approx(bpm, abs=0.011)
    assert str(phrase.meter) == meter


@pytest.mark.train
def test_music21_reads_what_we_write():
    import music21

    score = music21.midi.translate.midiStringToStream(melody_file(MELODY, 96, Meter(3, 4), "Ode"))
    notes = [
        GridNote(int(4 * Fraction(n.offset)), int(4 * Fraction(n.quarterLength)), n.pitch.midi)
        for n in score.flatten().stripTies().notes
    ]
    assert notes == MELODY
    assert [m.ratioString for m in score.flatten().getElementsByClass("TimeSignature")][:1] == ["3/4"]
    assert {m.number for m in score.flatten().getElementsByClass("MetronomeMark")} == {96}


def test_mido_reads_what_we_write_and_offs_come_before_ons():
    data = melody_file([GridNote(0, 4, 60), GridNote(4, 4, 60)], 90, Meter(6, 8), name="Größe")
    file = mido.MidiFile(file=io.BytesIO(data), charset="utf-8")
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 480, 2)
    tempo, meter = file.tracks[0][:2]
    assert tempo.tempo == mido.bpm2tempo(90)
    assert (meter.numerator, meter.denominator) == (6, 8)
    assert file.tracks[1].name == "Größe"
    assert [(m.type, m.time) for m in file.tracks[1] if not m.is_meta] == [
        ("note_on", 0),
        ("note_off", 480),
        ("note_on", 0),
        ("note_off", 480),
    ]


def test_a_phrase_is_the_melody_of_one_channel_at_its_own_tempo():
    first = [(0, smf.meta(0x51, (600_000).to_bytes(3, "big")))]
    second = [on(60, 96, 50, 3), on(40, 0, 50, 4), on(60, 96, 0, 3), off(40, 96, 4)]
    phrase = read_phrase(file_of(first, second, ticks_per_quarter=96))
    assert (phrase.bpm, str(phrase.meter)) == (100.0, "4/4")
    assert [(n.pitch, n.velocity, n.onset_s, n.release_s) for n in phrase.notes] == [
        (60, 50, pytest.approx(0.6), pytest.approx(1.2))
    ]


def test_drums_are_passed_over_wherever_there_is_anything_else():
    assert [pitch for _, _, pitch in ticks_of(file_of(quarters(9, (36, 38)), quarters()))] == list(PITCHES)
    both = [on(36, channel=9), on(60), off(36, 200, 9), off(60, 280)]
    assert ticks_of(file_of(both)) == [(0, 480, 60)]
    with pytest.raises(ValueError, match="only drums"):
        ticks_of(file_of(quarters(9, (36, 38))))


def test_a_track_named_melody_comes_first():
    bass = [(0, smf.meta(smf.TRACK_NAME, b"Bass")), *quarters(1, (36, 43))]
    melody = [(0, smf.meta(smf.TRACK_NAME, b"The Melody")), *quarters(3)]
    assert [pitch for _, _, pitch in ticks_of(file_of(bass, melody))] == list(PITCHES)


def test_a_note_without_an_off_ends_with_the_file_and_one_struck_again_ends_there():
    track = [on(60, velocity=50), on(60, 480, velocity=70)]
    phrase = read_phrase(file_of(track, [(1920, smf.meta(smf.TEXT, b"the end"))]))
    assert phrase.bpm == 120.0
    assert [(n.velocity, n.onset_s, n.release_s) for n in phrase.notes] == [(50, 0.0, 0.5), (70, 0.5, 2.0)]


@pytest.mark.parametrize("late", [0, 1, 15, 30])
def test_a_repeated_pitch_whose_on_precedes_its_off(late):
    """Eight quarters of one pitch, each note-off so many ticks after the next note-on."""
    again = [message for _ in range(7) for message in (on(60, 480 - late), off(60, late))]
    track = [on(60), (late, (0xB0, 7, 100)), *again, off(60, 480 - late)]
    assert ticks_of(file_of(track)) == [(480 * n, 480, 60) for n in range(8)]


def test_an_off_that_is_the_only_one_ends_its_note_however_soon_it_comes():
    assert ticks_of(file_of([on(60), on(60, 480), off(60, 20)], [(4800, smf.meta(smf.TEXT, b"end"))])) == [
        (0, 480, 60),
        (480, 20, 60),
    ]


def test_notes_of_no_length_are_the_shortest_there_are():
    track = [message for pitch in PITCHES for message in (on(pitch), off(pitch, 0), (480, (0xB0, 7, 100)))]
    assert ticks_of(file_of(track)) == [(480 * n, 1, pitch) for n, pitch in enumerate(PITCHES)]


def test_the_pedal_holds_what_is_released_until_it_comes_up_or_the_key_is_struck_again():
    down, up = (0, (0xB0, 64, 127)), (400, (0xB0, 64, 0))
    track = [
        down,
        on(60),
        off(60, 100),
        on(64, 100),
        off(64, 100),
        on(60, 100),
        off(60, 100),
        up,
        on(62, 100),
    ]
    assert ticks_of(file_of([*track, off(62, 100)])) == [
        (0, 400, 60),
        (200, 700, 64),
        (400, 500, 60),
        (1000, 100, 62),
    ]


def test_the_pedal_of_another_channel_holds_nothing():
    track = [(0, (0xB1, 64, 127)), on(60), off(60, 100)]
    assert ticks_of(file_of(track)) == [(0, 100, 60)]


def test_events_of_a_phrase_have_offs_before_ons():
    assert read_phrase(melody_file([GridNote(0, 4, 60), GridNote(4, 4, 60)], 120)).events == (
        Timed(0.0, NoteOn(60)),
        Timed(0.5, NoteOff(60)),
        Timed(0.5, NoteOn(60)),
        Timed(1.0, NoteOff(60)),
    )


@pytest.mark.parametrize("kind", [0x51, 0x58])
def test_a_tempo_or_a_meter_without_its_bytes_is_passed_over(kind):
    phrase = read_phrase(file_of([(0, smf.meta(kind, b"\1")), *quarters()]))
    assert (phrase.bpm, str(phrase.meter), len(phrase.notes)) == (120.0, "4/4", 8)


def test_a_tempo_that_is_no_tempo_is_refused_and_a_meter_that_is_none_is_passed_over():
    with pytest.raises(ValueError, match="20–300 bpm, got 6"):
        read_phrase(file_of([(0, smf.meta(0x51, (10_000_000).to_bytes(3, "big"))), *quarters()]))
    phrase = read_phrase(file_of([(0, smf.meta(0x58, bytes((4, 255, 24, 8)))), *quarters()]))
    assert str(phrase.meter) == "4/4"
