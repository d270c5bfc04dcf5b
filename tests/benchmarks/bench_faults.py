"""How long Antiphon is away when something befalls it in the middle of an answer. Linux, with jackd.

    python tests/benchmarks/bench_faults.py [--times N] [--only WORD] [--json]

`antiphon play` on a JACK server of its own that has no sound card, and a player in another process, which
notes when each note begins and ends. Each fault is done to it N times, on a new Antiphon each time, and a
phrase must be answered afterwards. In the table, middle and worst of N, in milliseconds: until no note
sounded, until it was told of, and until it played again. Of a JACK server that is killed, the last is
counted from the moment it is started again; of the first process, from its death until a shell loop, which
stands in for a service manager, has a new one with its ports open.

Wanted after a kill -9: silence within half a second, and back within three seconds.
"""

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

from live.faults import DEATHS, Measured, measure_parent, measure_server, scene  # noqa: E402
from live.house import HERE, Server  # noqa: E402

PARTS = ("session", "model", "port")
BREAKING = str(HERE / "breaking.py")
COLUMNS = ("silence_s", "noticed_s", "back_s")
Fault = Callable[[], Measured]


@contextmanager
def stage(real_time: bool, **how: Any) -> Iterator[Any]:
    """An Antiphon of its own on a server of its own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(real_time=real_time) as server,
        scene(server, Path(folder), **how) as staged,
    ):
        yield staged


def death(name: str, real_time: bool) -> Measured:
    with stage(real_time) as staged:
        return staged.measure(*DEATHS[name])


def parent(real_time: bool) -> Measured:
    with stage(real_time, connections=True, kept=True) as staged:
        return measure_parent(staged)


def server(real_time: bool) -> Measured:
    with stage(real_time) as staged:
        return measure_server(staged)


def broken(part: str, real_time: bool) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"BREAKING": part, "BROKEN": str(Path(folder, "broken"))}
        with stage(real_time, program=[BREAKING], environment=environment) as staged:
            return staged.measure(lambda _: None, f"the {part} broke; another takes over.")


def faults() -> dict[str, Fault]:
    """All faults by name; on a server that runs in real time, and on one that does not."""
    found: dict[str, Fault] = {}
    for real_time, path in ((True, "real-time server"), (False, "ordinary server")):
        for name in DEATHS:
            found[f"{name}, {path}"] = lambda name=name, real_time=real_time: death(name, real_time)
        found[f"kill -9 of the first process, {path}"] = lambda real_time=real_time: parent(real_time)
        found[f"jackd is killed and returns, {path}"] = lambda real_time=real_time: server(real_time)
    for part in PARTS:
        found[f"the {part} raises"] = lambda part=part: broken(part, real_time=True)
    return found


def row(name: str, measured: Sequence[Measured]) -> str:
    cells = []
    for column in COLUMNS:
        known_s = [seconds for one in measured if (seconds := getattr(one, column)) is not None]
        both = (statistics.median(known_s), max(known_s)) if known_s else ()
        cells.append(" / ".join(f"{1000 * seconds:.0f}" for seconds in both) or "–")
    return f"| {name} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--times", type=int, default=5, metavar="N", help="do each fault so often")
    parser.add_argument("--only", default="", metavar="WORD", help="the faults with this in their name")
    parser.add_argument("--json", action="store_true", help="print every measurement, for a program")
    asked = parser.parse_args()
    chosen = {name: fault for name, fault in faults().items() if asked.only in name}
    if not chosen:
        parser.error(f"--only must be part of one of: {'; '.join(faults())}")
    if not asked.json:
        print("| fault | silence after, ms | noticed after, ms | back after, ms |\n|---|---|---|---|")
    for name, fault in chosen.items():
        measured = [fault() for _ in range(asked.times)]
        if asked.json:
            print(json.dumps({name: [[getattr(one, column) for column in COLUMNS] for one in measured]}))
        else:
            print(row(name, measured), flush=True)


if __name__ == "__main__":
    main()
