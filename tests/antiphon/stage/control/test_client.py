"""Asking a running Antiphon: what is said where there is none, where it refuses, where another answers."""

import os
import socket
import threading
from contextlib import contextmanager

import pytest

from antiphon.errors import Failure
from antiphon.stage.control import client as control_client
from antiphon.stage.control.client import NotRunning, ask
from antiphon.stage.control.protocol import Command, Done, SetOne, Starting
from antiphon.stage.control.server import SUPPORTED
from antiphon.stage.machine.single_instance import made

pytestmark = pytest.mark.skipif(not SUPPORTED, reason="no Unix sockets")


@pytest.fixture
def folder(tmp_path):
    return made(tmp_path / "run")


@contextmanager
def somebody(folder, *says):
    """Somebody who says this to one visitor, whatever it asks, and parts from it; gives what it asked."""
    asked = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(os.fspath(folder / "antiphon.sock"))
        listener.listen()

        def serve():
            visitor, _ = listener.accept()
            with visitor:
                asked.append(visitor.recv(65_536))
                for piece in says:
                    visitor.send(piece)

        thread = threading.Thread(target=serve)
        thread.start()
        yield asked
        thread.join()


def test_what_is_asked_and_what_is_replied(folder):
    with somebody(folder, b'{"ok": true, "st', b'atus": {"pid": 3}}\n') as asked:
        assert ask("antiphon", Command("status"), folder) == Done({"status": {"pid": 3}})
    assert asked == [b'{"command":"status"}\n']


def test_what_is_refused_is_told(folder):
    with (
        somebody(folder, b'{"ok": false, "error": "tmpo is not a setting"}\n'),
        pytest.raises(Failure, match=r"^tmpo is not a setting$"),
    ):
        ask("antiphon", SetOne("tmpo", 1), folder)


def test_one_that_is_only_starting_is_told_from_one_that_refuses(folder):
    line = b'{"ok": false, "error": "ask again", "reason": "starting"}\n'
    with somebody(folder, line), pytest.raises(Starting, match=r"^ask again$"):
        ask("antiphon", Command("status"), folder)


def test_a_stop_is_over_when_the_other_side_parts(folder):
    with somebody(folder, b'{"ok": true}\n'):
        assert ask("antiphon", Command("stop"), folder) == Done()


def test_nobody_is_there(folder, tmp_path):
    said = r"^no antiphon is running \(client name other\); antiphon play starts it$"
    left_behind = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left_behind.bind(os.fspath(folder / "other.sock"))
    left_behind.close()
    for place in (folder, tmp_path / "nowhere"):
        with pytest.raises(NotRunning, match=said):
            ask("other", Command("status"), place)


def test_somebody_who_parts_without_a_word_is_over(folder):
    with somebody(folder), pytest.raises(NotRunning):
        ask("antiphon", Command("status"), folder)


@pytest.mark.parametrize("says", [b"hello\n", b'{"ok": tr', b"[]\n"])
def test_something_else_is_there(folder, says):
    with somebody(folder, says), pytest.raises(Failure, match="Unexpected reply: not Antiphon"):
        ask("antiphon", Command("status"), folder)


def test_a_folder_that_others_may_enter_is_not_trusted(folder):
    folder.chmod(0o755)
    with pytest.raises(Failure, match="must be for you alone"):
        ask("antiphon", Command("status"), folder)


def test_where_there_are_no_such_sockets_it_is_told(folder, monkeypatch):
    monkeypatch.setattr(control_client, "SUPPORTED", False)
    with pytest.raises(Failure, match="no command reaches a running antiphon; Ctrl-C in its window ends it"):
        ask("antiphon", Command("status"), folder)
