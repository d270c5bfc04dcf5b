"""What pianists do: the notes that are told to be the left hand's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import PlayedNote
from antiphon.listen.harmony.hands import Hands
from two_hands import told

C_MAJOR, G_MAJOR, A_MINOR = (48, 52, 55), (43, 47, 50), (45, 48, 52)


def line(pitches, each_s=0.5, start_s=0.0, share=0.9):
    """One note after another."""
    return [
        PlayedNote(pitch, 80, start_s + n * each_s, start_s + (n + share) * each_s)
        for n, pitch in enumerate(pitches)
    ]


def chords(groups, each_s=2.0, start_s=0.0, share=0.9, roll_s=0.0):
    return [
        PlayedNote(pitch, 70, start_s + n * each_s + k * roll_s, start_s + (n + share) * each_s)
        for n, group in enumerate(groups)
        for k, pitch in enumerate(group)
    ]


def left(*parts):
    """Pitches that are told to be the left hand's, by onset."""
    notes = sorted((note for part in parts for note in part), key=lambda note: (note.onset_s, note.pitch))
    return [note.pitch for note, is_left in zip(notes, told(notes), strict=True) if is_left]


def pitches(part):
    return [note.pitch for note in sorted(part, key=lambda note: (note.onset_s, note.pitch))]


MELODY = line([72, 74, 76, 77, 79, 77, 76, 74, 72, 76, 79, 76, 72, 71, 72, 72])

ACCOMPANIMENTS = {
    "block chords": chords([C_MAJOR, G_MAJOR, A_MINOR, C_MAJOR]),
    "chords that are rolled": chords([C_MAJOR, G_MAJOR, A_MINOR, C_MAJOR], roll_s=0.06),
    "boom-chick": sorted(
        [
            *chords([(36,), (43,)] * 4, 1.0, share=0.4),
            *chords([(48, 52, 55), (47, 50, 55)] * 4, 1.0, 0.5, 0.3),
        ],
        key=lambda note: note.onset_s,
    ),
    "broken chords": line([36, 43, 40, 43, 38, 43, 41, 43] * 4, 0.25),
    "a walking bass": line([36, 40, 43, 45, 46, 45, 43, 40] * 2, 0.5),
    "octaves": chords([(36, 48), (43, 55), (45, 57), (36, 48)] * 2, 1.0),
}


@pytest.mark.parametrize("name", ACCOMPANIMENTS)
def test_a_left_hand_under_a_melody_is_told_from_it(name):
    below = ACCOMPANIMENTS[name]
    assert left(MELODY, below) == pitches(below)


@pytest.mark.parametrize("name", ACCOMPANIMENTS)
def test_a_left_hand_that_goes_on_alone_stays_the_left_hand(name):
    below = ACCOMPANIMENTS[name]
    later = [PlayedNote(n.pitch, n.velocity, n.onset_s + 8, n.release_s + 8) for n in below]
    assert left(MELODY, below, later) == pitches([*below, *later])


@pytest.mark.parametrize("name", ["block chords", "chords that are rolled", "boom-chick"])
def test_chords_as_an_introduction_are_the_left_hands(name):
    below = ACCOMPANIMENTS[name]
    later = [PlayedNote(n.pitch, n.velocity, n.onset_s + 8, n.release_s + 8) for n in below]
    melody = [PlayedNote(n.pitch, n.velocity, n.onset_s + 8, n.release_s + 8) for n in MELODY]
    assert left(below, later, melody) == pitches([*below, *later])


ONE_HAND = {
    "a melody": MELODY,
    "a melody low on the keyboard": line([48, 50, 52, 53, 55, 53, 52, 50, 43, 41, 40, 36]),
    "wide leaps": line([60, 72, 60, 76, 55, 79, 48, 84]),
    "legato over leaps": line([60, 67, 64, 72, 60, 69, 65, 72], share=1.1),
    "octaves": chords([(60, 72), (62, 74), (64, 76), (60, 72)] * 3, 0.5),
    "low octaves": chords([(48, 60), (50, 62), (52, 64), (48, 60)] * 3, 0.5),
    "thirds": chords([(72, 76), (74, 77), (76, 79), (72, 76)] * 3, 0.5),
    "sixths": chords([(64, 72), (65, 74), (67, 76), (64, 72)] * 3, 0.5),
    "both hands in unison": chords([(48, 72), (50, 74), (52, 76), (48, 72)] * 3, 0.5),
    "one chord at the end": [*MELODY, *chords([(48, 55, 64, 72)], start_s=8.0)],
    "a trill": line([72, 74] * 16, 0.08, share=1.2),
    "repeated notes": line([60] * 12, 0.15),
}


