"""On a real JACK server, with a client that is not ours: notes leave and come in on their very frame."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from antiphon.errors import Failure
from antiphon.events import Clocked, ClockSignal, Lead, NoteOff, NoteOn, Timed
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.ports.jack.client import jack_installed
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.wiring import Wiring
from antiphon.timebase import Meter

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(not jack_installed(), reason="JACK-Client is not installed"),
]

RATE, PERIOD = 48_000, 1024
# From one note to the next: each is on the frame nearest to its moment; and the server's estimate of a
# frame's length wanders.
EXACT = 1.2
PROBE = "import jack; jack.Client('probe', no_start_server=True).close()"


def _may_be_real_time():
    policy = os.sched_getscheduler(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        return False
    os.sched_setscheduler(0, policy, os.sched_param(0))
    return True


REAL_TIME = ["-R", "-P70"] if _may_be_real_time() else ["--no-realtime"]


class Peer:
    """The other client, in a process of its own."""

    def __init__(self):
        command = [sys.executable, str(Path(__file__).parent / "jack_peer.py"), "peer"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ask("heard")

    def ask(self, *request):
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self):
        self._process.communicate(timeout=60)


@pytest.fixture
def server(monkeypatch, wait_for):
    """The process of a server which this process and its children find.

    Its period is long: in a shorter one, a machine that others use as well may hold it up, and then it is the
    server that counts too few frames.
    """
    if shutil.which("jackd") is None:
        pytest.skip("jackd is not installed")
    name = f"antiphon-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    command = ["jackd", "-n", name, "-S", *REAL_TIME, "-d", "dummy", "-r", str(RATE), "-p", str(PERIOD)]
    probe = [sys.executable, "-c", PROBE]
    with running(command) as process:
        wait_for(lambda: subprocess.run(probe, capture_output=True).returncode == 0, "the JACK server")
        yield process
    if process.returncode == -signal.SIGKILL:
        # What it left in shared memory would be in the way of later servers; the next of its name clears it.
        with running(command):
            wait_for(lambda: subprocess.run(probe, capture_output=True).returncode == 0, "the JACK server")


@contextmanager
def running(command):
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        yield process
        process.terminate()


@pytest.fixture
def peer(server):  # noqa: ARG001 - it is to be there
    peer = Peer()
    yield peer
    peer.end()


@pytest.fixture
def open_port(server):  # noqa: ARG001 - it is to be there
    """Opens a port of ours and closes it again."""
    opened = []

    def start(**wiring):
        opened.append(MidiPort(SystemClock(), Wiring(api="jack", **wiring)))
        time.sleep(1.0)  # until the clocks have been compared for a while
        return opened[-1]

    yield start
    for port in opened:
        port.close()


def received(port, seconds, enough=lambda _: False):
    until_s, came = time.monotonic() + seconds, []
    while time.monotonic() < until_s and not enough(came):
        came += port.receive()
        time.sleep(0.002)
    return came


def even(off, within):
    """Whether nearly all differ by less than that from the one before: while others have the machine, the
    server loses a moment now and then."""
    steps = [abs(after - before) < within for before, after in pairwise(off)]
    return sum(steps) > 0.8 * len(steps)


def test_notes_handed_over_ahead_leave_on_their_very_frame(open_port, peer):
    port, chance = open_port(), random.Random(1)
    peer.ask("connect", "antiphon:out", "peer:in")
    assert PERIOD / RATE < port.ahead_s < PERIOD / RATE + 0.005
    due, at_s = [], time.monotonic() + 0.5
    for number in range(100):
        due.append(at_s)
        # Handed over well ahead: whether this process is woken in time is another question.
        time.sleep(max(0.0, at_s - time.monotonic() - 0.2))
        port.send(NoteOn(number), at_s)
        at_s += chance.uniform(0.0, 0.02)
    time.sleep(max(0.0, at_s - time.monotonic()) + 0.2)
    heard = peer.ask("heard")
    assert [pitch for _, _, pitch, _ in heard] == list(range(100))
    frames = [frame for frame, *_ in heard]
    off = [frame - frames[0] - (one_s - due[0]) * RATE for frame, one_s in zip(frames, due, strict=True)]
    assert even(off, EXACT), off


def test_what_comes_in_is_stamped_to_the_frame(open_port, peer):
    port, chance = open_port(clock_input=""), random.Random(2)
    peer.ask("connect", "peer:out", "antiphon:in")
    peer.ask("connect", "peer:out", "antiphon:clock")
    plan, frame = [], 2 * PERIOD
    for number in range(100):
        plan.append([frame, [0x90, number, 64]])
        frame += chance.randrange(1, 1000)
    played = peer.ask("play", [*plan, [frame, [0xFA]]])
    came = received(port, 5, lambda came: len(came) >= 102)
    notes = [one for one in came if isinstance(one, Timed)]
    assert [one.event for one in notes] == [NoteOn(number, 64) for number in range(100)]
    off = [one.at_s * RATE - at for one, at in zip(notes, played[:-1], strict=True)]
    assert even(off, EXACT - 1), off
    # The same start comes in by both ports.
    assert [one.signal for one in came if isinstance(one, Clocked)] == [ClockSignal("start")] * 2


def test_clock_leaves_on_its_own_port(open_port, peer):
    port = open_port(clock_output="")
    peer.ask("connect", "antiphon:clock-out", "peer:in")
    begun_s = time.monotonic() + 0.1
    for number in range(24):
        port.send_clock(ClockSignal("pulse"), begun_s + number / 48)
    time.sleep(0.8)
    heard = peer.ask("heard")
    assert [message for _, *message in heard] == [[0xF8]] * 24
    off = [frame - 1000 * n for n, (frame, _) in enumerate(heard)]
    assert even(off, EXACT), off


def test_its_transport_is_told_with_tempo_bars_and_moment(open_port, peer):
    port = open_port(transport_bpm=90.0)
    stopped = [one for one in received(port, 0.2) if isinstance(one, Lead)]
    assert stopped
    assert not any(lead.rolling for lead in stopped)
    peer.ask("roll", 100.0, 3.0, 4.0)
    leads = [one for one in received(port, 1.5) if isinstance(one, Lead) and one.rolling]
    peer.ask("stop")
    assert leads[-1].meter == Meter(3, 4)
    assert {lead.bpm for lead in leads[2:]} == {100.0}
    first, last = leads[2], leads[-1]
    assert last.at_s - first.at_s > 1.0
    # The peer's whole ticks are a 1 920th of a beat.
    assert last.quarters - first.quarters == pytest.approx((last.at_s - first.at_s) * 100 / 60, abs=0.002)
    assert not [one for one in received(port, 0.3) if isinstance(one, Lead)][-1].rolling


def test_a_port_that_is_closed_has_let_its_notes_out_and_leaves_nothing(open_port, peer):
    port = open_port()
    other = open_port()
    assert sorted(set(peer.ask("ports")) - {"peer:in", "peer:out"}) == [
        *("antiphon-2:in", "antiphon-2:out", "antiphon:in", "antiphon:out"),
    ]
    other.close()
    peer.ask("connect", "antiphon:out", "peer:in")
    port.send(NoteOn(60), time.monotonic())
    port.send(NoteOn(62), time.monotonic() + 0.2)  # what is handed over and has not begun never begins
    time.sleep(0.1)
    port.close()
    heard = [message for _, *message in peer.ask("heard")]
    assert heard[:2] == [[0x90, 60, 80], [0x80, 60, 64]]
    assert [message for message in heard if message[0] == 0x90] == [[0x90, 60, 80]]
    assert peer.ask("ports") == ["peer:in", "peer:out"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_ends_is_a_failure_soon_and_nothing_hangs(server, number):
    port = MidiPort(SystemClock(), Wiring(api="jack"))
    port.send(NoteOn(60), 0.0)
    server.send_signal(number)
    begun_s = time.monotonic()
    with pytest.raises(Failure, match="the JACK server is gone"):
        received(port, 5)
    assert time.monotonic() - begun_s < 5.0
    with pytest.raises(Failure, match="the JACK server is gone"):
        port.send(NoteOff(60), 0.0)
    with pytest.raises(Failure, match="the JACK server is gone"):
        port.close()
    assert time.monotonic() - begun_s < 10.0


def test_without_a_server_it_says_so(monkeypatch):
    monkeypatch.setitem(os.environ, "JACK_DEFAULT_SERVER", "nobody")
    monkeypatch.setitem(os.environ, "JACK_NO_START_SERVER", "1")
    with pytest.raises(Failure, match=r"no MIDI system answers \(JACK: .*start jackd for JACK"):
        MidiPort(SystemClock(), Wiring(api="jack"))
