"""Devices that are unplugged and return, against a fake of the library, in virtual time."""

import pytest

from antiphon.events import NoteOff, NoteOn
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.ports.wiring import Wiring
from fake_rtmidi import FakeRtMidi

KEYS, SYNTH = "nanoKEY2:nanoKEY2 MIDI 1", "Synth:in"


class Outputs:
    """A port tied to a keyboard and a synthesizer, both of which can be unplugged, in virtual time."""

    def __init__(self, api=2):
        self.keys = f"{KEYS} 24:0" if api == 2 else KEYS
        self.library = FakeRtMidi([api], sources=[self.keys], sinks=[SYNTH])
        self.clock, self.told = VirtualClock(), []
        wiring = Wiring(inputs=("nanoKEY2*",), output=SYNTH)
        self.port = MidiPort(self.clock, wiring, self.told.append, self.library)
        self.source, self.sink = self.library.alive

    def pass_time(self, seconds=0.5, next_send_s=None):
        """Milliseconds of the one loop; gives what was received."""
        received, until_s = [], self.clock.now_s() + seconds
        while self.clock.now_s() < until_s:
            self.clock.wait_until_s(self.clock.now_s() + 0.001)
            self.port.attend(next_send_s)
            received += self.port.receive()
        return received


def test_keys_down_on_a_keyboard_that_is_unplugged_are_released_within_a_second():
    stage = Outputs()
    stage.source.queue = [[0x90, 60, 64], [0x92, 64, 64], [0x90, 62, 64], [0x90, 62, 0]]
    stage.pass_time()
    stage.library.sources.clear()
    released = stage.pass_time(1.0)
    assert [timed.event for timed in released] == [NoteOff(60), NoteOff(64, 2)]
    assert released[0].at_s < 1.0
    assert stage.told == [PortChanged(KEYS, False)]


def test_a_keyboard_that_returns_under_another_number_is_heard_again():
    stage = Outputs()
    stage.library.sources.clear()
    stage.pass_time()
    stage.library.sources += ["Other 24:0", f"{KEYS} 28:0"]
    stage.pass_time()
    assert stage.source.tied == f"{KEYS} 28:0"
    assert stage.told == [PortChanged(KEYS, False), PortChanged(KEYS, True)]


def test_a_synthesizer_that_returns_is_released_of_what_it_held_and_of_nothing_else():
    stage = Outputs()
    stage.port.send(NoteOn(60), 0.0)
    stage.port.send(NoteOn(62), 0.0)
    stage.port.send(NoteOff(62), 0.0)
    stage.pass_time(1.1)
    stage.library.sinks.clear()
    stage.pass_time()
    stage.port.send(NoteOff(60), 0.0)
    stage.port.send(NoteOn(65), 0.0)
    before = list(stage.sink.sent)
    stage.library.sinks.append(SYNTH)
    stage.pass_time(1.0)
    assert stage.sink.sent[len(before) :] == [[0x80, 60, 64]]
    stage.port.close()
    assert len(stage.sink.sent) == len(before) + 1


def test_a_port_that_is_back_is_not_used_before_the_connection_stands():
    stage = Outputs()
    stage.port.send(NoteOn(60), 0.0)
    stage.library.sinks.clear()
    stage.pass_time()
    stage.library.sinks.append(SYNTH)
    while stage.told[-1] != PortChanged(SYNTH, True):
        stage.pass_time(0.001)
    stage.port.send(NoteOn(64), 0.0)
    stage.pass_time(0.08)
    assert stage.sink.sent == [[0x90, 60, 80]]
    stage.pass_time(0.04)
    stage.port.send(NoteOn(65), 0.0)
    assert stage.sink.sent[1:] == [[0x80, 60, 64], [0x90, 65, 80]]


def test_a_send_that_fails_is_a_port_that_went():
    stage = Outputs()
    stage.port.send(NoteOn(60), 0.0)
    stage.library.broken.add(SYNTH)
    stage.port.send(NoteOff(60), 0.0)
    stage.library.broken.clear()
    stage.pass_time(1.0)
    assert stage.sink.sent == [[0x90, 60, 80], [0x80, 60, 64]]


def test_a_port_that_is_not_ready_yet_is_tried_again():
    stage = Outputs()
    stage.library.sources.clear()
    stage.pass_time()
    stage.library.busy.add(stage.keys)
    stage.library.sources.append(stage.keys)
    stage.pass_time()
    assert stage.source.tied is None
    stage.library.busy.clear()
    stage.pass_time()
    assert stage.source.tied == stage.keys


@pytest.mark.parametrize("api", [2, 5])
def test_two_hundred_unpluggings_make_no_client(api):
    stage = Outputs(api)
    made = len(stage.library.made)
    for number in range(200):
        stage.library.sources.clear()
        stage.library.sinks.clear()
        stage.pass_time()
        stage.library.sources.append(f"{KEYS} {number}:0" if api == 2 else KEYS)
        stage.library.sinks.append(SYNTH)
        stage.pass_time()
        assert (stage.source.tied, stage.sink.tied) == (stage.library.sources[0], SYNTH)
    assert len(stage.told) == 800
    assert len(stage.library.made) == made
    stage.port.close()
    assert stage.library.alive == []


def test_a_note_off_sent_while_nobody_knew_that_the_synthesizer_was_gone_is_sent_again():
    stage = Outputs()
    stage.port.send(NoteOn(60), 0.0)
    stage.pass_time()
    stage.library.sinks.clear()
    stage.port.send(NoteOff(60), 0.0)
    stage.pass_time()
    before = list(stage.sink.sent)
    stage.library.sinks.append(SYNTH)
    stage.pass_time(1.0)
    assert stage.sink.sent[len(before) :] == [[0x80, 60, 64]]
