"""Ports of parts: what goes there, what is ended there, and what happens when one goes."""

import pytest

from antiphon.errors import Failure
from antiphon.events import NoteOff, NoteOn, ProgramChange
from antiphon.midi.messages import HeldNotes
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.ports.wiring import PartOutput, Wiring
from fake_rtmidi import FakeRtMidi


def port_on(library, **wiring):
    return MidiPort(VirtualClock(), Wiring(**wiring), backend=library)


BASS_ON, BASS_OFF = NoteOn(40, 80, 1), NoteOff(40, 1)
OWN_BASS = (PartOutput("bass", "", 1),)


def test_a_part_with_a_port_of_its_own_sounds_there_and_everything_else_on_the_output():
    library = FakeRtMidi([2], sinks=["Moog 30:0"])
    port = port_on(library, part_outputs=(*OWN_BASS, PartOutput("chords", "moog", 2)))
    for event in (NoteOn(60, 90, 0), BASS_ON, ProgramChange(32, 1), NoteOn(64, 70, 2), NoteOn(67, 70, 3)):
        port.send(event, 0.0)
    assert [(device.tied or device.opened, device.sent) for device in library.outs] == [
        ("out", [[0x90, 60, 90], [0x93, 67, 70]]),
        ("bass", [[0x91, 40, 80], [0xC1, 32]]),
        ("Moog 30:0", [[0x92, 64, 70]]),
    ]
    port.close()
    assert [device.sent[-1][:2] for device in library.outs] == [[0x83, 67], [0x81, 40], [0x82, 64]]


def test_what_another_process_left_sounding_on_a_parts_port_is_ended_there_first():
    library, clock = FakeRtMidi([2]), VirtualClock()

    def held_on(channel):
        left = HeldNotes()
        left.follow(NoteOn(40, 1, channel))
        return left

    port = MidiPort(clock, Wiring(part_outputs=OWN_BASS), backend=library, held_on=held_on)
    clock.wait_until_s(0.2)
    port.attend(None)
    port.send(BASS_ON, 0.2)
    assert [message[:2] for message in library.outs[1].sent] == [[0x81, 40], [0x91, 40]]


def test_a_parts_port_that_went_and_came_back_is_used_again():
    library, clock = FakeRtMidi([2], sinks=["Moog 30:0"]), VirtualClock()
    told = []
    port = MidiPort(
        clock, Wiring(part_outputs=(PartOutput("bass", "moog", 1),)), told.append, backend=library
    )
    port.send(BASS_ON, 0.0)
    library.sinks.clear()
    for at_s in (2.0, 4.0):
        clock.wait_until_s(at_s)
        port.attend(None)
    port.send(BASS_OFF, 4.0)
    assert library.outs[1].sent == [[0x91, 40, 80]]
    library.sinks.append("Moog 30:0")
    for at_s in (6.0, 8.0, 8.2):
        clock.wait_until_s(at_s)
        port.attend(None)
    assert library.outs[1].sent[-1][:2] == [0x81, 40]
    assert [change.present for change in told if isinstance(change, PortChanged)] == [False, True]


def test_a_name_that_fits_no_port_of_a_part_is_told():
    with pytest.raises(Failure, match='no MIDI output fits "zzz"'):
        port_on(FakeRtMidi([2]), part_outputs=(PartOutput("bass", "zzz", 1),))


def test_notes_of_a_part_that_come_back_are_not_the_players():
    library = FakeRtMidi([2])
    port = port_on(library, part_outputs=OWN_BASS)
    port.send(BASS_ON, 0.0)
    library.ins[0].queue.append([0x91, 40, 80])
    assert port.receive() == []


def test_a_keyboard_that_plays_all_parts_and_goes_in_mid_chord_is_silenced_when_it_comes_back():
    """What was held on it comes up at once; what sounds on it ends before anything else does."""
    library, clock = FakeRtMidi([2], sources=["Moog 30:0"], sinks=["Moog 30:0"]), VirtualClock()
    bass = (PartOutput("bass", "moog", 1),)
    wiring = Wiring(inputs=("moog",), output="moog", part_outputs=bass)
    port = MidiPort(clock, wiring, backend=library)
    library.ins[0].queue.append([0x90, 72, 80])
    assert [arrived.event for arrived in port.receive()] == [NoteOn(72, 80, 0)]
    ours = [NoteOn(60, 90, 0), NoteOn(64, 70, 2), NoteOn(57, 70, 3), BASS_ON]
    for event in ours:
        port.send(event, 0.0)
    for ports in (library.sources, library.sinks):
        ports.clear()
    for at_s in (2.0, 4.0):
        clock.wait_until_s(at_s)
        port.attend(None)
    assert [arrived.event for arrived in port.receive()] == [NoteOff(72, 0)]
    for event in ours:
        port.send(NoteOff(event.pitch, event.channel), 4.0)  # nobody hears these
    for ports in (library.sources, library.sinks):
        ports.append("Moog 30:0")
    before = [len(device.sent) for device in library.outs]
    for at_s in (6.0, 8.0, 8.2):
        clock.wait_until_s(at_s)
        port.attend(None)
    new = [device.sent[first:] for device, first in zip(library.outs, before, strict=True)]
    assert [[message[:2] for message in sent] for sent in new] == [
        [[0x80, 60], [0x82, 64], [0x83, 57]],
        [[0x81, 40]],
    ]
