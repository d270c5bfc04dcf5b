"""Hours of music on a virtual clock: engine, session, recorder, screen and log, and a random player.

The last third of the hours is one `continue` answer that nobody interrupts. Part of soak.py.
"""

import gc
import io
import os
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from rich.console import Console

from antiphon import bundle
from antiphon.config import Config
from antiphon.events import (
    ClockSignal,
    ControlChange,
    Event,
    Input,
    NoteOff,
    NoteOn,
    ProgramChange,
    Timed,
    Turned,
)
from antiphon.perform.controls.control_settings import ControlSettings
from antiphon.perform.reports import Report
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.machine.log import logging_to
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.screen.event_log import log_event
from antiphon.stage.screen.screen import Screen
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.stage.voice import make_voice
from antiphon.timebase import Meter

KNOBS = {"temperature": 20, "rests": 21, "bars": 23, "mode": 24, "answer_now": 25, "stop": 26, "panic": 27}
TEND_S = 0.25
PICTURE_S = 2.0  # of music, between two pictures
ENDLESS_FROM = 2 / 3  # the rest of the hours is one answer
GROWTH_BYTES = 5_000_000
HOUR_S = 3600.0


def resident_bytes(pid: int) -> int:
    """Memory of a process that no file stands for: pages of libraries come and go with other programs."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Anonymous:")) * 1024


def script(chance: random.Random, until_s: float) -> Iterator[Input]:
    """What a player does: phrases with rests between, a knob or a button now and then; after `until_s` one
    last phrase in the mode `continue`, and nothing for ever."""
    at_s = 1.0
    while at_s < until_s:
        beat_s, root = 60 / chance.uniform(70, 150), chance.randrange(48, 72)
        for _ in range(chance.randrange(2, 17)):
            pitch = root + chance.choice((0, 2, 4, 5, 7, 9, 11, 12))
            length_s = beat_s * chance.choice((0.25, 0.5, 0.5, 1.0))
            yield Timed(at_s, NoteOn(pitch, chance.randrange(30, 120)))
            yield Timed(at_s + 0.9 * length_s, NoteOff(pitch))
            at_s += length_s
        at_s += chance.choice((0.3, 1.0, 4.0, 8.0))
        if chance.random() < 0.3:
            yield Turned(at_s, ControlChange(chance.choice(list(KNOBS.values())), chance.randrange(128)))
        if chance.random() < 0.05:
            yield Turned(at_s, ProgramChange(chance.randrange(2)))
    yield Turned(at_s, ControlChange(KNOBS["mode"], 64))
    for pitch in (60, 62, 64, 65):
        at_s += 0.5
        yield Timed(at_s, NoteOn(pitch))
        yield Timed(at_s + 0.4, NoteOff(pitch))
    yield Timed(float("inf"), NoteOff(0))


class Watchers:
    """The screen and the log, fed and drawn as the app does it."""

    def __init__(self, settings: Config) -> None:
        console = Console(file=io.StringIO(), force_terminal=True, width=120, height=40)
        self._console, self._performance = console, PerformanceTracker(settings, "essen")
        self._screen = Screen(console, self._performance)
        self._drawn: list[tuple[float, float]] = []  # when each picture was drawn, and how long it took

    def hear(self, report: Report) -> None:
        self._performance.hear(report)
        log_event(report, self._performance.state)
        self._screen.show(report)

    def draw(self, now_s: float) -> None:
        begun_s = time.perf_counter()
        self._console.print(self._screen.picture(now_s))
        self._drawn.append((now_s, time.perf_counter() - begun_s))
        self._console.file = io.StringIO()

    def picture_ms(self, from_s: float, to_s: float) -> float:
        """The median of the pictures drawn between two moments."""
        return 1000 * median(took_s for at_s, took_s in self._drawn if from_s <= at_s < to_s)


class Outputs:
    """A port that plays a script which never ends, and keeps nothing but what sounds."""

    ahead_s = 0.0

    def __init__(self, clock: VirtualClock, played: Iterator[Input]) -> None:
        self._clock, self._played = clock, played
        self._next = next(played)
        self.sounding: Counter[tuple[int, int]] = Counter()
        self.notes = self.twice = 0

    def receive(self) -> list[Input]:
        arrived, now_s = [], self._clock.now_s()
        while self._next.at_s <= now_s:
            arrived.append(self._next)
            self._next = next(self._played)
        return arrived

    @property
    def next_s(self) -> float:
        return self._next.at_s

    def send(self, event: Event | ControlChange, at_s: float) -> None:  # noqa: ARG002 - it sounds when sent
        if isinstance(event, ControlChange):
            return
        key = (event.channel, event.pitch)
        self.notes += isinstance(event, NoteOn)
        self.twice += (self.sounding[key] > 0) == isinstance(event, NoteOn)
        self.sounding[key] = int(isinstance(event, NoteOn))

    def send_clock(self, signal: ClockSignal, at_s: float) -> None:
        """There is no clock."""

    def send_click(self, event: Event, at_s: float) -> None:
        """There is no click."""

    def close(self) -> None:
        """Nothing is held."""


def play_virtually(hours: float) -> bool:
    """Whether all is as wanted."""
    with tempfile.TemporaryDirectory() as folder, logging_to("", "info", stderr_free=False):
        return _play(hours, Path(folder))


def _play(hours: float, folder: Path) -> bool:
    clock, chance = VirtualClock(), random.Random(3)
    shipped = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    voice, program = make_voice(shipped, None), make_voice(shipped, None)
    settings = Config(answer=AnswerSettings(bars=2), control=ControlSettings(**KNOBS))
    spoken = UsedBundle(shipped.card.name, shipped.card.weights_sha256)
    header = TakeHeader(110.0, Meter(), {}, spoken, 1, (spoken,))
    said: deque[str] = deque(maxlen=8)
    recorder = Recorder(folder, header, True, said.append, Limits(minutes=60.0))
    port = Outputs(clock, script(chance, hours * HOUR_S * ENDLESS_FROM))
    session = Session(voice, settings.session, 1, [program])
    watchers = Watchers(settings)

    def publish(report: Report) -> None:
        watchers.hear(report)
        recorder.record(report)

    engine = Engine(clock, port, session, publish)
    begun_s, sizes, tended_s, drawn_s = time.monotonic(), [], 0.0, 0.0
    descriptors = len(os.listdir("/proc/self/fd"))
    while clock.now_s() < hours * HOUR_S:
        engine.turn()
        due_s = engine.deadline_s
        clock.wait_until_s(min(port.next_s, due_s if due_s is not None else port.next_s))
        if clock.now_s() - tended_s >= TEND_S:
            tended_s = clock.now_s()
            recorder.tend(tended_s)
        if clock.now_s() - drawn_s >= PICTURE_S:
            drawn_s = clock.now_s()
            watchers.draw(drawn_s)
        if clock.now_s() >= (len(sizes) + 1) * HOUR_S:
            gc.collect()
            sizes.append(resident_bytes(os.getpid()))
            _forget(folder)
    engine.stop()
    engine.run()
    recorder.close()
    first = sizes[len(sizes) // 10] if sizes else resident_bytes(os.getpid())
    growth = (sizes[-1] if sizes else first) - first
    took_s, left = time.monotonic() - begun_s, len(os.listdir("/proc/self/fd")) - descriptors
    hanging = [key for key, sounds in port.sounding.items() if sounds]
    print(f"{hours:g} hours of music in {took_s:.0f} s: {port.notes} notes answered")
    print("resident after each hour, MB:", " ".join(f"{size / 1e6:.1f}" for size in sizes))
    endless_s = hours * HOUR_S * ENDLESS_FROM
    early_ms = watchers.picture_ms(endless_s + 60, endless_s + 360)
    late_ms = watchers.picture_ms(clock.now_s() - 300, clock.now_s())
    checks = {
        f"a picture early and late in the answer without end: {early_ms:.1f}, {late_ms:.1f} ms": late_ms
        < 2 * early_ms,
        f"hanging notes: {len(hanging)}": not hanging,
        f"notes begun or ended twice: {port.twice}": not port.twice,
        f"resident growth: {growth / 1e6:.2f} MB": growth < GROWTH_BYTES,
        f"open files more than at the beginning: {left}": left <= 0,
        f"takes written, {len(said)} of the last lines: {' '.join(said)[:200]}": not any(
            "lost" in s for s in said
        ),
    }
    for line, right in checks.items():
        print("as wanted" if right else "NOT AS WANTED", line)
    return all(checks.values())


def _forget(folder: Path) -> None:
    """A day of takes is not needed; but the newest, which is being written, stays."""
    for path in sorted(folder.glob("*.mid"), key=lambda path: path.stat().st_mtime)[:-2]:
        path.unlink()
