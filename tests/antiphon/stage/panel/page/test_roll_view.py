"""Where things are on the roll."""

import json

import pytest

pytestmark = pytest.mark.live
MODULE = ("{ timeWindow, eased, pitchRange, beatLines, placeAt }", "roll_view.js")


def grid(since_s=0.0, bar=1, quarter_s=0.5, quarters=4, beat_quarters=1):
    return {
        "sinceS": since_s,
        "bar": bar,
        "barBeginsS": since_s,
        "quarterS": quarter_s,
        "quartersABar": quarters,
        "beatQuarters": beat_quarters,
    }


def test_the_roll_shows_four_bars_back_and_ahead(run):
    assert run(f"return timeWindow(100, null, {json.dumps(grid())}, 1200);") == {"fromS": 92, "toS": 108}


def test_a_narrow_one_shows_two(run):
    assert run(f"return timeWindow(100, null, {json.dumps(grid())}, 340);") == {"fromS": 96, "toS": 104}


def test_it_widens_to_the_end_of_the_plan(run):
    assert run(f"return timeWindow(100, 130, {json.dumps(grid())}, 1200).toS;") == pytest.approx(130.5)


def test_it_widens_on_the_way_and_arrives(run):
    assert run("return [eased(8, 30, 0.1), eased(8, 30, 0), eased(8, 30, 60)];") == pytest.approx(
        [17.93, 8, 30], abs=0.01
    )


def test_the_pitches_are_an_octave_and_a_half_at_least(run):
    found = run("return pitchRange([60, 64], null);")
    assert found["low"] < 60
    assert found["high"] > 64
    assert found["high"] - found["low"] >= 18


def test_the_pitches_stay_while_they_fit(run):
    assert run("return pitchRange([62, 70], {low: 55, high: 79});") == {"low": 55, "high": 79}


def test_bars_and_beats_between_two_moments(run):
    lines = run(f"return beatLines([{json.dumps(grid())}], 1.9, 3.1);")
    assert [(one["atS"], one["bar"], one["beat"]) for one in lines] == [(2, 2, 1), (2.5, 2, 2), (3, 2, 3)]


def test_a_bar_of_six_eighths_has_two_beats(run):
    lines = run(f"return beatLines([{json.dumps(grid(quarters=3, beat_quarters=1.5))}], 0, 1.6);")
    assert [(one["atS"], one["bar"], one["beat"]) for one in lines] == [(0, 1, 1), (0.75, 1, 2), (1.5, 2, 1)]


def test_past_bars_keep_their_tempo(run):
    grids = [grid(), grid(since_s=2.0, bar=2, quarter_s=1.0)]
    lines = run(f"return beatLines({json.dumps(grids)}, 0, 7);")
    assert [one["atS"] for one in lines] == [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7]
    assert [one["bar"] for one in lines if one["beat"] == 1] == [1, 2, 3]


def test_no_bar_is_counted_twice_where_a_slower_grid_took_over(run):
    grids = [grid(), grid(since_s=5.0, bar=3, quarter_s=1.0)]
    lines = run(f"return beatLines({json.dumps(grids)}, 0, 10);")
    assert [(one["atS"], one["bar"]) for one in lines if one["beat"] == 1] == [(0, 1), (2, 2), (5, 3), (9, 4)]


def test_a_tempo_of_nothing_draws_no_lines(run):
    assert run(f"return beatLines([{json.dumps(grid(quarter_s=0))}], 0, 7);") == []


def test_the_place_of_a_moment(run):
    found = run(f"return [1.9, 2.0, 4.6].map((atS) => placeAt([{json.dumps(grid())}], atS));")
    assert [(one["bar"], one["beat"]) for one in found] == [(1, 4), (2, 1), (3, 2)]


def test_before_the_first_bar_nothing_is_counted(run):
    assert run("return placeAt([], 3);") is None
