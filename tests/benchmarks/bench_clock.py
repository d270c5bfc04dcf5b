"""How near the notes come to the host's beats, heard to the frame by a receiver in another process.

    python tests/benchmarks/bench_clock.py [--seconds 60] [--load] [--ordinary]

A host of its own (tests/live/timebase.py) leads the JACK transport at 120 bpm and notes the frame of
every note it hears; a sixteenth is 6 000 frames. Antiphon goes on without end after one phrase, led by
nobody, by the transport, and by jack_midi_clock. The row led by nobody is the floor of the port: what the
others err more is the clock's. The host hears its answer a period (2.67 ms) late: JACK breaks the circle of
the two there, and it is not counted.

The host also says where the machine did not keep JACK's time: where the server lost time, and where it or
any client was late, whose messages JACK then drops. Intervals within a second of that are told apart, by
what the host measured and never by how they came out. cyclictest (of rt-tests) runs beside each row at the
server's priority and says what the machine itself can do.

Wanted, with every core kept busy: at least 97 of 100 intervals exact to the frame. Needs
jackd, jack_midi_clock and JACK-Client; stress-ng for --load.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

HOST = Path(__file__).parent.parent / "live" / "timebase.py"
BPM, RATE, PERIOD, PRIORITY = 120.0, 48_000, 128, 70
QUARTER = RATE * 60 / BPM
SIXTEENTH = QUARTER / 4
ON, OFF = 0x90, 0x80
# Long notes are made rare, so that there are many to measure.
MANY_NOTES = "_ = 0.2\nr = 0.5\n"
FIRST = 3  # notes that come while the clock is being found
# As long as this after trouble, what follows it is settling; and it is a few cycles until trouble is seen.
SETTLED, SEEN = RATE, RATE // 20


@dataclass(frozen=True, slots=True)
class Row:
    """Frames of the song at which notes began and at which there was trouble, what and how long (ms); and
    wake-up errors of the machine meanwhile, in µs, sorted."""

    notes: tuple[float, ...]
    trouble: tuple[tuple[float, str, float], ...]
    beside_us: tuple[int, ...]

    def disturbed(self, begin: float, end: float) -> bool:
        return any(begin - SETTLED < at <= end + SEEN for at, _, _ in self.trouble)

    def intervals(self) -> list[tuple[float, bool]]:
        """How many frames each interval is off whole sixteenths, and whether it was disturbed."""
        pairs = pairwise(self.notes[FIRST:])
        return [(abs(round(off(b - a))), self.disturbed(a, b)) for a, b in pairs]

    def places_ms(self) -> list[float]:
        """How late each undisturbed note is, the circle's period not counted."""
        notes = [note for note in self.notes[FIRST:] if not self.disturbed(note, note)]
        return [1000 * (off(note) - PERIOD) / RATE for note in notes]


@contextmanager
def running(
    command: Sequence[str], environment: dict[str, str], **pipes: int
) -> Iterator[subprocess.Popen[str]]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=environment, text=True, **{**quiet, **pipes})
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def ask(host: "subprocess.Popen[str]", *request: object) -> list[list[float]]:
    assert host.stdin is not None
    assert host.stdout is not None
    host.stdin.write(json.dumps(request) + "\n")
    host.stdin.flush()
    answer: list[list[float]] = json.loads(host.stdout.readline())
    return answer


@contextmanager
def cyclictest(seconds: float) -> Iterator[list[int]]:
    """Wake-up errors of the machine itself for so long, in µs; none where there is no cyclictest."""
    errors_us: list[int] = []
    if shutil.which("cyclictest") is None:
        yield errors_us
        return
    # --laptop: or it keeps the processor from sleeping, and everything measured beside it is too good.
    command = ["cyclictest", "-q", "-t1", "-i1000", "-h50000", "--laptop", "--mlockall"]
    command += ["--policy=fifo", f"--priority={PRIORITY}", f"-D{round(seconds)}"]
    with running(command, dict(os.environ), stdout=subprocess.PIPE) as process:
        yield errors_us
        for line in process.communicate()[0].splitlines():
            if line[:1].isdigit():
                error_us, times = map(int, line.split()[:2])
                errors_us += [error_us] * times


def wait_for_port(host: "subprocess.Popen[str]", name: str) -> None:
    until_s = time.monotonic() + 20
    while name not in ask(host, "ports"):
        if time.monotonic() > until_s:
            sys.exit(f"no port {name}")
        time.sleep(0.1)


