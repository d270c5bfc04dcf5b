"""Golden vectors: what a left hand plays, and the chords that are heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote, PlayedNote
from antiphon.harmony.chord import TRIADS
from antiphon.harmony.progression import Progression
from antiphon.listen.harmony.chords import hear, sounding
from antiphon.listen.key import ALL_KEYS, Key
from antiphon.slices import finish
from antiphon.timebase import Grid, Meter
from two_hands import left_hand

GRID = Grid(120.0, 1.0)
ANY_KEY = dict.fromkeys(ALL_KEYS, 1 / 24)
BY_NAME = {chord.name: chord for chord in TRIADS}
MELODY = {
    "4/4": "67 1 64 1 67 1 72 1 69 1 72 1 69 1 65 1 71 1 67 1 74 1 71 1 72 2 72 2",
    "3/4": "67 1 64 1 67 1 69 1 65 1 69 1 71 2 74 1 72 3",
    "6/8": "67 1 64 0.5 67 1 64 0.5 69 1 65 0.5 69 1 72 0.5 71 1 67 0.5 74 1 71 0.5 72 1.5 72 1.5",
    "minor": "69 1 72 1 76 1 72 1 74 1 77 1 74 1 69 1 71 1 76 1 68 1 71 1 69 2 69 2",
}


def melody(name):
    numbers, at, found = MELODY[name].split(), 0.0, []
    for pitch, quarters in zip(numbers[::2], numbers[1::2], strict=True):
        found.append(GridNote(round(4 * at), round(4 * float(quarters)), int(pitch)))
        at += float(quarters)
    return found


def played(notes, beside):
    def as_played(note, is_beside, late_s):
        return PlayedNote(
            note.pitch, 80, GRID.time_s(note.onset_steps) + late_s, GRID.time_s(note.end_steps), is_beside
        )

    found = [as_played(note, False, 0.0) for note in notes]
    # The left hand is not quite with the right one: now early, now late.
    found += [as_played(note, True, (-0.015, 0.01)[n % 2]) for n, note in enumerate(beside)]
    return sorted(found, key=lambda note: (note.onset_s, note.pitch))


def heard(name, meter, chords, style, each):
    progression = Progression.of_slots(0.0, each, [BY_NAME[one] for one in chords.split()])
    notes = melody(name)
    below = left_hand(progression, style, Meter.parse(meter), 4)
    found = finish(hear(notes, played(notes, below), Meter.parse(meter), 4, ANY_KEY))
    assert found is not None
    return found


GOLDEN = [
    ("4/4", "4/4", "C F G C", "block", 4.0),
    ("4/4", "4/4", "C F G C", "boom-chick", 4.0),
    ("4/4", "4/4", "C F G C", "arpeggio", 4.0),
    ("4/4", "4/4", "C C F Dm G G C C", "block", 2.0),
    ("3/4", "3/4", "C F G C", "block", 3.0),
    ("3/4", "3/4", "C F G C", "boom-chick", 3.0),
    ("3/4", "3/4", "C F G C", "arpeggio", 3.0),
    ("6/8", "6/8", "C F G C", "arpeggio", 3.0),
    ("minor", "4/4", "Am Dm E Am", "block", 4.0),
    ("minor", "4/4", "Am Dm E Am", "boom-chick", 4.0),
    ("minor", "4/4", "Am Dm E Am", "walking", 4.0),
]


@pytest.mark.parametrize(("name", "meter", "chords", "style", "each"), GOLDEN)
def test_the_chords_of_a_left_hand(name, meter, chords, style, each):
    found = heard(name, meter, chords, style, each)
    wanted = Progression.of_slots(0.0, each, [BY_NAME[one] for one in chords.split()])
    assert found.progression == wanted
    assert len(found.names) == len(wanted.chords)


def test_sevenths_and_basses_are_named():
    notes = melody("4/4")[:8]
    seventh = [GridNote(0, 16, pitch) for pitch in (47, 50, 53, 55)]  # B D F G
    found = finish(hear(notes, played(notes, seventh), Meter(), 4, {Key(0, "major"): 1.0}))
    assert found is not None
    assert found.names[0] == "G7/B"


def test_a_melody_alone_says_no_chords_that_were_played():
    notes = melody("4/4")
    assert finish(hear(notes, played(notes, []), Meter(), 4, ANY_KEY)) is None


def test_an_introduction_lies_before_the_melody():
    notes = [GridNote(n.onset_steps + 32, n.duration_steps, n.pitch) for n in melody("4/4")]
    intro = [GridNote(at, 16, pitch) for at in (0, 16) for pitch in (36, 43, 48, 52)]
    found = finish(hear(notes, played(notes, intro), Meter(), 4, ANY_KEY))
    assert found is not None
    assert found.progression.chords[0][0] == 0.0
    assert found.progression.at(1.0) == BY_NAME["C"]


left_notes = st.lists(
    st.builds(GridNote, st.integers(0, 60), st.integers(1, 16), st.integers(24, 60)), max_size=20
)


@given(left_notes, st.sampled_from(["4/4", "3/4", "6/8", "2/4"]))
def test_whatever_the_left_hand_does_each_chord_has_a_name_and_a_place(below, meter):
    notes = melody("4/4")
    found = finish(hear(notes, played(notes, below), Meter.parse(meter), 4, ANY_KEY))
    assert (found is None) == (not below)
    if found is not None:
        assert len(found.names) == len(found.progression.chords) > 0
        assert found.progression.ends >= notes[-1].end_steps / 4


C_MAJOR = Key(0, "major")


def held(at_s, end_s, *pitches):
    return [PlayedNote(pitch, 70, at_s, end_s, True) for pitch in pitches]


def test_the_chord_that_sounds_now_is_told_where_the_left_hand_plays():
    """A bar lasts two seconds, from second 1 on."""
    chords = [*held(1.0, 2.9, 41, 45, 48), *held(3.02, 4.9, 43, 47, 50)]
    told = [sounding(chords, GRID, Meter(), at_s, C_MAJOR) for at_s in (1.25, 2.75, 3.25, 6.5)]
    assert told == [BY_NAME["F"], BY_NAME["F"], BY_NAME["G"], None]


def test_a_bass_that_goes_to_the_fifth_says_no_other_chord():
    boom_chick = [*held(1.0, 1.4, 36), *held(1.5, 1.8, 52, 55, 60), *held(2.0, 2.4, 43)]
    assert sounding(boom_chick, GRID, Meter(), 2.25, C_MAJOR) == BY_NAME["C"]


def test_what_is_struck_after_a_moment_is_not_known_then():
    assert sounding(held(3.0, 4.0, 43, 47, 50), GRID, Meter(), 2.5, C_MAJOR) is None
