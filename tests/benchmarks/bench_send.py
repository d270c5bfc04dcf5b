"""How late notes leave, how soon an answer begins, and what the sending process costs. Linux, with jackd.

    python tests/benchmarks/bench_send.py [--seconds N] [--calls N] [--bpm N] [--ordinary] [--load]

The real sending process, with the model that ships, plays on a JACK server of its own that has no sound card.
`--ordinary` keeps it from raising its priority; `--load` has stress-ng keep every core busy meanwhile. In the
same run cyclictest (of rt-tests), at the same priority, says what the machine itself can do.

Wanted: with real-time priority p50 at most 50 µs, p99 at most 300 µs or 3 times cyclictest's, p99.9 at most
2 ms, no drift; with ordinary priority and no load p99 at most 2 ms; from decision to first note p99 at most
3 ms; idle under 1 % of one core, answering under 5 %.
"""

import argparse
import math
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing import active_children
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon")]

import rtmidi  # noqa: E402

from antiphon import bundle  # noqa: E402
from antiphon.compose.sampling import SamplingSettings  # noqa: E402
from antiphon.compose.symbols import HOLD, REST  # noqa: E402
from antiphon.events import NoteOn  # noqa: E402
from antiphon.listen.phrase import PhraseSettings  # noqa: E402
from antiphon.perform.hearing import TempoSettings  # noqa: E402
from antiphon.perform.modes import AnswerSettings  # noqa: E402
from antiphon.perform.news import Answered, Heard, Sent  # noqa: E402
from antiphon.perform.session import SessionSettings  # noqa: E402
from antiphon.stage import live, sender  # noqa: E402
from antiphon.stage.rtmidi_port import Wiring  # noqa: E402
from antiphon.stage.sender import Order, Ready, Seen  # noqa: E402

PHRASE = (60, 62, 64, 65, 67)
NOTE_S, GAP_S = 0.04, 0.01
IDLE_S, SETTLE_S = 10.0, 4.0
# Long notes are made rare, so that there are many to measure.
MANY_NOTES = SamplingSettings(weights={HOLD: 0.2, REST: 0.5})
SILENCE_BEATS = 0.5
# An answer begins on a step of the grid. The calls are aimed to be over just before one: their last release
# is sent this much early, of which JACK and the look at the input take a few milliseconds.
EARLY_S = (0.001, 0.006)
CLOSE_S = 0.005
CYCLE_US, CYCLE_MOST_US = 1000, 50_000
PROBE = "import rtmidi; rtmidi.MidiOut(rtmidi.API_UNIX_JACK, 'probe')"

Player = Callable[["Run", Any], None]


@dataclass(slots=True)
class Run:
    """What a run of the sender said and cost."""

    pid: int
    ready: Ready
    reports: list[Seen] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)  # percent of one core while it did what the key says

    def of(self, kind: type[Any]) -> list[Any]:
        return [report for report in list(self.reports) if isinstance(report, kind)]

    @contextmanager
    def costing(self, doing: str) -> Iterator[None]:
        begun_s, spent_s = time.monotonic(), cpu_s(self.pid)
        yield
        self.cpu[doing] = 100 * (cpu_s(self.pid) - spent_s) / (time.monotonic() - begun_s)


