"""How usual a place is where a melody begins: in general, and as the songs of a repertoire say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.listen.repertoire import HEARD_METERS, BarPlace, Repertoire
from antiphon.timebase import Meter

FOUR, TWO, THREE, SIX = Meter(4, 4), Meter(2, 4), Meter(3, 4), Meter(6, 8)
counts = st.dictionaries(
    st.sampled_from(["4/4", "2/4", "3/4", "6/8", "5/4"]),
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0]), st.integers(0, 5000)), max_size=4),
    max_size=4,
)


def eighths(meter, repertoire):
    steps = range(0, round(4 * meter.quarters_per_bar), 2)
    return [repertoire.chance(BarPlace(meter, step)) for step in steps]


@given(counts)
def test_the_chances_of_all_eighths_and_of_all_meters_sum_to_one(starts):
    repertoire = Repertoire(starts)
    for meter in HEARD_METERS:
        assert sum(eighths(meter, repertoire)) == pytest.approx(1.0)
        assert min(eighths(meter, repertoire)) > 0
    assert sum(repertoire.meters(list(HEARD_METERS)).values()) == pytest.approx(1.0)


def test_without_counts_it_is_what_is_usual_in_general():
    assert Repertoire().meters(list(HEARD_METERS)) == HEARD_METERS
    assert Repertoire().meters([THREE]) == {THREE: 1.0}
    assert eighths(THREE, Repertoire())[0] == pytest.approx(4.5 / (4.5 + 3 * 0.3 + 3.0 + 1.5))


def test_a_repertoire_that_begins_on_the_downbeat_makes_that_likelier_but_not_certain():
    sure = Repertoire({"2/4": [(0.0, 550), (1.0, 4)]})
    assert 0.85 < sure.chance(BarPlace(TWO, 0)) < 0.99
    # A bar of 4/4 may begin with either bar of 2/4.
    assert sure.chance(BarPlace(FOUR, 8)) > 0.35
    assert sure.meters([FOUR, THREE, SIX])[FOUR] > 0.85


def test_few_songs_say_little():
    few = Repertoire({"3/4": [(2.0, 1)]})
    assert few.chance(BarPlace(THREE, 0)) == pytest.approx(Repertoire().chance(BarPlace(THREE, 0)), rel=0.05)
