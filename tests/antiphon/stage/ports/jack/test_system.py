"""The port on JACK, to the frame, against a fake of the process that is JACK's client."""

import pytest

from antiphon.errors import Failure
from antiphon.events import Clocked, ClockSignal, Lead, NoteOff, NoteOn, Timed
from antiphon.midi.messages import HeldNotes
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.jack.system import MARGIN_S, MOST_AHEAD_S
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.port import PortChanged
from antiphon.stage.ports.system import NoServerError
from antiphon.stage.ports.wiring import Wiring
from fake_jack import FakeJack
from fake_rtmidi import FakeRtMidi

KEYS, SYNTH = "nano:keys", "Synth:in"
NOTHING_ELSE = FakeRtMidi([])  # no MIDI system but JACK


def port_on(jack, clock=None, tell=lambda _: None, **wiring):
    clock = clock or VirtualClock(10.0)
    return MidiPort(clock, Wiring(**wiring), tell, NOTHING_ELSE, jack)


def test_the_ports_have_the_names_they_always_had():
    jack = FakeJack()
    port = port_on(jack)
    assert (port.api, port.inputs, port.output) == ("jack", ("antiphon-2:in",), "antiphon-2:out")
    assert jack.titles == ["in", "out"]
    assert jack.transport_bpm is None


def test_the_clock_has_ports_of_its_own_where_they_are_asked_for():
    jack = FakeJack(sources=["DAW:clock"])
    port_on(jack, clock_input="daw", clock_output="", transport_bpm=90.0)
    assert jack.titles == ["in", "clock", "out", "clock-out"]
    assert jack.connections == {("DAW:clock", "antiphon-2:clock")}
    assert jack.transport_bpm == 90.0


def test_what_is_sent_goes_with_its_moment():
    jack = FakeJack()
    port = port_on(jack, clock_output="")
    port.send(NoteOn(60, 80), 10.003)
    port.send_clock(ClockSignal("pulse"), 10.004)
    port.send(NoteOff(60), 9.0)
    assert jack.sent == [
        ("out", 10.003, [0x90, 60, 80]),
        ("clock-out", 10.004, [0xF8]),
        ("out", 10.0, [0x80, 60, 64]),
    ]


def test_it_asks_for_a_period_and_a_margin_as_long_as_an_answer_may_yield():
    jack = FakeJack()
    port = port_on(jack)
    assert port.ahead_s == pytest.approx(0.004 + MARGIN_S)
    jack.period_s = 0.5
    assert port.ahead_s == MOST_AHEAD_S


def test_what_arrives_has_the_moment_of_its_frame_and_comes_when_that_is_there():
    jack, clock = FakeJack(), VirtualClock(10.0)
    port = port_on(jack, clock, clock_input="")
    jack.play("in", 10.002, 0x90, 60, 64)
    jack.play("in", 9.999, 0x80, 62, 64)
    jack.play("clock", 9.9995, 0xF8)
    jack.play("clock", 9.9995, 0x90, 61, 64)
    lead = Lead(9.998, 4.0, 120.0)
    jack.arriving.append(lead)
    assert port.receive() == [lead, Timed(9.999, NoteOff(62)), Clocked(9.9995, ClockSignal("pulse"))]
    clock.wait_until_s(10.0019)
    assert port.receive() == []
    clock.wait_until_s(10.002)
    assert port.receive() == [Timed(10.002, NoteOn(60, 64))]


def test_clock_is_not_heard_unless_asked_for_and_never_passed_on():
    jack = FakeJack()
    port = port_on(jack, thru=True)
    jack.play("in", 9.0, 0xF8)
    jack.play("in", 9.0, 0xFA)
    assert port.receive() == []
    jack = FakeJack()
    port = port_on(jack, thru=True, clock_input="")
    jack.play("in", 9.0, 0xFA)
    assert port.receive() == [Clocked(9.0, ClockSignal("start"))]
    assert jack.sent == []


def test_what_we_handed_over_early_is_known_when_it_comes_back_and_not_before():
    jack, clock = FakeJack(), VirtualClock(10.0)
    port = port_on(jack, clock)
    port.send(NoteOn(60, 80), 10.005)
    jack.play("in", 9.999, 0x90, 60, 80)  # the player's own, just before
    jack.play("in", 10.00499, 0x90, 60, 80)
    clock.wait_until_s(10.01)
    assert port.receive() == [Timed(9.999, NoteOn(60, 80))]


def test_ports_of_others_are_connected_lost_and_connected_again():
    jack, clock, told = FakeJack([KEYS], [SYNTH, "antiphon-2:in"]), VirtualClock(10.0), []
    port = port_on(jack, clock, told.append, inputs=("nano*",), output="Synth:in")
    connections = {(KEYS, "antiphon-2:in"), ("antiphon-2:out", SYNTH)}
    assert jack.connections == connections
    jack.play("in", 9.0, 0x90, 60, 64)
    port.receive()
    jack.sources.clear()
    port.attend(None)
    assert told == [PortChanged(KEYS, False)]
    assert [timed.event for timed in port.receive()] == [NoteOff(60)]
    jack.sources.append(KEYS)
    clock.wait_until_s(11.0)
    port.attend(None)
    assert told[1:] == [PortChanged(KEYS, True)]
    assert jack.connections == connections


