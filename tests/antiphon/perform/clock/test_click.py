"""Clicks on the beats of given bars, in virtual time."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import NoteOff, NoteOn
from antiphon.perform.clock.click import Click, Clicked
from antiphon.perform.settings import ClickSettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid, Meter

SETTINGS = ClickSettings("always", channel=10)


def bars(meter="4/4", bpm=120.0, origin_s=0.0, until_steps=math.inf):
    return Clicked(Transport(Grid(bpm, origin_s), Meter.parse(meter)), until_steps)


def clicks(events):
    return [(round(t.at_s, 4), t.event.pitch) for t in events if isinstance(t.event, NoteOn)]


def upto(made, until_s):
    """What is due, asked for at each of its moments."""
    events = []
    while (next_s := made.next_s) is not None and next_s <= until_s:
        events += made.due(next_s)
    return events


def clicking(given_bars, now_s=0.0, settings=SETTINGS):
    made = Click()
    made.follow(settings, given_bars, now_s)
    return made


def test_the_downbeat_and_the_beats_have_their_notes_and_each_is_ended():
    events = upto(clicking(bars()), 2.2)
    assert clicks(events) == [(0.0, 76), (0.5, 77), (1.0, 77), (1.5, 77), (2.0, 76)]
    first, off = events[:2]
    assert first.event == NoteOn(76, 110, 9)
    assert (round(off.at_s, 4), off.event) == (0.05, NoteOff(76, 9))
    assert events[2].event == NoteOn(77, 80, 9)


@pytest.mark.parametrize(
    ("meter", "expected"),
    [
        ("3/4", [(0.0, 76), (0.5, 77), (1.0, 77), (1.5, 76), (2.0, 77)]),
        ("6/8", [(0.0, 76), (0.75, 77), (1.5, 76)]),
        ("7/8", [(0.25 * n, 76 if n % 7 == 0 else 77) for n in range(9)]),
    ],
)
def test_a_beat_is_that_of_the_meter(meter, expected):
    assert clicks(upto(clicking(bars(meter)), 2.2)) == expected


def test_it_begins_with_the_beat_to_come_and_ends_before_a_step():
    made = clicking(bars(until_steps=16), now_s=0.6)
    assert made.next_s == 1.0
    assert clicks(upto(made, 9.0)) == [(1.0, 77), (1.5, 77)]
    assert made.next_s is None


def test_bars_that_move_bring_no_beat_twice():
    made = clicking(bars())
    assert clicks(upto(made, 1.0)) == [(0.0, 76), (0.5, 77), (1.0, 77)]
    made.follow(SETTINGS, bars(origin_s=0.02), 1.0)
    assert clicks(upto(made, 1.55)) == [(1.52, 77)]
    made.follow(SETTINGS, bars(bpm=60.0, origin_s=-2.0), 1.6)
    assert clicks(upto(made, 2.05)) == [(2.0, 76)]


def test_clicks_that_are_long_past_are_left_out():
    made = clicking(bars())
    made.due(0.0)
    events = made.due(100.01)
    assert clicks(events) == [(100.0, 76)]
    assert events[0].event == NoteOff(76, 9)  # that of the first is not


def test_silence_ends_the_click_that_sounds():
    made = clicking(bars())
    made.due(0.01)
    (off,) = made.silence(0.02)
    assert (off.at_s, off.event) == (0.02, NoteOff(76, 9))
    assert made.next_s is None
    assert made.silence(0.03) == []


@given(
    st.lists(
        st.tuples(
            st.floats(0, 2),
            st.one_of(
                st.none(),
                st.builds(
                    bars,
                    st.sampled_from(["4/4", "3/4", "6/8", "5/16", "1/32"]),
                    st.floats(20, 300),
                    st.floats(-5, 5),
                    st.sampled_from([math.inf, 16.0]),
                ),
            ),
            st.integers(0, 127),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_every_click_is_ended_before_the_next_and_moments_go_forward(changes):
    made, now_s, events = Click(), 0.0, []
    for wait_s, given_bars, note, silent in changes:
        now_s += wait_s
        events += made.due(now_s)
        if silent:
            events += made.silence(now_s)
        made.follow(ClickSettings("always", beat_note=note), given_bars, now_s)
    events += [*made.due(now_s), *made.silence(now_s)]
    assert [t.at_s for t in events] == sorted(t.at_s for t in events)
    for on, off in zip(events[::2], events[1::2], strict=True):
        assert isinstance(on.event, NoteOn)
        assert off.event == NoteOff(on.event.pitch, on.event.channel)
