"""Which notes are the melody: ghosts and wrong attacks are not, everything that was meant is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import NoteOn, PlayedNote
from antiphon.listen.heard import InputSettings, without_ghosts

USUAL = InputSettings()


def line(wait_s, gate_s, pitches=(60, 62, 64, 65, 67, 65, 64, 62), velocity=80):
    return [PlayedNote(p, velocity, n * wait_s, n * wait_s + gate_s) for n, p in enumerate(pitches)]


def heard(notes):
    return list(without_ghosts(sorted(notes, key=lambda note: note.onset_s), USUAL.min_ms))


def test_a_guitars_ghosts_are_not_heard():
    melody = line(0.5, 0.4)
    ghosts = [PlayedNote(n.pitch + 12, 18, n.onset_s + 0.06, n.onset_s + 0.075) for n in melody]
    assert heard(melody + ghosts) == melody


@pytest.mark.parametrize("gate_s", [0.1, 0.2, 0.4])
@pytest.mark.parametrize("after_s", [0.0, 0.06, 0.1])
def test_a_string_that_rings_after_a_note_is_not_heard(gate_s, after_s):
    melody = line(0.6, gate_s)
    ghosts = [
        PlayedNote(n.pitch + 12, 18, n.release_s + after_s, n.release_s + after_s + 0.015) for n in melody
    ]
    assert heard(melody + ghosts) == melody


@pytest.mark.parametrize(
    ("velocity", "gate_s", "after_s"), [(30, 0.015, 0.06), (18, 0.04, 0.06), (18, 0.015, 0.2)]
)
def test_a_note_after_another_is_heard_if_it_is_loud_or_long_or_late(velocity, gate_s, after_s):
    first = PlayedNote(60, 80, 0.0, 0.3)
    other = PlayedNote(72, velocity, 0.3 + after_s, 0.3 + after_s + gate_s)
    assert heard([first, other]) == [first, other]


def test_a_soft_note_of_a_run_is_heard():
    wait_s = 60 / 180 / 8
    loud = [100 if n % 4 == 0 else 25 for n in range(16)]
    run = [PlayedNote(60 + n % 5, v, n * wait_s, n * wait_s + 0.02) for n, v in enumerate(loud)]
    accented = [PlayedNote(n.pitch, n.velocity, n.onset_s, n.onset_s + n.velocity / 2400) for n in run]
    assert heard(run) == run
    assert heard(accented) == accented


@pytest.mark.parametrize("gap_s", [-0.005, 0.0, 0.008])
def test_a_wrong_attack_is_not_heard(gap_s):
    melody = line(0.5, 0.4)
    wrong = [PlayedNote(n.pitch - 1, 80, n.onset_s - 0.02 - gap_s, n.onset_s - gap_s) for n in melody]
    assert heard(melody + wrong) == melody


@pytest.mark.parametrize("gate_s", [0.008, 0.02, 0.03, 0.042, 0.047])
def test_a_run_of_thirty_seconds_at_180_is_heard_whole(gate_s):
    run = line(60 / 180 / 8, gate_s)
    assert heard(run) == run


def test_a_short_note_of_an_uneven_run_is_heard():
    run = [PlayedNote(60, 80, 0.0, 0.047), PlayedNote(62, 80, 0.042, 0.062), PlayedNote(64, 80, 0.084, 0.126)]
    assert heard(run) == run


def test_short_taps_of_pads_are_heard():
    taps = line(0.25, 0.01)
    assert heard(taps) == taps


def test_nothing_is_too_short_where_that_is_set():
    note, ghost = PlayedNote(60, 80, 0.0, 1.0), PlayedNote(72, 18, 0.06, 0.061)
    assert without_ghosts([note, ghost], 0) == (note, ghost)
    assert without_ghosts([note, ghost], 25) == (note,)


notes = st.lists(
    st.builds(
        lambda onset, gate: PlayedNote(60, 80, onset, onset + gate), st.floats(0, 2), st.floats(0.001, 0.1)
    )
)


@given(notes)
def test_of_notes_that_were_played_some_are_heard_and_all_that_are_long_enough(played):
    played.sort(key=lambda note: note.onset_s)
    kept = without_ghosts(played, USUAL.min_ms)
    assert bool(kept) == bool(played)
    assert all(note in kept for note in played if note.gate_s >= 0.026)


def test_by_default_every_note_is_listened_to_and_a_range_or_a_velocity_excludes():
    assert USUAL.hears(NoteOn(0, 1))
    assert USUAL.hears(NoteOn(127, 127))
    right_hand = InputSettings(min_velocity=20, lowest_note=60, highest_note=84)
    asked = [NoteOn(59, 80), NoteOn(60, 80), NoteOn(84, 20), NoteOn(85, 80), NoteOn(72, 19)]
    assert [right_hand.hears(note) for note in asked] == [False, True, True, False, False]
