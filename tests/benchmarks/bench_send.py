"""How late notes leave, how soon an answer begins, and what the playing process costs. Linux, with jackd.

    python tests/benchmarks/bench_send.py [--seconds N] [--phrases N] [--bpm N] [--ordinary] [--load]
        [--parts]

The real playing process, with the model that ships, plays on a JACK server of its own that has no sound card.
`--ordinary` keeps it from raising its priority; `--load` has stress-ng keep every core busy meanwhile.
`--parts` measures the answer alone and then, for as long, with bass, chords and a second voice; nothing else.
Lateness is measured on many notes (`--bpm`, and long ones made rare), with cyclictest (of rt-tests) in the
same seconds and at the same priority, which says what the machine itself can do; the cost of answering at
120 bpm, with the settings as they come, before any load. A second process that only holds two JACK clients
says what these cost alone.

Wanted: with real-time priority p50 at most 50 µs, p99 at most 300 µs or 3 times cyclictest's, p99.9 at most
2 ms, no drift; with ordinary priority and no load p99 at most 2 ms; from decision to first note p99 at most
3 ms; idle under 1 % of one core, answering under 5 %, JACK's own clients not counted when idle.
"""

import argparse
import math
import os
import random
import shutil
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
from typing import Any, Literal, get_args

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon")]

import numpy as np  # noqa: E402
import rtmidi  # noqa: E402

from antiphon import bundle  # noqa: E402
from antiphon.compose.sampling import SamplingSettings  # noqa: E402
from antiphon.compose.symbols import HOLD, REST  # noqa: E402
from antiphon.events import NoteOn  # noqa: E402
from antiphon.listen.phrase import PhraseSettings  # noqa: E402
from antiphon.perform.answer_reports import Answered, Heard  # noqa: E402
from antiphon.perform.harmony_settings import HarmonySettings  # noqa: E402
from antiphon.perform.reports import Sent  # noqa: E402
from antiphon.perform.settings import AnswerSettings, FeelSettings, SessionSettings, TempoSettings  # noqa: E402
from antiphon.stage.machine.priority import FIFO_PRIORITY  # noqa: E402
from antiphon.stage.ports.wiring import Wiring  # noqa: E402
from antiphon.stage.process import entry  # noqa: E402
from antiphon.stage.process import supervisor as live  # noqa: E402
from antiphon.stage.process.handle import PlayerHandle, Serve  # noqa: E402
from antiphon.stage.process.heartbeat import Heartbeat  # noqa: E402
from antiphon.stage.process.messages import LoadOrder, Ready, StartPlaying  # noqa: E402

PHRASE = (60, 62, 64, 65, 67)
ALONE = HarmonySettings()
ALL_PARTS = HarmonySettings(bass=True, chords=True, second_voice=True, pattern="beat")
NOTE_S, GAP_S = 0.04, 0.01
IDLE_S, SETTLE_S, COST_S = 10.0, 4.0, 15.0
COST_BPM, PHRASE_BPM = 120.0, 300.0
# Long notes are made rare, so that there are many to measure.
MANY_NOTES = SamplingSettings(weights={HOLD: 0.2, REST: 0.5})
# Notes are due exactly on the grid.
ON_THE_GRID = FeelSettings(timing=0.0)
SILENCE_BEATS = 0.5
# An answer begins on a step of the grid. The phrases are aimed to be over just before one: their last release
# is sent this much early, of which JACK and the look at the input take a few milliseconds.
EARLY_S = (0.001, 0.006)
CLOSE_S = 0.005
CYCLE_US, CYCLE_MOST_US = 1000, 50_000
PROBE = "import rtmidi; rtmidi.MidiOut(rtmidi.API_UNIX_JACK, 'probe')"
# As much of JACK as the playing process has, and nothing else.
BARE = """
import rtmidi, sys
clients = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, "bare:in"), rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "bare:out")
for client in clients:
    client.open_virtual_port("port")
print("open", flush=True)
sys.stdin.read()
for client in clients:
    client.close_port()
    client.delete()
"""
DRIFT_US = 50.0  # over the whole run

