"""`antiphon play`, the command as it is installed, in a process of its own."""

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import mido
from peers import Note, WrongError, demand, ports, run, wait_for

IN, OUT = "antiphon:in", "antiphon-out:out"
PLAYER = "nobody"  # no root
IDLE_S = 1.0
_SLOW = "did not start within"
_NAME = re.compile(r"\b([A-G])([#b♯♭]?)(-?\d)\b")


class Daemon:
    """A running `antiphon play` with its log, its take, and what it holds of the system's."""

    def __init__(self, *arguments: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        os.chmod(self.folder, 0o777)
        self._log = self.folder / "log"
        options = ["--api", "alsa", "--random-seed", "1", "--take-dir", str(self.folder)]
        with self._log.open("w") as out:
            command = ["antiphon", "play", *options, *arguments]
            # In a group of its own, as a shell does it.
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, user=PLAYER, group="audio", process_group=0
            )

    def said(self) -> str:
        return self._log.read_text()

    def phrases(self) -> list[str]:
        """The notes of each phrase that was heard, as it tells them."""
        return [line.split(maxsplit=1)[1] for line in self.said().splitlines() if line.startswith("you ")]

    def answers(self) -> list[str]:
        return [line for line in self.said().splitlines() if line.startswith("antiphon  ")]

    def ready(self) -> bool:
        """Whether its ports are open; WrongError if it gave up."""
        wait_for(lambda: "are open" in self.said() or self.process.poll() is not None, "the ports")
        return self.process.poll() is None

    def wait_for_words(self, words: str, times: int = 1) -> None:
        wait_for(
            lambda: self.said().count(words) >= times or self.process.poll() is not None,
            f'"{words}" for the {times}. time; it said {self.said()!r}',
        )
        demand(self.process.poll() is None, f"it ended with {self.process.poll()}: {self.said()}")

    def pids(self) -> list[int]:
        """Its own process and those it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def called(self, name: str) -> list[int]:
        """Its processes that `ps` shows under that name."""
        return [pid for pid in self.pids() if _read(f"/proc/{pid}/comm").strip() == name]

    def playing_process(self) -> int:
        return self.called("antiphon-player")[0]

    def wait_for_spare(self) -> None:
        """Until another stands by, and has nothing to do any more."""

        def idles() -> bool:
            before = [_used(pid) for pid in self.called("antiphon-spare")]
            time.sleep(IDLE_S)
            return bool(before) and before == [_used(pid) for pid in self.called("antiphon-spare")]

        wait_for(idles, "a process that stands by")

    def memory_mb(self) -> list[tuple[str, float]]:
        """The name of each of its processes, and its proportional memory in 10⁶ bytes."""
        return [(_read(f"/proc/{pid}/comm").strip(), _proportional_mb(pid)) for pid in self.pids()]

    def ask(self, *command: str) -> str:
        """What `antiphon COMMAND` says, as the same player types it at another terminal."""
        return run("antiphon", *command, user=PLAYER)

    def descriptors(self) -> list[int]:
        """How many files each of its processes has open."""
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in self.pids()]

    def clients(self) -> list[str]:
        """The addresses of its ports in the sequencer."""
        return [port.address for port in ports() if port.pid in self.pids()]

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """Meanwhile it sees nothing."""
        self._signal_all(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal_all(signal.SIGCONT)

    def _signal_all(self, which: signal.Signals) -> None:
        for pid in self.pids():
            os.kill(pid, which)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it as a player or the system does; gives the exit code."""
        self.process.send_signal(how)
        return self.process.wait(30)

    def take(self) -> list[list[Note]]:
        """What the take has of the player's and of its own."""
        kept = mido.MidiFile(next(self.folder.glob("*.mid")))
        return [_notes(track) for track in kept.tracks[1:]]


def _read(file: str) -> str:
    """Nothing of a process that is no more."""
    with suppress(OSError):
        return Path(file).read_text()
    return ""


def _proportional_mb(pid: int) -> float:
    """What it takes, with its part of what it shares with others."""
    lines = _read(f"/proc/{pid}/smaps_rollup").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def _used(pid: int) -> list[str]:
    """The time that a process had of the processor, in all."""
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()[11:13]


def _notes(track: mido.MidiTrack) -> list[Note]:
    return [
        Note(m.type == "note_on" and m.velocity > 0, m.channel, m.note, m.velocity)
        for m in track
        if m.type in ("note_on", "note_off")
    ]


@contextmanager
def playing(*arguments: str) -> Iterator[Daemon]:
    """`antiphon play` with these options and its ports open; ended by force if the check did not end it."""
    for _ in range(3):  # an emulated machine may need longer than it allows itself
        daemon = Daemon(*arguments)
        if daemon.ready():
            break
        demand(_SLOW in daemon.said(), daemon.said())
    else:
        raise WrongError(daemon.said())
    try:
        yield daemon
    finally:
        daemon.process.kill()
        daemon.process.wait()
