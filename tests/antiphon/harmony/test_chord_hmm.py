import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.chord_hmm import chances, decode, in_key, theory_table
from antiphon.harmony.evidence import Note, Slots, evidence_of
from antiphon.timebase import Meter

ANY_KEY = dict.fromkeys(TRIADS, 1 / 24)
C_MAJOR, A_MINOR = Chord(0), Chord(9, True)


def blocks(names, quarters=2.0, low=48):
    """The left hand's triads, one after another."""
    chords = [next(chord for chord in TRIADS if chord.name == name) for name in names.split()]
    return [
        Note(number * quarters, quarters, low + (tone - low) % 12)
        for number, chord in enumerate(chords)
        for tone in chord.tones
    ]


def line(pitches, quarters=1.0):
    return [Note(number * quarters, quarters, pitch) for number, pitch in enumerate(pitches)]


def heard(decoded):
    return " ".join(chord.name for chord in decoded.chords)


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("C C F C Dm G C C", C_MAJOR),
        ("Am Am Dm Am E E Am Am", A_MINOR),
        ("D A Bm F#m G D G A", Chord(2)),
    ],
)
def test_triads_that_are_played_are_heard_with_their_key(chords, key):
    slots = Slots(Meter(), 0, 8)
    found = decode(evidence_of(slots, [], blocks(chords)), slots, ANY_KEY)
    assert (heard(found), found.key) == (chords, key)


def test_a_melody_alone_gets_chords_of_its_key_that_close():
    slots = Slots(Meter(), 0, 8, ended=True)
    tune = line([60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60], 1.0)
    found = decode(evidence_of(slots, tune), slots, {C_MAJOR: 1.0})
    assert heard(found) == "C C F F G G C C"


def test_the_melody_decides_where_the_accompaniment_says_less():
    slots = Slots(Meter(), 0, 1)
    third = [Note(0.0, 2.0, 48), Note(0.0, 2.0, 52)]  # C and E: of C or of Am
    with_g, with_a = ([Note(0.0, 1.0, pitch), Note(1.0, 1.0, pitch)] for pitch in (67, 69))
    assert heard(decode(evidence_of(slots, with_g, third), slots, {C_MAJOR: 1.0})) == "C"
    low_a = [Note(0.0, 2.0, 45), Note(0.0, 2.0, 52)]
    assert heard(decode(evidence_of(slots, with_a, low_a), slots, {C_MAJOR: 1.0})) == "Am"


def test_a_chord_that_is_known_stays_and_shapes_its_neighbours():
    slots = Slots(Meter(), 0, 4)
    silence = evidence_of(slots, [])
    found = decode(silence, slots, {C_MAJOR: 1.0}, {0: Chord(9), 2: Chord(2, True)})
    assert found.chords[0] == Chord(9)
    assert found.chords[2] == Chord(2, True)


def test_chances_sum_to_one_and_agree_with_what_is_plain():
    slots = Slots(Meter(), 0, 8)
    evidence = evidence_of(slots, [], blocks("C C F C Dm G C C"))
    each, keys = chances(evidence, slots, ANY_KEY)
    assert np.allclose(each.sum(axis=1), 1)
    assert sum(keys.values()) == pytest.approx(1)
    assert " ".join(TRIADS[number].name for number in each.argmax(axis=1)) == "C C F C Dm G C C"
    assert max(keys, key=keys.__getitem__) == C_MAJOR


def test_unlikely_keys_are_not_tried_and_one_must_be_likely():
    slots = Slots(Meter(), 0, 2)
    evidence = evidence_of(slots, [], blocks("F# C#"))
    assert decode(evidence, slots, {C_MAJOR: 1.0, Chord(6): 1e-6}).key == C_MAJOR
    with pytest.raises(ValueError, match="no key is likely"):
        decode(evidence, slots, {})


def test_moves_in_a_key_are_chances_of_what_follows():
    for key in (C_MAJOR, A_MINOR, Chord(6)):
        logs = in_key(theory_table(), key)
        assert np.allclose(np.exp(logs.moves).sum(axis=2), 1)
        assert (logs.into == logs.moves.swapaxes(1, 2)).all()
    within = np.exp(in_key(theory_table(), C_MAJOR).moves[0])
    dominant, tonic, subdominant = 7, 0, 5
    assert within[dominant, tonic] > within[dominant, subdominant]


notes = st.lists(
    st.builds(
        Note, st.integers(-8, 80).map(lambda n: n / 4), st.sampled_from([0.25, 1.0, 3.0]), st.integers(0, 127)
    ),
    max_size=30,
)


@given(notes, notes, st.integers(1, 11), st.sampled_from(["4/4", "3/4", "6/8", "2/4"]), st.booleans())
def test_what_is_transposed_is_heard_transposed(melody, below, up, meter, ended):
    slots = Slots.covering(Meter.parse(meter), 0.0, 12.0, ended)

    def higher(notes):
        return [Note(note.at, note.quarters, note.pitch + up) for note in notes]

    first = chances(evidence_of(slots, melody, below), slots, {C_MAJOR: 0.5, A_MINOR: 0.5})
    other = {C_MAJOR.transposed(up): 0.5, A_MINOR.transposed(up): 0.5}
    second = chances(evidence_of(slots, higher(melody), higher(below)), slots, other)
    moved = [chord.transposed(up).number for chord in TRIADS]
    assert np.allclose(first[0], second[0][:, moved])
