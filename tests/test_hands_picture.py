"""The picture of two hands shows each note in the colour of its hand, and the chords over the bars."""

import hands_picture
from antiphon.files.svg_roll import ANSWER_COLOUR, PHRASE_COLOUR


def test_the_hands_have_their_colours_and_the_chords_their_names():
    notes = hands_picture.played()
    chords = hands_picture.chords_of(notes)
    assert chords.names == ("C", "F", "G", "C")
    drawn = hands_picture.picture(notes, chords, "a & b")
    beside = sum(note.beside for note in notes)
    assert drawn.count(ANSWER_COLOUR) == beside > 0
    assert drawn.count(PHRASE_COLOUR) == len(notes) - beside == len(hands_picture.MELODY)
    assert ">a &amp; b</text>" in drawn
    assert [drawn.count(f">{name}</text>") for name in ("C", "F", "G")] == [2, 1, 1]