def cpu_s(pid: int) -> float:
    """User and system seconds of a process, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def serve_ordinary(order: Order, letters: Any, orders: Any) -> None:
    """The sending process as it is where the system grants nothing."""
    vars(sender)["raise_priority"] = lambda: "ordinary priority, as asked"
    sender.serve(order, letters, orders)


@contextmanager
def jack() -> Iterator[str]:
    """A server of our own, which this process and its children find; says how it is scheduled."""
    name = f"bench-{uuid.uuid4().hex[:8]}"
    os.environ.update(JACK_DEFAULT_SERVER=name, JACK_NO_START_SERVER="1")
    for scheduled, how in (["-R", "-P70"], "real-time"), (["--no-realtime"], "ordinary"):
        command = ["jackd", "-n", name, *scheduled, "-d", "dummy", "-r", "48000", "-p", "128"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                if answers(server):
                    yield how
                    return
            finally:
                server.terminate()
    sys.exit("jackd does not start")


def answers(server: subprocess.Popen[bytes]) -> bool:
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s and server.poll() is None:
        if subprocess.run([sys.executable, "-c", PROBE], capture_output=True).returncode == 0:
            return True
    return False


@contextmanager
def every_core_busy() -> Iterator[None]:
    with subprocess.Popen(["stress-ng", "--cpu", "0", "--quiet"]) as stress:
        try:
            yield
        finally:
            stress.terminate()


@contextmanager
def cyclictest(seconds: float, real_time: bool) -> Iterator[list[int]]:
    """Wake-up errors of the machine itself, in µs, sorted; empty where there is no cyclictest."""
    errors_us: list[int] = []
    if shutil.which("cyclictest") is None:
        yield errors_us
        return
    scheduled = ["--mlockall", "--policy=fifo", "--priority=70"] if real_time else ["--policy=other"]
    # --laptop: or it keeps the processor from sleeping, and everything measured beside it is too good.
    command = ["cyclictest", "-q", "-t1", f"-i{CYCLE_US}", f"-h{CYCLE_MOST_US}", "--laptop", *scheduled]
    command.append(f"-D{max(1, round(seconds))}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        yield errors_us
        for line in process.communicate()[0].splitlines():
            if line[:1].isdigit():
                error_us, times = map(int, line.split()[:2])
                errors_us += [error_us] * times


def run(settings: SessionSettings, player: Player) -> Run:
    """Start a sender, let the player play to it, and end it."""
    order = Order(bundle.find(bundle.DEFAULT_MODEL), None, settings, 1, Wiring("jack", "bench"))
    with live.Live(order) as sending, ThreadPoolExecutor(1) as pool:
        ready = sending.ready()
        pid = next(child.pid for child in active_children() if child.name == "antiphon-sender")
        assert pid is not None
        made = Run(pid, ready)
        keyboard = keyboard_on(ready.inputs[0])
        playing = pool.submit(player, made, keyboard)
        sending.attend(made.reports.append, lambda: None, playing.done)
        playing.result()
        keyboard.close_port()
        keyboard.delete()
    return made


def keyboard_on(name: str) -> Any:
    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "keyboard")
    out.open_port(out.get_ports().index(name))
    time.sleep(0.2)  # what is sent as it connects may be lost
    return out


def exactly(at_s: float) -> float:
    return at_s


def play(keyboard: Any, pitches: Sequence[int], release_s: Callable[[float], float] = exactly) -> None:
    """Play a phrase; `release_s` may put off the moment of its last release."""
    for place, pitch in enumerate(pitches):
        keyboard.send_message([0x90, pitch, 80])
        until_s = time.monotonic() + NOTE_S
        sleep_until(release_s(until_s) if place + 1 == len(pitches) else until_s)
        keyboard.send_message([0x80, pitch, 64])
        time.sleep(GAP_S)


def sleep_until(at_s: float) -> None:
    time.sleep(max(0.0, at_s - time.monotonic()))


def going_on(seconds: float, bpm: float, beside: list[int]) -> Run:
    """Nothing for a while, then a phrase and an endless answer; `beside` gets what cyclictest found."""

    def player(made: Run, keyboard: Any) -> None:
        time.sleep(SETTLE_S)
        with made.costing("idle"):
            time.sleep(IDLE_S)
        play(keyboard, PHRASE)
        time.sleep(1.0)
        real_time = made.ready.allowed.startswith("real-time")
        with cyclictest(seconds, real_time) as errors_us, made.costing("answering"):
            time.sleep(seconds)
        beside.extend(errors_us)

    settings = SessionSettings(
        TempoSettings("fixed", bpm), answer=AnswerSettings("continue"), sampling=MANY_NOTES
    )
    return run(settings, player)


def calling(calls: int, bpm: float) -> Run:
    """Short calls one upon the other, each over just before a step of the grid; the answer starts "now"."""
    chance = random.Random(1)
    phrase = PhraseSettings(SILENCE_BEATS)
    silence_s = SILENCE_BEATS * 60 / bpm

    def player(made: Run, keyboard: Any) -> None:
        for call in range(calls):
            play(keyboard, PHRASE, lambda at_s: aimed(made.of(Heard), at_s, silence_s, chance))
            until_s = time.monotonic() + 5
            while len(made.of(Heard)) <= call and time.monotonic() < until_s:
                time.sleep(0.005)
            heard = made.of(Heard)[-1]
            sleep_until(heard.grid.time_s(heard.answer_start_steps) + 0.05)

    answer = AnswerSettings("answer", start="now")
    return run(SessionSettings(TempoSettings("fixed", bpm), phrase, answer), player)


def aimed(heard: Sequence[Heard], at_s: float, silence_s: float, chance: random.Random) -> float:
    """The first moment from `at_s` on at which a release lets the call end just before a step."""
    if not heard:
        return at_s
    grid, lead_s = heard[0].grid, chance.uniform(*EARLY_S)
    return grid.time_s(math.ceil(grid.steps_at(at_s + silence_s + lead_s))) - silence_s - lead_s


def first_notes(made: Run) -> list[tuple[float, float]]:
    """Of every answer's first note: seconds from decision to its step, and from there to the port."""
    ons = [sent for sent in made.of(Sent) if isinstance(sent.timed.event, NoteOn)]
    found = []
    for heard in made.of(Heard):
        starts_s = heard.grid.time_s(heard.answer_start_steps)
        first = next((sent for sent in ons if abs(sent.timed.at_s - starts_s) < 1e-6), None)
        if first is not None:
            found.append((starts_s - heard.at_s, first.late_s))
    return found