Player = Callable[["Run", Any], None]
TempoMode = Literal["fixed", "follow"]


@dataclass(slots=True)
class Run:
    """What a run of the playing process said and cost."""

    pid: int
    ready: Ready
    reports: list[live.Watched] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)  # percent of one core while it did what the key says

    def of(self, kind: type[Any]) -> list[Any]:
        return [report for report in list(self.reports) if isinstance(report, kind)]

    @contextmanager
    def costing(self, doing: str) -> Iterator[None]:
        begun_s, spent_s = time.monotonic(), cpu_s(self.pid)
        yield
        self.cpu[doing] = 100 * (cpu_s(self.pid) - spent_s) / (time.monotonic() - begun_s)


def cpu_s(pid: int) -> float:
    """Processor seconds of a process, all its threads that still live."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def serve_ordinary(messages: Any, orders: Any, heartbeat: Heartbeat, jack: bool) -> None:
    """The playing process as it is where the system grants nothing."""
    from antiphon.stage.process import player

    vars(player)["raise_priority"] = lambda: "ordinary priority, as asked"
    entry.serve(messages, orders, heartbeat, jack)


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
    scheduled = (
        ["--mlockall", "--policy=fifo", f"--priority={FIFO_PRIORITY}"] if real_time else ["--policy=other"]
    )
    # --laptop: or it keeps the processor from sleeping, and everything measured beside it is too good.
    command = ["cyclictest", "-q", "-t1", f"-i{CYCLE_US}", f"-h{CYCLE_MOST_US}", "--laptop", *scheduled]
    command.append(f"-D{max(1, round(seconds))}")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        yield errors_us
        for line in process.communicate()[0].splitlines():
            if line[:1].isdigit():
                error_us, times = map(int, line.split()[:2])
                errors_us += [error_us] * times


serve_with: Serve = entry.serve


def run(settings: SessionSettings, player: Player) -> Run:
    """Start a playing process, let the player play to it, and end it."""
    folder = bundle.find(bundle.DEFAULT_MODEL)
    facts = bundle.facts_of(folder, bundle.read_card(folder))
    order = LoadOrder(facts, (), None, 1, on_jack=True)
    first = PlayerHandle(serve_with, jack=True)
    first.tell(order)
    start = StartPlaying(settings, Wiring("jack", "bench"))
    with (
        live.Supervisor(first, serve_with, order, start, lambda: settings) as sending,
        ThreadPoolExecutor(1) as pool,
    ):
        # The one that stands by is a child, too, but not yet.
        pid = next(child.pid for child in active_children() if child.name == "antiphon-player")
        ready = sending.ready()
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


def bare_clients_cost() -> float:
    """Percent of one core that two JACK clients take by themselves."""
    command = [sys.executable, "-c", BARE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(SETTLE_S)
        begun_s, spent_s = time.monotonic(), cpu_s(process.pid)
        time.sleep(IDLE_S)
        cost = 100 * (cpu_s(process.pid) - spent_s) / (time.monotonic() - begun_s)
        process.communicate()
    return cost


def costing() -> Run:
    """Nothing for a while, then a phrase and an endless answer with the settings as they come."""

    def player(made: Run, keyboard: Any) -> None:
        time.sleep(SETTLE_S)
        with made.costing("idle"):
            time.sleep(IDLE_S)
        play(keyboard, PHRASE)
        time.sleep(3.0)
        with made.costing("answering"):
            time.sleep(COST_S)

    return run(SessionSettings(TempoSettings("fixed", COST_BPM), answer=AnswerSettings("continue")), player)


def going_on(seconds: float, bpm: float, beside: list[int], harmony: HarmonySettings = ALONE) -> Run:
    """A phrase and an endless answer of many notes; `beside` gets what cyclictest found."""

    def player(made: Run, keyboard: Any) -> None:
        time.sleep(1.0)
        play(keyboard, PHRASE)
        time.sleep(1.0)
        real_time = made.ready.allowed.startswith("real-time")
        with cyclictest(seconds, real_time) as errors_us:
            time.sleep(seconds)
        beside.extend(errors_us)

    settings = SessionSettings(
        TempoSettings("fixed", bpm),
        answer=AnswerSettings("continue"),
        sampling=MANY_NOTES,
        feel=ON_THE_GRID,
        harmony=harmony,
    )
    return run(settings, player)


def compare_parts(seconds: float, bpm: float) -> None:
    """Print how late the answer's notes leave alone and with all parts, and the ratios."""
    found = []
    for name, harmony in (("alone", ALONE), ("with bass, chords and second voice", ALL_PARTS)):
        made = going_on(seconds, bpm, [], harmony)
        late = [sent.late_s for sent in made.of(Sent) if sent.timed.event.channel == 0]
        print_row(f"the answer {name}", late)
        print(f"  events of all parts: {len(made.of(Sent))}")
        found.append(sorted(late))
    for share in (0.99, 0.999):  # half of the notes leave in time to the microsecond
        alone, together = (max(1e-6, quantile(late, share)) for late in found)
        print(f"p{100 * share:g} with parts to that alone: {together / alone:.2f}")


