"""What is done in each cycle of JACK, against a fake of the library."""

import os
from types import SimpleNamespace

import pytest

from antiphon.events import Lead
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.ports.jack.callback import Cycle
from antiphon.stage.ports.jack.messages import Message, Period, unpack
from antiphon.stage.ports.jack.position import TransportWatch
from antiphon.stage.ports.jack.records import pack_message
from antiphon.timebase import Meter

RATE, PERIOD = 48_000, 480  # a hundredth of a second


class JackError(Exception):
    pass


class FakePort:
    """A port of ours: what came in this cycle, and what is written; `room` for so many messages."""

    def __init__(self):
        self.coming, self.written, self.room = [], [], 100

    def incoming_midi_events(self):
        return self.coming

    def clear_buffer(self):
        self.written = []

    def write_midi_event(self, frame, data):
        if len(self.written) >= self.room:
            raise JackError("no room")
        self.written.append((frame, data))


class FakeClient:
    samplerate, last_frame_time, frames_since_cycle_start, realtime = RATE, 0, 0, True
    position = SimpleNamespace(valid=0, frame=0)
    state = 0

    def transport_query_struct(self):
        return self.state, self.position


class CyclingClock(VirtualClock):
    """Cycles go on while somebody waits."""

    def __init__(self, stage):
        super().__init__(10.0)
        self.stage = stage

    def wait_until_s(self, at_s, exactly=True):  # noqa: ARG002
        while self.now_s() < at_s:
            self.stage.run()


class Outputs:
    """A cycle with an input and an output, and the other ends of its pipes; begins at second 10."""

    def __init__(self, transport_bpm=None, realtime=True, client=None, period=PERIOD):
        self.clock, self.client, self.broke = CyclingClock(self), client or FakeClient(), []
        self.client.realtime, self.period = realtime, period
        self.arrived, arrived = os.pipe()
        leaving, self.leaving = os.pipe()
        self.pipes = [self.arrived, arrived, leaving, self.leaving]
        for pipe in self.pipes:
            os.set_blocking(pipe, False)
        library = SimpleNamespace(JackError=JackError)
        lead = None if transport_bpm is None else TransportWatch(self.client, transport_bpm)
        self.cycle = Cycle(self.clock, library, self.client, arrived, leaving, self.broke.append, lead)
        self.input, self.output, self.all_written = FakePort(), FakePort(), []
        self.numbers = self.cycle.add_input(self.input), self.cycle.add_output(self.output)

    def hand_over(self, at_s, *data):
        os.write(self.leaving, pack_message(self.numbers[1], at_s, bytes(data)))

    def run(self):
        """One cycle, at its moment; gives what it wrote."""
        self.cycle.run(self.period)
        written = list(self.output.written)
        self.all_written += [data for _, data in written]
        VirtualClock.wait_until_s(self.clock, self.clock.now_s() + self.period / RATE)
        self.client.last_frame_time += self.period
        return written

    def told(self):
        return list(unpack(os.read(self.arrived, 1 << 16)))


@pytest.fixture
def stage():
    stage = Outputs()
    yield stage
    assert stage.broke == []
    for pipe in stage.pipes:
        os.close(pipe)


class HeldUpClient(FakeClient):
    """From `held_up` on, whoever asks how far a cycle is has waited 2 ms for the answer."""

    clock, held_up = VirtualClock(), False

    @property
    def frames_since_cycle_start(self):
        if not self.held_up:
            return 0
        VirtualClock.wait_until_s(self.clock, self.clock.now_s() + 0.002)
        return RATE // 500


def test_a_thread_that_is_held_up_never_takes_a_cycle_for_early():
    client = HeldUpClient()
    stage = Outputs(client=client)
    for _ in range(100):
        stage.run()
    stage.hand_over(stage.clock.now_s() + 0.005, 0x90, 60, 64)
    client.clock, client.held_up = stage.clock, True
    assert stage.run() == [(240, bytes([0x90, 60, 64]))]
    for pipe in stage.pipes:
        os.close(pipe)


def test_what_is_handed_over_is_written_on_its_frame_of_its_cycle(stage):
    stage.hand_over(10.0, 0x90, 60, 64)
    stage.hand_over(10.0125, 0x80, 60, 0)
    assert stage.run() == [(0, bytes([0x90, 60, 64]))]
    assert stage.run() == [(120, bytes([0x80, 60, 0]))]
    assert stage.run() == []


@pytest.mark.parametrize("period", [16, 64, 128, 239, 240, 241, 1024])
def test_however_long_a_cycle_is_messages_leave_on_their_frames_and_have_their_moments(period):
    """The clocks are read every 240 frames, whatever a cycle has."""
    stage = Outputs(period=period)
    frames = [37 * place for place in range(100)]
    for frame in frames:
        stage.hand_over(10.0 + frame / RATE, 0x90, 60, 64)
    stage.input.coming = [(7, b"\x90\x3c\x40")]
    begins, left, told = range(0, frames[-1] + period, period), [], []
    for begin in begins:
        left += [begin + offset for offset, _ in stage.run()]
        told += [message.at_s for message in stage.told() if isinstance(message, Message)]
    assert left == frames
    assert told == pytest.approx([10.0 + (begin + 7) / RATE for begin in begins])
    assert stage.broke == []
    for pipe in stage.pipes:
        os.close(pipe)