def measured(source: str, seconds: float, realtime: bool) -> Row:
    """What came of a phrase and an endless answer."""
    name = f"bench-{uuid.uuid4().hex[:6]}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    priority = ["-R", f"-P{PRIORITY}"] if realtime else ["--no-realtime"]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = Path(folder) / "config.toml"
        settings.write_text(
            f'[clock]\nsource = "{source}"\n[tempo]\nmode = "fixed"\nbpm = {BPM}\n'
            f'[answer]\nmode = "continue"\n[feel]\ntiming = 0.0\n[sampling.weights]\n{MANY_NOTES}'
            '[midi]\napi = "jack"\n'
        )
        server = ["jackd", "-n", name, *priority, "-d", "dummy", "-r", str(RATE), "-p", str(PERIOD)]
        stack.enter_context(running(server, environment))
        time.sleep(1.5)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        host = stack.enter_context(running([sys.executable, str(HOST), "host"], environment, **pipes))
        ask(host, "tempo", BPM)
        play = [sys.executable, "-m", "antiphon", "play", "--config", str(settings), "--take-dir", folder]
        stack.enter_context(running([*play, "--random-seed", "1", "--quiet"], environment))
        wait_for_port(host, "antiphon:out")
        time.sleep(3)
        if source == "midi":
            stack.enter_context(running(["jack_midi_clock", "antiphon:clock"], environment))
            wait_for_port(host, "jack_midi_clock:mclk_out")
            time.sleep(1)  # until it is connected
        ask(host, "connect", "host:out", "antiphon:in")
        ask(host, "connect", "antiphon:out", "host:in")
        ask(host, "roll")
        phrase = [
            [8 + beat + at, [what, pitch, 80]]
            for beat, pitch in enumerate((60, 64, 67, 64))
            for at, what in ((0.0, ON), (0.8, OFF))
        ]
        ask(host, "play", phrase)
        time.sleep(8 * 60 / BPM)
        with cyclictest(seconds) as beside_us:
            time.sleep(seconds)
        heard, trouble = ask(host, "heard"), ask(host, "trouble")
    return Row(
        tuple(row[0] * QUARTER for row in heard if row[2] == ON and row[4]),
        tuple((place * QUARTER, str(what), ms) for place, what, ms in trouble if place > 8),
        tuple(sorted(beside_us)),
    )


def share(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


PARTS = (0.5, 0.99, 0.999)
COLUMNS = (
    *("led by", "undisturbed intervals", "exact", "within a frame", "99 of 100 off by, ms"),
    *("more than the floor, ms", "place: middle, 99 of 100, ms", "exact of all"),
    *("server lost, times late", "cyclictest 50/99/99.9, µs"),
)


def off(frames: float) -> float:
    return frames - round(frames / SIXTEENTH) * SIXTEENTH


def exactly(intervals: Sequence[float]) -> str:
    return f"{sum(error == 0 for error in intervals) / len(intervals):.1%}" if intervals else "–"


def report(label: str, row: Row, floor: Row) -> str:
    """`floor` is the row that nobody led."""
    quiet = [error for error, disturbed in row.intervals() if not disturbed]
    least = [error for error, disturbed in floor.intervals() if not disturbed]
    if len(quiet) < 10 or len(least) < 10:
        return f"| {label} | {len(row.notes)} notes, {len(quiet)} intervals undisturbed: too few |"
    one = sum(error <= 1 for error in quiet) / len(quiet)
    apart_ms, floor_ms = (1000 * share(errors, 0.99) / RATE for errors in (quiet, least))
    extra, place = "floor", "–"
    if row is not floor:
        late_ms = row.places_ms()
        extra = f"{apart_ms - floor_ms:+.2f}"
        place = f"{share(late_ms, 0.5):+.2f}, {share(sorted(map(abs, late_ms)), 0.99):.2f}"
    lost_ms = sum(ms for _, what, ms in row.trouble if what == "lost")
    late = sum(what != "lost" for _, what, _ in row.trouble)
    beside = "/".join(f"{share(row.beside_us, part):g}" for part in PARTS) if row.beside_us else "–"
    of_all = [error for error, _ in row.intervals()]
    cells = [
        *(label, f"{len(quiet)} of {len(of_all)}", exactly(quiet), f"{one:.1%}", f"{apart_ms:.2f}", extra),
        *(place, exactly(of_all), f"{lost_ms:.0f} ms, {late}", beside),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--load", action="store_true", help="keep every core busy")
    parser.add_argument("--ordinary", action="store_true", help="a server of ordinary priority")
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.load:
            cores = str(os.cpu_count())
            stack.enter_context(running(["stress-ng", "--cpu", cores, "-q"], dict(os.environ)))
        print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        floor = None
        for source in ("internal", "jack", "midi"):
            row = measured(source, given.seconds, not given.ordinary)
            floor = floor or row
            print(report(source, row, floor), flush=True)


if __name__ == "__main__":
    main()
