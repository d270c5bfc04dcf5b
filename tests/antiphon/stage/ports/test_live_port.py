"""The system's port against a fake of the library: what is opened, what passes, what is owed."""

import subprocess
import sys
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.errors import Failure
from antiphon.events import Clocked, ClockSignal, NoteOff, NoteOn, Timed, Turned
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.bindings import how_to_install
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.rtmidi import GRAIN_S
from antiphon.stage.ports.wiring import Wiring
from fake_jack import FakeJack
from fake_rtmidi import FakeRtMidi

KEYS, SYNTH = "nanoKEY2:nanoKEY2 MIDI 1", "Synth:in"


def port_on(library, clock=None, **wiring):
    return MidiPort(clock or VirtualClock(), Wiring(**wiring), backend=library)


def test_the_first_system_that_answers_is_taken():
    assert port_on(FakeRtMidi([2, 5], dead=[2])).api == "coremidi"
    assert port_on(FakeRtMidi([2, 5])).api == "alsa"
    assert port_on(FakeRtMidi([2, 5]), api="coremidi").api == "coremidi"


def test_jack_is_never_reached_through_a_binding():
    with pytest.raises(Failure, match='MIDI system must be one of auto, alsa, got "jack"'):
        port_on(FakeRtMidi([2, 3]), api="jack")
    port = MidiPort(VirtualClock(), Wiring(api="jack"), backend=FakeRtMidi([2, 3]), start_jack=FakeJack())
    assert port.api == "jack"


def test_ports_there_are_take_the_place_of_virtual_ones():
    library = FakeRtMidi([2], sources=[f"{KEYS} 24:0", "Pad 28:0"], sinks=["Other 30:0", f"{SYNTH} 128:0"])
    port = port_on(library, inputs=("pad", "nano*"), output="Synth:in")
    assert [device.tied for device in library.alive] == ["Pad 28:0", f"{KEYS} 24:0", f"{SYNTH} 128:0"]
    assert (port.inputs, port.output) == (("Pad", KEYS), SYNTH)


def test_an_answer_never_goes_to_our_own_input():
    library = FakeRtMidi([2], sinks=["antiphon:in 128:0", "antiphon synth 129:0"])
    assert port_on(library, output="antiphon").output == "antiphon synth"


@pytest.mark.parametrize(
    ("wiring", "line"),
    [
        (
            {"inputs": ("nanokay",)},
            'no MIDI input fits "nanokay", did you mean nanoKEY? (there are: nanoKEY)',
        ),
        ({"output": "zzz"}, 'no MIDI output fits "zzz" (there are: synth a, synth b)'),
        ({"output": "synth"}, 'MIDI output must be one port; "synth" fits 2: synth a, synth b'),
    ],
)
def test_a_name_that_fits_not_is_told_and_leaves_no_client(wiring, line):
    library = FakeRtMidi([5], sources=["nanoKEY"], sinks=["synth a", "synth b"])
    with pytest.raises(Failure) as failure:
        port_on(library, **wiring)
    assert failure.value.message == line
    assert library.alive == []


def test_on_windows_ports_made_by_the_player_are_used():
    library = FakeRtMidi([4], sources=["synth 0", "antiphon:in 1"], sinks=["antiphon:out 2"])
    port_on(library)
    assert [device.tied for device in library.alive] == ["antiphon:in 1", "antiphon:out 2"]
    with pytest.raises(Failure, match=r"Windows has no virtual ports: make antiphon:in with loopMIDI"):
        port_on(FakeRtMidi([4]))


def test_what_arrives_is_stamped_by_our_clock_and_the_rest_is_dropped():
    library, clock = FakeRtMidi([2]), VirtualClock(7.0)
    port = port_on(library, clock)
    library.ins[0].queue = [[0x90, 60, 64], [0xF8], [0x90, 60, 200], [0x90, 60, 0]]
    assert port.receive() == [Timed(7.0, NoteOn(60, 64)), Timed(7.0, NoteOff(60))]
    assert port.receive() == []
    assert library.ins[0].ignored == {"sysex": True, "timing": True, "active_sense": False}


