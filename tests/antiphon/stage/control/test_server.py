"""The socket that a running Antiphon is asked through: whoever is there, it never waits and never breaks."""

import json
import os
import socket
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.errors import Failure, WrongUse
from antiphon.stage.control import server as control_socket
from antiphon.stage.control.protocol import LONGEST_BYTES, Command, Done, SetOne
from antiphon.stage.control.server import (
    MOST_CLIENTS,
    MOST_REQUESTS,
    PATIENCE_S,
    SUPPORTED,
    ControlSocket,
    Door,
    asked_through,
    may_ask,
    user_of,
)
from antiphon.stage.machine.clock import VirtualClock

pytestmark = pytest.mark.skipif(not SUPPORTED, reason="no Unix sockets")
STATUS = b'{"command": "status"}\n'


class House:
    """A socket, its clock, and what it was asked."""

    def __init__(self, folder):
        self.clock, self.asked = VirtualClock(), []
        self.path = Path(folder) / "antiphon.sock"
        self.socket = ControlSocket(self.path, self.serve, self.clock)

    def serve(self, request):
        self.asked.append(request)
        match request:
            case SetOne("broken"):
                raise ZeroDivisionError("by zero")
            case SetOne("large", value):
                return Done({"said": "x" * int(value)})
            case SetOne(name):
                raise WrongUse(f"{name} is not a setting")
        return Done({"number": len(self.asked)})

    def visitor(self):
        visitor = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        visitor.connect(os.fspath(self.path))
        visitor.setblocking(False)
        return visitor

    def wait(self, seconds):
        self.clock.wait_until_s(self.clock.now_s() + seconds)


@contextmanager
def house_in(folder):
    house = House(folder)
    try:
        yield house
    finally:
        house.socket.close()


@pytest.fixture
def house(tmp_path):
    with house_in(tmp_path) as house:
        yield house


def heard(visitor):
    """The replies that are there; None last where the other side parted."""
    came, parted = b"", False
    try:
        while data := visitor.recv(1 << 20):
            came += data
        parted = True
    except BlockingIOError:
        pass
    except ConnectionResetError:
        parted = True
    return [json.loads(line) for line in came.splitlines()] + ([None] if parted else [])


def test_a_request_is_served_by_the_next_poll(house):
    visitor = house.visitor()
    visitor.send(STATUS)
    house.socket.poll()
    assert house.asked == [Command("status")]
    assert heard(visitor) == [{"ok": True, "number": 1}]
    visitor.send(b'{"command": "stop"}\n')
    house.socket.poll()
    assert heard(visitor) == [{"ok": True, "number": 2}]


def test_what_cannot_be_done_is_said_and_nothing_breaks(house):
    visitor = house.visitor()
    visitor.send(b'{"command": "set", "name": "tmpo", "value": 1}\nhello\n')
    visitor.send(b'{"command": "set", "name": "broken", "value": 1}\n' + STATUS)
    house.socket.poll()
    first, second, third, fourth = heard(visitor)
    assert first == {"ok": False, "error": "tmpo is not a setting"}
    assert second["error"].startswith("no request: Invalid JSON")
    assert third == {"ok": False, "error": "unforeseen ZeroDivisionError: by zero"}
    assert fourth["ok"]


def test_whoever_says_its_last_line_and_shuts_up_is_answered_and_parted_from(house):
    visitor = house.visitor()
    visitor.send(STATUS + b'{"command": "st')
    visitor.shutdown(socket.SHUT_WR)
    house.socket.poll()
    house.socket.poll()
    assert heard(visitor) == [{"ok": True, "number": 1}, None]
    assert len(house.asked) == 1


def test_only_its_owner_may_open_it(house):
    assert stat.S_IMODE(house.path.stat().st_mode) == 0o600


def test_ourselves_and_root_may_ask():
    assert [user for user in (None, 0, 1000, 1001, 65534) if may_ask(user, 1000)] == [None, 0, 1000]


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="peers are not told here")
def test_the_system_says_who_asks():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert user_of(ours) == os.geteuid()


def test_another_user_is_parted_from(house, monkeypatch):
    visitor = house.visitor()
    visitor.send(STATUS)
    monkeypatch.setattr(control_socket, "user_of", lambda _: 12345)
    house.socket.poll()
    assert (heard(visitor), house.asked) == ([None], [])


def test_a_file_that_was_left_behind_is_replaced(tmp_path):
    (tmp_path / "antiphon.sock").write_text("left behind")
    with house_in(tmp_path) as house:
        house.visitor().close()
        house.socket.poll()
    assert not house.path.exists()


