import pytest

from antiphon.errors import Failure
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.panic import panic
from fake_rtmidi import FakeRtMidi


def test_every_output_is_silenced_on_all_channels_in_under_a_second():
    library, clock = FakeRtMidi([2, 3], dead=[3], sinks=["synth 24:0", "piano 28:0"]), VirtualClock()
    assert panic(clock, backend=library) == ["synth", "piano"]
    assert clock.now_s() < 1.0
    for sink in library.outs[-2:]:
        controls = sink.sent[:48]
        assert {(m[0], m[1]) for m in controls} == {(0xB0 + c, n) for c in range(16) for n in (64, 120, 123)}
        assert all(value == 0 for _, _, value in controls)
        assert {(m[0], m[1]) for m in sink.sent[48:]} == {
            (0x80 + c, p) for c in range(16) for p in range(128)
        }
    assert library.alive == []


def test_only_the_outputs_that_are_named():
    library = FakeRtMidi([3], sinks=["synth a", "piano", "synth b"])
    assert panic(VirtualClock(), output="synth*", backend=library) == ["synth a", "synth b"]
    assert [sink.connections for sink in library.outs if sink.sent] == [["synth a"], ["synth b"]]
    with pytest.raises(Failure, match=r'no MIDI output fits "pian0", did you mean piano\?'):
        panic(VirtualClock(), output="pian0", backend=library)
    assert library.alive == []


def test_a_port_that_cannot_be_opened_is_told_and_the_others_are_silenced():
    library = FakeRtMidi([3], sinks=["synth", "piano"])
    library.busy.add("synth")
    with pytest.raises(Failure, match="MIDI output synth cannot be opened: busy"):
        panic(VirtualClock(), backend=library)
    assert [sink.connections for sink in library.outs if sink.sent] == [["piano"]]
    assert library.alive == []
