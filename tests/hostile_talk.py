"""Hostile talk: whatever comes through the control socket is replied to in lines of JSON, or parted from."""

import json
import random
import socket
from functools import cache
from pathlib import Path
from threading import Event, Thread

from antiphon import config
from antiphon.changes import change_now
from antiphon.config import Config
from antiphon.stage.control.protocol import Command, Done, Reply, Request, SetOne
from antiphon.stage.control.server import ControlServer
from mutations import damaged, misshapen
from tally import FindingError

_LONGEST_REPLY = 4096


@cache
def requests() -> tuple[dict[str, object], ...]:
    plain = config.to_plain(Config())
    asks = [{"command": word} for word in ("status", "panic", "reload", "stop")]
    names = [(f"{section}.{key}", value) for section, keys in plain.items() for key, value in keys.items()]
    return (*asks, *({"command": "set", "name": name, "value": value} for name, value in names))


def serve(request: Request) -> Reply:
    """As a running Antiphon does, but that nothing is played."""
    match request:
        case SetOne(name, value):
            change_now(Config(), name, value)
        case Command("status"):
            return Done({"status": {"pid": 1}})
    return Done()


def said(chance: random.Random) -> bytes:
    """A few requests, each whole, odd or damaged; the last perhaps without its end."""
    lines = []
    for _ in range(chance.randrange(1, 4)):
        request = chance.choice(requests())
        how = chance.random()
        line = json.dumps(misshapen(request, chance) if how < 0.5 else request).encode()
        lines.append(damaged(line, chance) if how > 0.8 else line)
    return b"\n".join(lines) + (b"\n" if chance.random() < 0.9 else b"")


def talk_case(chance: random.Random, folder: Path) -> None:
    server, over = ControlServer(folder / "s"), Event()

    def serve_until_the_end(request: Request) -> Reply:
        if request == Command("stop"):
            over.set()
        return serve(request)

    server.serve = serve_until_the_end
    poller = Thread(target=_poll, args=(server, over))
    poller.start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.connect(str(folder / "s"))
        client.sendall(said(chance))
        client.shutdown(socket.SHUT_WR)
        _check(_all_of(client))
    over.set()
    poller.join()


def _poll(server: ControlServer, over: Event) -> None:
    while not over.wait(0.0005):
        server.poll()
    server.close()


def _all_of(client: socket.socket) -> bytes:
    came = b""
    while data := client.recv(1 << 16):
        came += data
    return came


def _check(came: bytes) -> None:
    for line in came.splitlines():
        reply = json.loads(line)
        if not isinstance(reply.get("ok"), bool) or len(line) > _LONGEST_REPLY:
            raise FindingError(f"replied {line[:200]!r}")
        if not reply["ok"] and ("unexpected" in reply["error"] or not reply["error"].isprintable()):
            raise FindingError(f"replied {reply['error']!r}")
