"""Chords that are written over a melody, from ABC and MusicXML."""

import pytest

from antiphon.harmony.chord import Chord
from antiphon.timebase import Meter
from antiphon_training.corpus.chord_songs import read_chord_song
from antiphon_training.corpus.songs import Score, UnreadableError
from toy_chords import chord_xml

C, F, G, A_MINOR, E = Chord(0), Chord(5), Chord(7), Chord(9, True), Chord(4)


def abc(music, key="C", meter="4/4"):
    return read_chord_song(Score("a.abc#1", "abc", f"X:1\nM:{meter}\nL:1/4\nK:{key}\n{music}\n".encode()))


def test_chords_lie_on_the_bars_and_a_pickup_lies_before_them():
    song = abc('G|"C"CEG"F"c|"G7"GFDB,|"C"C3|]')
    assert (song.meter, song.key) == (Meter.parse("4/4"), C)
    assert song.progression.chords == ((0.0, C), (3.0, F), (4.0, G), (8.0, C))
    assert [(note.at, note.pitch) for note in song.notes[:2]] == [(-1.0, 67), (0.0, 60)]
    assert song.slots.count == 6
    assert song.chords() == (C, F, G, G, C, C)


def test_sevenths_and_slash_chords_are_folded_and_flats_are_flats():
    song = abc('"Bbmaj7"dB"F7/A"cA|"Gm7"BG"Edim"GE|"Am7b5"cA"Fsus4"BF|"D+"^FA"N.C."AA|', "Bb")
    assert song.progression.chords == (
        (0.0, Chord(10)),
        (2.0, F),
        (4.0, Chord(7, True)),
        (6.0, C),
        (8.0, Chord(0, True)),
        (10.0, F),
        (12.0, Chord(2)),
    )


@pytest.mark.parametrize(
    ("key", "tonic"), [("G", G), ("Am", A_MINOR), ("Ador", A_MINOR), ("Gmix", G), ("Em", Chord(4, True))]
)
def test_a_mode_is_major_or_minor_by_its_third(key, tonic):
    assert abc('"C"CEGc|', key).key == tonic


def test_a_song_is_read_up_to_where_its_key_or_its_meter_changes():
    song = abc('"C"CEGc|"G"GBGD|\nK:D\n"A"Aceg|')
    assert song.progression.chords == ((0.0, C), (4.0, G))
    assert (song.progression.ends, len(song.notes)) == (8.0, 8)
    assert abc('"C"CEGc|"G"GBGD|\nM:3/4\n"C"CEG|').progression.ends == 8.0


def test_a_meter_that_stands_below_the_key_is_the_one_that_counts():
    text = 'X:1\nT:A\nM:4/4\nL:1/8\nK:G\nM:6/8\nP:A\n"G"GBG d3|"C"cec g3|\n'
    song = read_chord_song(Score("a.abc", "abc", text.encode()))
    assert (str(song.meter), song.progression.ends) == ("6/8", 6.0)


@pytest.mark.parametrize(
    ("mode", "key"), [("<mode>minor</mode>", A_MINOR), ("<mode>major</mode>", C), ("", A_MINOR)]
)
def test_musicxml_is_read_too_and_its_last_chord_may_tell_the_mode(mode, key):
    song = read_chord_song(Score("a.musicxml", "musicxml", chord_xml(mode).encode()))
    assert song.key == key
    assert song.progression.chords == ((0.0, E), (3.0, A_MINOR))
    assert song.chords() == (E, A_MINOR)
    assert song.notes[0].at == -1.0


@pytest.mark.parametrize(
    ("music", "reason"),
    [
        ("CEGc|", "no chord symbols"),
        ('"^hold"CEGc|', "no chord symbols"),
        ('"C"CEG|CE|"C"CEGc|CEGc|', "bars that are too short or too long"),
        ("", "."),
    ],
)
def test_what_has_no_chords_says_so(music, reason):
    with pytest.raises(UnreadableError, match=reason):
        abc(music)
