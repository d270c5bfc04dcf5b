"""The newest notes of one side, and how few of them are kept."""

from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote, NoteOff, NoteOn, Timed
from antiphon.stage.screen.heard_notes import KEPT_NOTES, HeardNotes
from antiphon.timebase import Grid

GRID = Grid(120.0, 1.0)


def at(step, event):
    return Timed(GRID.time_s(step), event)


def heard(*played):
    notes = HeardNotes()
    for one in played:
        notes.play(one, GRID)
    return notes


def test_a_note_lasts_until_it_ends_or_begins_again_and_else_until_now():
    notes = heard(at(0, NoteOn(60)), at(2, NoteOn(62)), at(3, NoteOff(60)), at(4, NoteOn(62)))
    assert notes.ended == (GridNote(0, 3, 60), GridNote(2, 2, 62))
    assert notes.at(GRID.time_s(7), GRID) == [*notes.ended, GridNote(4, 3, 62)]
    assert notes.sounding == {62}


def test_a_note_off_without_its_note_changes_nothing():
    assert heard(at(3, NoteOff(60))).at(GRID.time_s(4), GRID) == []


def test_what_began_before_a_step_is_forgotten_and_what_sounds_stays():
    notes = heard(
        *(at(step, event(60)) for step in (0, 4, 8) for event in (NoteOn, NoteOff)), at(9, NoteOn(72))
    )
    notes.forget_before(4)
    assert [note.onset_steps for note in notes.ended] == [4, 8]
    assert notes.sounding == {72}


def test_what_sounds_is_placed_on_the_grid_of_now():
    """The first note is reported before the bars that begin with it."""
    notes = HeardNotes()
    notes.play(Timed(1.0, NoteOn(60)), Grid(120.0, 0.0))
    assert notes.at(1.5, GRID) == [GridNote(0, 4, 60)]


@given(st.lists(st.integers(0, 127), max_size=40), st.integers(0, 3 * KEPT_NOTES))
def test_the_newest_notes_are_kept_and_the_others_counted(pitches, more):
    notes = HeardNotes()
    whole = [GridNote(step, 1, pitch) for step, pitch in enumerate([*pitches, *([60] * more)])]
    notes.replace(whole)
    assert list(notes.ended) == whole[-KEPT_NOTES:]
    assert notes.forgotten == max(0, len(whole) - KEPT_NOTES)
    notes.clear()
    assert (notes.ended, notes.forgotten) == ((), 0)