def test_on_jack_it_is_waited_for_input_but_not_beyond_what_came_and_is_still_to_come():
    jack, clock = FakeJack(), VirtualClock(1.0)
    port = MidiPort(clock, Wiring(api="jack"), start_jack=jack)
    assert port.wait_for_input(1.01)
    jack.play("in", 1.002, 0x90, 60, 80)
    assert port.receive() == []
    assert port.wait_for_input(1.01)
    assert jack.waited == pytest.approx([0.01, 0.002])
    port.close()
    assert not port.wait_for_input(2.0)


def test_where_the_system_does_not_tell_of_input_it_is_not_waited_for():
    port = port_on(FakeRtMidi())
    assert not port.wait_for_input(1e9)


def test_only_the_channel_asked_for_is_heard():
    library = FakeRtMidi([2])
    port = port_on(library, input_channel=3)
    library.ins[0].queue = [[0x90, 60, 64], [0x93, 61, 64]]
    assert [timed.event for timed in port.receive()] == [NoteOn(61, 64, 3)]


def test_thru_passes_whole_messages_and_owes_their_note_offs():
    library = FakeRtMidi([2])
    port = port_on(library, thru=True)
    library.ins[0].queue = [[0x91, 60, 64], [0xB1, 64, 127], [0xF0, 1, 0xF7], [0xE1, 0, 64]]
    port.receive()
    port.close()
    assert library.outs[0].sent == [[0x91, 60, 64], [0xB1, 64, 127], [0xE1, 0, 64], [0x81, 60, 64]]


def test_what_we_sent_is_not_heard_when_it_comes_back():
    library, clock = FakeRtMidi([2]), VirtualClock()
    port = port_on(library, clock)
    port.send(NoteOn(60, 80), 0.0)
    clock.wait_until_s(0.02)
    library.ins[0].queue = [[0x90, 60, 80], [0x90, 60, 81]]
    assert [timed.event for timed in port.receive()] == [NoteOn(60, 81)]


def test_closing_sends_the_note_offs_that_are_owed_before_the_port_goes():
    library = FakeRtMidi([2])
    with closing(port_on(library)) as port:
        port.send(NoteOn(60, 80, 1), 0.0)
    port.close()
    assert library.outs[0].sent == [[0x91, 60, 80], [0x81, 60, 64]]
    assert library.alive == []
    assert port.receive() == []
    with pytest.raises(Failure, match="closed"):
        port.send(NoteOn(60), 0.0)


def test_a_cable_pulled_from_a_virtual_port_is_known_by_the_end_of_active_sensing():
    library, clock = FakeRtMidi([2]), VirtualClock()
    port = port_on(library, clock)
    library.ins[0].queue = [[0xFE], [0x90, 60, 64]]
    assert [timed.event for timed in port.receive()] == [NoteOn(60, 64)]
    for _ in range(5):
        clock.wait_until_s(clock.now_s() + 0.3)
        library.ins[0].queue = [[0xFE]]
        assert port.receive() == []
    clock.wait_until_s(clock.now_s() + 0.34)
    assert [timed.event for timed in port.receive()] == [NoteOff(60)]
    clock.wait_until_s(clock.now_s() + 5.0)
    assert port.receive() == []


@given(st.lists(st.lists(st.integers(-5, 300), max_size=12)), st.sampled_from([None, 0, 7]))
def test_whatever_arrives_nothing_raises_and_only_valid_bytes_leave(messages, channel):
    library = FakeRtMidi([2])
    port = port_on(library, thru=True, input_channel=channel)
    library.ins[0].queue = [list(message) for message in messages]
    received = port.receive()
    port.close()
    said = [what.change if isinstance(what, Turned) else what.event for what in received]
    assert all(channel in (None, each.channel) for each in said)
    for status, *data in library.outs[0].sent:
        assert 0x80 <= status < 0xF0
        assert all(0 <= byte < 0x80 for byte in data)
    ons = sum(isinstance(each, NoteOn) for each in said)
    assert sum(m[0] & 0xF0 == 0x90 and m[2] > 0 for m in library.outs[0].sent) == ons


