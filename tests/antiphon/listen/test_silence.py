"""How much silence ends a phrase: the one that is set, and more for a slow player who detaches the notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import PlayedNote
from antiphon.listen.silence import silence_s

BEAT_S = 60 / 110


def played(onsets, gates):
    return [PlayedNote(60, 80, onset, onset + gate) for onset, gate in zip(onsets, gates, strict=True)]


@pytest.mark.parametrize("bpm", [60, 70, 80])
@pytest.mark.parametrize("share", [0.4, 0.5, 0.7, 0.95])
def test_a_slow_player_who_detaches_the_notes_is_waited_for(bpm, share):
    step_s = 60 / bpm
    notes = played([step_s * n for n in range(8)], [share * step_s] * 8)
    # A first note that is about as long as a beat says nothing of how the player detaches.
    for heard in range(1 if share * step_s < 0.75 * BEAT_S else 2, 9):
        assert silence_s(notes[:heard], 1.0, BEAT_S) > (1 - share) * step_s


def test_a_mixed_rhythm_is_waited_for_as_well():
    onsets, gates = [0, 0.5, 1.0, 2.0, 2.5, 3.0], [0.2, 0.2, 0.4, 0.2, 0.2, 0.4]
    for heard, gap in ((3, 0.6), (6, 0.6)):
        assert silence_s(played(onsets, gates)[:heard], 1.0, BEAT_S) > gap


@pytest.mark.parametrize("quarters", [0.25, 0.5, 1, 2])
@pytest.mark.parametrize("share", [0.7, 0.8, 0.9, 1.0, 1.1])
def test_ordinary_playing_at_the_tempo_ends_after_the_silence_that_is_set(quarters, share):
    step_s = quarters * BEAT_S
    notes = played([step_s * n for n in range(8)], [share * step_s] * 8)
    for heard in range(2, 9):
        assert silence_s(notes[:heard], 1.0, BEAT_S) == BEAT_S


def test_staccato_at_the_tempo_ends_after_the_silence_that_is_set():
    notes = played([BEAT_S * n for n in range(8)], [0.4 * BEAT_S] * 8)
    assert silence_s(notes, 1.0, BEAT_S) == BEAT_S


def test_one_note_of_a_beat_or_longer_ends_after_the_silence_that_is_set():
    for beats in (0.8, 1.0, 3.0):
        assert silence_s(played([0], [beats * BEAT_S]), 1.0, BEAT_S) == BEAT_S
    assert silence_s([], 1.0, BEAT_S) == BEAT_S


def test_only_the_last_notes_say_how_a_player_detaches():
    """Twelve legato quarters at 60 bpm, then eight that sound for 40 % of their time."""
    notes = played(range(20), [1.0] * 12 + [0.4] * 8)
    assert silence_s(notes, 1.0, BEAT_S) > 0.6
    assert silence_s(notes[:12], 1.0, BEAT_S) == BEAT_S


note = st.builds(
    lambda onset, gate: PlayedNote(60, 80, onset, onset + gate), st.floats(0, 60), st.floats(0, 10)
)


@given(st.lists(note, max_size=12), st.floats(0.25, 32), st.floats(0.2, 3.0))
def test_it_is_never_shorter_than_what_is_set_nor_longer_than_twice_that_in_slow_beats(notes, beats, beat_s):
    notes.sort(key=lambda one: one.release_s)
    assert beats * beat_s <= silence_s(notes, beats, beat_s) <= 4 * beats * beat_s


@pytest.mark.parametrize("bpm", [50, 60, 70])
def test_a_half_note_of_a_slow_player_who_detaches_is_waited_for(bpm):
    """Most notes are quarters, so the player's beat is known to be slower than that of the grid."""
    quarter_s = 60 / bpm
    notes = played([quarter_s * n for n in range(5)], [0.4 * quarter_s] * 4 + [0.8 * quarter_s])
    assert silence_s(notes, 1.0, BEAT_S) > 1.2 * quarter_s