def test_what_finds_no_room_is_written_in_the_next_cycle(stage):
    stage.output.room = 1
    stage.hand_over(10.001, 0x90, 60, 64)
    stage.hand_over(10.002, 0x80, 60, 0)
    assert stage.run() == [(48, bytes([0x90, 60, 64]))]
    assert stage.run() == [(0, bytes([0x80, 60, 0]))]


def test_what_comes_in_is_told_with_the_moment_of_its_frame(stage):
    stage.run()
    assert stage.told() == [Period(0.01)]
    stage.input.coming = [(0, b"\xf8"), (48, b"\x90\x3c\x40"), (96, b"\xf0\x01\x02\xf7")]
    stage.run()
    first, told = stage.told()
    assert (first.at_start, told.at_start) == (True, False)
    assert (told.port, told.data) == (stage.numbers[0], b"\x90\x3c\x40")
    assert told.at_s == pytest.approx(10.011)


def test_without_real_time_all_leaves_at_the_first_frame_and_comes_at_the_moment_of_its_cycle():
    stage = Outputs(realtime=False)
    stage.hand_over(10.0072, 0x90, 60, 64)
    stage.hand_over(10.0073, 0x80, 60, 64)
    stage.input.coming = [(48, b"\xf8")]
    assert stage.run() == [(0, bytes([0x90, 60, 64])), (0, bytes([0x80, 60, 64]))]
    assert stage.told()[0].at_s == 10.0
    stage.clock._now_s += 0.5  # the server did not keep time
    stage.run()
    assert stage.told()[0].at_s == 10.51


def test_when_nobody_hands_over_any_more_what_sounds_ends_and_nothing_begins(stage):
    stage.hand_over(10.0, 0x90, 60, 64)
    stage.hand_over(10.001, 0x91, 62, 64)
    stage.run()
    stage.hand_over(10.04, 0x90, 67, 64)
    stage.hand_over(10.05, 0x80, 60, 64)
    stage.hand_over(10.06, 0xB0, 64, 0)
    stage.run()
    stage.all_written.clear()
    stage.output.room = 2
    stage.cycle.release()
    ended = {bytes([0x80, 60, 64]), bytes([0x81, 62, 64]), bytes([0xB0, 64, 0])}
    assert set(stage.all_written) == ended
    assert len(stage.all_written) == 3
    assert stage.clock.now_s() < 10.06


def test_after_a_client_was_late_what_ended_is_ended_again_twice_and_nothing_that_sounds(stage):
    stage.hand_over(10.0, 0x90, 60, 64)
    stage.hand_over(10.001, 0x90, 62, 64)
    stage.hand_over(10.002, 0xB0, 64, 0)
    stage.hand_over(10.003, 0x80, 60, 64)
    stage.run()
    stage.cycle.client_was_late()
    again = [(PERIOD - 1, bytes([0xB0, 64, 0])), (PERIOD - 1, bytes([0x80, 60, 64]))]
    assert stage.run() == again
    written = [stage.run() for _ in range(20)]
    assert [one for one in written if one] == [again]


def test_what_is_sent_again_leaves_room_for_what_is_due(stage):
    stage.hand_over(10.0, 0x90, 60, 64)
    stage.hand_over(10.001, 0x80, 60, 64)
    stage.run()
    stage.cycle.client_was_late()
    stage.output.room = 1
    stage.hand_over(10.012, 0x90, 67, 64)
    assert stage.run() == [(96, bytes([0x90, 67, 64]))]


def test_the_rest_of_a_long_message_is_no_message(stage):
    stage.run()
    stage.told()
    whole = b"\x80\x3c\x40"
    stage.input.coming = [(0, b""), (1, b"\x3c\x50\x3e"), (2, b"\x40\x50\xf7"), (3, b"\x7f"), (4, whole)]
    stage.run()
    assert [told.data for told in stage.told()] == [whole]


def test_a_cycle_that_is_called_for_twice_is_done_once(stage):
    stage.input.coming = [(0, b"\xf8")]
    stage.hand_over(10.0, 0x90, 60, 64)
    stage.cycle.run(PERIOD)
    assert stage.run() == [(0, bytes([0x90, 60, 64]))]
    assert [type(one) for one in stage.told()] == [Message, Period]


def test_what_nobody_reads_is_counted(stage):
    stage.input.coming = [(0, b"\xf8")] * 4096
    while not stage.cycle.lost:
        stage.run()
    assert stage.told()
    assert stage.cycle.lost < 4096


def test_the_transport_is_told():
    led = Outputs(transport_bpm=90.0)
    led.client.state = 1
    led.client.position = SimpleNamespace(
        valid=0x50, frame=0, bar=2, beat=1, tick=0, ticks_per_beat=960.0, beats_per_bar=3.0, beat_type=4.0,
        beats_per_minute=100.0, bbt_offset=0,
    )  # fmt: skip
    led.run()
    assert led.told() == [Period(0.01), Lead(10.0, 3.0, 100.0, True, True, Meter(3, 4))]
    for pipe in led.pipes:
        os.close(pipe)


def test_what_should_never_happen_is_told_and_not_raised_in_jacks_thread(stage):
    stage.output.clear_buffer = None
    stage.run()
    assert isinstance(stage.broke.pop(), TypeError)
