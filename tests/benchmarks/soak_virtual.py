"""Hours of music on a clock nobody waits for: engine, session, recorder, and a player that chance writes.

Part of soak.py.
"""

import gc
import os
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from antiphon import bundle
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
from antiphon.perform.session import Session
from antiphon.perform.settings import AnswerSettings, ControlSettings, SessionSettings
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import VirtualClock
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.stage.voice import make_voice
from antiphon.timebase import Meter

KNOBS = {"temperature": 20, "rests": 21, "bars": 23, "mode": 24, "answer_now": 25, "stop": 26, "panic": 27}
TEND_S = 0.25
GROWTH_BYTES = 5_000_000
HOUR_S = 3600.0


def resident_bytes(pid: int) -> int:
    """Memory of a process that no file stands for: pages of libraries come and go with other programs."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Anonymous:")) * 1024


def script(chance: random.Random) -> Iterator[Input]:
    """What a player does, for ever: phrases with rests between, a knob or a button now and then."""
    at_s = 1.0
    while True:
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

    def close(self) -> None:
        """Nothing is held."""


def play_virtually(hours: float) -> bool:
    """Whether all is as wanted."""
    with tempfile.TemporaryDirectory() as folder:
        return _play(hours, Path(folder))


def _play(hours: float, folder: Path) -> bool:
    clock, chance = VirtualClock(), random.Random(3)
    shipped = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    voice, program = make_voice(shipped, None), make_voice(shipped, None)
    settings = SessionSettings(answer=AnswerSettings(bars=2), control=ControlSettings(**KNOBS))
    spoken = UsedBundle(shipped.card.name, shipped.card.weights_sha256)
    header = TakeHeader(110.0, Meter(), {}, spoken, 1, (spoken,))
    said: deque[str] = deque(maxlen=8)
    recorder = Recorder(folder, header, True, said.append, Limits(minutes=60.0))
    port = Outputs(clock, script(chance))
    session = Session(voice, settings, 1, [program])
    engine = Engine(clock, port, session, recorder.record)
    begun_s, sizes, tended_s = time.monotonic(), [], 0.0
    descriptors = len(os.listdir("/proc/self/fd"))
    while clock.now_s() < hours * HOUR_S:
        engine.turn()
        due_s = engine.deadline_s
        clock.wait_until_s(min(port.next_s, due_s if due_s is not None else port.next_s))
        if clock.now_s() - tended_s >= TEND_S:
            tended_s = clock.now_s()
            recorder.tend(tended_s)
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
    checks = {
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
