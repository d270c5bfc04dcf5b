import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import GridNote, PlayedNote
from antiphon.listen.bars import BarBelief, accents, believed, certain, expected, on_beats, places
from antiphon.listen.repertoire import HEARD_METERS, BarPlace, Repertoire
from antiphon.timebase import Meter

FOUR, THREE, SIX = Meter(4, 4), Meter(3, 4), Meter(6, 8)
ALL = tuple(HEARD_METERS)
GENERAL = Repertoire()
LIKELIHOODS = st.lists(st.floats(-500, 0), min_size=20, max_size=20)


def nothing(options):
    return dict.fromkeys(options, 0.0)


def test_a_phrase_may_begin_on_each_eighth_of_a_bar():
    assert [place.steps for place in places([THREE], 0)] == [0, 2, 4, 6, 8, 10]
    assert [place.steps for place in places([SIX], 13)] == [1, 3, 5, 7, 9, 11]
    assert len(places(ALL, 0)) == 8 + 6 + 6


def test_without_a_word_of_the_model_a_phrase_begins_on_the_downbeat_or_just_before():
    prior = expected(None, places([FOUR], 0), 0, True, GENERAL)
    likeliest = sorted(prior, key=lambda place: -prior[place])[:3]
    assert {place.steps for place in likeliest} == {0, 12, 14}
    assert prior[BarPlace(FOUR, 0)] == max(prior.values())


def test_beats_that_were_heard_are_seldom_half_a_beat_off():
    quarters = [GridNote(4 * number, 4, 60) for number in range(4)]
    heard = on_beats(places(ALL, 0), quarters)
    assert {place.steps for place in heard if heard[place] == 0.0 and place.meter == FOUR} == {0, 4, 8, 12}
    assert all(heard[place] < -2.5 for place in heard if place.meter == THREE and place.steps % 4)
    assert all(heard[place] == 0.0 for place in heard if place.meter == SIX)


def test_an_eighth_off_the_beat_says_less_than_none_on_it():
    notes = [GridNote(2, 2, 60), GridNote(4, 4, 62), GridNote(8, 2, 64), GridNote(10, 2, 65)]
    heard = on_beats(places([FOUR], 2), notes)
    assert {place.steps for place in heard if heard[place] == 0.0} == {2, 6, 10, 14}
    assert all(-1 < heard[place] < -0.5 for place in heard if place.steps % 4 == 0)


@given(LIKELIHOODS, st.booleans(), st.integers(0, 500))
def test_chances_are_those_of_all_places_and_sum_to_one(said, followed, later):
    options = places(ALL, 0)
    prior = expected(None, options, 0, followed, GENERAL)
    belief = BarBelief(believed(prior, dict(zip(options, said, strict=True)), nothing(options)), 0)
    again = expected(belief, places(ALL, later), later, followed, GENERAL)
    for chances in (prior, belief.chances, again):
        assert sum(chances.values()) == pytest.approx(1.0)
        assert all(0 <= chance <= 1 for chance in chances.values())
    assert belief.best in options


def test_a_fixed_tempo_keeps_its_bars_from_phrase_to_phrase():
    """Three bars and a beat after a downbeat, a phrase is expected on the second beat."""
    options = places([FOUR], 52)
    prior = expected(certain(FOUR), options, 52, False, GENERAL)
    assert prior[BarPlace(FOUR, 4)] > 0.9


def test_a_player_who_sets_the_tempo_may_begin_the_bars_anew():
    prior = expected(certain(FOUR), places([FOUR], 52), 52, True, GENERAL)
    assert prior[BarPlace(FOUR, 4)] > prior[BarPlace(FOUR, 0)] > 0.1


def test_the_meter_stays_unless_a_phrase_says_clearly_that_it_is_another():
    options = places(ALL, 0)
    prior = expected(certain(THREE), options, 0, True, GENERAL)
    slightly = {place: 3.0 if place.meter == FOUR else 0.0 for place in options}
    clearly = {place: 30.0 if place.meter == FOUR else 0.0 for place in options}
    assert BarBelief(believed(prior, slightly, nothing(options)), 0).best.meter == THREE
    assert BarBelief(believed(prior, clearly, nothing(options)), 0).best.meter == FOUR


def test_a_meter_that_is_not_to_choose_from_is_forgotten():
    prior = expected(certain(Meter(5, 4)), places([FOUR], 0), 0, True, GENERAL)
    assert sum(prior.values()) == pytest.approx(1.0)


def test_louder_notes_are_likelier_on_downbeats():
    notes = [GridNote(4 * n, 4, 60 + n % 2) for n in range(12)]
    played = [
        PlayedNote(n.pitch, 100 if i % 3 == 1 else 70, i * 0.5, i * 0.5 + 0.4) for i, n in enumerate(notes)
    ]
    said = accents(places([THREE], 0), notes, played)
    assert max(said, key=said.__getitem__) == BarPlace(THREE, 8)


def test_even_playing_says_nothing():
    notes = [GridNote(4 * n, 4, 60) for n in range(4)]
    played = [PlayedNote(60, 80, n * 0.5, n * 0.5 + 0.4) for n in range(4)]
    assert set(accents(places(ALL, 0), notes, played).values()) == {0.0}


def test_accents_never_say_much_against_a_place():
    """Most players do not play downbeats louder."""
    notes = [GridNote(4 * n, 4, 60) for n in range(40)]
    played = [PlayedNote(60, 100 if n % 4 else 30, n * 0.5, n * 0.5 + 0.4) for n in range(40)]
    assert min(accents(places([FOUR], 0), notes, played).values()) > math.log(0.75)
