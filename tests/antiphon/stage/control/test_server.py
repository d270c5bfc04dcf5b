"""The socket that a running Antiphon is asked through: no client holds up the music, or another client."""

import json
import os
import socket
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antiphon.errors import Failure, WrongUse
from antiphon.stage.control import server as control_server
from antiphon.stage.control.protocol import LONGEST_BYTES, Command, Done, SetOne
from antiphon.stage.control.server import (
    MOST_CLIENTS,
    MOST_REQUESTS,
    SUPPORTED,
    ControlServer,
    asked_through,
    may_ask,
    user_of,
)

pytestmark = pytest.mark.skipif(not SUPPORTED, reason="no Unix sockets")
STATUS = b'{"command": "status"}\n'
LONG_S = 60.0  # no client of a test is so slow


class House:
    """A server, polled all the time by a thread, and what it was asked."""

    def __init__(self, folder, patience_s=LONG_S):
        self.asked, self.path = [], Path(folder) / "antiphon.sock"
        self.server = ControlServer(self.path, patience_s)
        self.server.serve = self.serve
        self._over = Event()
        self._poller = Thread(target=self._poll)
        self._poller.start()

    def _poll(self):
        while not self._over.wait(0.001):
            self.server.poll()

    def close(self):
        self._over.set()
        self._poller.join()
        self.server.close()

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

    def client(self):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.settimeout(LONG_S)
        client.connect(os.fspath(self.path))
        return client


@contextmanager
def house_in(folder, **how):
    house = House(folder, **how)
    try:
        yield house
    finally:
        house.close()


@pytest.fixture
def house(tmp_path):
    with house_in(tmp_path) as house:
        yield house


def replies(client, number):
    """The next replies."""
    with client.makefile("rb") as lines:
        return [json.loads(lines.readline()) for _ in range(number)]


def is_answered(client):
    with suppress(OSError, ValueError):
        client.sendall(STATUS)
        return replies(client, 1)[0]["ok"]
    return False


def all_replies(client):
    """All replies until the client is disconnected."""
    with client.makefile("rb") as lines:
        return [json.loads(line) for line in lines]


def test_a_client_may_ask_again_and_again(house):
    client = house.client()
    client.sendall(STATUS)
    assert replies(client, 1) == [{"ok": True, "number": 1}]
    client.sendall(STATUS * 2)
    assert replies(client, 2) == [{"ok": True, "number": 2}, {"ok": True, "number": 3}]
    assert house.asked == [Command("status")] * 3


def test_what_cannot_be_done_is_said_and_nothing_breaks(house):
    client = house.client()
    client.sendall(b'{"command": "set", "name": "tmpo", "value": 1}\nhello\n')
    client.sendall(b'{"command": "set", "name": "broken", "value": 1}\n' + STATUS)
    first, second, third, fourth = replies(client, 4)
    assert first == {"ok": False, "error": "tmpo is not a setting"}
    assert second["error"].startswith("not a request: Invalid JSON")
    assert third == {"ok": False, "error": "unexpected ZeroDivisionError: by zero"}
    assert fourth["ok"]


def test_a_client_that_ends_is_answered_and_disconnected(house):
    client = house.client()
    client.sendall(STATUS + b'{"command": "st')
    client.shutdown(socket.SHUT_WR)
    assert all_replies(client) == [{"ok": True, "number": 1}]


def test_only_its_owner_may_open_it(house):
    assert stat.S_IMODE(house.path.stat().st_mode) == 0o600


def test_ourselves_and_root_may_ask():
    assert [user for user in (None, 0, 1000, 1001, 65534) if may_ask(user, 1000)] == [None, 0, 1000]


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="peers are not told here")
def test_the_system_says_who_asks():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert user_of(ours) == os.geteuid()


def test_another_user_is_disconnected(house, monkeypatch):
    monkeypatch.setattr(control_server, "user_of", lambda _: 12345)
    assert all_replies(house.client()) == []
    assert house.asked == []


def test_a_file_that_was_left_behind_is_replaced(tmp_path):
    (tmp_path / "antiphon.sock").write_text("left behind")
    with house_in(tmp_path) as house:
        house.client().close()
    assert not house.path.exists()


