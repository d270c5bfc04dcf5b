"""Tells systemd the state of this program, where systemd started it (sd_notify(3)).

Nothing here waits or raises: the music goes on when the service manager does not listen.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from antiphon.stage.machine.clock import Clock


class Notifier:
    """Sends states to the socket that `environment` names; without one it does nothing."""

    def __init__(self, clock: Clock, environment: Mapping[str, str] = os.environ) -> None:
        self._clock = clock
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._period_s = _watchdog_s(environment, os.getpid())
        self._alive_s: float | None = None

    def ready(self) -> None:
        """The ports are open, or the configuration was read again."""
        self._send("READY=1")

    def status(self, line: str) -> None:
        """The line that `systemctl status` shows."""
        self._send(f"STATUS={' '.join(line.split())}")

    def reloading(self) -> None:
        """The configuration is being read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(self._clock.now_s() * 1_000_000)}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Call it often: twice in each period of the watchdog, systemd is told that the program is alive."""
        if self._period_s is None:
            return
        now_s = self._clock.now_s()
        if self._alive_s is None or now_s - self._alive_s >= self._period_s / 2:
            self._alive_s = now_s
            self._send("WATCHDOG=1")

    def _send(self, said: str) -> None:
        if self._address is None:
            return
        # ValueError: a path with a NUL inside.
        with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.setblocking(False)
            sending.sendto(said.encode("utf-8", "replace"), self._address)


def _address(name: str) -> bytes | None:
    """A file's path, or an abstract name: @ at its beginning stands for NUL."""
    if not hasattr(socket, "AF_UNIX") or not name.startswith(("/", "@")):
        return None
    raw = os.fsencode(name)
    return b"\0" + raw[1:] if name.startswith("@") else raw


def _watchdog_s(environment: Mapping[str, str], pid: int) -> float | None:
    """The period of the watchdog, if it watches this process."""
    meant = environment.get("WATCHDOG_PID", str(pid))
    with suppress(ValueError):
        wanted_s = int(environment.get("WATCHDOG_USEC", "")) / 1_000_000
        return wanted_s if wanted_s > 0 and int(meant) == pid else None
    return None
