import pytest

from antiphon.harmony.chord import TRIADS, Chord, triad_of


def test_the_tones_of_a_triad_are_root_third_and_fifth():
    assert Chord(0).tones == (0, 4, 7)
    assert Chord(9, True).tones == (9, 0, 4)


def test_there_are_24_triads_and_each_knows_its_place():
    assert len(set(TRIADS)) == 24
    assert [chord.number for chord in TRIADS] == list(range(24))


def test_a_name_is_read_back():
    assert [triad_of(chord.name) for chord in TRIADS] == list(TRIADS)


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("G7", "G"),
        ("D/f+", "D"),
        ("F#m7", "F#m"),
        ("Bbmaj7", "Bb"),
        ("Am6/C", "Am"),
        ("A-7", "Am"),
        ("Esus4", "E"),
        ("C+", "C"),
        ("Bdim", "G"),  # G7 without its root
        ("Bm7b5", "Dm"),  # Dm6
        (" D ", "D"),
    ],
)
def test_a_symbol_comes_down_to_its_triad(symbol, name):
    triad = triad_of(symbol)
    assert triad is not None
    assert triad.name == name


@pytest.mark.parametrize("symbol", ["", "N.C.", "^slowly", "fine", "1st"])
def test_what_names_no_chord_gives_none(symbol):
    assert triad_of(symbol) is None


def test_a_chord_is_transposed_within_the_octave():
    assert Chord(11, True).transposed(3) == Chord(2, True)
    assert Chord(0).transposed(-1) == Chord(11)


def test_a_root_is_a_pitch_class():
    with pytest.raises(ValueError, match="0–11, got 12"):
        Chord(12)
