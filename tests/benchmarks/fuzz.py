"""Throws hostile input at the program: a million MIDI messages, a hundred thousand broken files.

    python tests/benchmarks/fuzz.py [--share 0.01] [--target NAME ...] [--seed 0] [--processes 2]
    python tests/benchmarks/fuzz.py --target NAME --first 1234 --cases 1

The targets are the table in tests/hostile.py. Wanted: no finding, which is anything but an answer or one
short line that says what is wrong; every note ended; memory that does not grow. The exit code is 1 otherwise.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "training"), str(ROOT / "tests")]

from hostile import TARGETS  # noqa: E402 - it lies beside the tests
from tally import Tally  # noqa: E402

_PIECES = 4  # of a target, so that no process waits long for the other


def run_piece(name: str, seed: int, first: int, cases: int) -> tuple[str, Tally]:
    return name, TARGETS[name].run(name, seed, range(first, first + cases))


def pieces(asked: argparse.Namespace) -> Iterable[tuple[str, int, int]]:
    """Name, first case and number of cases."""
    for name in asked.target or TARGETS:
        whole = asked.cases or max(1, round(TARGETS[name].cases * asked.share))
        each = -(-whole // _PIECES)
        for begin in range(0, whole, each):
            yield name, asked.first + begin, min(each, whole - begin)


def run_all(asked: argparse.Namespace) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {name: Tally() for name in asked.target or TARGETS}
    with ProcessPoolExecutor(asked.processes) as pool:
        jobs = {pool.submit(run_piece, name, asked.seed, *numbers): name for name, *numbers in pieces(asked)}
        for job in as_completed(jobs):
            try:
                tallies[jobs[job]].add(job.result()[1])
            except BrokenProcessPool:
                tallies[jobs[job]].add(Tally(findings=[f"{jobs[job]}: the process was ended"]))
    return tallies


def report(name: str, tally: Tally) -> None:
    outcomes = ", ".join(f"{count} {word}" for word, count in sorted(tally.outcomes.items()))
    slowest = ", ".join(f"{1000 * s:.0f} ms ({what})" for s, what in tally.slowest[:1])
    print(f"{name:<13} {tally.count:>8}: {len(tally.findings)} findings; {outcomes}; slowest {slowest}")
    for finding in tally.findings:
        print(f"    {finding}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--target", action="append", choices=list(TARGETS), help="only this; more than once")
    parser.add_argument("--share", type=float, default=1.0, help="of the whole run")
    parser.add_argument("--cases", type=int, help="so many of each target, in place of a share")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, choices=(1, 2), default=2)
    asked = parser.parse_args()
    began_s, used_s = time.perf_counter(), sum(os.times()[:4])
    tallies = run_all(asked)
    for name, tally in tallies.items():
        report(name, tally)
    took_s, cpu_s = time.perf_counter() - began_s, sum(os.times()[:4]) - used_s
    findings = sum(len(tally.findings) for tally in tallies.values())
    print(f"{findings} findings in {took_s:.0f} s, {cpu_s:.0f} s of processor time (seed {asked.seed})")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
