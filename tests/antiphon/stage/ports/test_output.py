"""The outputs, whatever is sent and however often the synthesizer is unplugged, in virtual time."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.events import ClockSignal, NoteOff, NoteOn
from antiphon.midi.messages import HeldNotes, from_bytes, to_bytes
from antiphon.stage.ports.echo import EchoFilter
from antiphon.stage.ports.open import OpenPort
from antiphon.stage.ports.output import DOUBT_S, SETTLE_S, ClockOutputPort, OutputPort

# Within this time an unplugged device is missed.
NOTICED_S = 0.5


class Synthesizer:
    """A device, its link and the synthesizer behind it, which keeps what sounds when it is unplugged."""

    def __init__(self):
        self.plugged = self.present = True
        self.sounding, self.heard, self.raises = HeldNotes(), [], False

    def send(self, message, _at_s):
        if self.raises:
            raise OSError("pulled out")
        if self.plugged:
            self.heard.append(message)
            self.sounding.follow(from_bytes(message))

    def lose(self):
        self.present = False


def outputs(held=None, linked=True):
    synthesizer = Synthesizer()
    port = OpenPort(synthesizer, "out", synthesizer if linked else None)
    return synthesizer, OutputPort(port, OSError, EchoFilter(), held or HeldNotes(), 0.0)


notes = st.builds(lambda kind, pitch: kind(pitch), st.sampled_from([NoteOn, NoteOff]), st.integers(60, 62))
parts_of_life = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.lists(notes, max_size=6)),
        st.tuples(st.just("unplug"), st.lists(notes, max_size=3)),
        st.tuples(st.just("wait"), st.floats(0.0, 2 * DOUBT_S)),
    ),
    max_size=12,
)


@given(parts_of_life, st.booleans(), st.floats(0.0, NOTICED_S))
def test_however_often_it_is_unplugged_what_sounds_is_ended_in_the_end(parts, raises, noticed_s):
    synthesizer, output = outputs()
    now_s = 0.0

    def send(sent):
        nonlocal now_s
        for event in sent:
            now_s += 0.01
            output.send(event, now_s)

    for part, what in parts:
        if part == "wait":
            now_s += what
        elif part == "send":
            send(what)
        else:
            synthesizer.plugged, synthesizer.raises = False, raises
            send(what)
            now_s += noticed_s
            synthesizer.present = False
            output.lost(now_s)
            send(what)
            synthesizer.plugged = synthesizer.present = True
            synthesizer.raises = False
            output.returned(now_s)
            now_s += SETTLE_S
            output.attend(now_s)
            assert synthesizer.sounding.owed() == []
    output.settle(now_s)
    assert synthesizer.sounding.owed() == []


@given(st.lists(notes, max_size=30))
def test_what_left_arrives_as_it_was_and_is_ended_once(events):
    synthesizer, output = outputs()
    sounding = HeldNotes()
    for event in events:
        output.send(event, 0.0)
        sounding.follow(event)
    output.settle(0.0)
    assert synthesizer.heard == [to_bytes(event) for event in [*events, *sounding.owed()]]
    output.settle(0.0)
    assert len(synthesizer.heard) == len(events) + len(sounding.owed())


def test_note_offs_of_long_ago_are_forgotten():
    synthesizer, output = outputs()
    for number in range(1000):
        output.send(NoteOff(number % 128), number * DOUBT_S / 4)
    assert len(output._ended) == 5
    before = len(synthesizer.heard)
    output.lost(999 * DOUBT_S / 4)
    output.settle(999 * DOUBT_S / 4)
    assert [from_bytes(message).pitch for message in synthesizer.heard[before:]] == [
        number % 128 for number in range(995, 1000)
    ]


def test_what_the_process_before_left_sounding_is_ended_when_the_port_may_be_used():
    held = HeldNotes()
    held.follow(NoteOn(60))
    synthesizer, output = outputs(held, linked=False)
    output.send(NoteOn(64), 0.0)
    output.attend(SETTLE_S / 2)
    assert synthesizer.heard == []
    output.attend(SETTLE_S)
    assert synthesizer.heard == [to_bytes(NoteOff(60))]


def test_it_is_ended_again_when_listeners_are_seen_but_not_a_key_that_sounds_anew():
    held = HeldNotes()
    held.follow(NoteOn(60))
    held.follow(NoteOn(62))
    synthesizer, output = outputs(held, linked=False)
    output.attend(SETTLE_S)
    output.send(NoteOn(62), 1.0)
    before = len(synthesizer.heard)
    output.connected(1.0)
    output.attend(1.0 + SETTLE_S / 2)
    assert len(synthesizer.heard) == before
    output.attend(1.0 + SETTLE_S)
    output.attend(2.0)
    assert synthesizer.heard[before:] == [to_bytes(NoteOff(60))]


def test_a_port_of_ours_that_fails_is_a_failure():
    synthesizer, output = outputs(linked=False)
    synthesizer.raises = True
    with pytest.raises(OSError, match="pulled out"):
        output.send(NoteOn(60), 0.0)


def test_a_clock_whose_listener_was_pulled_out_is_not_sent_until_it_is_back():
    device = Synthesizer()
    sent = []
    device.send = lambda message, at_s: sent.append((message, at_s))
    port = ClockOutputPort(OpenPort(device, "clock-out", device), OSError)
    pulse = ClockSignal("pulse")
    port.send(pulse, 1.0)

    def pulled_out(_message, at_s):
        sent.append(("pulled out", at_s))
        raise OSError

    sending, device.send = device.send, pulled_out
    port.send(pulse, 2.0)
    assert not device.present
    port.send(pulse, 3.0)
    device.send, device.present = sending, True
    port.send(pulse, 4.0)
    assert sent == [(b"\xf8", 1.0), ("pulled out", 2.0), (b"\xf8", 4.0)]


def test_a_clock_port_of_ours_that_fails_is_a_failure():
    def fails(_message, _at_s):
        raise OSError("gone")

    port = ClockOutputPort(OpenPort(SimpleNamespace(send=fails), "clock-out"), OSError)
    with pytest.raises(OSError, match="gone"):
        port.send(ClockSignal("pulse"), 0.0)