def test_no_midi_system_is_told_with_what_to_do():
    with pytest.raises(Failure, match=r"no MIDI system answers .*no server.*; "):
        port_on(FakeRtMidi([2, 5], dead=[2, 5]))
    with pytest.raises(Failure, match='one of auto, alsa, got "coremidi"'):
        port_on(FakeRtMidi([2]), api="coremidi")


def test_where_no_binding_is_installed_the_command_that_installs_one_is_told():
    script = (
        "import sys; sys.modules |= {'rtmidi': None, 'supriya_midi': None, 'jack': None}\n"
        "from antiphon.errors import Failure\n"
        "from antiphon.stage.machine.clock import VirtualClock\n"
        "from antiphon.stage.ports.live_port import MidiPort\n"
        "try: MidiPort(VirtualClock())\n"
        "except Failure as failure: print(failure.message)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("no MIDI system answers (")
    assert "no MIDI library can be loaded" in done.stdout
    assert how_to_install() in done.stdout


def test_a_message_that_came_some_time_since_the_last_look_is_told_so():
    library, clock = FakeRtMidi([2]), VirtualClock(7.0)
    port = port_on(library, clock, clock_input="")
    library.ins[1].queue = [[0xF8]]
    assert port.receive() == [Clocked(7.0, ClockSignal("pulse"), GRAIN_S)]


def click(port, at_s):
    port.send_click(NoteOn(76, 110, 9), at_s)
    port.send_click(NoteOff(76, 9), at_s)


def test_clicks_go_to_the_output_or_to_a_port_of_their_own():
    library = FakeRtMidi([2])
    click(port_on(library), 0.0)
    assert library.outs[0].sent == [[0x99, 76, 110], [0x89, 76, 64]]
    library = FakeRtMidi([2], sinks=["drums 30:0"])
    click(port_on(library, click_output=""), 0.0)
    assert [(device.opened, len(device.sent)) for device in library.outs] == [("out", 0), ("click", 2)]
    library = FakeRtMidi([2], sinks=["drums 30:0"])
    click(port_on(library, click_output="drums"), 0.0)
    assert [(device.tied, len(device.sent)) for device in library.outs] == [(None, 0), ("drums 30:0", 2)]


def test_a_click_that_sounds_is_ended_when_the_port_closes():
    library = FakeRtMidi([2])
    port = port_on(library, click_output="")
    port.send_click(NoteOn(76, 110, 9), 0.0)
    port.close()
    assert library.outs[1].sent[-1] == [0x89, 76, 64]


def test_a_click_that_another_process_left_sounding_is_ended_first():
    library, clock = FakeRtMidi([2], sinks=["drums 30:0"]), VirtualClock()
    left = (NoteOff(76, 9), NoteOff(77, 9))
    port = MidiPort(clock, Wiring(click_output="drums"), backend=library, clicks=left)
    clock.wait_until_s(0.2)
    port.attend(None)
    click(port, 0.2)
    assert [message[:2] for message in library.outs[1].sent] == [
        [0x89, 76],
        [0x89, 77],
        [0x99, 76],
        [0x89, 76],
    ]


def test_clicks_that_come_back_are_not_the_players():
    library = FakeRtMidi([2])
    port = port_on(library, click_output="")
    port.send_click(NoteOn(76, 110, 9), 0.0)
    library.ins[0].queue.append([0x99, 76, 110])
    assert port.receive() == []


def test_a_port_for_clicks_that_went_and_came_back_is_used_again():
    library, clock = FakeRtMidi([2], sinks=["drums 30:0"]), VirtualClock()
    port = port_on(library, clock, click_output="drums")
    port.send_click(NoteOn(76, 110, 9), 0.0)
    library.sinks.clear()
    for at_s in (2.0, 4.0):
        clock.wait_until_s(at_s)
        port.attend(None)
    click(port, 4.0)
    assert library.outs[1].sent == [[0x99, 76, 110]]
    library.sinks.append("drums 30:0")
    for at_s in (6.0, 8.0, 8.2):
        clock.wait_until_s(at_s)
        port.attend(None)
    assert library.outs[1].sent[-1] == [0x89, 76, 64]
