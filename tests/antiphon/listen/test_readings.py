"""Readings of onsets: how they begin, and how they go on."""

from itertools import pairwise

import numpy as np
import pytest

from antiphon.listen.readings import Search
from antiphon.listen.rhythm import PLACES, TICKS, divisions
from antiphon.timebase import Grid, Meter


def search(meter=None, guess_bpm=None, known=None):
    return Search(divisions(meter, False), guess_bpm, known)


def read(found, onsets):
    readings = [found.first(onsets[0])]
    for onset_s in onsets[1:]:
        readings.append(found.after(readings[-1], onset_s))
    return readings


QUARTERS = [1.0 + 0.5 * number for number in range(12)]


@pytest.mark.parametrize("known", [None, Grid(120.0, 1.0)])
def test_readings_are_in_order_from_the_likeliest_on(known):
    for readings in read(search(Meter(), 120.0, known), QUARTERS):
        assert np.all(np.diff(readings.score) <= 0)


def test_there_are_never_more_than_a_few_however_long_the_phrase_is():
    after = read(search(), [0.37 * number + 0.01 * (number % 3) for number in range(60)])[2:]
    assert max(len(readings.score) for readings in after) <= 96


def test_each_goes_on_from_an_earlier_one_by_a_tick_or_more():
    readings = read(search(), QUARTERS)
    for before, after in pairwise(readings):
        assert np.all(after.tick > before.tick[after.before])
        assert np.all(after.division == before.division[after.before])
        assert {*(after.tick % TICKS).tolist()} <= {*PLACES}


def test_of_two_readings_at_one_place_with_one_tempo_the_likelier_stays():
    last = read(search(), QUARTERS)[-1]
    rows = list(
        zip(last.tick, last.division, last.context, np.round(25 * np.log(search().bpm(last))), strict=True)
    )
    assert len({*rows}) == len(rows)


@pytest.mark.parametrize("bpm", [60.0, 120.0])
def test_a_tempo_to_expect_decides(bpm):
    assert search(Meter(), bpm).bpm(read(search(Meter(), bpm), QUARTERS)[-1])[0] == pytest.approx(
        bpm, rel=0.01
    )


def test_where_the_tempo_is_known_it_stays():
    last = read(search(Meter(), None, Grid(117.0, 1.0)), QUARTERS)[-1]
    assert search(Meter()).bpm(last) == pytest.approx(117.0)


def test_a_pause_of_an_hour_leaves_readings():
    last = read(search(), [*QUARTERS, 3600.0, 3600.5])[-1]
    assert len(last.score) > 0
    assert np.all(np.isfinite(last.score))
