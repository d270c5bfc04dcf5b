"""What systemd is told, and that nothing is said, waited for or raised where it does not ask."""

import os
import socket
import uuid

import pytest

from antiphon.stage.control.sd_notify import Notifier
from antiphon.stage.machine.clock import VirtualClock

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets")


class Manager:
    """A service manager that listens."""

    def __init__(self, address):
        self.listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.listening.bind(address)
        self.listening.setblocking(False)

    def heard(self):
        said = []
        while True:
            try:
                said.append(self.listening.recv(4096).decode())
            except BlockingIOError:
                return said


@pytest.fixture
def manager(tmp_path):
    manager = Manager(str(tmp_path / "notify"))
    with manager.listening:
        yield manager


def notifier(tmp_path, clock=None, **environment):
    return Notifier(clock or VirtualClock(), {"NOTIFY_SOCKET": str(tmp_path / "notify"), **environment})


def test_what_is_said(manager, tmp_path):
    telling = notifier(tmp_path, VirtualClock(12.5))
    telling.ready()
    telling.status("antiphon:in is open\nREADY=0 \ud800")
    telling.reloading()
    telling.stopping()
    assert manager.heard() == [
        "READY=1",
        "STATUS=antiphon:in is open READY=0 ?",
        "RELOADING=1\nMONOTONIC_USEC=12500000",
        "STOPPING=1",
    ]


def test_a_sign_of_life_twice_in_the_time_that_is_asked_for(manager, tmp_path):
    clock = VirtualClock()
    telling = notifier(tmp_path, clock, WATCHDOG_USEC="10000000", WATCHDOG_PID=str(os.getpid()))
    for _ in range(250):  # ten seconds
        telling.alive()
        clock.wait_until_s(clock.now_s() + 0.04)
    assert manager.heard() == ["WATCHDOG=1"] * 2


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "-5"},
        {"WATCHDOG_USEC": "soon"},
        {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"},
        {"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "me"},
    ],
)
def test_no_sign_of_life_where_none_is_asked_for_or_from_another(manager, tmp_path, environment):
    notifier(tmp_path, **environment).alive()
    assert manager.heard() == []


@pytest.mark.skipif(not os.path.exists("/proc/net/unix"), reason="such names are Linux's")
def test_a_name_that_is_in_no_folder():
    name = f"antiphon-{uuid.uuid4().hex}"
    manager = Manager(f"\0{name}")
    with manager.listening:
        Notifier(VirtualClock(), {"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert manager.heard() == ["READY=1"]


@pytest.mark.parametrize(
    "address",
    ["", "relative", "/nowhere/at/all", "/" + "x" * 200, "@", "@" + "x" * 200, "/a\0b", "vsock:2:1"],
)
def test_an_address_that_leads_nowhere_is_no_trouble(address):
    telling = Notifier(VirtualClock(), {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000"})
    for say in (telling.ready, telling.stopping, telling.reloading, telling.alive):
        say()
    telling.status("playing")


def test_a_manager_that_does_not_read_is_not_waited_for(manager, tmp_path):
    telling = notifier(tmp_path)
    for _ in range(2000):
        telling.status("x" * 1000)
    assert manager.heard()
