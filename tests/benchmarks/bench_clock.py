"""How near the notes come to the studio's beats, heard to the frame by a receiver in another process.

    python tests/benchmarks/bench_clock.py [--seconds 60] [--load] [--ordinary]

A studio of its own (tests/live/timebase.py) leads the JACK transport at 120 bpm and notes the frame of
every note it hears; a sixteenth is 6 000 frames. Antiphon goes on without end after one call, led by
nobody, by the transport, and by jack_midi_clock; with frame offsets, and through python-rtmidi, which has
none: that row led by nobody is the floor of the port. The studio hears its answer a period (2.67 ms) late:
JACK breaks the circle of the two there. Wanted, with frame offsets and every core kept busy: at least 97 of
100 intervals exact to the frame. Needs jackd, jack_midi_clock and JACK-Client; stress-ng for --load.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

STUDIO = Path(__file__).parent.parent / "live" / "timebase.py"
BPM, RATE = 120.0, 48_000
SIXTEENTH = RATE * 60 / BPM / 4
ON, OFF = 0x90, 0x80


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


def ask(studio: "subprocess.Popen[str]", *request: object) -> list[list[float]]:
    assert studio.stdin is not None
    assert studio.stdout is not None
    studio.stdin.write(json.dumps(request) + "\n")
    studio.stdin.flush()
    answer: list[list[float]] = json.loads(studio.stdout.readline())
    return answer


def wait_for_port(studio: "subprocess.Popen[str]", name: str) -> None:
    until_s = time.monotonic() + 20
    while name not in ask(studio, "ports"):
        if time.monotonic() > until_s:
            sys.exit(f"no port {name}")
        time.sleep(0.1)


def onsets(source: str, exact: bool, seconds: float, realtime: bool) -> list[float]:
    """Frames of the song at which Antiphon's notes begin."""
    name = f"bench-{uuid.uuid4().hex[:6]}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    priority = ["-R", "-P70"] if realtime else ["--no-realtime"]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        settings = Path(folder) / "config.toml"
        settings.write_text(
            f'[clock]\nsource = "{source}"\n[tempo]\nmode = "fixed"\nbpm = {BPM}\n'
            f'[answer]\nmode = "continue"\n[midi]\nexact = {str(exact).lower()}\napi = "jack"\n'
        )
        server = ["jackd", "-n", name, *priority, "-d", "dummy", "-r", str(RATE), "-p", "128"]
        stack.enter_context(running(server, environment))
        time.sleep(1.5)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        studio = stack.enter_context(running([sys.executable, str(STUDIO), "studio"], environment, **pipes))
        ask(studio, "tempo", BPM)
        play = [sys.executable, "-m", "antiphon", "play", "--config", str(settings), "--take-dir", folder]
        stack.enter_context(running([*play, "--random-seed", "1", "--quiet"], environment))
        wait_for_port(studio, "antiphon:out")
        time.sleep(3)
        if source == "midi":
            stack.enter_context(running(["jack_midi_clock", "antiphon:clock"], environment))
            wait_for_port(studio, "jack_midi_clock:mclk_out")
            time.sleep(1)
        ask(studio, "connect", "studio:out", "antiphon:in")
        ask(studio, "connect", "antiphon:out", "studio:in")
        ask(studio, "roll")
        call = [
            [8 + beat + at, [what, pitch, 80]]
            for beat, pitch in enumerate((60, 64, 67, 64))
            for at, what in ((0.0, ON), (0.8, OFF))
        ]
        ask(studio, "play", call)
        time.sleep(8 * 60 / BPM + seconds)
        heard = ask(studio, "heard")
    return [row[0] * SIXTEENTH * 4 for row in heard if row[2] == ON and row[4]]


def share(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def off(frames: float) -> float:
    return frames - round(frames / SIXTEENTH) * SIXTEENTH


def report(label: str, frames: Sequence[float], led: bool) -> str:
    if len(frames) < 10:
        return f"| {label} | only {len(frames)} notes |"
    between = [abs(round(off(b - a))) for a, b in pairwise(frames[3:])]
    exact = sum(error == 0 for error in between) / len(between)
    one = sum(error <= 1 for error in between) / len(between)
    early = [1000 * off(frame) / RATE for frame in frames[3:]]
    place = f"{share(early, 0.5):+.2f} | {share(sorted(map(abs, early)), 0.99):.2f}" if led else "– | –"
    apart = f"{exact:.1%} | {one:.1%} | {1000 * share(between, 0.99) / RATE:.2f}"
    return f"| {label} | {len(frames)} | {apart} | {place} |"


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
        print("| led by, sent | notes | exact | within a frame | 99 of 100, ms | place, ms | 99 of 100, ms |")
        print("|---|---|---|---|---|---|---|")
        for source in ("internal", "jack", "midi"):
            for exact in (True, False):
                if source == "jack" and not exact:
                    continue  # without frame offsets there is no client that sees the transport
                label = f"{source}, {'frame offsets' if exact else 'python-rtmidi'}"
                frames = onsets(source, exact, given.seconds, not given.ordinary)
                print(report(label, frames, source != "internal"), flush=True)


if __name__ == "__main__":
    main()
