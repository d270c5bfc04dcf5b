"""Ports: what bytes mean, the loopback, and the system's port against a fake of the library."""

import subprocess
import sys
from contextlib import closing

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import Failure
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.stage.clock import VirtualClock
from antiphon.stage.ports import Held, Loopback, RtMidiPort, from_bytes, to_event, to_message

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


@given(st.binary(max_size=8) | st.lists(st.integers(-1000, 1000), max_size=4))
def test_no_bytes_raise_and_only_their_own_note_comes_out(data):
    event = from_bytes(data)
    if event is not None:
        assert (data[0] & 0x0F, data[1]) == (event.channel, event.pitch)


@given(EVENTS)
def test_an_event_survives_the_wire(event):
    assert to_event(to_message(event)) == event
    assert from_bytes(to_message(event).bytes()) == event


@pytest.mark.parametrize(
    "message",
    [
        mido.Message("note_on", note=200, velocity=64, skip_checks=True),
        mido.Message("note_off", note=-1, skip_checks=True),
        mido.Message("control_change", control=64),
        mido.Message("sysex", data=[1, 2, 3]),
        mido.Message("clock"),
        mido.Message("pitchwheel", pitch=-8192),
        mido.MetaMessage("set_tempo", tempo=500000),
        mido.UnknownMetaMessage(0x60, data=[1]),
    ],
    ids=lambda message: message.type,
)
def test_a_message_that_is_no_note_is_nothing(message):
    assert to_event(message) is None


def test_a_mido_note_on_of_velocity_0_is_a_note_off():
    assert to_event(mido.Message("note_on", note=60, velocity=0, channel=5)) == NoteOff(60, 5)


@given(st.lists(EVENTS))
def test_sending_what_is_owed_leaves_nothing_owed(events):
    held, sounding = Held(), set()
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
        port.send(NoteOn(60, 80, 2))
        port.send(NoteOn(64))
        port.send(NoteOff(64))
        clock.wait_until_s(4.0)
    port.close()
    assert port.sent[0] == Timed(3.0, NoteOn(60, 80, 2))
    assert port.sent[3:] == [Timed(4.0, NoteOff(60, 2))]


class FakeDevice:
    """One direction of the fake library; writes down what is done to it."""

    def __init__(self, library, name):
        self.library, self.name = library, name
        self.queue, self.sent, self.opened, self.deleted = [], [], None, False

    def get_ports(self):
        return self.library.ports

    def open_virtual_port(self, name):
        self.opened = name
        return self

    def open_port(self, number):
        self.opened = number

    def set_port_name(self, name):
        self.opened = f"renamed {name}"

    def get_message(self):
        return (self.queue.pop(0), 0.0) if self.queue else None

    def send_message(self, message):
        assert not self.deleted
        self.sent.append(message)

    def delete(self):
        self.deleted = True


class FakeRtMidi:
    """As much of python-rtmidi as is used: an API that is dead, and others that answer."""

    API_LINUX_ALSA, API_UNIX_JACK, API_WINDOWS_MM = 2, 3, 4

    class RtMidiError(Exception):
        pass

    def __init__(self, apis, dead=(), ports=()):
        self.apis, self.dead, self.ports = apis, dead, list(ports)
        self.ins, self.outs = [], []

    def get_compiled_api(self):
        return self.apis

    def get_api_name(self, api):
        return {2: "alsa", 3: "jack", 4: "winmm"}[api]

    get_api_display_name = get_api_name

    def _device(self, made, api, name):
        if api in self.dead:
            raise self.RtMidiError("no server")
        made.append(FakeDevice(self, name))
        return made[-1]

    def MidiIn(self, api, name, queue_size_limit):  # noqa: N802
        assert queue_size_limit > 1024
        return self._device(self.ins, api, name)

    def MidiOut(self, api, name):  # noqa: N802
        return self._device(self.outs, api, name)


def test_the_first_system_that_answers_is_taken():
    library = FakeRtMidi([2, 3], dead=[2])
    assert RtMidiPort(VirtualClock(), backend=library).api == "jack"
    assert RtMidiPort(VirtualClock(), backend=FakeRtMidi([2, 3])).api == "alsa"


def test_on_jack_both_ports_carry_the_same_name_and_a_taken_one_is_left_alone():
    library = FakeRtMidi([3], ports=["antiphon:in", "synth:in"])
    RtMidiPort(VirtualClock(), backend=library)
    assert [device.name for device in library.ins] == ["antiphon-2"]
    assert library.outs[-1].name == "antiphon-2:out"
    assert library.outs[-1].opened == "renamed out"


def test_on_windows_ports_made_by_the_player_are_used():
    library = FakeRtMidi([4], ports=["synth 0", "antiphon:in 1", "antiphon:out 2"])
    RtMidiPort(VirtualClock(), backend=library)
    assert (library.ins[0].opened, library.outs[0].opened) == (1, 2)
    with pytest.raises(Failure, match="antiphon:in with loopMIDI"):
        RtMidiPort(VirtualClock(), backend=FakeRtMidi([4]))


def test_what_arrives_is_stamped_by_our_clock_and_the_rest_is_dropped():
    library, clock = FakeRtMidi([2]), VirtualClock(7.0)
    port = RtMidiPort(clock, backend=library)
    library.ins[0].queue = [[0x90, 60, 64], [0xF8], [0x90, 200, 64], [0x90, 60, 0]]
    assert port.receive() == [Timed(7.0, NoteOn(60, 64)), Timed(7.0, NoteOff(60))]
    assert port.receive() == []


def test_closing_sends_the_note_offs_that_are_owed_before_the_port_goes():
    library = FakeRtMidi([2])
    with closing(RtMidiPort(VirtualClock(), backend=library)) as port:
        port.send(NoteOn(60, 80, 1))
    port.close()
    assert library.outs[0].sent == [[0x91, 60, 80], [0x81, 60, 64]]
    assert library.ins[0].deleted
    assert library.outs[0].deleted
    assert port.receive() == []
    with pytest.raises(Failure, match="closed"):
        port.send(NoteOn(60))


def test_no_midi_system_is_told_with_what_to_do():
    with pytest.raises(Failure, match=r"no MIDI system answers .*no server.*; "):
        RtMidiPort(VirtualClock(), backend=FakeRtMidi([2, 3], dead=[2, 3]))
    with pytest.raises(Failure, match='one of auto, alsa, jack, got "core"'):
        RtMidiPort(VirtualClock(), api="core", backend=FakeRtMidi([2, 3]))


def test_the_library_is_wanted_only_when_a_port_is_opened():
    script = (
        "import sys; sys.modules['rtmidi'] = None\n"
        "from antiphon.errors import Failure\n"
        "from antiphon.stage.clock import VirtualClock\n"
        "from antiphon.stage.ports import Loopback, RtMidiPort\n"
        "Loopback(VirtualClock()).receive()\n"
        "try: RtMidiPort(VirtualClock())\n"
        "except Failure as failure: print(failure.message)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("python-rtmidi cannot be loaded")