@pytest.mark.parametrize("name", ONE_HAND)
def test_who_plays_with_one_hand_has_no_left_one(name):
    assert left(ONE_HAND[name]) == []


def test_a_right_hand_that_plays_thirds_and_sixths_keeps_them():
    right = chords([(69, 72), (67, 76), (72, 76), (69, 77)] * 2, 1.0)
    below = chords([(41, 48, 53), (36, 43, 48)] * 2, 2.0)
    assert left(right, below) == pitches(below)


def test_two_people_on_one_keyboard():
    upper = chords([(76, 79), (77, 81), (79, 84), (76, 79)] * 2, 1.0)
    lower = chords([(48, 52, 55), (47, 50, 55)] * 4, 1.0)
    assert left(upper, lower) == pitches(lower)


def test_a_hand_that_crosses_over_the_other_is_taken_for_it():
    below = chords([C_MAJOR, G_MAJOR] * 2)
    bell = line([96], start_s=5.1)
    assert left(MELODY, below, bell) == pitches(below)


def test_a_low_melody_after_the_left_hand_has_rested_is_a_melody():
    below, alone = chords([C_MAJOR, G_MAJOR] * 2), line([48, 50, 52, 53, 55, 53, 52, 50], start_s=14.0)
    assert left(MELODY, below, alone) == pitches(below)


def test_a_melody_that_was_begun_alone_stays_one_when_the_left_hand_comes_in():
    below = chords([C_MAJOR, G_MAJOR, A_MINOR], start_s=4.0)
    later = line([72, 74, 76, 77, 79, 77, 76, 74, 72, 76, 79, 76], start_s=4.0)
    alone = line([72, 71, 69, 67, 65, 67, 69, 71])
    assert left(alone, later, below) == pitches(below)


notes = st.lists(st.tuples(st.integers(0, 127), st.floats(0, 1), st.floats(0, 3)).map(list), max_size=40)


@given(notes)
def test_whatever_is_played_each_note_has_a_hand_and_a_release_is_known(rows):
    hands, at_s, down, struck = Hands(), 0.0, [], []
    for pitch, wait_s, gate_s in rows:
        at_s += wait_s
        for note, until_s in [one for one in down if one[1] <= at_s]:
            hands.release(note, until_s)
            down.remove((note, until_s))
        struck.append(hands.strike(pitch, at_s))
        down.append((struck[-1], at_s + gate_s))
    assert hands.two or not any(note.left for note in struck) or at_s > 4
    assert [note.pitch for note in struck] == [pitch for pitch, *_ in rows]


@given(st.lists(st.integers(30, 100), min_size=1, max_size=60), st.sampled_from([0.1, 0.3, 0.8]))
def test_single_notes_never_have_a_left_hand(pitches, each_s):
    assert left(line(pitches, each_s)) == []


def test_a_flood_of_notes_at_once_is_taken_for_a_melody():
    """A machine may send thousands in one moment; each is told in the same short time."""
    hands = Hands()
    struck = [hands.strike(20 + n % 90, 1.0) for n in range(4000)]
    assert not any(note.left for note in struck[100:])


def test_who_holds_more_keys_than_two_hands_can_has_no_left_hand():
    """A machine may hold dozens, and its notes end no phrase."""
    hands = Hands()
    accompanied = [hands.strike(pitch, at_s) for at_s in (0.0, 0.5, 1.0) for pitch in (40, 47, 52, 76)]
    hands.release(accompanied[0], 1.5)
    assert hands.two
    struck = [hands.strike(30 + n, 2.0 + 0.1 * n) for n in range(40)]
    assert not hands.two
    assert not any(note.left for note in struck)
