"""Bars that are short, long or moved, and the pickup that follows from them."""

import pytest

from antiphon_training.corpus.bars import Bar, begun_at, count_off, pickup_of


def bars(*lengths, full=4.0):
    onset, found = 0.0, []
    for length in lengths:
        found.append(Bar(onset, length, full))
        onset += length
    return tuple(found)


@pytest.mark.parametrize(
    ("found", "pickup"),
    [(bars(1, 4), 1.0), (bars(4, 4), 0.0), (bars(1), 0.0), (bars(), 0.0), (bars(1, 4, full=None), 0.0)],
)
def test_a_short_first_bar_is_a_pickup(found, pickup):
    assert pickup_of(found) == pickup


@pytest.mark.parametrize(
    ("lengths", "off"), [((1, 4, 4, 3), 0), ((4, 3, 1, 4), 0), ((4, 5, 4), 1), ((4, 3, 4, 4, 4), 1)]
)
def test_halves_make_a_whole_and_what_does_not_is_off(lengths, off):
    assert count_off(bars(*lengths)) == off


def test_bars_begin_within_a_bar_with_the_rest_of_it():
    assert begun_at(7.0, bars(4, 4, 4)) == (Bar(0.0, 1.0, 4.0), Bar(1.0, 4.0, 4.0))
    assert begun_at(4.0, bars(4, 4)) == (Bar(0.0, 4.0, 4.0),)
    assert begun_at(8.0, bars(4, 4)) == ()
