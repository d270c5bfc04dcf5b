from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.bass import BASS_SPAN, Bass
from antiphon.harmony.chord import TRIADS, Chord

chords = st.lists(st.sampled_from(TRIADS), min_size=1, max_size=24)
lowests = st.integers(0, 127 - BASS_SPAN)


def played(progression, lowest=36):
    bass = Bass(lowest)
    return [
        bass.note(chord, after) for chord, after in zip(progression, [*progression[1:], None], strict=True)
    ]


def test_it_says_the_roots():
    assert played([Chord(0), Chord(5), Chord(7), Chord(0)]) == [48, 41, 43, 48]


def test_a_third_leads_by_step_to_the_next_root():
    """C, G with B in the bass, A minor."""
    tonic, dominant, submediant = Chord(0), Chord(7), Chord(9, True)
    assert played([tonic, dominant, submediant]) == [48, 47, 45]


@given(chords, lowests)
def test_it_begins_and_ends_on_roots_and_says_chord_notes_in_its_register(progression, lowest):
    notes = played(progression, lowest)
    assert notes[0] % 12 == progression[0].root
    assert notes[-1] % 12 == progression[-1].root
    assert all(note % 12 in chord.tones[:2] for note, chord in zip(notes, progression, strict=True))
    assert all(lowest <= note <= lowest + BASS_SPAN for note in notes)


@given(chords, lowests)
def test_it_moves_by_an_octave_at_most(progression, lowest):
    assert all(abs(one - other) <= 12 for one, other in pairwise(played(progression, lowest)))


@given(chords, lowests)
def test_the_fifth_beside_a_root_is_in_the_register(progression, lowest):
    bass = Bass(lowest)
    for chord in progression:
        bass.root(chord)
        fifth = bass.fifth(chord)
        assert fifth % 12 == chord.tones[2]
        assert lowest <= fifth <= lowest + BASS_SPAN