def test_where_none_can_be_made_it_is_told(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere" / "s", tmp_path / ("x" * 120)):
        with pytest.raises(Failure, match="no socket can be made: "):
            ControlSocket(path, lambda _: Done(), VirtualClock())


def test_whoever_says_no_whole_line_in_time_is_parted_from(house):
    silent, dribbling = house.visitor(), house.visitor()
    for _ in range(int(PATIENCE_S) + 1):
        dribbling.send(b"{")
        house.socket.poll()
        assert heard(silent) == heard(dribbling) == []
        house.wait(1.0)
    house.socket.poll()
    assert heard(silent) == heard(dribbling) == [None]
    assert house.asked == []


def test_whoever_dribbles_does_not_hold_up_the_others(house):
    dribbling, asking = house.visitor(), house.visitor()
    for number, byte in enumerate(STATUS[:-1] * 2, 1):
        dribbling.send(bytes([byte]))
        asking.send(STATUS)
        house.socket.poll()
        assert heard(asking) == [{"ok": True, "number": number}]


def test_whoever_never_reads_is_parted_from_and_does_not_hold_up_the_others(house):
    deaf, asking = house.visitor(), house.visitor()
    said = 0
    for _ in range(1000):
        try:
            deaf.send(b'{"command": "set", "name": "large", "value": 30000}\n')
        except BrokenPipeError:
            break
        said += 1
        asking.send(STATUS)
        house.socket.poll()
        assert [reply["ok"] for reply in heard(asking)] == [True]
    assert said < 1000


def test_whoever_asks_much_does_not_keep_the_others_waiting(house):
    flooding, asking = house.visitor(), house.visitor()
    flooding.send(STATUS * 100)
    asking.send(STATUS)
    house.socket.poll()
    assert len(house.asked) == MOST_REQUESTS
    assert len(heard(asking)) == 1
    for _ in range(-(-100 // MOST_REQUESTS)):
        house.socket.poll()
    assert len(heard(flooding)) == 100
    assert len(house.asked) == 101


def test_what_waits_to_be_served_is_no_silence(house):
    flooding = house.visitor()
    flooding.send(STATUS * 40)
    for _ in range(3):
        house.socket.poll()
        house.wait(PATIENCE_S + 1)
    assert len(heard(flooding)) == 40


def test_who_comes_when_all_places_are_taken_waits_outside(house):
    sitting = [house.visitor() for _ in range(MOST_CLIENTS)]
    house.socket.poll()
    late = house.visitor()
    late.send(STATUS)
    house.socket.poll()
    assert house.asked == []
    sitting[0].close()
    for _ in range(2):
        house.socket.poll()
    assert heard(late) == [{"ok": True, "number": 1}]


def test_a_line_may_be_so_long_and_no_longer(house):
    padded = STATUS[:-1].ljust(LONGEST_BYTES) + b"\n"
    for line, replies in ((padded, [{"ok": True, "number": 1}]), (b" " + padded, None)):
        visitor = house.visitor()
        sent = 0
        for _ in range(20):
            if sent < len(line):
                sent += visitor.send(line[sent : sent + 8192])
            house.socket.poll()
            if sent > LONGEST_BYTES:
                break
        came = heard(visitor)
        assert came == replies or came[0] == {"ok": False, "error": "a request is at most 65536 bytes long"}
    assert len(house.asked) == 1


def test_closing_parts_from_all(house):
    visitor = house.visitor()
    house.socket.poll()
    house.socket.close()
    assert heard(visitor) == [None]
    assert not house.path.exists()


pieces = st.lists(
    st.binary(max_size=60) | st.sampled_from([STATUS, b"\n", b"{}\n", b'{"command":', b"\xff\n"]), max_size=12
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(pieces, min_size=1, max_size=3))
def test_any_bytes_lead_to_replies_or_an_end(visits):
    with tempfile.TemporaryDirectory() as folder, house_in(folder) as house:
        visitors = [house.visitor() for _ in visits]
        for visitor, said in zip(visitors, visits, strict=True):
            for piece in said:
                visitor.send(piece)
            house.socket.poll()
        for _ in range(10):
            house.socket.poll()
        for visitor, said in zip(visitors, visits, strict=True):
            replies = heard(visitor)
            assert len(replies) == b"".join(said).count(b"\n")
            assert all(isinstance(reply["ok"], bool) for reply in replies)
            visitor.close()


pytestmark = pytest.mark.skipif(not SUPPORTED, reason="no Unix sockets")


def said(path, door, line=b'{"command": "status"}\n'):
    import socket

    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(line)
        door.poll()
        return client.recv(65_536)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "antiphon.sock"


def test_before_anybody_can_reply_that_is_said(path):
    with asked_through(path, VirtualClock()) as door:
        assert b"only starting; ask again" in said(path, door)


def test_then_whoever_serves_replies(path):
    asked = []
    with asked_through(path, VirtualClock()) as door:
        door.serve = lambda request: asked.append(request) or Done({"state": "idle"})
        assert b'"state": "idle"' in said(path, door)
    assert asked == [Command("status")]


def test_it_is_shut_whatever_happens_inside(path):
    with pytest.raises(Failure), asked_through(path, VirtualClock()):
        raise Failure("the performance broke")
    assert not path.exists()


def test_where_there_are_no_such_sockets_there_is_nothing(path, monkeypatch):
    monkeypatch.setattr("antiphon.stage.control.server.SUPPORTED", False)
    door = Door(path, VirtualClock())
    door.poll()
    door.close()
    assert not path.exists()
