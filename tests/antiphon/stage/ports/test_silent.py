"""The port of a machine without a MIDI system: nothing comes, and it knows what sounds."""

import pytest

from antiphon.errors import Failure
from antiphon.events import ControlChange, NoteOff, NoteOn
from antiphon.midi.messages import HeldNotes
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.silent import SilentPort


@pytest.fixture
def held():
    return HeldNotes()


def port(held):
    return SilentPort(VirtualClock(), "antiphon", held)


def test_it_has_no_ports_and_hears_nothing(held):
    made = port(held)
    assert (made.inputs, made.output, made.api, made.client_name) == ((), "no output", "none", "antiphon")
    assert made.receive() == []


def test_what_sounds_is_known_to_whoever_comes_after_it(held):
    made = port(held)
    for event in (NoteOn(60, 80), NoteOn(64, 80), ControlChange(64, 127), NoteOff(60)):
        made.send(event, 0.0)
    assert held.owed() == [NoteOff(64)]


def test_what_an_earlier_process_left_sounding_is_over(held):
    held.follow(NoteOn(72, 80))
    port(held)
    assert held.owed() == []


def test_a_closed_one_sends_nothing(held):
    made = port(held)
    made.close()
    with pytest.raises(Failure, match="closed"):
        made.send(NoteOn(60, 80), 0.0)
    assert held.owed() == []
