import pytest

from antiphon.errors import Failure
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.panic import PAUSE_S, TOGETHER, panic
from fake_jack import FakeJack
from fake_rtmidi import FakeRtMidi

CONTROLS = [[0xB0 + channel, number, 0] for channel in range(16) for number in (64, 120, 123)]
NOTES = [[0x80 + channel, pitch] for channel in range(16) for pitch in range(128)]


def test_every_output_is_silenced_on_all_channels_in_under_a_second():
    library, clock = FakeRtMidi([2, 5], dead=[5], sinks=["synth 24:0", "piano 28:0"]), VirtualClock()
    assert panic(clock, backend=library) == ["synth", "piano"]
    assert clock.now_s() < 1.0
    for sink in library.outs[-2:]:
        assert sink.sent[:48] == CONTROLS
        assert [message[:2] for message in sink.sent if message[0] < 0x90] == NOTES
        assert sink.sent[-96:] == [*CONTROLS, *CONTROLS]
        assert all(sink.sent.count(control) == 4 for control in CONTROLS)
    assert library.alive == []


def test_on_jack_our_own_client_sends_it_and_no_moment_has_more_than_a_buffer_holds():
    jack, clock = FakeJack(sinks=["synth:in", "piano:in"]), VirtualClock(10.0)
    assert panic(clock, "jack", "synth", FakeRtMidi([]), jack) == ["synth:in"]
    assert jack.connections == {("antiphon-panic-2:out-1", "synth:in")}
    assert [message for _, _, message in jack.sent[-48:]] == CONTROLS
    moments = [at_s for _, at_s, _ in jack.sent]
    assert max(map(moments.count, set(moments))) == TOGETHER
    assert moments[-1] - moments[0] == pytest.approx(PAUSE_S * (len(moments) // TOGETHER - 1))
    assert jack.closed


def test_only_the_outputs_that_are_named():
    library = FakeRtMidi([2], sinks=["synth a", "piano", "synth b"])
    assert panic(VirtualClock(), output="synth*", backend=library) == ["synth a", "synth b"]
    assert [sink.connections for sink in library.outs if sink.sent] == [["synth a"], ["synth b"]]
    with pytest.raises(Failure, match=r'no MIDI output fits "pian0", did you mean piano\?'):
        panic(VirtualClock(), output="pian0", backend=library)
    assert library.alive == []


def test_a_port_that_cannot_be_opened_is_told_and_the_others_are_silenced():
    library = FakeRtMidi([2], sinks=["synth", "piano"])
    library.busy.add("synth")
    with pytest.raises(Failure, match="MIDI output synth cannot be opened: busy"):
        panic(VirtualClock(), backend=library)
    assert [sink.connections for sink in library.outs if sink.sent] == [["piano"]]
    assert library.alive == []