def quantile(ordered: Sequence[float], share: float) -> float:
    """Of sorted numbers; the nearest rank."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def print_row(name: str, values: Sequence[float], wanted: str = "") -> None:
    """A row of µs, from seconds."""
    ordered = sorted(1e6 * value for value in values)
    cells = "".join(f"{quantile(ordered, share):>9.0f}" for share in (0.5, 0.99, 0.999, 1.0))
    print(f"{name:<44}{len(ordered):>7}{cells}   {wanted}")


def drift_us(late_s: Sequence[float]) -> float:
    """How much later the last tenth left than the first (medians)."""
    tenth = max(1, len(late_s) // 10)
    return 1e6 * (statistics.median(late_s[-tenth:]) - statistics.median(late_s[:tenth]))


def off_grid_us(made: Run) -> float:
    """How far the moments that notes were due at are from whole steps of the first grid, at most."""
    grid = made.of(Heard)[0].grid
    due = [grid.steps_at(sent.timed.at_s) for sent in made.of(Sent) if isinstance(sent.timed.event, NoteOn)]
    return float(1e6 * grid.step_s * max(abs(steps - round(steps)) for steps in due))


def report_sending(made: Run, beside_us: Sequence[int], load: bool) -> None:
    real_time = made.ready.allowed.startswith("real-time")
    late_s = [sent.late_s for sent in made.of(Sent)]
    limit_us = max(300.0, 3 * quantile(beside_us, 0.99)) if beside_us else 300.0
    ordinary = "-" if load else "p99 2000"
    print_row("send error", late_s, f"50 / {limit_us:.0f} / 2000" if real_time else ordinary)
    if beside_us:
        print_row("cyclictest beside it", [us / 1e6 for us in beside_us])
    else:
        print("cyclictest is not installed or not allowed; install rt-tests to see what the machine can do")
    dropped = sum(answered.late_steps for answered in made.of(Answered))
    print(f"drift, last tenth against first: {drift_us(late_s):+.0f} µs (wanted: none)")
    print(f"due times off the ideal grid: {off_grid_us(made):.3f} µs at most; dropped: {dropped} (wanted: 0)")


def report_answers(made: Run) -> None:
    notes = first_notes(made)
    close = [note for note in notes if note[0] <= CLOSE_S]
    at_once = [note for note in notes if note[0] <= 1e-3]
    print_row("first note, from decided and step reached", [late_s for _, late_s in notes], "p99 3000")
    print_row(f"  where the step came within {CLOSE_S * 1e3:g} ms", [late_s for _, late_s in close])
    print_row("  where the step came within 1 ms", [late_s for _, late_s in at_once])
    print_row("  the same, from decided alone", [wait_s + late_s for wait_s, late_s in at_once], "p99 3000")


def main() -> None:
    parser = argparse.ArgumentParser(description="How late notes leave, and what sending costs.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of answering")
    parser.add_argument("--calls", type=int, default=100, help="short calls to answer")
    parser.add_argument("--bpm", type=float, default=300.0, help="the faster, the more notes to measure")
    parser.add_argument("--ordinary", action="store_true", help="without real-time priority")
    parser.add_argument("--load", action="store_true", help="with every core kept busy (stress-ng)")
    chosen = parser.parse_args()
    if chosen.ordinary:
        vars(live)["serve"] = serve_ordinary
    beside_us: list[int] = []
    with jack() as scheduled, every_core_busy() if chosen.load else nullcontext():
        sending = going_on(chosen.seconds, chosen.bpm, beside_us)
        answering = calling(chosen.calls, 300.0)
    cores = f"{os.cpu_count()} cores, {'all kept busy' if chosen.load else 'no load'}"
    print(f"{sending.ready.allowed}; {cores}; JACK {scheduled}; {chosen.bpm:g} bpm")
    print(f"{'µs':<44}{'number':>7}{'p50':>9}{'p99':>9}{'p99.9':>9}{'most':>9}   wanted at most")
    report_sending(sending, beside_us, chosen.load)
    report_answers(answering)
    print(f"sender, idle: {sending.cpu['idle']:.2f} % of one core (wanted: under 1)")
    print(f"sender, answering: {sending.cpu['answering']:.2f} % of one core (wanted: under 5)")


if __name__ == "__main__":
    main()
