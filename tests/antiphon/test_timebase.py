import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon import timebase
from antiphon.timebase import Grid, Meter


@pytest.mark.parametrize(
    ("bpm", "steps", "seconds"),
    [(120, 0, 0.0), (120, 4, 0.5), (120, 1, 0.125), (60, 16, 4.0), (90, 6, 1.0), (240, 0.5, 0.03125)],
)
def test_steps_and_seconds(bpm, steps, seconds):
    grid = Grid(bpm, origin_s=10.0)
    assert grid.time_s(steps) == pytest.approx(10.0 + seconds)
    assert grid.steps_at(10.0 + seconds) == pytest.approx(steps)


@pytest.mark.parametrize(
    ("meter", "steps"), [("4/4", 16), ("3/4", 12), ("6/8", 12), ("2/2", 16), ("5/8", 10)]
)
def test_steps_in_a_bar(meter, steps):
    assert Grid(120).steps_per_bar(Meter.parse(meter)) == steps


def test_ticks():
    assert timebase.steps_to_ticks(4) == 480
    assert timebase.seconds_to_ticks(0.5, 120) == 480
    assert timebase.bpm_of(480, 0.5) == 120


@pytest.mark.parametrize("text", ["", "4", "3x4", "0/4", "3/5", "65/4", "a/b", "3/"])
def test_a_meter_that_is_none(text):
    assert not timebase.is_meter(text)
    with pytest.raises(ValueError, match=r"must|got"):
        Meter.parse(text)


@given(st.integers(1, 64), st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_a_meter_reads_as_it_is_written(numerator, denominator):
    meter = Meter(numerator, denominator)
    assert Meter.parse(str(meter)) == meter


@pytest.mark.parametrize("bpm", [19.9, 300.1, 0, -1])
def test_a_tempo_nobody_plays(bpm):
    with pytest.raises(ValueError, match="tempo must be 20–300 bpm"):
        Grid(bpm)


@given(st.floats(20, 300), st.floats(-1e3, 1e3), st.floats(-1e4, 1e4))
def test_there_and_back(bpm, origin_s, steps):
    grid = Grid(bpm, origin_s)
    assert grid.steps_at(grid.time_s(steps)) == pytest.approx(steps, abs=1e-6)


@pytest.mark.parametrize(
    ("meter", "quarters"), [("4/4", 1), ("2/2", 2), ("6/8", 1.5), ("3/8", 0.5), ("12/8", 1.5), ("6/4", 1)]
)
def test_a_beat_is_what_a_foot_taps(meter, quarters):
    assert Meter.parse(meter).quarters_per_beat == quarters
