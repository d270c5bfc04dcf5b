"""A night's run: what grows, what hangs, what gets late. Linux, with jackd; stress-ng for the load.

    python tests/benchmarks/soak.py [--minutes N] [--hours N]

`--minutes` (60) of real time: the daemon as it ships, but that takes are split every ten minutes, on a JACK
server of its own. A scripted player, who is this process, plays phrases, interrupts answers, floods knobs and
the pedal, plays wrong bytes, changes the mode and asks for the status, while every third five minutes each
core is kept busy. Each minute the sizes of the processes, their open files and threads and JACK's ports are
counted. `--hours` (24) of music in virtual time: engine, session and recorder on a clock nobody waits for.

Wanted, of both: no hanging note; resident growth after the first tenth below 5 MB; files, threads and ports
as at the beginning; lateness p99 in the last third no worse than in the first (real time). Ends with exit
code 1 where something wanted is missed.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests" / "benchmarks")]

import rtmidi  # noqa: E402
from soak_virtual import play_virtually, resident_bytes  # noqa: E402

LOAD_EVERY, LOAD_S = 3, 300.0
GROWTH_BYTES = 5_000_000
MODES = ("answer", "continue", "trade", "accompany")
SETTINGS = """
[control]
temperature = 20
rests = 21
bars = 23
answer_now = 25
stop = 26
[take]
longest_minutes = 10
[answer]
bars = 2
"""


@dataclass(slots=True)
class Minute:
    """What was counted: bytes, files and threads by the name of the process; ports of JACK."""

    loaded: bool
    resident: Counter[str] = field(default_factory=Counter)
    files: Counter[str] = field(default_factory=Counter)
    threads: Counter[str] = field(default_factory=Counter)
    ports: int = 0
    late_p99_ms: float = 0.0
    restarts: int = 0

    @property
    def total(self) -> int:
        return sum(self.resident.values())


class Ears:
    """Hears the daemon's output, and keeps what sounds."""

    def __init__(self, port: str) -> None:
        self._source = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "soak-ears", 65_536)
        self._source.open_port(self._source.get_ports().index(port))
        self.sounding: set[tuple[int, int]] = set()
        self.notes = self.wrong = 0
        self._over = Event()
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._over.is_set():
            if (got := self._source.get_message()) is None:
                time.sleep(0.002)
            else:
                self._hear(got[0])

    def _hear(self, message: list[int]) -> None:
        if any(not 0 <= byte <= 127 for byte in message[1:]):
            self.wrong += 1
        kind, key = message[0] & 0xF0, (message[0] & 0x0F, message[1] if len(message) > 1 else 0)
        if kind == 0x90 and message[2]:
            self.notes += 1
            self.sounding.add(key)
        elif kind in (0x80, 0x90):  # a note-off may come twice: JACK may have dropped the first
            self.sounding.discard(key)

    @property
    def hanging(self) -> list[tuple[int, int]]:
        return sorted(self.sounding)

    def close(self) -> None:
        self._over.set()
        self._thread.join()
        self._source.close_port()
        self._source.delete()


class Player:
    """Plays from a script that chance writes."""

    def __init__(self, port: str, chance: random.Random) -> None:
        self._sink = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "soak-keys")
        self._sink.open_port(self._sink.get_ports().index(port))
        self._chance = chance
        self.phrases = 0
        time.sleep(0.3)

    def phrase(self) -> None:
        """Two to twelve notes of a scale, sometimes with the pedal; then silence, or none before the next."""
        chance, beat_s = self._chance, 60 / self._chance.uniform(70, 150)
        root, pedal = chance.randrange(48, 72), chance.random() < 0.1
        if pedal:
            self._sink.send_message([0xB0, 64, 127])
        for _ in range(chance.randrange(2, 13)):
            pitch, length_s = (
                root + chance.choice((0, 2, 4, 5, 7, 9, 11, 12)),
                beat_s * chance.choice((0.5, 1.0)),
            )
            self._sink.send_message([0x90, pitch, chance.randrange(30, 120)])
            time.sleep(length_s * 0.8)
            self._sink.send_message([0x80, pitch, 64])
            time.sleep(length_s * 0.2)
        if pedal:
            self._sink.send_message([0xB0, 64, 0])
        self.phrases += 1
        time.sleep(chance.choice((0.3, 2.0, 4.0, 8.0)))

    def nuisance(self) -> None:
        """Knobs and buttons in floods, and bytes that are no message."""
        for _ in range(self._chance.randrange(200)):
            self._sink.send_message([0xB0, self._chance.choice((20, 21, 23)), self._chance.randrange(128)])
        button = self._chance.choice((25, 26))
        self._sink.send_message([0xB0, button, 127])
        self._sink.send_message([0x90, 200, 255])
        self._sink.send_message([0xF0, *([0x55] * 500), 0xF7])

    def close(self) -> None:
        self._sink.close_port()
        self._sink.delete()


