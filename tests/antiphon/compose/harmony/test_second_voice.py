from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.second_voice import SecondVoice
from antiphon.harmony.chord import TRIADS, Chord

melodies = st.lists(st.tuples(st.integers(0, 127), st.sampled_from(TRIADS)), max_size=30)


def test_it_goes_in_thirds_and_sixths_below_a_scale():
    voice, tonic = SecondVoice(), Chord(0)
    assert [voice.below(pitch, tonic) for pitch in (72, 76, 79, 84)] == [67, 72, 76, 79]


def test_parallel_fifths_are_avoided():
    voice = SecondVoice()
    assert voice.below(74, Chord(0)) == 67  # a fifth
    assert voice.below(76, Chord(9, True)) == 72
    assert SecondVoice().below(76, Chord(2)) == 69
    voice = SecondVoice()
    voice.below(74, Chord(0))
    assert voice.below(76, Chord(2)) == 66  # the nearest, 69, would be a fifth again


def test_it_is_silent_where_there_is_no_room():
    assert SecondVoice().below(2, Chord(0)) is None
    assert SecondVoice(60).below(62, Chord(0)) is None


@given(melodies, st.integers(0, 60))
def test_it_says_chord_notes_below_the_melody_without_parallel_fifths_and_octaves(melody, lowest):
    voice, before = SecondVoice(lowest), None
    for pitch, chord in melody:
        own = voice.below(pitch, chord)
        if own is None:
            before = None
            continue
        assert lowest <= own <= pitch - 3
        assert own % 12 in chord.tones
        if before is not None and before[0] != pitch:
            interval, last = (pitch - own) % 12, (before[0] - before[1]) % 12
            assert not (interval in (0, 7) and interval == last)
        before = pitch, own


@given(melodies, st.integers(0, 60))
def test_an_octave_of_room_is_enough(melody, lowest):
    """Of the three notes of a chord one at most would make a parallel."""
    voice = SecondVoice(lowest)
    for pitch, chord in melody:
        assert (voice.below(pitch, chord) is not None) or pitch - 3 - lowest < 11
