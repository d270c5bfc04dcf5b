"""How much memory all processes of `antiphon play` take. Linux, with jackd.

    python tests/benchmarks/bench_memory.py [--antiphon PATH …]

`antiphon play` runs on a private real-time JACK server with no sound card. It answers one phrase, then the
player leaves, and the memory is read when another process stands by and all is quiet. Proportional memory
(PSS) counts a page that several processes share in equal parts; its sum is what the program takes of the
machine. Pages of the C library and of Python that other programs share are counted in part, so a busy machine
shows a little less. "Anonymous" is what belongs to the process alone whoever else runs; "locked" is what may
not be paged out. --antiphon names the command of a virtual environment and may be given again.

Wanted: at most 200 MB (10⁶ bytes).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from live.house import Player, Server, named, wait_for

NAMES = {"Pss": "total", "Pss_Anon": "anonymous", "Pss_File": "files", "Locked": "locked", "Rss": "resident"}
WANTED_MB = 200.0
# What standby is called where there is one; it may be loaded long after the ports are open.
SPARE, SPARE_S = "antiphon-spare", 15.0
QUIET_S, OVER_S, SETTLED_S = 3.0, 2.0, 2.0
PHRASE = [
    [place * 0.25 + after_s, [status, pitch, 80]]
    for place, pitch in enumerate((60, 64, 67, 64))
    for after_s, status in ((0.0, 0x90), (0.2, 0x80))
]


@dataclass(frozen=True, slots=True)
class Memory:
    """What one process takes, in MB, by the names above."""

    name: str
    mb: dict[str, float]


@contextmanager
def playing(command: Path, server: Any, folder: Path) -> Iterator["subprocess.Popen[Any]"]:
    """`antiphon play`, whose ports are open."""
    log = folder / "play.log"
    usual = ["--api", "jack", "--take-dir", str(folder), "--bpm", "240"]
    with log.open("w") as out:
        process = subprocess.Popen(
            [str(command), "play", *usual], env=server.environment, cwd=folder, stdout=out, stderr=out
        )
    try:
        wait_for(lambda: "are open" in log.read_text() or process.poll() is not None, "the ports", 60.0)
        if process.poll() is not None:
            sys.exit(log.read_text())
        yield process
    finally:
        process.terminate()
        process.wait(20)


def have_one_answer(environment: dict[str, str]) -> None:
    """Play a phrase, wait until its answer is over, and leave."""
    player = Player(environment)
    ended_s = player.play(PHRASE)[-1]
    wait_for(lambda: player.onsets(ended_s + 0.05), "an answer")
    wait_for(lambda: time.monotonic() - player.last_change_s() > OVER_S, "the end of the answer", every_s=0.1)
    player.end()


def settle(pid: int) -> None:
    """Wait for the process that stands by, if there is to be one, and until all is quiet."""
    until_s = time.monotonic() + SPARE_S
    while SPARE not in named(pid).values() and time.monotonic() < until_s:
        time.sleep(0.1)
    time.sleep(QUIET_S)


def memory_of(pid: int) -> list[Memory]:
    """Of a process and all below it."""
    family = {pid: "antiphon play", **named(pid)}
    return [Memory(name, read_mb(one)) for one, name in family.items()]


def read_mb(pid: int) -> dict[str, float]:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    found = {name.rstrip(":"): int(kilobytes) for name, kilobytes, *_ in map(str.split, lines)}
    return {name: found.get(name, 0) * 1024 / 1e6 for name in NAMES}


def measured(command: Path) -> list[Memory]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(real_time=True) as server,
        playing(command, server, Path(folder)) as process,
    ):
        time.sleep(SETTLED_S)
        have_one_answer(server.environment)
        settle(process.pid)
        return memory_of(process.pid)


def report(command: Path, found: Sequence[Memory]) -> str:
    lines = [f"{command} on JACK"]
    lines.append(f"  {'MB':<20}{''.join(f'{name:>12}' for name in NAMES.values())}")
    total = Memory("all", {name: sum(one.mb[name] for one in found) for name in NAMES})
    lines += [
        f"  {one.name:<20}{''.join(f'{one.mb[name]:>12.1f}' for name in NAMES)}" for one in (*found, total)
    ]
    whole_mb, wanted_mb = total.mb["Pss"], WANTED_MB
    verdict = "as wanted" if whole_mb <= wanted_mb else "MISSED"
    lines.append(f"  {whole_mb:.0f} MB in {len(found)} processes (wanted: at most {wanted_mb:g}) {verdict}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    beside = Path(sys.executable).parent / "antiphon"
    parser.add_argument("--antiphon", type=Path, action="append", metavar="PATH", help=f"default: {beside}")
    asked = parser.parse_args()
    for command in [Path(os.path.abspath(command)) for command in asked.antiphon or [beside]]:
        if shutil.which(str(command)) is None:
            parser.error(f"--antiphon must be a command that can be run: {command}")
        print(report(command, measured(command)), flush=True)


if __name__ == "__main__":
    main()
