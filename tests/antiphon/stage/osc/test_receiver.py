"""Packets that come through a real socket become requests, and nothing that comes does harm."""

import random
import socket
from multiprocessing import Pipe

import pytest

from antiphon.events import NoteOn
from antiphon.stage.control.protocol import SetOne
from antiphon.stage.machine.clock import SystemClock, VirtualClock
from antiphon.stage.osc.packets import Message, packet_of
from antiphon.stage.osc.receiver import MOST_PACKETS, WITHIN_S, Receiver
from antiphon.stage.osc.requests import Press
from mutations import damaged

PATIENCE_S = 20.0


def packet(address, *arguments):
    return packet_of([Message(address, arguments)], lambda at_s: at_s)


class House:
    """A receiver on a real port, and a sender."""

    def __init__(self, clock=None):
        self.listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.listening.bind(("127.0.0.1", 0))
        self.sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.bind(("127.0.0.1", 0))
        self.came, theirs = Pipe(duplex=False)
        self.refused, self.asked, self.wrote = [], [], []
        self.receiver = Receiver(
            self.listening,
            theirs,
            clock or SystemClock(),
            lambda line, sender: self.refused.append((line, sender)),
            self.asked.append,
            lambda sender, _: self.wrote.append(sender),
        )
        self.receiver.start()

    def send(self, data):
        self.sender.sendto(data, self.listening.getsockname())

    def next(self):
        assert self.came.poll(PATIENCE_S)
        return self.came.recv()

    def end(self):
        self.came.close()
        self.receiver.end()
        assert not self.receiver._thread.is_alive()
        self.listening.close()
        self.sender.close()


@pytest.fixture
def house():
    here = House()
    yield here
    here.end()


def test_a_request_says_when_it_came_and_from_where(house):
    before_s = SystemClock().now_s()
    house.send(packet("/antiphon/note", 60, 80))
    came = house.next()
    assert (came.request, came.sender) == (NoteOn(60, 80), house.sender.getsockname())
    assert before_s <= came.at_s <= SystemClock().now_s()
    assert house.wrote == [house.sender.getsockname()]


def test_the_requests_of_a_bundle_come_in_order(house):
    told = [Message("/antiphon/panic"), Message("/antiphon/now", (0,)), Message("/antiphon/tempo/bpm", (90,))]
    house.send(packet_of(told, lambda at_s: at_s))
    assert [house.next().request for _ in range(2)] == [Press("panic"), SetOne("tempo.bpm", 90)]


def test_what_cannot_be_read_is_refused_and_changes_no_listener(house):
    house.send(b"nonsense")
    house.send(packet("/antiphon/panic"))
    house.next()
    assert house.refused == [("an OSC packet must begin with / or #bundle", house.sender.getsockname())]
    assert len(house.wrote) == 1


def test_who_asks_for_everything_is_named(house):
    house.send(packet("/antiphon/status"))
    house.send(packet("/antiphon/panic"))
    house.next()
    assert house.asked == [house.sender.getsockname()]


def test_after_thousands_of_damaged_packets_the_next_request_comes(house):
    chance = random.Random(1)
    whole = [packet("/antiphon/tempo/bpm", 90.0), packet("/antiphon/note", 60, 80), packet("/antiphon/stop")]
    for _ in range(3000):
        house.send(damaged(chance.choice(whole), chance))
        while house.came.poll():
            house.came.recv()
    while not house.came.poll(0.1) or house.came.recv().request != NoteOn(99, 99):
        house.send(packet("/antiphon/note", 99, 99))
    assert house.refused


def test_more_packets_than_anybody_sends_are_left_to_the_system():
    clock = VirtualClock()
    house = House(clock)
    for _ in range(3 * MOST_PACKETS):
        house.send(packet("/antiphon/panic"))
        house.next()
    assert clock.now_s() == pytest.approx(2 * WITHIN_S, abs=1.5 * WITHIN_S)
    assert clock.now_s() >= WITHIN_S
    house.end()


def test_it_ends_while_nobody_reads_what_it_hands_on(house):
    for _ in range(4000):
        house.send(packet("/antiphon/note", 60, 80))
    assert house.came.poll(PATIENCE_S)
