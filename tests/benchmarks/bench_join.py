"""How late a pulse is while a model is loaded beside the music, and how long that takes. Linux.

    python tests/benchmarks/bench_join.py [--model NAME] [--times N]

A thread at the playing process's priority wakes every 2 ms, as the engine does, in turns of one second: with
nothing beside it, and while `JoinedModels` loads a model in a thread of its own. Both are measured in one
run, for other programs disturb both.

Wanted: 99 of 100 pulses within a millisecond, as without loading; no pulse 5 ms late that is not so without.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from threading import Event, Thread

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon")]

from antiphon import bundle, trained_model  # noqa: E402
from antiphon.bundle import facts_of  # noqa: E402
from antiphon.stage.machine.clock import SystemClock  # noqa: E402
from antiphon.stage.machine.priority import raise_priority  # noqa: E402
from antiphon.stage.process.joining import JoinedModels  # noqa: E402
from antiphon.stage.process.messages import Join, LoadOrder  # noqa: E402
from antiphon.stage.voice import warm  # noqa: E402

PERIOD_S, TURN_S = 0.002, 1.0


class Waiting:
    """Stands in for an engine: knows when the model has joined."""

    def __init__(self):
        self.joined = Event()

    def join(self, *_):
        pass

    def ask(self, _):
        self.joined.set()


def facts(name):
    folder = bundle.find(name)
    return facts_of(folder, bundle.read_card(folder))


def pulses(clock, seconds):
    """How late each pulse was, in seconds."""
    late_s, begun_s = [], clock.now_s()
    for number in range(1, round(seconds / PERIOD_S)):
        at_s = begun_s + number * PERIOD_S
        clock.wait_until_s(at_s)
        late_s.append(clock.now_s() - at_s)
    return late_s


def measure(asked, models, order, join):
    print(f"priority: {raise_priority()}; load {os.getloadavg()[0]:.1f}")
    clock, alone, beside, took_s = SystemClock(), [], [], []
    for _ in range(asked.times):
        alone += pulses(clock, TURN_S)
        engine, here = Waiting(), JoinedModels(models, order)
        here.serve(engine)
        begun_s = time.monotonic()
        here.join(join)
        watcher = Thread(
            target=lambda engine=engine, begun_s=begun_s: (
                engine.joined.wait(60),
                took_s.append(time.monotonic() - begun_s),
            )
        )
        watcher.start()
        beside += pulses(clock, TURN_S)
        watcher.join()
    say("alone", alone)
    say("beside", beside)
    ordered = sorted(took_s)
    print(f"loaded within {1000 * ordered[len(ordered) // 2]:.0f} ms, at most {1000 * ordered[-1]:.0f} ms")


def say(name, late_s):
    ordered = sorted(late_s)
    p50, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    far = sum(one > 0.005 for one in ordered)
    print(
        f"{name}: p50 {1e6 * p50:.0f} µs, p99 {1e6 * p99:.0f} µs, worst {1e6 * ordered[-1]:.0f} µs; "
        f"{far} of {len(ordered)} later than 5 ms"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="irish")
    parser.add_argument("--times", type=int, default=10)
    asked = parser.parse_args()
    sys.setswitchinterval(0.0005)
    first = facts("essen")
    order, models = LoadOrder(first, (), None, 1, False), [trained_model.load(first)]
    warm(models[0].model())
    thread = Thread(target=measure, args=(asked, models, order, Join(asked.model, facts(asked.model))))
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