def test_where_none_can_be_made_it_is_told(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere" / "s", tmp_path / ("x" * 120)):
        with pytest.raises(Failure, match="no socket can be made: "):
            ControlServer(path)


def test_a_client_that_sends_no_complete_request_in_time_is_disconnected(tmp_path):
    with house_in(tmp_path, patience_s=0.05) as house:
        silent, cut_short = house.client(), house.client()
        cut_short.sendall(b"{")
        assert all_replies(silent) == all_replies(cut_short) == []
        assert house.asked == []


def send_for_ever(client):
    while True:
        client.send(b"{")


class SlowClock:
    """A clock that has gone on by a second whenever it is read."""

    def __init__(self):
        self.read = 0

    def now_s(self):
        self.read += 1
        return float(self.read)


def test_the_time_of_a_request_counts_from_its_first_byte_to_its_last(tmp_path):
    server = ControlServer(tmp_path / "s", 5.0, SlowClock())
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(os.fspath(tmp_path / "s"))
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            send_for_ever(client)  # each byte is in time, all of them are not
    server.close()


def test_a_client_that_never_reads_is_disconnected_and_holds_up_no_other(tmp_path):
    with house_in(tmp_path, patience_s=0.1) as house:
        deaf = house.client()
        deaf.sendall(b'{"command": "set", "name": "large", "value": 3000000}\n')
        # On a busy machine another client's time may be up, too, before its request is read.
        assert any(is_answered(house.client()) for _ in range(300))
        while house.server._listener._places._value < MOST_CLIENTS - 1:
            Event().wait(0.001)
        deaf.close()


def test_a_client_that_asks_much_leaves_time_for_the_music(tmp_path):
    server, asked = ControlServer(tmp_path / "s", LONG_S), []
    server.serve = lambda request: asked.append(request) or Done()
    for _ in range(2 * MOST_REQUESTS):
        Thread(target=server._ask, args=(Command("status"),), daemon=True).start()
    while server._asked.qsize() < 2 * MOST_REQUESTS:
        Event().wait(0.001)
    server.poll()
    assert len(asked) == MOST_REQUESTS
    server.poll()
    assert len(asked) == 2 * MOST_REQUESTS
    server.close()


def test_a_client_for_whom_there_is_no_place_is_disconnected(house):
    sitting = [house.client() for _ in range(MOST_CLIENTS)]
    for client in sitting:
        client.sendall(STATUS)
        replies(client, 1)
    assert all_replies(house.client()) == []
    sitting[0].sendall(STATUS)
    assert replies(sitting[0], 1)[0]["ok"]


def test_a_request_may_be_so_long_and_no_longer(house):
    padded = STATUS[:-1].ljust(LONGEST_BYTES) + b"\n"
    client = house.client()
    client.sendall(padded)
    assert replies(client, 1) == [{"ok": True, "number": 1}]
    client.sendall(b" " + padded)
    assert all_replies(client) == [{"ok": False, "error": "a request is at most 65536 bytes long"}]
    assert len(house.asked) == 1


def test_a_client_that_asks_for_the_end_is_disconnected_when_it_has_come(tmp_path):
    with house_in(tmp_path, patience_s=0.05) as house:
        client = house.client()
        client.sendall(b'{"command": "stop"}\n')
        assert replies(client, 1)[0]["ok"]
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(LONG_S)
        house.server.close()
        assert client.recv(1) == b""


pieces = st.lists(
    st.binary(max_size=60) | st.sampled_from([STATUS, b"\n", b"{}\n", b'{"command":', b"\xff\n"]), max_size=12
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(pieces, min_size=1, max_size=3))
def test_any_bytes_lead_to_replies_or_an_end(visits):
    with tempfile.TemporaryDirectory() as folder, house_in(folder) as house:
        clients = [house.client() for _ in visits]
        for client, said in zip(clients, visits, strict=True):
            client.sendall(b"".join(said))
            client.shutdown(socket.SHUT_WR)
        for client, said in zip(clients, visits, strict=True):
            came = all_replies(client)
            assert len(came) == b"".join(said).count(b"\n")
            assert all(isinstance(reply["ok"], bool) for reply in came)


def test_before_anybody_can_reply_that_is_said(tmp_path):
    with asked_through(tmp_path / "s") as server, socket.socket(socket.AF_UNIX) as client:
        client.connect(os.fspath(tmp_path / "s"))
        client.sendall(STATUS)
        while server._asked.empty():
            Event().wait(0.001)
        server.poll()
        assert replies(client, 1) == [
            {"ok": False, "error": "antiphon is still starting; try again", "reason": "starting"}
        ]
    assert not (tmp_path / "s").exists()


def test_it_is_shut_whatever_happens_inside(tmp_path):
    with pytest.raises(Failure), asked_through(tmp_path / "s"):
        raise Failure("the performance broke")
    assert not (tmp_path / "s").exists()


def test_where_there_are_no_such_sockets_there_is_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(control_server, "SUPPORTED", False)
    with asked_through(tmp_path / "s") as server:
        server.poll()
        assert not (tmp_path / "s").exists()
