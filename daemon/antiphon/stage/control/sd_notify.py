"""Telling systemd how we are, where it started us and asks for it (sd_notify(3)); elsewhere nothing.

Nothing here waits or raises: a service manager that does not listen is no reason to stop playing.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from antiphon.stage.machine.clock import Clock


class Notifier:
    """Says what it is told to say to the socket that `environment` names."""

    def __init__(self, clock: Clock, environment: Mapping[str, str] = os.environ) -> None:
        self._clock = clock
        self._address = _address(environment.get("NOTIFY_SOCKET", ""))
        self._period_s = _watchdog_s(environment, os.getpid())
        self._alive_s: float | None = None

    def ready(self) -> None:
        """The ports are open, or open again with the settings that were read again."""
        self._send("READY=1")

    def status(self, line: str) -> None:
        """What `systemctl status` shows."""
        self._send(f"STATUS={' '.join(line.split())}")

    def reloading(self) -> None:
        """The settings are read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={int(self._clock.now_s() * 1_000_000)}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Call it often: it is said twice in the time after which the watchdog would end us."""
        if self._period_s is None:
            return
        now_s = self._clock.now_s()
        if self._alive_s is None or now_s - self._alive_s >= self._period_s / 2:
            self._alive_s = now_s
            self._send("WATCHDOG=1")

    def _send(self, said: str) -> None:
        if self._address is None:
            return
        # ValueError: a name with a NUL inside, which is no place.
        with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
            sending.setblocking(False)
            sending.sendto(said.encode("utf-8", "replace"), self._address)


def _address(name: str) -> bytes | None:
    """A file's path, or a name that is in no folder, which begins with @ and is meant with NUL."""
    if not hasattr(socket, "AF_UNIX") or not name.startswith(("/", "@")):
        return None
    raw = os.fsencode(name)
    return b"\0" + raw[1:] if name.startswith("@") else raw


def _watchdog_s(environment: Mapping[str, str], pid: int) -> float | None:
    """Within what time a sign of life is awaited, if from us."""
    meant = environment.get("WATCHDOG_PID", str(pid))
    with suppress(ValueError):
        wanted_s = int(environment.get("WATCHDOG_USEC", "")) / 1_000_000
        return wanted_s if wanted_s > 0 and int(meant) == pid else None
    return None
