import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.harmony.patterns import PATTERNS, BarGrid, struck
from antiphon.harmony.figure import NOTHING, WHOLE, Figure, Struck

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


@pytest.mark.parametrize(("bars", "step", "place"), [(FOUR, 4, 4), (FOUR, 5, 6), (BarGrid(7, 4, 2), 5, 6)])
def test_the_first_place_may_be_the_step_itself(bars, step, place):
    assert bars.first_place(step) == place
    assert next(bars.places(step, place)) == place


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


def test_a_players_figure_is_played_and_one_of_another_meter_is_not():
    waltz = Figure((Struck(True, None), NOTHING, *[Struck(False, WHOLE), NOTHING] * 2), 1.0, 0.5)
    found = [struck("player", THREE, step, step == 0, waltz) for step in range(0, 12, 2)]
    assert found == list(waltz.strikes)
    held = [struck("held", FOUR, step, step == 0) for step in range(16)]
    assert [struck("player", FOUR, step, step == 0, waltz) for step in range(16)] == held
    assert [struck("player", FOUR, step, step == 0) for step in range(16)] == held


def test_a_new_chord_under_a_players_figure_has_its_bass_and_the_chord_where_both_are_struck_together():
    block = Figure((Struck(True, WHOLE), *[NOTHING] * 7), 4.0, 4.0)
    assert struck("player", FOUR, 8, True, block) == Struck(True, WHOLE)
    boom_chick = Figure((Struck(True, None), NOTHING, Struck(False, WHOLE), NOTHING) * 2, 1.0, 0.5)
    assert struck("player", FOUR, 2, True, boom_chick) == Struck(True, None)
    bass_alone = Figure((Struck(True, None), NOTHING) * 4, 1.0, 1.0)
    assert struck("player", FOUR, 0, True, bass_alone) == Struck(True, WHOLE)
    assert struck("player", FOUR, 4, False, bass_alone) == Struck(True, None)
