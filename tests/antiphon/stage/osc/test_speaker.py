"""What is told reaches the targets and whoever wrote last, through real sockets."""

import logging
import socket
from dataclasses import replace

import pytest

from antiphon.config import Config
from antiphon.events import NoteOn, Timed
from antiphon.perform.reports import Received
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.osc.packets import messages_of
from antiphon.stage.osc.speaker import LISTENS_S, Speaker
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.timebase import Grid

PATIENCE_S = 20.0
NOTE = Received(Timed(1.0, NoteOn(60, 80)))


def udp():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(PATIENCE_S)
    return made


class House:
    """A speaker, one target, and one that writes; the clock stands."""

    def __init__(self):
        self.clock, self.performance = VirtualClock(100.0), PerformanceTracker(Config(), "essen")
        self.target, self.writer, self.back, self.out = udp(), udp(), udp(), udp()
        targets = (self.target.getsockname(),)
        self.speaker = Speaker(targets, self.out, self.back, self.clock, lambda: self.performance.state)

    def tell(self):
        self.speaker.hear(NOTE, self.performance.state)

    def end(self):
        self.speaker.end(PATIENCE_S)
        for one in (self.target, self.writer, self.back, self.out):
            one.close()


@pytest.fixture
def house():
    here = House()
    yield here
    here.end()


def until(receiver, address):
    """The messages that come, up to one with this address."""
    found = []
    while not found or found[-1].address != f"/antiphon/{address}":
        found += messages_of(receiver.recv(65_536))
    return found


def test_a_target_is_told_everything_at_the_beginning_and_then_what_happens(house):
    house.speaker.start()
    house.tell()
    told = until(house.target, "phrase/note")
    addresses = [one.address for one in told]
    assert addresses[0] == "/antiphon/state"
    assert "/antiphon/sampling/temperature" in addresses
    assert addresses.count("/antiphon/tempo") == 1
    assert told[-1].arguments == (60, 80)


def test_whoever_wrote_last_is_told_from_the_port_it_wrote_to(house):
    house.speaker.wrote(house.writer.getsockname(), 100.0)
    house.speaker.start()
    house.tell()
    assert until(house.writer, "phrase/note")[-1].arguments == (60, 80)
    house.tell()
    assert house.writer.recvfrom(65_536)[1] == house.back.getsockname()


def test_a_target_that_writes_is_not_told_twice(house):
    house.speaker.start()
    house.speaker.wrote(house.target.getsockname(), 100.0)
    assert house.speaker._listener() == []


def test_one_that_has_long_been_silent_is_told_no_more(house):
    house.speaker.start()
    house.speaker.wrote(house.writer.getsockname(), 100.0 - LISTENS_S)
    assert house.speaker._listener() == [house.writer.getsockname()]
    house.speaker.wrote(house.writer.getsockname(), 99.0 - LISTENS_S)
    assert house.speaker._listener() == []


def test_who_asks_is_told_everything(house):
    house.speaker.start()
    house.speaker.tell_all(house.writer.getsockname())
    assert until(house.writer, "log/file")[0].address == "/antiphon/state"


def test_a_refusal_is_told_and_logged_once_a_second(house, caplog):
    house.speaker.start()
    with caplog.at_level(logging.WARNING, "antiphon"):
        logging.getLogger("antiphon").addHandler(caplog.handler)
        for line in ("bad", "worse"):
            house.speaker.refuse(line, house.writer.getsockname())
        logging.getLogger("antiphon").removeHandler(caplog.handler)
    assert caplog.messages.count("OSC from 127.0.0.1: bad") >= 1
    assert not any("worse" in line for line in caplog.messages)
    assert until(house.writer, "error")[0].arguments == ("bad",)


def test_a_beat_is_told_at_its_moment(house):
    state = house.performance.state
    house.performance.state = replace(state, grid=Grid(120.0, 100.0), counting=True)
    house.speaker.start()
    house.tell()
    until(house.target, "phrase/note")
    assert [one.arguments for one in until(house.target, "beat")] == [(1,), (1,)]  # the one of just now
    house.clock.wait_until_s(100.5)
    assert [one.arguments for one in until(house.target, "beat")] == [(2,)]
    house.clock.wait_until_s(101.0)
    assert until(house.target, "beat")[-1].arguments == (3,)


def test_a_beat_that_a_report_moves_is_told_once(house):
    state = house.performance.state
    began = replace(state, grid=Grid(120.0, 100.0), counting=True)
    house.performance.state = began
    house.speaker.start()
    until(house.target, "beat")
    house.clock.wait_until_s(100.49)
    house.performance.state = replace(began, grid=Grid(120.0, 99.95))  # beat 2 was 40 ms ago
    house.tell()
    assert until(house.target, "beat")[-1].arguments == (2,)
    house.performance.state = replace(began, grid=Grid(120.0, 100.02))  # and is to come again
    house.tell()
    house.clock.wait_until_s(101.03)
    assert until(house.target, "beat")[-1].arguments == (3,)


def test_while_nobody_reads_reports_are_dropped_and_nobody_waits(house):
    for _ in range(5000):
        house.tell()
    house.speaker.start()
    assert until(house.target, "phrase/note")
