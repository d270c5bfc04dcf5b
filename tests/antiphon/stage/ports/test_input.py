"""One input: what is the player's, and what lets go of the keys."""

import pytest

from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.midi.messages import to_bytes
from antiphon.stage.ports.copies import CopyFilter, LateReleases
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.input import InputPort


def input_port(channel=None):
    return InputPort(channel, EchoFilter(), CopyFilter(), LateReleases())


def events(port_in, *data, at_s=0.0):
    return [event for _, found in port_in.feed(data, at_s) for event in found]


def test_all_notes_off_releases_the_keys_of_its_channel():
    for number in (120, 123, 126):
        port_in = input_port()
        events(port_in, 0x90, 60, 64, 64, 64, 0x91, 62, 64)
        assert events(port_in, 0xB0, number, 0) == [NoteOff(60), NoteOff(64)]
        assert events(port_in, 0xB0, number, 0) == []
        assert port_in.release() == [NoteOff(62, 1)]


def test_knobs_and_pedals_are_the_players_and_channel_modes_are_no_knobs():
    port_in = input_port()
    events(port_in, 0x90, 60, 64)
    assert events(port_in, 0xB3, 64, 127, 122, 0) == [ControlChange(64, 127, 3)]
    assert [message for message, _ in port_in.feed([0xB0, 64, 0], 0.0)] == [bytes([0xB0, 64, 0])]


def test_a_choice_of_sound_is_the_players_on_the_channel_listened_to():
    assert events(input_port(), 0xC3, 5) == [ProgramChange(5, 3)]
    assert events(input_port(0), 0xC3, 5, 0xC0, 6) == [ProgramChange(6, 0)]


def test_after_a_release_a_piece_of_a_message_is_forgotten():
    port_in = input_port()
    assert events(port_in, 0x90, 60) == []
    assert port_in.release() == []
    assert events(port_in, 64, 0x90, 61, 64) == [NoteOn(61, 64)]


def test_who_never_senses_never_lapses():
    port_in = input_port()
    events(port_in, 0x90, 60, 64)
    assert not port_in.lapsed(1000.0)
    events(port_in, 0xFE, at_s=1000.0)
    assert not port_in.lapsed(1000.3)
    events(port_in, 0xF8, at_s=1000.3)
    assert not port_in.lapsed(1000.6)
    assert port_in.lapsed(1000.7)


@pytest.mark.parametrize("number", [120, 121, 123, 127])
def test_a_controller_reset_or_all_off_lifts_the_pedal_of_its_channel(number):
    port = input_port()
    events(port, 0xB0, 64, 127, 0xB1, 64, 127)
    assert events(port, 0xB0, number, 0) == [ControlChange(64, 0, 0)]
    assert events(port, 0xB0, number, 0) == []
    assert port.release() == [ControlChange(64, 0, 1)]


def test_a_reset_of_controllers_leaves_the_keys_down():
    port = input_port()
    events(port, 0x90, 60, 64)
    assert events(port, 0xB0, 121, 0) == []
    assert port.release() == [NoteOff(60)]


def test_a_pedal_that_was_lifted_is_not_lifted_again():
    port = input_port()
    events(port, 0xB0, 64, 127, 64, 63)
    assert events(port, 0xB0, 121, 0, 120, 0, 0xFF) == []


def test_a_system_reset_lets_go_of_keys_and_pedals_and_passes_that_on_as_channel_messages():
    port = input_port()
    events(port, 0xB2, 64, 127, 0x90, 60, 64, 0x91, 62, 64)
    expected = [NoteOff(60), NoteOff(62, 1), ControlChange(64, 0, 2)]
    assert list(port.feed([0xFF], 0.0)) == [(to_bytes(up), [up]) for up in expected]
    assert port.release() == []


def test_a_release_that_comes_after_the_note_was_struck_again_is_passed_on_but_ends_nothing():
    port = input_port()
    events(port, 0x90, 60, 64)
    events(port, 0x90, 60, 70, at_s=0.5)
    assert list(port.feed([0x80, 60, 0], 0.51)) == [(bytes([0x80, 60, 0]), [])]
    assert port.release() == [NoteOff(60)]


def test_a_copied_button_is_one_press_and_is_passed_on_as_it_came():
    port = input_port()
    press = [0xB0, 20, 127]
    assert events(port, *press) == [ControlChange(20, 127)]
    assert list(port.feed(press, 0.01)) == [(bytes(press), [])]
    assert events(port, 0xB0, 20, 0, at_s=0.1) == [ControlChange(20, 0)]
    assert events(port, *press, at_s=0.2) == [ControlChange(20, 127)]


@pytest.mark.parametrize("reset", [[0xB0, 123, 0], [0xFF]])
def test_after_a_reset_a_short_note_is_ended(reset):
    port_in = input_port()
    events(port_in, 0x90, 60, 64, *reset)
    assert events(port_in, 0x90, 60, 64, at_s=1.0) == [NoteOn(60, 64)]
    assert events(port_in, 0x80, 60, 0, at_s=1.02) == [NoteOff(60)]


def test_a_key_struck_again_is_released_with_its_input_though_a_late_note_off_came():
    port_in = input_port()
    events(port_in, 0x90, 60, 64)
    assert events(port_in, 0x90, 60, 64, at_s=0.5) == [NoteOff(60), NoteOn(60, 64)]
    assert events(port_in, 0x80, 60, 0, at_s=0.51) == []
    assert port_in.release() == [NoteOff(60)]
