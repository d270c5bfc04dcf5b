"""The chord that is guessed from a phrase so far; sessions play it in `test_session_accompany`."""

import pytest

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.key import Key
from antiphon.listen.key_tracker import KeyTracker
from antiphon.perform.accompany.guess import guess
from antiphon.perform.answer.transcribe import Transcription
from antiphon.perform.transport import Transport
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter

GRID, C_MAJOR = Grid(120.0, 0.0), Key(0, "major")
# In quarters: a bar each over C, F, G and C.
TUNE = (60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60)


def phrase(pitches, key=C_MAJOR):
    notes = tuple(GridNote(4 * at, 4, pitch) for at, pitch in enumerate(pitches))
    return Transcription(notes, key, Transport(GRID, Meter()), KeyTracker())


def played(pitches, *beside):
    notes = [PlayedNote(pitch, 80, 0.5 * at, 0.5 * at + 0.45) for at, pitch in enumerate(pitches)]
    return sorted([*notes, *beside], key=lambda note: note.onset_s)


def guessed(count, *beside, start=None):
    """After so many notes, where the next slot begins."""
    return finish(guess(phrase(TUNE[:count]), played(TUNE[:count], *beside), start or 4 * count)).name


def test_the_dominant_goes_to_the_tonic():
    assert guessed(12) == "C"


@pytest.mark.parametrize("count", [1, 3, 7, 16])
def test_after_any_number_of_notes_there_is_a_guess_in_the_key(count):
    assert guessed(count, start=-(-count // 2) * 8) in {"C", "F", "G", "Am", "Dm", "Em"}


def test_a_left_hand_says_what_the_chord_is():
    low = [PlayedNote(pitch, 70, 0.0, 5.9, True) for pitch in (44, 48, 51)]
    assert guessed(10, *low, start=40) == "Ab"


def test_eight_bars_that_come_again_are_guessed_to_go_on_as_they_did():
    minor = (57, 60, 64, 60) * 2 + (62, 65, 69, 65) * 2 + (64, 68, 71, 68) * 2 + (57, 60, 64, 60) * 2
    twice = (minor + minor)[: 32 + 14]
    found = finish(guess(phrase(twice, key=Key(9, "minor")), played(twice), 4 * 48))
    assert found.name == "E"
