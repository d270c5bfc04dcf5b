"""OSC from end to end, through real sockets: requests are done, lost notes end, a flood is bounded."""

import socket
import time

import pytest

from antiphon.config import Config
from antiphon.config_sections import OscSettings
from antiphon.errors import Failure, WrongUse
from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.reports import Received
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.machine.clock import SystemClock, VirtualClock
from antiphon.stage.osc.link import FRAME_S, LONGEST_NOTE_S, MOST_NOTES, WITHIN_S, OscLink, opened
from antiphon.stage.osc.packets import Message, messages_of, packet_of
from antiphon.stage.osc.receiver import Came
from antiphon.stage.osc.requests import Press
from antiphon.stage.performance_state import PerformanceTracker
from fakes import Neighbour

SENDER = ("127.0.0.1", 5)
PATIENCE_S = 20.0


class Pipeline:
    """A pipe in memory."""

    def __init__(self):
        self.waiting = []

    def poll(self):
        return bool(self.waiting)

    def recv(self):
        return self.waiting.pop(0)


class Doer(Neighbour):
    """Keeps what it is to do; one setting is refused."""

    def change(self, name, value):
        if name == "bad.name":
            raise WrongUse("bad.name is not a setting\nand another line")
        self.told.append(("change", name, value))


class House:
    def __init__(self):
        self.pipe, self.clock, self.doer, self.speaker = Pipeline(), VirtualClock(10.0), Doer(), Neighbour()
        self.link = OscLink(self.pipe, self.speaker, self.clock, "")

    def poll(self, *requests):
        self.pipe.waiting += [Came(self.clock.now_s(), request, SENDER) for request in requests]
        self.link.poll(self.doer)
        told, self.doer.told = self.doer.told, []
        return told

    def wait(self, seconds):
        self.clock.wait_until_s(self.clock.now_s() + seconds)


@pytest.fixture
def house():
    return House()


def test_a_note_is_played_at_the_moment_it_came(house):
    on, off = NoteOn(60, 80), NoteOff(60)
    assert house.poll(on, off) == [("play", Timed(10.0, on)), ("play", Timed(10.0, off))]


def test_a_button_and_a_setting_are_done_at_once_and_more_of_them_in_the_next_frame(house):
    assert house.poll(Press("panic")) == [("press", "panic")]
    assert house.poll(*[SetOne("tempo.bpm", bpm) for bpm in (90, 95, 100)], Press("again")) == []
    house.wait(1.1 * FRAME_S)
    assert house.poll() == [("change", "tempo.bpm", 100), ("press", "again")]
    assert house.poll() == []


def test_what_cannot_be_done_is_told_to_whoever_asked_and_the_rest_is_done(house):
    assert house.poll(SetOne("bad.name", 1), Press("stop")) == [("press", "stop")]
    assert house.speaker.told == [("refuse", "bad.name is not a setting", SENDER)]


def test_a_note_whose_end_was_lost_is_ended(house):
    house.poll(NoteOn(60, 80), NoteOn(64, 80), NoteOff(64))
    house.wait(LONGEST_NOTE_S)
    assert house.poll() == []
    house.wait(0.1)
    assert house.poll() == [("play", Timed(house.clock.now_s(), NoteOff(60)))]
    house.wait(LONGEST_NOTE_S)
    assert house.poll() == []


def test_a_flood_is_done_in_parts(house):
    assert len(house.poll(*[NoteOff(60)] * 500)) == 200
    assert len(house.poll()) == 200


def test_more_notes_than_hands_can_begin_are_left_out_and_their_ends_are_not(house):
    played = house.poll(*[NoteOn(60, 80), NoteOff(60)] * 50)
    assert [type(timed.event) for _, timed in played].count(NoteOn) == MOST_NOTES
    assert [type(timed.event) for _, timed in played].count(NoteOff) == 50
    house.wait(WITHIN_S)
    assert len(house.poll(NoteOn(60, 80))) == 1


def udp():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(PATIENCE_S)
    return made


def free_port():
    with udp() as one:
        return one.getsockname()[1]


def test_through_real_sockets_requests_come_in_and_what_happens_goes_out():
    performance, doer = PerformanceTracker(Config(), "essen"), Doer()
    with udp() as target, udp() as writer:
        port, told = free_port(), f"127.0.0.1:{target.getsockname()[1]}"
        settings = OscSettings(port, targets=(told,))
        with opened(settings, SystemClock(), lambda: performance.state) as link:
            assert link.description == f"OSC listens on 127.0.0.1:{port}; tells {told}."
            asked = packet_of([Message("/antiphon/bad/name", (1,)), Message("/antiphon/panic")], float)
            writer.sendto(asked, ("127.0.0.1", port))
            done_by_s = time.monotonic() + PATIENCE_S
            while not doer.told and time.monotonic() < done_by_s:
                link.requests.poll(FRAME_S)  # the second message may come alone, and waits for the next frame
                link.poll(doer)
            assert doer.told == [("press", "panic")]
            link.hear(Received(Timed(1.0, NoteOn(60, 80))), performance.state)
            for receiver, last in ((target, "phrase/note"), (writer, "error"), (writer, "phrase/note")):
                while messages_of(receiver.recv(65_536))[-1].address != f"/antiphon/{last}":
                    pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as again:
            again.bind(("127.0.0.1", port))  # it is free


def test_who_only_tells_listens_on_no_port():
    performance = PerformanceTracker(Config(), "essen")
    with udp() as target:
        told = f"127.0.0.1:{target.getsockname()[1]}"
        with opened(OscSettings(targets=(told,)), SystemClock(), lambda: performance.state) as link:
            assert link.description == f"OSC tells {told}."
            assert messages_of(target.recv(65_536))[0].address == "/antiphon/state"
            assert not link.requests.poll()


def test_an_open_network_is_said():
    settings, performance = OscSettings(free_port(), "0.0.0.0"), PerformanceTracker(Config(), "essen")
    with opened(settings, SystemClock(), lambda: performance.state) as link:
        assert "anyone on the network" in link.description


def test_a_port_that_another_has_and_a_target_without_an_address_are_refused():
    with udp() as other:
        port = other.getsockname()[1]
        with pytest.raises(Failure, match=f"osc: 127.0.0.1:{port} cannot be listened on: "):
            opened(OscSettings(port), SystemClock(), None).__enter__()
    with pytest.raises(Failure, match=r"osc\.targets: no address is known for nowhere\.invalid"):
        opened(OscSettings(targets=("nowhere.invalid:9",)), SystemClock(), None).__enter__()