def playing(phrases: int, tempo: TempoMode) -> Run:
    """Short phrases one upon the other, each over just before a step of the grid; the answer starts "now"."""
    chance = random.Random(1)

    def player(made: Run, keyboard: Any) -> None:
        for number in range(phrases):
            play(keyboard, PHRASE, lambda at_s: aimed(made.of(Heard), at_s, chance))
            until_s = time.monotonic() + 5
            while len(made.of(Heard)) <= number and time.monotonic() < until_s:
                time.sleep(0.005)
            heard = made.of(Heard)[-1]
            sleep_until(heard.grid.time_s(heard.answer_start_steps) + 0.05)

    answer = AnswerSettings("answer", start="now")
    ends = PhraseSettings(SILENCE_BEATS)
    return run(SessionSettings(TempoSettings(tempo, PHRASE_BPM), ends, answer, feel=ON_THE_GRID), player)


def aimed(heard: Sequence[Heard], at_s: float, chance: random.Random) -> float:
    """The first moment from `at_s` on at which a release lets the phrase end just before a step."""
    if not heard:
        return at_s
    grid, lead_s = heard[-1].grid, chance.uniform(*EARLY_S)
    silence_s = SILENCE_BEATS * 60 / grid.bpm
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


def print_row(name: str, values: Sequence[float]) -> None:
    """A row of µs, from seconds."""
    ordered = sorted(1e6 * value for value in values)
    cells = "".join(f"{quantile(ordered, share):>9.0f}" for share in (0.5, 0.99, 0.999, 1.0))
    print(f"{name:<50}{len(ordered):>9}{cells}")


def judge(name: str, found: float, limit: float | None, unit: str) -> None:
    """A figure, what is wanted of it at most, and whether it is so."""
    if limit is None:
        print(f"  {name}: {found:.2f} {unit}")
        return
    verdict = "as wanted" if found <= limit else "MISSED"
    print(f"  {name}: {found:.2f} {unit} (wanted: at most {limit:g}) {verdict}")


def drift_us(sent: Sequence[Sent]) -> float:
    """How much later the run's end leaves than its beginning: a line through medians of its parts."""
    parts = [part for part in np.array_split(np.array([one.late_s for one in sent]), 20) if len(part)]
    medians = [float(np.median(part)) for part in parts]
    return 1e6 * float(np.polyfit(np.linspace(0, 1, len(medians)), medians, 1)[0])


def off_grid_us(made: Run) -> float:
    """How far the moments that notes were due at are from whole steps of the first grid, at most."""
    grid = made.of(Heard)[0].grid
    due = [grid.steps_at(sent.timed.at_s) for sent in made.of(Sent) if isinstance(sent.timed.event, NoteOn)]
    return float(1e6 * grid.step_s * max(abs(steps - round(steps)) for steps in due))


