"""What the model hears of a phrase."""

from antiphon.events import GridNote
from antiphon.perform.answer.answer import as_heard

NOTES = (GridNote(18, 2, 60), GridNote(22, 3, 64))


def test_a_phrase_is_heard_from_its_first_note_on_and_its_last_one_is_held():
    assert as_heard(NOTES, 2, 28) == ("62", "_", "r", "_", "66", "_", "_", "_", "_", "_")


def test_what_lasts_longer_is_not_cut():
    assert as_heard(NOTES, 0, 20) == ("60", "_", "r", "_", "64", "_", "_")


def test_a_pitch_beyond_what_midi_can_say_is_moved_by_octaves():
    assert as_heard((GridNote(0, 1, 120),), 12, 1) == ("120",)
