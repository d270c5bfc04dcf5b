"""Where a running Antiphon is asked: before it can reply, while it can, and after."""

import pytest

from antiphon.errors import Failure
from antiphon.stage.control.door import Door, asked_through
from antiphon.stage.control.protocol import Ask, Done
from antiphon.stage.control.server import SUPPORTED
from antiphon.stage.machine.clock import VirtualClock

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
    assert asked == [Ask("status")]


def test_it_is_shut_whatever_happens_inside(path):
    with pytest.raises(Failure), asked_through(path, VirtualClock()):
        raise Failure("the performance broke")
    assert not path.exists()


def test_where_there_are_no_such_sockets_there_is_nothing(path, monkeypatch):
    monkeypatch.setattr("antiphon.stage.control.door.SUPPORTED", False)
    door = Door(path, VirtualClock())
    door.poll()
    door.close()
    assert not path.exists()
