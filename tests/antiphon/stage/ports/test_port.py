"""Ports: what bytes mean, and the loopback."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange, Timed
from antiphon.midi.messages import HeldNotes, change_from_bytes, from_bytes, to_bytes
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.port import Loopback

EVENTS = st.one_of(
    st.builds(NoteOn, st.integers(0, 127), st.integers(1, 127), st.integers(0, 15)),
    st.builds(NoteOff, st.integers(0, 127), st.integers(0, 15)),
)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ([0x90, 60, 64], NoteOn(60, 64, 0)),
        ([0x9F, 127, 127], NoteOn(127, 127, 15)),
        ([0x93, 60, 0], NoteOff(60, 3)),
        ([0x82, 0, 40], NoteOff(0, 2)),
        ([0x90, 128, 64], None),
        ([0x90, 60, 200], None),
        ([0x90, 60], None),
        ([0x90, 60, 64, 61], None),
        ([0xB0, 123, 0], None),
        ([0xF8], None),
        ([60, 64, 0], None),
        ([], None),
    ],
)
def test_bytes_are_a_note_or_nothing(message, event):
    assert from_bytes(message) == event


@pytest.mark.parametrize(
    ("message", "change"),
    [
        ([0xB2, 64, 127], ControlChange(64, 127, 2)),
        ([0xB0, 119, 0], ControlChange(119, 0)),
        ([0xB0, 120, 0], None),
        ([0xC3, 127], ProgramChange(127, 3)),
        ([0xC0, 128], None),
        ([0xC0, 1, 1], None),
        ([0xB0, 1], None),
        ([0x90, 60, 64], None),
        ([], None),
    ],
)
def test_bytes_are_a_change_or_nothing(message, change):
    assert change_from_bytes(message) == change
    if change is not None:
        assert list(to_bytes(change)) == message


@given(st.binary(max_size=8) | st.lists(st.integers(-1000, 1000), max_size=4))
def test_no_bytes_raise_and_only_their_own_note_comes_out(data):
    event = from_bytes(data)
    if event is not None:
        assert (data[0] & 0x0F, data[1]) == (event.channel, event.pitch)


@given(EVENTS)
def test_an_event_survives_the_wire(event):
    assert from_bytes(to_bytes(event)) == event


@given(st.lists(EVENTS))
def test_sending_what_is_owed_leaves_nothing_owed(events):
    held, sounding = HeldNotes(), set()
    for event in events:
        held.follow(event)
        (sounding.add if isinstance(event, NoteOn) else sounding.discard)((event.channel, event.pitch))
    owed = held.owed()
    assert {(off.channel, off.pitch) for off in owed} == sounding
    for off in owed:
        held.follow(off)
    assert held.owed() == []


def test_the_loopback_gives_the_script_in_time_and_once():
    clock = VirtualClock()
    script = [Timed(1.0, NoteOff(60)), Timed(0.5, NoteOn(60)), Timed(2.0, NoteOn(62))]
    port = Loopback(clock, script)
    assert port.receive() == []
    clock.wait_until_s(1.0)
    assert port.receive() == [script[1], script[0]]
    assert port.receive() == []
    assert not port.exhausted
    clock.wait_until_s(9.0)
    assert port.receive() == [script[2]]
    assert port.exhausted


def test_the_loopback_keeps_what_is_sent_and_closes_what_is_held():
    clock = VirtualClock(3.0)
    with closing(Loopback(clock)) as port:
        port.send(NoteOn(60, 80, 2), 0.0)
        port.send(NoteOn(64), 0.0)
        port.send(NoteOff(64), 0.0)
        clock.wait_until_s(4.0)
    port.close()
    assert port.sent[0] == Timed(3.0, NoteOn(60, 80, 2))
    assert port.sent[3:] == [Timed(4.0, NoteOff(60, 2))]
