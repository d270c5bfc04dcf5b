import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.progression import Progression, slot_quarters
from antiphon.timebase import Meter

C, F, G = Chord(0), Chord(5), Chord(7)


@pytest.mark.parametrize(
    ("meter", "quarters"),
    [
        ("4/4", 2),
        ("2/2", 2),
        ("2/4", 2),
        ("3/4", 3),
        ("3/8", 1.5),
        ("6/8", 1.5),
        ("9/8", 4.5),
        ("12/8", 3),
        ("5/4", 5),
        ("6/4", 3),
        ("4/8", 2),
    ],
)
def test_a_slot_is_half_a_bar_where_half_a_bar_is_a_place_to_change(meter, quarters):
    assert slot_quarters(Meter.parse(meter)) == quarters


def test_a_chord_holds_until_the_next_one_and_the_last_to_the_end():
    progression = Progression.of_slots(-2.0, 2.0, [C, C, F, None, G])
    assert progression.chords == ((-2.0, C), (2.0, F), (6.0, G))
    assert [progression.at(quarter) for quarter in (-2.5, -2.0, 1.9, 2.0, 5.0, 7.9, 8.0)] == [
        None,
        C,
        C,
        F,
        F,
        G,
        None,
    ]
    assert str(progression) == "C F G"


def test_it_can_lie_elsewhere():
    assert Progression(((0.0, C), (2.0, G)), 4.0).moved(8.0) == Progression(((8.0, C), (10.0, G)), 12.0)


def test_chords_follow_one_another():
    with pytest.raises(ValueError, match="one after the other"):
        Progression(((2.0, C), (2.0, G)), 4.0)
    with pytest.raises(ValueError, match="one after the other"):
        Progression(((2.0, C),), 2.0)


@given(st.integers(-32, 32), st.sampled_from([1.5, 2.0, 3.0]), st.lists(st.sampled_from([None, *TRIADS])))
def test_each_slot_has_its_chord_or_the_one_before(first, slot, chords):
    progression = Progression.of_slots(first * slot, slot, chords)
    last = None
    for number, chord in enumerate(chords):
        last = chord or last
        assert progression.at((first + number) * slot + slot / 2) == last
