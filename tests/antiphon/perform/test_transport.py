import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

TRANSPORT = Transport(Grid(120, origin_s=10.0), Meter(3, 4))


@pytest.mark.parametrize(
    ("after", "boundary", "start"),
    [(0, "bar", 0), (0.5, "now", 1), (0.5, "beat", 4), (0.5, "bar", 12), (12, "bar", 12), (13, "beat", 16)],
)
def test_the_next_place_to_start(after, boundary, start):
    assert TRANSPORT.next_start(after, boundary) == start


@pytest.mark.parametrize(
    ("meter", "beat_steps", "beat_s"), [("4/4", 4, 0.5), ("6/8", 6, 0.75), ("12/8", 6, 0.75), ("2/2", 8, 1.0)]
)
def test_a_beat_is_one_of_the_meter(meter, beat_steps, beat_s):
    transport = Transport(Grid(120), Meter.parse(meter))
    assert (transport.beat_steps, transport.beat_s) == (beat_steps, beat_s)
    assert transport.next_start(1, "beat") == beat_steps


@pytest.mark.parametrize(("start", "end", "steps"), [(0, 12, 12), (0, 13, 24), (5, 13, 24), (12, 14, 12)])
def test_whole_bars(start, end, steps):
    assert TRANSPORT.whole_bars(start, end) == steps


@pytest.mark.parametrize(("start", "end", "steps"), [(8, 24, 12), (6, 25, 24), (11, 12, 12)])
def test_a_pickup_belongs_to_the_bar_before(start, end, steps):
    """What begins in the second half of a bar is a pickup, and does not make the phrase longer."""
    assert TRANSPORT.whole_bars(start, end) == steps


@given(st.floats(0, 1e4), st.sampled_from(["now", "beat", "bar"]))
def test_a_start_is_never_in_the_past(after, boundary):
    start = TRANSPORT.next_start(after, boundary)
    assert start >= after - 1e-6
    assert start - after <= TRANSPORT.bar_steps