def test_closing_lets_out_what_is_owed_and_ends_the_process():
    jack = FakeJack(sinks=[SYNTH])
    port = port_on(jack, output=SYNTH)
    port.send(NoteOn(60, 80), 10.02)
    port.close()
    port.close()
    assert [message for _, _, message in jack.sent] == [[0x90, 60, 80], [0x80, 60, 64]]
    assert jack.closed
    assert port.receive() == []


def test_a_server_that_is_gone_is_told_and_the_process_ended_all_the_same():
    jack = FakeJack()
    port = port_on(jack)
    port.send(NoteOn(60), 10.0)
    jack.gone = True
    with pytest.raises(Failure, match="the JACK server is gone"):
        port.receive()
    with pytest.raises(Failure, match="the JACK server is gone"):
        port.send(NoteOff(60), 10.0)
    with pytest.raises(Failure, match="the JACK server is gone"):
        port.close()
    assert jack.closed


def test_one_that_takes_over_connects_first_and_then_ends_what_sounds_however_late_it_gets_to_it():
    jack, clock, held = FakeJack([KEYS], [SYNTH]), VirtualClock(10.0), HeldNotes()
    held.follow(NoteOn(60, 80))
    wanted = [(KEYS, "antiphon-2:in"), ("antiphon-2:out", SYNTH)]
    port = MidiPort(clock, Wiring(), backend=NOTHING_ELSE, start_jack=jack, held=held, connections=wanted)
    assert jack.connections == set(wanted)
    assert jack.sent == []
    clock.wait_until_s(11.0)
    port.attend(None)
    assert [message for _, _, message in jack.sent] == [[0x80, 60, 64]]


def test_where_jack_connects_late_what_sounds_is_ended_again_but_not_what_began_since():
    jack, clock, held = FakeJack(), VirtualClock(10.0), HeldNotes()
    for pitch in (60, 64):
        held.follow(NoteOn(pitch))
    wanted = [("antiphon-2:out", SYNTH)]
    port = MidiPort(clock, Wiring(), backend=NOTHING_ELSE, start_jack=jack, held=held, connections=wanted)
    clock.wait_until_s(10.2)
    port.attend(None)
    assert jack.connections == set()
    port.send(NoteOn(64), 10.2)
    jack.sinks.append(SYNTH)
    for at_s in (11.0, 12.0, 13.0, 14.0):
        clock.wait_until_s(at_s)
        port.attend(None)
    offs = [[0x80, 60, 64], [0x80, 64, 64]]
    assert [message for _, _, message in jack.sent] == [*offs, [0x90, 64, 80], offs[0]]


def test_a_name_that_fits_not_ends_the_process():
    jack = FakeJack(sources=[KEYS])
    with pytest.raises(Failure, match='no MIDI input fits "pad"'):
        port_on(jack, inputs=("pad",))
    assert jack.closed


def test_on_a_server_that_is_not_real_time_notes_are_handed_over_at_their_moment():
    assert port_on(FakeJack(real_time=False)).ahead_s == 0.0


def test_a_server_that_hangs_neither_delays_nor_ends_the_playing():
    jack, clock, told = FakeJack([KEYS], [SYNTH]), VirtualClock(10.0), []
    port = port_on(jack, clock, told.append, inputs=("nano*",), output="Synth:in")
    jack.hangs = True
    jack.sources.clear()
    for _ in range(1000):
        clock.wait_until_s(clock.now_s() + 0.01)
        port.attend(None)
    assert told == []
    port.send(NoteOn(60, 80), clock.now_s())
    assert jack.sent[-1][2] == [0x90, 60, 80]
    jack.hangs = False
    port.attend(None)
    assert told == [PortChanged(KEYS, False)]


def test_pulses_that_all_stand_at_the_start_of_a_cycle_are_known_no_better_than_a_period():
    jack, clock = FakeJack(), VirtualClock(10.0)
    port = port_on(jack, clock, clock_input="")
    jack.play("clock", 9.0, 0xF8, at_start=True)
    jack.play("clock", 9.1, 0xF8, at_start=False)
    jack.play("clock", 9.2, 0xF8, at_start=True)
    assert [clocked.grain_s for clocked in port.receive()] == [0.004, 0.0, 0.0]
    for _ in range(8):
        jack.play("clock", 9.3, 0xF8, at_start=True)
    assert port.receive()[-1].grain_s == 0.004


def test_no_server_is_told_as_with_any_other_system():
    def start(*_):
        raise NoServerError("nobody there")

    with pytest.raises(Failure, match=r"no MIDI system answers \(JACK: nobody there\)"):
        MidiPort(VirtualClock(), Wiring(), backend=NOTHING_ELSE, start_jack=start)
