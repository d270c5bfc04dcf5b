"""Ableton Link: a second member of the session, a process with nothing but the binding, leads ours."""

import importlib.util
import socket
import statistics
import subprocess
import sys
import time
from contextlib import closing

import pytest

from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.sync.link import LinkFeed

pytestmark = pytest.mark.live

QUANTUM = 4.0
# Does what each line says, and then says: how many others there are, the moment, the quarters then.
PEER = f"""
import math, sys, time
from link import Link

link = Link(120.0)
link.startStopSyncEnabled = link.enabled = True
clock = link.clock()

def moment():
    for _ in range(1000):
        before_s, micros, after_s = time.monotonic(), clock.micros(), time.monotonic()
        if after_s - before_s < 1e-4:
            break
    return (before_s + after_s) / 2, micros

for line in sys.stdin:
    word, *number = line.split()
    state = link.captureSessionState()
    _, micros = moment()
    if word == "tempo":
        state.setTempo(float(*number), micros)
    elif word == "play":
        state.setIsPlaying(True, micros)
    elif word == "stop":
        state.setIsPlaying(False, micros)
    elif word == "play-on-the-bar":
        bar_line = math.ceil(state.beatAtTime(micros, {QUANTUM}) / {QUANTUM}) * {QUANTUM}
        state.setIsPlaying(True, state.timeAtBeat(bar_line, {QUANTUM}))
    if word != "where":
        link.commitSessionState(state)
    at_s, micros = moment()
    print(link.numPeers(), at_s, link.captureSessionState().beatAtTime(micros, {QUANTUM}), flush=True)
"""
GROUP = "224.76.78.75"  # Link's own


class Peer:
    """The other one."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def do(self, order="where"):
        """Gives how many others it sees, a moment of the monotonic clock, and its quarters then."""
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        peers, at_s, quarters = self.process.stdout.readline().split()
        return int(peers), float(at_s), float(quarters)


def multicast_passes():
    """Whether a datagram to Link's group, sent over the loopback interface, comes back."""
    with (
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as ear,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as mouth,
    ):
        try:
            ear.bind(("", 0))
            loopback = socket.inet_aton("127.0.0.1")
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + loopback)
            ear.settimeout(1.0)
            mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
            mouth.sendto(b"?", (GROUP, ear.getsockname()[1]))
            return ear.recv(1) == b"?"
        except OSError:
            return False


@pytest.fixture
def feed():
    """Ours, alone in the session."""
    if importlib.util.find_spec("link") is None:
        pytest.skip("Ableton Link is not installed: pip install '.[link]'")
    if not multicast_passes():
        pytest.skip("multicast does not pass over the loopback interface of this machine")
    with closing(LinkFeed(SystemClock(), 120.0, QUANTUM)) as one:
        until_s = time.monotonic() + 1.5
        while time.monotonic() < until_s:
            if one.peers:
                pytest.skip("somebody on this network is in a Link session: the test would change its tempo")
            time.sleep(0.02)
        yield one


@pytest.fixture
def peer(feed):  # noqa: ARG001 - it comes into our session
    one = Peer()
    yield one
    try:
        one.process.communicate(timeout=60)
    finally:
        one.process.kill()


def lead_when(feed, condition, what):
    """The first lead of which it is true."""
    until_s = time.monotonic() + 60
    while True:
        for lead in feed.poll():
            if condition(lead):
                return lead
        assert time.monotonic() < until_s, f"waited 60 s for {what}"
        time.sleep(0.002)


def apart_s(feed, peer):
    """How far from the peer's our place in the bar is, after the latest lead; the median of some."""
    gaps_s = []
    for _ in range(9):
        lead = lead_when(feed, lambda _: True, "a lead")
        _, at_s, quarters = peer.do()
        gap = lead.quarters + (at_s - lead.at_s) * lead.bpm / 60 - quarters
        gaps_s.append(((gap + QUANTUM / 2) % QUANTUM - QUANTUM / 2) * 60 / lead.bpm)
    return statistics.median(gaps_s)


def test_ours_follows_tempo_beat_start_and_stop_and_is_seen_to_leave(feed, peer, wait_for):
    wait_for(lambda: feed.peers == 1 and peer.do()[0] == 1, "the two to meet")
    # Link keeps a tempo in whole microseconds per quarter.
    peer.do("tempo 97")
    assert lead_when(feed, lambda lead: lead.bpm == pytest.approx(97, abs=1e-3), "97 bpm").rolling
    assert abs(apart_s(feed, peer)) < 0.005

    peer.do("play")
    peer.do("tempo 133.5")
    assert lead_when(feed, lambda lead: lead.bpm == pytest.approx(133.5, abs=1e-3), "133.5 bpm").rolling
    assert abs(apart_s(feed, peer)) < 0.005
    peer.do("stop")
    lead_when(feed, lambda lead: not lead.rolling, "the stop")
    peer.do("play-on-the-bar")
    quarters = lead_when(feed, lambda lead: lead.rolling, "the start").quarters
    # Known 20 ms before (0.04 quarters), looked for every 20 ms; and this machine may be busy.
    assert (quarters + 0.05) % QUANTUM < 0.5, "it began in the middle of a bar"

    feed.close()
    wait_for(lambda: peer.do()[0] == 0, "the peer to be alone")
