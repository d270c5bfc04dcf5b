"""Notes of parts that are not over: which end at a place, and what a plan that ended has cut short."""

from antiphon.compose.harmony.accompaniment import PartNote
from antiphon.compose.harmony.written_notes import WrittenNote, WrittenNotes
from antiphon.events import NoteOff

BASS = PartNote("bass", 0, 8, 36, whole=16)
CHORD = PartNote("chords", 4, 8, 60, whole=8)


def written(*notes):
    made = WrittenNotes()
    for note in notes:
        made.add(WrittenNote(NoteOff(note.pitch), float(note.end), "", note), float(note.onset))
    return made


def ending(made, part, pitch, at):
    return list(made.ending(PartNote(part, at, at + 8, pitch), NoteOff(pitch), float(at)))


def test_notes_of_one_part_on_one_key_are_found_where_they_end():
    made = written(BASS, CHORD)
    assert [one.note for one in ending(made, "bass", 36, 8)] == [BASS]
    assert ending(made, "bass", 36, 7) == []
    assert ending(made, "chords", 36, 8) == []
    assert ending(made, "bass", 60, 8) == []


def test_a_note_that_is_held_on_ends_where_it_ends_now():
    made = written(BASS)
    made.go_on(ending(made, "bass", 36, 8)[0], PartNote("bass", 8, 16, 36), 16.0)
    assert ending(made, "bass", 36, 8) == []
    assert len(ending(made, "bass", 36, 16)) == 1


def test_what_was_cut_short_could_go_on_until_the_plan_ends_again():
    made = written(BASS, CHORD)
    assert made.cut_short(8, 8.0, 12, {"bass", "chords"}) == [PartNote("bass", 8, 12, 36, whole=16)]
    assert made.cut_short(8, 8.0, 99, {"bass"}) == [PartNote("bass", 8, 16, 36, whole=16)]
    assert made.cut_short(8, 8.0, 12, {"chords"}) == []


def test_those_that_go_on_after_a_place_are_taken_once():
    made = written(BASS, PartNote("chords", 0, 4, 60))
    assert [one.note for one in made.take_after(4.0)] == [BASS]
    assert made.take_after(0.0) == []