@contextmanager
def process(command: list[str], environment: dict[str, str], log: Path | None = None) -> Iterator[Any]:
    out = subprocess.DEVNULL if log is None else log.open("w")
    with subprocess.Popen(command, env=environment, stdout=out, stderr=out) as running:
        yield running
        running.terminate()
        running.wait(20)


def tree(pid: int) -> dict[int, str]:
    """The processes that a process has started, and it, by name."""
    found, children = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:
            continue
        name = stat[stat.index("(") + 1 : stat.rindex(")")]
        children.setdefault(int(stat[stat.rindex(")") + 2 :].split()[1]), []).append((int(folder.name), name))
    found[pid] = "antiphon"
    todo = [pid]
    while todo:
        parent = todo.pop()
        for child, name in children.get(parent, []):
            found[child] = name
            todo.append(child)
    return found


def counted(pid: int, client: list[str], loaded: bool) -> Minute:
    minute = Minute(loaded)
    for one, name in tree(pid).items():
        minute.resident[name] += resident_bytes(one)
        minute.files[name] += len(os.listdir(f"/proc/{one}/fd"))
        minute.threads[name] += len(os.listdir(f"/proc/{one}/task"))
    looking = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "soak-look")
    minute.ports = len(looking.get_ports())
    looking.delete()
    status = json.loads(subprocess.run([*client, "status", "--json"], capture_output=True, check=True).stdout)
    minute.late_p99_ms, minute.restarts = status["late_p99_ms"], status["restarts"]
    return minute


