"""One input: what is the player's, and what lets go of the keys."""

from antiphon.events import ControlChange, NoteOff, NoteOn, ProgramChange
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.input import InputPort


def events(intake, *data, at_s=0.0):
    return [event for _, found in intake.feed(data, at_s) for event in found]


def test_all_notes_off_releases_the_keys_of_its_channel():
    for number in (120, 123, 126):
        intake = InputPort(None, EchoFilter())
        events(intake, 0x90, 60, 64, 64, 64, 0x91, 62, 64)
        assert events(intake, 0xB0, number, 0) == [NoteOff(60), NoteOff(64)]
        assert events(intake, 0xB0, number, 0) == []
        assert intake.release() == [NoteOff(62, 1)]


def test_knobs_and_pedals_are_the_players_and_channel_modes_are_no_knobs():
    intake = InputPort(None, EchoFilter())
    events(intake, 0x90, 60, 64)
    assert events(intake, 0xB3, 64, 127, 121, 0, 122, 0) == [ControlChange(64, 127, 3)]
    assert [message for message, _ in intake.feed([0xB0, 64, 0], 0.0)] == [bytes([0xB0, 64, 0])]


def test_a_choice_of_sound_is_the_players_on_the_channel_listened_to():
    assert events(InputPort(None, EchoFilter()), 0xC3, 5) == [ProgramChange(5, 3)]
    assert events(InputPort(0, EchoFilter()), 0xC3, 5, 0xC0, 6) == [ProgramChange(6, 0)]


def test_after_a_release_a_piece_of_a_message_is_forgotten():
    intake = InputPort(None, EchoFilter())
    assert events(intake, 0x90, 60) == []
    assert intake.release() == []
    assert events(intake, 64, 0x90, 61, 64) == [NoteOn(61, 64)]


def test_who_never_senses_never_lapses():
    intake = InputPort(None, EchoFilter())
    events(intake, 0x90, 60, 64)
    assert not intake.lapsed(1000.0)
    events(intake, 0xFE, at_s=1000.0)
    assert not intake.lapsed(1000.3)
    events(intake, 0xF8, at_s=1000.3)
    assert not intake.lapsed(1000.6)
    assert intake.lapsed(1000.7)
