"""What a picture costs after hours of `continue`, in virtual time, and how much is kept for it.

    python tests/benchmarks/bench_screen.py [--hours 0.05 1 4]

A phrase of four notes, then an answer that nobody interrupts; the picture is 100 columns by 40 lines. Printed
after each number of hours: the median of 20 pictures made, and of 20 made and written to a terminal; and the
number of objects that Python's collector knows.
"""

import argparse
import gc
import io
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon")]

from rich.console import Console  # noqa: E402

from antiphon import bundle  # noqa: E402
from antiphon.config import Config  # noqa: E402
from antiphon.events import ControlChange, Event, NoteOff, NoteOn, Timed  # noqa: E402
from antiphon.perform.reports import Report  # noqa: E402
from antiphon.perform.session import Session  # noqa: E402
from antiphon.perform.settings import AnswerSettings  # noqa: E402
from antiphon.stage.engine import Engine  # noqa: E402
from antiphon.stage.machine.clock import VirtualClock  # noqa: E402
from antiphon.stage.performance_state import PerformanceTracker  # noqa: E402
from antiphon.stage.ports.port import Loopback  # noqa: E402
from antiphon.stage.screen.event_log import log_event  # noqa: E402
from antiphon.stage.screen.screen import Screen  # noqa: E402
from antiphon.stage.voice import make_voice  # noqa: E402

PICTURES = 20
HOUR_S = 3600.0


class Forgetful(Loopback):
    """A port that keeps nothing of what is sent."""

    def send(self, event: Event | ControlChange, at_s: float) -> None:
        super().send(event, at_s)
        self.sent.clear()


def median_ms(work: Callable[[], object]) -> float:
    took_s = []
    for _ in range(PICTURES):
        begun_s = time.perf_counter()
        work()
        took_s.append(time.perf_counter() - begun_s)
    return 1000 * median(took_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--hours", type=float, nargs="+", default=[0.05, 1.0, 4.0])
    marks = sorted(parser.parse_args().hours)
    clock, settings = VirtualClock(), Config(answer=AnswerSettings(mode="continue"))
    played = [
        Timed(1 + 0.5 * number + late_s, event)
        for number, pitch in enumerate((60, 62, 64, 65))
        for late_s, event in ((0.0, NoteOn(pitch)), (0.4, NoteOff(pitch)))
    ]
    console = Console(file=io.StringIO(), force_terminal=True, width=100, height=40)
    performance = PerformanceTracker(settings, "essen")
    screen = Screen(console, performance)
    shipped = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    session = Session(make_voice(shipped, None), settings.session, 1)

    def publish(report: Report) -> None:
        performance.hear(report)
        log_event(report, performance.state)
        screen.show(report)

    engine = Engine(clock, Forgetful(clock, played), session, publish)

    def over() -> bool:
        if clock.now_s() < marks[0] * HOUR_S:
            return False
        made_ms = median_ms(lambda: screen.picture(clock.now_s()))
        drawn_ms = median_ms(lambda: console.print(screen.picture(clock.now_s())))
        gc.collect()
        kept = len(gc.get_objects())
        print(
            f"after {marks.pop(0):g} h: {made_ms:.1f} ms made, {drawn_ms:.1f} ms drawn; {kept} objects",
            flush=True,
        )
        return not marks

    engine.run(over)


if __name__ == "__main__":
    main()