def soak(minutes: float) -> bool:
    """Real time; whether all is as wanted."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        name = f"soak-{uuid.uuid4().hex[:8]}"
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ.update(JACK_DEFAULT_SERVER=name, JACK_NO_START_SERVER="1", XDG_RUNTIME_DIR=str(runtime))
        environment = dict(os.environ, PYTHONPATH=str(ROOT / "daemon"))
        real_time = ["-R", "-P70"] if os.geteuid() == 0 else ["--no-realtime"]
        jackd = ["jackd", "-n", name, *real_time, "-d", "dummy", "-r", "48000", "-p", "256"]
        stack.enter_context(process(jackd, environment))
        time.sleep(2)
        (folder / "config.toml").write_text(SETTINGS)
        log = folder / "play.log"
        client = [sys.executable, "-m", "antiphon"]
        play = [*client, "play", "--config", str(folder / "config.toml"), "--quiet", "--api", "jack"]
        daemon = stack.enter_context(process([*play, "--take-dir", str(folder / "takes")], environment, log))
        while "are open" not in log.read_text():
            time.sleep(0.1)
            if daemon.poll() is not None:
                sys.exit(log.read_text())
        ears, player = Ears("antiphon:out"), Player("antiphon:in", random.Random(1))
        try:
            rows = perform(daemon.pid, client, player, minutes)
        finally:
            player.close()
        time.sleep(1.0)
        subprocess.run([*client, "stop"], check=True, capture_output=True)
        code = daemon.wait(30)
        time.sleep(0.5)
        ears.close()
        return report(rows, player, ears, code, list((folder / "takes").glob("*.mid")), log.read_text())


def perform(pid: int, client: list[str], player: Player, minutes: float) -> list[Minute]:
    rows: list[Minute] = []
    chance = random.Random(2)
    begun_s = counted_s = time.monotonic()
    end_s = begun_s + 60 * minutes
    load: subprocess.Popen[bytes] | None = None
    while (now_s := time.monotonic()) < end_s:
        wants_load = int((now_s - begun_s) / LOAD_S) % LOAD_EVERY == LOAD_EVERY - 1
        if wants_load and load is None and shutil.which("stress-ng"):
            load = subprocess.Popen(["stress-ng", "--quiet", "--cpu", str(os.cpu_count())])
        elif not wants_load and load is not None:
            load.terminate()
            load.wait()
            load = None
        player.phrase()
        if chance.random() < 0.2:
            player.nuisance()
        if now_s - counted_s >= 60:
            counted_s = now_s
            rows.append(counted(pid, client, load is not None))
            mode = chance.choice(MODES)
            subprocess.run([*client, "set", "answer.mode", mode], check=True, capture_output=True)
            row = rows[-1]
            print(
                f"{(now_s - begun_s) / 60:6.1f} min  {row.total / 1e6:7.2f} MB  "
                f"{sum(row.files.values())} files  {sum(row.threads.values())} threads  "
                f"{row.ports} ports  p99 {row.late_p99_ms:6.2f} ms"
                f"{'  loaded' if row.loaded else ''}",
                flush=True,
            )
    if load is not None:
        load.terminate()
        load.wait()
    return rows


def report(rows: list[Minute], player: Player, ears: Ears, code: int, takes: list[Path], log: str) -> bool:
    # A take that is being finished has a process of its own for a second or two.
    first, last = _usual(rows[len(rows) // 10 :][:5]), _usual(rows[-5:])
    early, late = (_p99(rows[:1] + rows[1 : len(rows) // 3]), _p99(rows[-len(rows) // 3 :]))
    growth = {name: last.resident[name] - first.resident[name] for name in last.resident}
    print(f"{player.phrases} phrases, {ears.notes} notes heard, {len(takes)} takes, exit code {code}")
    print("resident growth:", ", ".join(f"{name} {size / 1e6:+.2f} MB" for name, size in growth.items()))
    checks = {
        f"hanging notes: {len(ears.hanging)}": not ears.hanging,
        f"invalid bytes sent: {ears.wrong}": not ears.wrong,
        f"resident growth: {(last.total - first.total) / 1e6:.2f} MB": last.total - first.total
        < GROWTH_BYTES,
        f"files: {dict(first.files)} → {dict(last.files)}": first.files == last.files,
        f"threads: {dict(first.threads)} → {dict(last.threads)}": first.threads == last.threads,
        f"JACK ports: {first.ports} → {last.ports}": first.ports == last.ports,
        f"playing processes that died: {last.restarts}": last.restarts == 0,
        f"lateness p99 without load, first and last third: {early:.2f} → {late:.2f} ms": late <= early + 0.5,
        f"exit code: {code}": code == 0,
    }
    for line, right in checks.items():
        print("as wanted" if right else "NOT AS WANTED", line)
    if not all(checks.values()):
        print(log[-2000:])
    return all(checks.values())


def _usual(rows: list[Minute]) -> Minute:
    """The one in the middle of several minutes."""
    return sorted(rows, key=lambda row: row.total)[len(rows) // 2]


def _p99(rows: list[Minute]) -> float:
    quiet = sorted(row.late_p99_ms for row in rows if not row.loaded)
    return quiet[len(quiet) // 2] if quiet else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=60.0, help="of real time; 0: none")
    parser.add_argument("--hours", type=float, default=24.0, help="of music in virtual time; 0: none")
    asked = parser.parse_args()
    fine = True
    if asked.minutes:
        fine = soak(asked.minutes)
    if asked.hours:
        fine = play_virtually(asked.hours) and fine
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
