"""Who Antiphon plays with, none of it ours: alsa-utils' programs. And how long they are waited for."""

import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
LOOK_S = 0.02
# Longer than anything takes that happens at all.
NEVER_S = 90.0
UNBUFFERED = ("stdbuf", "-oL")  # else what aseqdump heard stays with it
_CLIENT = re.compile(r"client (\d+): '(.*)' \[type=\w+(?:,pid=(\d+))?")
_PORT = re.compile(r" +(\d+) '(.*?) *'$")
_INTO = re.compile(r"\tConnecting To: (.*)")
_NOTE = re.compile(r"Note (on|off) +(\d+), note (\d+), velocity (\d+)")


class WrongError(Exception):
    """A check saw what should not be."""


def demand(condition: object, what: str) -> None:
    if not condition:
        raise WrongError(what)


def wait_for(look: Callable[[], T], what: str, seconds: float = NEVER_S) -> T:
    """What `look` gives as soon as that is something."""
    until_s = time.monotonic() + seconds
    while not (found := look()):
        demand(time.monotonic() < until_s, f"waited {seconds:g} s for {what}")
        time.sleep(LOOK_S)
    return found


def run(*command: str, user: str | None = None) -> str:
    """What a program prints; WrongError if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=NEVER_S, user=user)
    demand(done.returncode == 0, f"{' '.join(command)}: {done.returncode} {done.stdout}{done.stderr}")
    return done.stdout


@dataclass(frozen=True)
class Port:
    """A port of the sequencer as aconnect lists it; `pid` is 0 for one of the kernel's."""

    address: str
    name: str
    pid: int


def ports() -> list[Port]:
    found, client, name, pid = [], "", "", 0
    for line in run("aconnect", "-l").splitlines():
        if begun := _CLIENT.match(line):
            client, name, pid = begun[1], begun[2], int(begun[3] or 0)
        elif port := _PORT.match(line):
            found.append(Port(f"{client}:{port[1]}", f"{name}:{port[2]}", pid))
    return found


def connections() -> set[tuple[str, str]]:
    """What leads into what, by the names of ports, as aconnect lists it."""
    names, start, leads = {}, "", []
    client = ""
    for line in run("aconnect", "-l").splitlines():
        if begun := _CLIENT.match(line):
            client, title = begun[1], begun[2]
        elif port := _PORT.match(line):
            start = f"{client}:{port[1]}"
            names[start] = f"{title}:{port[2]}"
        elif into := _INTO.match(line):
            leads += [(start, end) for end in re.findall(r"\b\d+:\d+", into[1])]
    return {(names[start], names[end]) for start, end in leads}


def address(name: str) -> str:
    """Where the only port of that name is, in numbers."""
    found = [port.address for port in ports() if port.name == name]
    demand(len(found) == 1, f"{name} is there {len(found)} times: {ports()}")
    return found[0]


@dataclass(frozen=True)
class Note:
    """The beginning or the end of a note."""

    on: bool
    channel: int
    pitch: int
    velocity: int


def sounding(notes: list[Note]) -> Counter[tuple[int, int]]:
    """Channel and pitch of what began and did not end."""
    held: Counter[tuple[int, int]] = Counter()
    for note in notes:
        held[note.channel, note.pitch] += 1 if note.on else -1
    return +held


def pitches(notes: list[Note]) -> list[int]:
    return [note.pitch for note in notes if note.on]


class Dump:
    """aseqdump, listening to a port."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def lines(self) -> list[str]:
        return self._log.read_text().splitlines()

    def notes(self) -> list[Note]:
        found = (_NOTE.search(line) for line in self.lines())
        return [Note(m[1] == "on" and m[4] != "0", int(m[2]), int(m[3]), int(m[4])) for m in found if m]


@contextmanager
def dump(port: str) -> Iterator[Dump]:
    """Listen to the port of that name."""
    log = Path("/tmp/aseqdump")
    with (
        log.open("w") as out,
        subprocess.Popen([*UNBUFFERED, "aseqdump", "-p", address(port)], stdout=out, stderr=out) as process,
    ):
        try:
            wait_for(lambda: "Waiting" in log.read_text(), "aseqdump")
            yield Dump(log)
        finally:
            process.terminate()


def play_file(path: Path, port: str) -> None:
    """Have aplaymidi play a file into the port of that name, and wait for its end."""
    run("aplaymidi", "--delay=0", "-p", address(port), str(path))
