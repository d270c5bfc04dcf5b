import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.patterns import PATTERNS, WHOLE, BarGrid, Struck, struck

FOUR, THREE = BarGrid(16, 4, 2), BarGrid(12, 4, 2)
TWO, SIX_EIGHT = BarGrid(8, 4, 2), BarGrid(12, 6, 2, dotted=True)


@pytest.mark.parametrize(
    ("bars", "bass", "chords"),
    [
        (FOUR, [0, 8], [4, 12]),
        (THREE, [0], [4, 8]),
        (TWO, [0], [4]),
        (SIX_EIGHT, [0, 6], [4, 10]),
    ],
)
def test_boom_chick_takes_turns(bars, bass, chords):
    found = {step: struck("boom-chick", bars, step, False) for step in range(bars.bar)}
    assert [step for step, what in found.items() if what.bass] == bass
    assert [step for step, what in found.items() if what.chord is not None] == chords


def test_a_held_chord_is_struck_where_it_begins_alone():
    assert struck("held", FOUR, 8, begins=True) == Struck(True, WHOLE)
    assert struck("held", FOUR, 8, begins=False) == Struck(False, None)


def test_places_are_beats_eighths_and_bar_lines():
    assert [step for step in range(13) if THREE.is_place(step)] == [0, 2, 4, 6, 8, 10, 12]
    odd = BarGrid(5, 2, 2)
    assert [step for step in range(11) if odd.is_place(step)] == [0, 2, 4, 5, 7, 9, 10]
    assert [odd.next_place(step) for step in (0, 1, 4, 5)] == [2, 2, 5, 7]
    assert list(odd.places(1, 9)) == [2, 4, 5, 7, 9]
    assert list(odd.places(4, 4)) == [4]
    assert list(odd.places(3, 3)) == []


@given(
    st.sampled_from(PATTERNS),
    st.builds(BarGrid, st.integers(1, 60), st.integers(1, 30), st.integers(1, 12), st.booleans()),
    st.integers(0, 300),
)
def test_what_begins_has_a_bass(pattern, bars, step):
    assert struck(pattern, bars, step, begins=True).bass
    assert bars.next_place(step) > step
    assert bars.is_place(bars.next_place(step))
