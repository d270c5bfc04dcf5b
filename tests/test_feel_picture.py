"""The picture of a phrase and its answer shows each note and its velocity."""

import feel_picture
from antiphon.events import NoteOff, NoteOn, PlayedNote, Timed


def test_each_note_is_drawn_where_it_was_played():
    quarter_s = 60 / feel_picture.BPM
    phrase = [PlayedNote(60, 127, feel_picture.START_S, feel_picture.START_S + 2 * quarter_s)]
    answer = [PlayedNote(64, 64, feel_picture.START_S + 2 * quarter_s, feel_picture.START_S + 3 * quarter_s)]
    drawn = feel_picture.picture(phrase, answer, "a & b")
    assert '<rect x="44.0" y="79" width="450.0"' in drawn
    assert '<rect x="494.0" y="51" width="225.0"' in drawn
    assert ">a &amp; b</text>" in drawn


def test_notes_are_read_from_what_was_sent():
    sent = [
        Timed(1.0, NoteOn(60, 70)),
        Timed(1.4, NoteOff(60)),
        Timed(1.5, NoteOn(62, 80)),
        Timed(2.0, NoteOff(62)),
    ]
    assert list(feel_picture.notes_of(sent)) == [PlayedNote(60, 70, 1.0, 1.4), PlayedNote(62, 80, 1.5, 2.0)]
