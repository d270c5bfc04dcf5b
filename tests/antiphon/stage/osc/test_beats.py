"""When the next beat is."""

from dataclasses import replace

import pytest

from antiphon.changes import changed
from antiphon.config import Config
from antiphon.stage.osc.beats import next_beat
from antiphon.stage.performance_state import PerformanceState
from antiphon.timebase import Grid


def playing(meter="4/4", bpm=120.0, **more):
    settings = changed(Config(), {"tempo.meter": meter})
    return PerformanceState(settings, "essen", Grid(bpm, 10.0), counting=True, **more)


def beats(state, after_s, count):
    found = []
    for _ in range(count):
        found.append(next_beat(state, after_s))
        after_s = found[-1].at_s
    return [(pytest.approx(one.at_s), one.bar, one.beat) for one in found]


def test_beats_follow_one_another_through_the_bars():
    assert beats(playing(), 11.2, 4) == [(11.5, 1, 4), (12.0, 2, 1), (12.5, 2, 2), (13.0, 2, 3)]


@pytest.mark.parametrize("meter", ["4/4", "3/4", "6/8", "2/2", "5/16", "1/4", "3/32"])
@pytest.mark.parametrize("bpm", [73.0, 120.0, 211.1])
def test_no_beat_is_left_out_or_comes_twice(meter, bpm):
    numerator = int(meter.split("/")[0])
    found = beats(playing(meter, bpm), 10.01, 50)
    places = [(bar - 1) * numerator + beat for _, bar, beat in found]
    assert places == list(range(places[0], places[0] + 50))


def test_before_the_first_bar_bars_are_counted_back():
    assert beats(playing(ahead_steps=4.0), 9.7, 2) == [(10.0, 0, 4), (10.5, 1, 1)]


def test_there_is_none_before_the_first_note_and_while_an_external_clock_stands():
    assert next_beat(replace(playing(), counting=False), 11.0) is None
    assert next_beat(replace(playing(), session="waiting"), 11.0) is None
