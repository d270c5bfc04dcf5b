"""How long it takes from the command `antiphon play` until its ports are open. Linux, with jackd.

    python tests/benchmarks/bench_start.py [--antiphon PATH …] [--runs N] [--load] [--first] [--json]

Each run starts `python -c "import numpy"`, `antiphon --version` and `antiphon play` in turn, so that all
three meet the same machine. `play` opens its ports on a private real-time JACK server with no sound card
(48 000 Hz, 128 frames). A JACK client in this process is told of every port, and the time ends when both
`antiphon:in` and `antiphon:out` exist. Then SIGTERM ends `play`, which is waited for. --antiphon names the
command of a virtual environment and may be given again, so that two versions are compared in the same runs;
numpy is imported by the python beside the command. --load keeps one core busy with stress-ng. The first run
of each only fills the caches and is not counted. Needs JACK-Client in the python that runs this.

On a machine that others use too, numpy is slowed down more than `play`, and the ratio looks better than it
is. With --first all that is measured runs in a session of its own that comes before all other sessions of
ordinary priority (the kernel's autogroup); that needs the right to do so.

"× numpy" compares medians; "run by run" is the median of each run's own ratio, which a machine that others
use moves less; "processor" is the time on all cores, of `play` that of all its processes until its ports are
open, and moves least.

Wanted: the median of `play` is at most 8 times the median of numpy.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from live.house import Server, named

PORTS = {"antiphon:in", "antiphon:out"}
WANTED_TIMES = 8.0
START_S, END_S = 60.0, 20.0
NOWHERE = subprocess.DEVNULL
AUTOGROUP = Path("/proc/self/autogroup")


class PortWatch:
    """A client of the server that is told when ports come and go."""

    def __init__(self) -> None:
        import jack

        jack.set_error_function(lambda _: None)
        self._changed, self._changed_s = Event(), 0.0
        self._client = jack.Client("watch", no_start_server=True)
        self._client.set_port_registration_callback(self._note)
        self._client.set_port_rename_callback(self._note)
        self._client.activate()

    def _note(self, *_: object) -> None:
        self._changed_s = time.monotonic()
        self._changed.set()

    def wait(self, present: bool, process: "subprocess.Popen[Any] | None", within_s: float) -> float:
        """Wait until both ports exist, or neither does; gives the moment of that change."""
        until_s = time.monotonic() + within_s
        while True:
            self._changed.clear()
            changed_s = self._changed_s
            there = PORTS & {port.name for port in self._client.get_ports(is_midi=True)}
            if there == (PORTS if present else set()):
                return changed_s
            ended = process is not None and process.poll() is not None
            if ended or time.monotonic() > until_s:
                sys.exit(f"{'it ended' if ended else f'{within_s:g} s passed'}; open are: {sorted(there)}")
            self._changed.wait(0.5)

    def close(self) -> None:
        self._client.deactivate()
        self._client.close()


@dataclass(frozen=True, slots=True)
class Times:
    """Of one command, run by run: seconds until it was done, and seconds of all cores spent on it."""

    wall_s: list[float] = field(default_factory=list)
    processor_s: list[float] = field(default_factory=list)

    def add(self, wall_s: float, processor_s: float) -> None:
        self.wall_s.append(wall_s)
        self.processor_s.append(processor_s)


@dataclass(slots=True)
class Version:
    """One installed Antiphon, and how long each command took."""

    command: Path
    numpy: Times = field(default_factory=Times)
    version: Times = field(default_factory=Times)
    play: Times = field(default_factory=Times)
    end_s: list[float] = field(default_factory=list)

    def run(self, watch: PortWatch, environment: dict[str, str], folder: Path) -> None:
        python = str(self.command.parent / "python")
        self.numpy.add(*durations_s([python, "-c", "import numpy"], environment, folder))
        self.version.add(*durations_s([str(self.command), "--version"], environment, folder))
        self._play(watch, environment, folder)

    def _play(self, watch: PortWatch, environment: dict[str, str], folder: Path) -> None:
        command = [str(self.command), "play", "--api", "jack", "--take-dir", str(folder), "--quiet"]
        begun_s = time.monotonic()
        with subprocess.Popen(
            command, env=environment, cwd=folder, stdout=NOWHERE, stderr=NOWHERE
        ) as process:
            try:
                opened_s = watch.wait(True, process, START_S)
                self.play.add(opened_s - begun_s, family_s(process.pid))
                # The process that stands by is loaded meanwhile, and does not disturb the next start.
                time.sleep(2.0)
                asked_s = time.monotonic()
                process.send_signal(signal.SIGTERM)
                code = process.wait(END_S)
                self.end_s.append(time.monotonic() - asked_s)
            finally:
                process.kill()
        if code != 0:
            sys.exit(f"{self.command} play ended with exit code {code}")
        watch.wait(False, None, END_S)


def durations_s(command: Sequence[str], environment: dict[str, str], folder: Path) -> tuple[float, float]:
    """How long a command takes, and what it takes of all cores."""
    begun_s, spent_s = time.monotonic(), children_s()
    subprocess.run(command, env=environment, cwd=folder, check=True, stdout=NOWHERE, stderr=NOWHERE)
    return time.monotonic() - begun_s, children_s() - spent_s


def children_s() -> float:
    """Processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def family_s(pid: int) -> float:
    """Processor seconds so far of a process and all below it."""
    return sum(threads_s(one) for one in (pid, *named(pid)))