def report_sending(made: Run, beside_us: Sequence[int], load: bool) -> None:
    real_time = made.ready.allowed.startswith("real-time")
    late_s = [sent.late_s for sent in made.of(Sent)]
    print_row("send error", late_s)
    if beside_us:
        print_row("cyclictest beside it", [us / 1e6 for us in beside_us])
    else:
        print("cyclictest is not installed or not allowed; install rt-tests to see what the machine can do")
    ordered = sorted(1e6 * late for late in late_s)
    limit_us = max(300.0, 3 * quantile(beside_us, 0.99)) if beside_us else 300.0
    ordinary = None if load else 2000.0
    judge("p50", quantile(ordered, 0.5), 50.0 if real_time else None, "µs")
    judge("p99", quantile(ordered, 0.99), limit_us if real_time else ordinary, "µs")
    judge("p99.9", quantile(ordered, 0.999), 2000.0 if real_time else None, "µs")
    judge("drift over the run", abs(drift_us(made.of(Sent))), DRIFT_US if real_time else None, "µs")
    judge("due times off the ideal grid", off_grid_us(made), 1.0, "µs")
    judge("notes dropped", sum(answered.late_steps for answered in made.of(Answered)), 0, "")


def report_answers(made: Run, tempo: str, wanted: bool) -> None:
    notes = first_notes(made)
    at_once = [wait_s + late_s for wait_s, late_s in notes if wait_s <= CLOSE_S]
    print_row(f"first note, from decided and step reached ({tempo})", [late_s for _, late_s in notes])
    print_row("  from decided alone, the step within 5 ms", at_once)
    ordered = sorted(1e3 * late_s for _, late_s in notes)
    judge("decision to first note, p99", quantile(ordered, 0.99), 3.0 if wanted else None, "ms")


def main() -> None:
    parser = argparse.ArgumentParser(description="How late notes leave, and what sending costs.")
    parser.add_argument("--seconds", type=float, default=60.0, help="of answering")
    parser.add_argument(
        "--phrases", type=int, default=100, help="short phrases to answer, at each kind of tempo"
    )
    parser.add_argument("--bpm", type=float, default=300.0, help="the faster, the more notes to measure")
    parser.add_argument("--ordinary", action="store_true", help="without real-time priority")
    parser.add_argument("--load", action="store_true", help="with every core kept busy (stress-ng)")
    parser.add_argument("--parts", action="store_true", help="the answer alone and with parts; nothing else")
    chosen = parser.parse_args()
    if chosen.ordinary:
        global serve_with
        serve_with = serve_ordinary
    beside_us: list[int] = []
    if chosen.parts:
        print(f"{'µs':<50}{'number':>9}{'p50':>9}{'p99':>9}{'p99.9':>9}{'most':>9}")
        with jack(), every_core_busy() if chosen.load else nullcontext():
            compare_parts(chosen.seconds, chosen.bpm)
        return
    with jack() as scheduled:
        bare = bare_clients_cost()
        cost = costing()
        with every_core_busy() if chosen.load else nullcontext():
            sending = going_on(chosen.seconds, chosen.bpm, beside_us)
            answering = {tempo: playing(chosen.phrases, tempo) for tempo in get_args(TempoMode)}
    cores = f"{os.cpu_count()} cores, {'all kept busy' if chosen.load else 'no load'}"
    print(f"{sending.ready.allowed}; {cores}; JACK {scheduled}; {chosen.bpm:g} bpm")
    print(f"{'µs':<50}{'number':>9}{'p50':>9}{'p99':>9}{'p99.9':>9}{'most':>9}")
    report_sending(sending, beside_us, chosen.load)
    for tempo, made in answering.items():
        report_answers(made, tempo, not chosen.ordinary)
    print(f"percent of one core; two JACK clients that do nothing take {bare:.2f} of it")
    judge("playing process, idle, the clients not counted", cost.cpu["idle"] - bare, 1.0, "%")
    judge(f"playing process, answering at {COST_BPM:g} bpm", cost.cpu["answering"], 5.0, "%")


if __name__ == "__main__":
    main()
