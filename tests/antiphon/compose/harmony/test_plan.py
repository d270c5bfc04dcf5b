from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.harmony.chord import TRIADS, Chord
from antiphon.harmony.progression import Progression

C, F, G = Chord(0), Chord(5), Chord(7)
ONCE = ChordPlan(Progression(((4.0, C), (8.0, F), (10.0, G)), 12.0))


def test_it_says_the_chord_of_a_place_and_the_next_one():
    assert [ONCE.at(quarter) for quarter in (3.9, 4.0, 9.5, 12.0)] == [None, C, F, None]
    assert [ONCE.after(quarter) for quarter in (4.0, 9.0, 11.0)] == [F, G, None]


def test_one_that_loops_begins_again():
    looping = ChordPlan(ONCE.progression, loops=True)
    assert [looping.at(quarter) for quarter in (12.0, 16.0, 18.5, 20.0)] == [C, F, G, C]
    assert looping.after(11.0) == C
    assert looping.after(19.0) == C


def test_it_can_be_moved_in_time_and_in_pitch():
    assert ONCE.later(8.0).at(12.0) == C
    assert ONCE.later(0.0) == ONCE
    assert ONCE.transposed(2).at(4.0) == Chord(2)


@given(st.lists(st.sampled_from(TRIADS), min_size=1, max_size=8), st.floats(0, 200), st.booleans())
def test_the_chord_after_is_another_one(chords, quarter, loops):
    plan = ChordPlan(Progression.of_slots(0.0, 2.0, chords), loops)
    after = plan.after(quarter)
    assert after is None or after != plan.at(quarter)
    assert not loops or plan.at(quarter) is not None
