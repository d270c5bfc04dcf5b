import pytest

from antiphon.harmony.chord import Chord
from antiphon.harmony.chord_name import full_name

C, G, AM = Chord(0), Chord(7), Chord(9, True)


@pytest.mark.parametrize(
    ("chord", "pitches", "bass", "name"),
    [
        (C, [48, 52, 55], 48, "C"),
        (C, [52, 55, 60], 52, "C/E"),
        (C, [43, 52, 60], 43, "C/G"),
        (C, [48, 52, 55, 59], 48, "Cmaj7"),
        (G, [43, 47, 50, 53], 43, "G7"),
        (G, [53, 55, 59, 62], 53, "G7/F"),
        (AM, [45, 48, 52, 55], 45, "Am7"),
        (AM, [48, 52, 57], 48, "Am/C"),
        (C, [48, 52, 55, 60, 64, 67, 70], 48, "C"),  # one seventh among many tones is passing
        (C, [], None, "C"),
        (C, [48], 50, "C"),  # a bass that is no tone of the chord
    ],
)
def test_the_seventh_and_the_bass_are_named(chord, pitches, bass, name):
    assert full_name(chord, pitches, bass) == name
