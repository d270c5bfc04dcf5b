"""ABC read as the standard 2.1 says: every construct of chapters 4, 6 and 7 that bears on pitch, length, bars
or order, each beside what its text asks for."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon_training.corpus.abc_melody import read_tune

HEAD = "X:1\nT:A tune\nM:{meter}\nL:{length}\nK:{key}\n"
THIRD = Fraction(1, 3)


def heard(body, meter="4/4", length="1/8", key="C"):
    """(quarters, pitch) of each note, None for a rest."""
    song = read_tune(HEAD.format(meter=meter, length=length, key=key) + body + "\n")
    return [(pytest.approx(sound.duration), sound.pitch) for sound in song.sounds]


def eighths(*pitches):
    return [(0.5, pitch) for pitch in pitches]


PITCH = [
    ("4.1 octaves", "C,, C, C c c' c''", eighths(36, 48, 60, 72, 84, 96)),
    ("4.1 octave marks add up", "c, C'", eighths(60, 72)),
    ("4.2 accidentals", "^F _B =C ^^F __B", eighths(66, 70, 60, 67, 69)),
    ("4.2 an accidental holds to the bar line", "^F F|F", eighths(66, 66, 65)),
    ("11.3 in all octaves", "^F f F,", eighths(66, 78, 54)),
    ("4.2 a natural cancels it", "^F =F F", eighths(66, 65, 65)),
    ("4.11 a tie takes an accidental over the bar line", "^F-|F F", [(1, 66), (0.5, 65)]),
]
LENGTHS = [
    ("4.3 multiples", "C2 C3 C4 C6", [(1, 60), (1.5, 60), (2, 60), (3, 60)]),
    ("4.3 parts", "C/2 C/4 C3/2 C3/4", [(0.25, 60), (0.125, 60), (0.75, 60), (0.375, 60)]),
    ("4.3 strokes alone", "C/ C// C3/", [(0.25, 60), (0.125, 60), (0.75, 60)]),
    ("4.4 broken rhythm", "C>D E<F", [(0.75, 60), (0.25, 62), (0.25, 64), (0.75, 65)]),
    ("4.4 doubly", "C>>D E<<F", [(0.875, 60), (0.125, 62), (0.125, 64), (0.875, 65)]),
    ("4.4 three times", "C>>>D", [(0.9375, 60), (0.0625, 62)]),
    ("4.4 with lengths of its own", "C2>D2", [(1.5, 60), (0.5, 62)]),
    ("4.4 a rest takes part", "z>C D<z", [(0.75, None), (0.25, 60), (0.25, 62), (0.75, None)]),
    ("4.4 a chord takes part", "[CE]>[DF]", [(0.75, 64), (0.25, 65)]),
    ("4.4 with spaces", "C > D", [(0.75, 60), (0.25, 62)]),
    ("4.5 rests", "z2 x C", [(1, None), (0.5, None), (0.5, 60)]),
    ("4.5 a whole bar's rest", "C8|Z|C8", [(4, 60), (4, None), (4, 60)]),
    ("4.5 of two bars, invisible", "C8|X2|C8", [(4, 60), (8, None), (4, 60)]),
    ("beside notes Z is a plain rest", "C4 Z4|", [(2, 60), (2, None)]),
    ("6.1.2 space has no length", "C y D y3 E", eighths(60, 62, 64)),
    ("4.7 beams and back quotes", "A2`B`c", [(1, 69), (0.5, 71), (0.5, 72)]),
    ("4.11 ties", "C-C D2-|D2", [(1, 60), (2, 62)]),
    ("4.11 a dotted tie", "C.-C", [(1, 60)]),
    ("4.11 a tie between two pitches is a slur", "C-D", eighths(60, 62)),
    ("4.11 slurs, nested and dotted", "((CD) .(EF))", eighths(60, 62, 64, 65)),
    ("4.13 triplet", "(3CDE F2", [(THIRD, 60), (THIRD, 62), (THIRD, 64), (1, 65)]),
    ("4.13 duplet", "(2CD", [(0.75, 60), (0.75, 62)]),
    ("4.13 quadruplet", "(4CDEF", [(0.375, p) for p in (60, 62, 64, 65)]),
    ("4.13 sextuplet", "(6CDEFGA", [(Fraction(1, 6), p) for p in (60, 62, 64, 65, 67, 69)]),
    (
        "4.13 eight in the time of three",
        "(8CDEFGABc",
        [(Fraction(3, 16), p) for p in (60, 62, 64, 65, 67, 69, 71, 72)],
    ),
    ("4.13 five in the time of two", "(5CDEFG", [(0.2, p) for p in (60, 62, 64, 65, 67)]),
    ("4.13 p:q:r", "(3:2:2C2D E", [(2 * THIRD, 60), (THIRD, 62), (0.5, 64)]),
    ("4.13 p::r", "(3::2C2D", [(2 * THIRD, 60), (THIRD, 62)]),
    ("4.13 p:q", "(3:4CDE", [(2 * THIRD, p) for p in (60, 62, 64)]),
    ("4.13 a rest and a chord count as one each", "(3z[CE]D", [(THIRD, None), (THIRD, 64), (THIRD, 62)]),
    ("4.13 broken rhythm within", "(3C>DE", [(0.5, 60), (Fraction(1, 6), 62), (THIRD, 64)]),
    ("4.12 grace notes within a tuplet", "(3{a}CDE F", [(THIRD, 60), (THIRD, 62), (THIRD, 64), (0.5, 65)]),
    ("4.17 a chord", "[CEG]2 [c2E2]", [(1, 67), (1, 72)]),
    ("4.17 lengths inside and behind", "[C2E2G2]3", [(3, 67)]),
    ("4.17 the first note's length counts", "[C4G2]", [(2, 67)]),
    ("4.17 tied chords", "[CE]-[CE] [C-E-]|[CE]", [(1, 64), (1, 64)]),
    ("an old chord", "+CEG+ D", eighths(67, 62)),
]
BROKEN_BY = ["(", ".", "{a}", "{/ab}", "v", "u", "M", "T", "H", "~", "!trill!", '"G"', '"^text"', " ", "("]
SILENT = [
    ("4.12 grace notes", "{/g}C {gef}D {A>B}E", eighths(60, 62, 64)),
    ("4.14 decorations", "!trill!C !>!D !1!E !fermata!F", eighths(60, 62, 64, 65)),
    ("old decorations", "+trill+C +fermata+D", eighths(60, 62)),
    ("4.18 chord symbols", '"Am7"C "G/B"D', eighths(60, 62)),
    ("4.19 annotations", '"^above"C "<([" D "@5,5 cdef"E', eighths(60, 62, 64)),
    ("4.20 the order of everything", '{g}"C"!trill!^c,2-|c,', [(1.5, 61)]),
    (
        "4.15 symbol lines, lyrics and their continuation",
        "C D|\ns: !f! *\nw: la la\n+:bad cafe\nE",
        eighths(60, 62, 64),
    ),
    ("comments and directives", "C D % E F\n%%newpage\nE", eighths(60, 62, 64)),
    ("6.1.1 line ends", "C \\\nD $ E ! F", eighths(60, 62, 64, 65)),
    ("7.4 an overlay is another voice", "C4 D4 & E8 | F", [(2, 60), (2, 62), (0.5, 65)]),
    ("remarks and the other fields", "C\nN: a remark\nr: another\nP:A\nQ:1/4=90\nR:reel\nD", eighths(60, 62)),
]
BARS = [
    ("4.8 every bar line", "C|D||E|]F[|G|:A:|B::c:|:d:||:e", eighths(60, 62, 64, 65, 67, 69, 71, 72, 74, 76)),
    ("4.8 dotted and invisible", "C.|D[|]E", eighths(60, 62, 64)),
    ("4.9 endings", "C|1D:|2E|]", eighths(60, 62, 64)),
    ("4.9 in brackets", "C|[1D:|[2E|]", eighths(60, 62, 64)),
    ("4.10 lists of endings", "C|[1,3 D:|[2 E:|[4 F|1-3 G", eighths(60, 62, 64, 65, 67)),
    ("4.10 a range is no tie", "C8 [1-2 C8:|", [(4, 60), (4, 60)]),
    ("a chord right behind a bar line", "C|[DF]|[1[EG]", eighths(60, 65, 67)),
    ("a line that begins with a note and a repeat", "C D\nE:|F", eighths(60, 62, 64, 65)),
]
FIELDS = [
    ("K: in the body", "F\nK:G\nF [K:C]F", eighths(65, 66, 65)),
    ("a clef changes no key", "^C|\nK:clef=bass\nC", eighths(61, 60)),
    ("L: in the body", "C\nL:1/4\nC [L:1/16]C", [(0.5, 60), (1, 60), (0.25, 60)]),
    ("M: leaves the unit length", "C\nM:2/4\nC [M:6/8]C", eighths(60, 60, 60)),
    ("a tuplet in compound time", "[M:6/8](5CDEFG", [(0.3, p) for p in (60, 62, 64, 65, 67)]),
    ("4.6 transposition", "[K:C transpose=-2]C [K:C octave=1]C", eighths(58, 72)),
    ("4.6 a clef an octave down", "[K:C clef=treble-8]C [K:C treble+8]C", eighths(48, 72)),
    ("7 the first voice only", "V:1\nC D\nV:2\nE F\nV:1\nG", eighths(60, 62, 67)),
    ("7.3 in lines", "[V:T]C D\n[V:B]E F\n[V:T]G", eighths(60, 62, 67)),
    ("7 a voice that sounds elsewhere", "V:1 transpose=2\nC", eighths(62)),
]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(body, expected, id=name)
        for name, body, expected in PITCH + LENGTHS + SILENT + BARS + FIELDS
    ],
)
def test_a_construct_sounds_as_the_standard_says(body, expected):
    assert heard(body) == expected


@pytest.mark.parametrize("sign", [">", "<"])
@pytest.mark.parametrize("between", BROKEN_BY)
def test_what_stands_between_two_notes_does_not_part_their_rhythm(sign, between):
    first, second = (0.75, 0.25) if sign == ">" else (0.25, 0.75)
    rest = [(0.5, 64), (0.5, 65)]
    assert heard(f"C{sign}{between}D EF") == [(first, 60), (second, 62), *rest]
    if between in (".", ")", "-", " ", "("):
        assert heard(f"C{between}{sign}D EF") == [(first, 60), (second, 62), *rest]


def test_a_tie_and_a_broken_rhythm_may_meet():
    assert heard("C->C D") == [(1, 60), (0.5, 62)]
    assert heard("(C)>D") == [(0.75, 60), (0.25, 62)]


@pytest.mark.parametrize("mark", list(".~HLMOPSTuv") + list("IJKNQRUVWhijklmnopqrstw"))
def test_a_mark_of_one_letter_is_neither_note_nor_rest(mark):
    expected = [(1, 60), (1, 62), (2, 64), (0.5, 66), (0.5, None), (0.5, 64)]
    assert heard(f"C2 {mark}D2 {mark}E4|{mark}^F{mark}z{mark}[CE]") == expected


@pytest.mark.parametrize(
    ("key", "pitches"),
    [
        ("G", (66, 72)),
        ("Dm", (65, 72)),
        ("Ador", (66, 72)),
        ("E", (66, 73)),
        ("Cm", (65, 72)),
        ("D phr ^f", (66, 72)),
        ("D exp _b _e ^f", (66, 72)),
        ("Hp", (66, 73)),
        ("HP", (65, 72)),
        ("none", (65, 72)),
        ("", (65, 72)),
    ],
)
def test_a_key_alters_what_it_names(key, pitches):
    assert heard("Fc", key=key) == eighths(*pitches)


@pytest.mark.parametrize(
    ("meter", "length", "quarters"),
    [
        ("4/4", "1", 4),
        ("4/4", "1/4", 1),
        ("2/4", "", 0.25),
        ("3/4", "", 0.5),
        ("C", "", 0.5),
        ("none", "", 0.5),
    ],
)
def test_the_unit_length_is_written_or_follows_from_the_meter(meter, length, quarters):
    assert heard("C", meter=meter, length=length) == [(quarters, 60)]


@pytest.mark.parametrize(
    ("body", "meter", "pickup", "off"),
    [
        ("CDEFGABc|CDEFGABc|", "4/4", 0.0, 0),
        ("G|CDEFGABc|CDEFGABc|", "4/4", 0.5, 0),
        ("CDEF|CDEFG|CDEF|CDEF|", "2/4", 0.0, 1),
        ("CDEF|CD||EF|CDEF|", "2/4", 0.0, 0),
        ("CDE|Z4|CDE|CDE|", "3/8", 0.0, 0),
        ("CDEFG|CDEFG|CDEFG|", "(2+3)/8", 0.0, 0),
    ],
)
def test_bars_and_pickup_are_counted(body, meter, pickup, off):
    song = read_tune(HEAD.format(meter=meter, length="1/8", key="C") + body)
    assert (song.pickup, song.bars_off) == (pickup, off)


def test_the_header_is_kept():
    song = read_tune("X:7\nT:First % remark\nT:Second\nM:6/8\nK:D mix\nABc|[M:9/8]def|")
    assert (song.title, song.key, song.meters) == ("First", "D mixolydian", ("6/8", "9/8"))


@pytest.mark.parametrize("text", ["X:1\nT:no key\nCDE|", "X:1\nK:G# major\nC"])
def test_a_tune_without_a_key_that_can_be_read_is_refused(text):
    with pytest.raises(ValueError, match=r"key|K:"):
        read_tune(text)


@given(st.text(alphabet="CDEFGABcdefgabzxyZX0123456789/|[](){}<>-+&^_=,'!\".~HTuv \n%:KLMVw", max_size=80))
def test_any_text_is_read_or_refused(body):
    try:
        song = read_tune(HEAD.format(meter="4/4", length="1/8", key="C") + body)
    except ValueError:
        return
    ends = [sound.onset + sound.duration for sound in song.sounds]
    assert all(sound.duration >= 0 for sound in song.sounds)
    assert all(
        before == pytest.approx(after.onset) for before, after in zip(ends, song.sounds[1:], strict=False)
    )