def threads_s(pid: int) -> float:
    with suppress(OSError):  # one that has ended meanwhile counts nothing
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
    return 0.0


@contextmanager
def one_core_busy() -> Iterator[None]:
    with subprocess.Popen(["stress-ng", "--cpu", "1", "--quiet"], start_new_session=True) as stress:
        try:
            yield
        finally:
            stress.terminate()


def in_a_session_of_its_own() -> int:
    """Run this script again there; gives its exit code."""
    with subprocess.Popen([sys.executable, *sys.argv], start_new_session=True) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # which reaches only the session of the terminal
            process.send_signal(signal.SIGINT)
            return process.wait()


def row(name: str, times: Times, numpy: Times) -> str:
    median = statistics.median
    middle_s, processor_s = median(times.wall_s), median(times.processor_s)
    cells = f"{middle_s:>9.3f}{min(times.wall_s):>9.3f}{max(times.wall_s):>9.3f}"
    paired = median(one / other for one, other in zip(times.wall_s, numpy.wall_s, strict=True))
    cells += f"{middle_s / median(numpy.wall_s):>9.1f}{paired:>12.1f}"
    cells += f"{processor_s:>12.3f}{processor_s / median(numpy.processor_s):>9.1f}"
    return f"  {name:<28}{cells}"


def report(version: Version) -> str:
    times = statistics.median(version.play.wall_s) / statistics.median(version.numpy.wall_s)
    verdict = "as wanted" if times <= WANTED_TIMES else "MISSED"
    columns = f"{'median':>9}{'least':>9}{'most':>9}{'× numpy':>9}{'run by run':>12}"
    lines = [
        f"{version.command}",
        f"  {'seconds':<28}{columns}{'processor':>12}{'× numpy':>9}",
        row("import numpy", version.numpy, version.numpy),
        row("antiphon --version", version.version, version.numpy),
        row("antiphon play, ports open", version.play, version.numpy),
        f"  {'SIGTERM until it has ended':<28}{statistics.median(version.end_s):>9.3f}"
        f"{min(version.end_s):>9.3f}{max(version.end_s):>9.3f}",
        f"  play is {times:.1f} times numpy (wanted: at most {WANTED_TIMES:g}) {verdict}",
    ]
    return "\n".join(lines)


def measured(versions: Sequence[Version], runs: int) -> str:
    """Run all; says how the server is scheduled."""
    with Server(real_time=True) as server, tempfile.TemporaryDirectory() as folder:
        os.environ.update(server.environment)
        watch = PortWatch()
        for version in versions:
            Version(version.command).run(watch, server.environment, Path(folder))  # fills the caches
        for turn in range(runs):
            # Each version comes first as often as last.
            for version in versions if turn % 2 else versions[::-1]:
                version.run(watch, server.environment, Path(folder))
        watch.close()
        return "real-time" if server.real_time else "ordinary"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    beside = Path(sys.executable).parent / "antiphon"
    parser.add_argument("--antiphon", type=Path, action="append", metavar="PATH", help=f"default: {beside}")
    parser.add_argument("--runs", type=int, default=15, metavar="N")
    parser.add_argument("--load", action="store_true", help="one core is kept busy (stress-ng)")
    parser.add_argument("--first", action="store_true", help="ahead of what others run on the machine")
    parser.add_argument("--json", action="store_true", help="print every measurement, for a program")
    asked = parser.parse_args()
    commands = [Path(os.path.abspath(command)) for command in asked.antiphon or [beside]]
    for command in commands:
        if shutil.which(str(command)) is None:
            parser.error(f"--antiphon must be a command that can be run: {command}")
    versions = [Version(command) for command in commands]
    if asked.first and os.getsid(0) != os.getpid():
        sys.exit(in_a_session_of_its_own())
    with one_core_busy() if asked.load else nullcontext():
        if asked.first:
            AUTOGROUP.write_text("-20")
        scheduled = measured(versions, asked.runs)
    if asked.json:
        print(json.dumps({str(one.command): asdict(one) for one in versions}, default=str))
        return
    load = "one core busy" if asked.load else "no load of ours"
    average = "/".join(f"{value:.1f}" for value in os.getloadavg())
    load += ", ahead of others" if asked.first else ""
    print(f"{asked.runs} runs; {os.cpu_count()} cores, {load}, load average {average}; JACK {scheduled}")
    for version in versions:
        print(report(version))


if __name__ == "__main__":
    main()
