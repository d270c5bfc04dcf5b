"""ABC text made plain: what music21 would misread is gone, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.corpus.abc_text import (
    plain_length,
    plain_meter,
    plain_music,
    plain_tune,
    read_key,
    split_tunes,
)

TUNE = "X:3\nT:A tune % remark\nT:Another name\nM:3/4\nL:1/8\nK:Dm\n{}\n"


@pytest.mark.parametrize(
    ("written", "name", "field"),
    [
        ("G", "G", "K:G"),
        ("Dm", "D minor", "K:F"),
        ("D min", "D minor", "K:F"),
        ("Ador", "A dorian", "K:G"),
        ("D mix", "D mixolydian", "K:G"),
        ("F Lydian", "F lydian", "K:C"),
        ("Ephr", "E phrygian", "K:C"),
        ("Bloc", "B locrian", "K:C"),
        ("Bb Major", "Bb major", "K:Bb"),
        ("F#m", "F# minor", "K:A"),
        ("C clef=bass", "C", "K:C"),
        ("H", "B", "K:B"),
        ("Es", "Eb", "K:Eb"),
        ("Hp", None, "K:D"),
        ("none", None, "K:C"),
        ("", None, "K:C"),
    ],
)
def test_keys_are_read_with_their_mode_and_said_as_a_major_signature(written, name, field):
    assert (read_key(written).name, read_key(written).field) == (name, field)


@pytest.mark.parametrize("written", ["D =c", "Dmix=c", "G# major", "Fb minor"])
def test_a_key_that_music21_cannot_be_told_is_refused(written):
    with pytest.raises(ValueError, match="key"):
        read_key(written)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ('"Gm"A "^text"B', "A B"),
        ("!trill!A !f!B", "A B"),
        ("A2g|!fed", "A2g|fed"),
        ("+fermata+A +CEG+", "A [CEG]"),
        ("A B & C D| E", "A B | E"),
        ("A x2 Z", "A z2 z"),
        ("G6 Hx||", "G6 ||"),
        ("A`B yA", "AB A"),
        ("A>B (3cde {g}f [CE]2", "A>B (3cde {g}f [CE]2"),
    ],
)
def test_music_keeps_its_notes_and_loses_the_rest(written, plain):
    assert plain_music(written) == plain


@pytest.mark.parametrize(
    ("written", "plain"),
    [("C", "4/4"), ("C|", "2/2"), (" 6/8 ", "6/8"), ("FREI4/4", "4/4"), ("2/2]", "2/2"), ("2+3/8", "none")],
)
def test_meters(written, plain):
    assert plain_meter(written) == plain


@pytest.mark.parametrize(
    ("written", "meter", "plain"),
    [
        ("1/4", "2/4", "1/4"),
        ("", "2/4", "1/16"),
        ("", "3/4", "1/8"),
        ("", "none", "1/8"),
        (" 1/G", "2/4", "1/16"),
    ],
)
def test_the_unit_length_follows_the_meter_where_none_is_written(written, meter, plain):
    assert plain_length(written, meter) == plain


def test_a_tune_says_its_number_first_title_key_and_meters():
    tune = plain_tune(TUNE.format("ABc|[M:2/4]AB|[K:D][L:1/4]F|w:la la\nB % remark ABC"))
    assert (tune.number, tune.title, tune.key, tune.meters) == ("3", "A tune", "D minor", ("3/4", "2/4"))
    assert tune.text.splitlines()[2:] == [
        "M:3/4", "L:1/8", "K:F", "ABc|", "M:2/4", "AB|", "K:D", "L:1/4", "F|w:la la", "B "
    ]  # fmt: skip


def test_lyrics_and_words_after_a_blank_line_are_no_music_but_bars_are():
    tune = plain_tune(TUNE.format("ABc|\nw:la la la\n\nAbout this tune\n\ndef|"))
    assert tune.text.splitlines()[5:] == ["ABc|", "def|"]


def test_of_several_voices_the_first_is_kept_whole():
    tune = plain_tune(TUNE.format("[V:1]ABc|\n[V:2]A,3|\n[V:1]def|\n[V:2]D3|"))
    assert tune.text.splitlines()[5:] == ["ABc|", "def|"]


def test_a_tune_without_a_key_field_is_refused():
    with pytest.raises(ValueError, match="no K: field"):
        plain_tune("X:1\nABc|\n")


def test_a_book_is_split_and_its_header_goes_to_each_tune():
    book = "% A book\r\nM:6/8\r\n\r\nX:1\r\nK:C\r\nA|\r\nX:2\r\nK:D\r\nB|\r\n"
    assert list(split_tunes(book)) == ["X:1\nM:6/8\nK:C\nA|\n", "X:2\nM:6/8\nK:D\nB|\n"]


notes = st.sampled_from(["A", "b2", "^c/", "_D,", "z", "G>A", "| ", "(3efg", " "])


@given(st.lists(notes).map("".join))
def test_plain_music_is_left_alone(music):
    assert plain_music(music) == music
