from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.chords import CHORD_SPAN, Voicings
from antiphon.harmony.chord import TRIADS, Chord

chords = st.lists(st.sampled_from(TRIADS), min_size=1, max_size=24)
lowests = st.integers(0, 127 - CHORD_SPAN)


def test_a_progression_is_led_by_small_moves():
    lead = Voicings(48).lead
    progression = [Chord(0), Chord(9, True), Chord(5), Chord(7), Chord(0)]
    assert [lead(chord) for chord in progression] == [
        (52, 55, 60),
        (52, 57, 60),
        (53, 57, 60),
        (55, 59, 62),
        (55, 60, 64),
    ]


@given(chords, lowests)
def test_each_chord_is_whole_and_in_its_register(progression, lowest):
    voicings = Voicings(lowest)
    for chord in progression:
        voicing = voicings.lead(chord)
        assert {pitch % 12 for pitch in voicing} == set(chord.tones)
        assert len(voicing) == 3
        assert lowest <= min(voicing) <= max(voicing) <= lowest + CHORD_SPAN
        assert max(voicing) - min(voicing) < 12


@given(chords, lowests)
def test_notes_that_two_chords_share_stay(progression, lowest):
    voicings = Voicings(lowest)
    before = ()
    for chord in progression:
        voicing = voicings.lead(chord)
        assert all(pitch in voicing for pitch in before if pitch % 12 in chord.tones)
        before = voicing


@given(chords, lowests)
def test_a_chord_that_stays_is_the_same(progression, lowest):
    voicings = Voicings(lowest)
    assert all(voicings.lead(chord) == voicings.lead(chord) for chord in progression)
