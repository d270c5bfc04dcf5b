"""How well MIDI clock is followed through the real JACK port, by period and by sender. Linux, with jackd.

    python tests/benchmarks/bench_clock_in.py [--seconds 30] [--frames N …]

A private real-time JACK server with no sound card, at periods of N frames. Another process sends a clock of
120 bpm in one of two ways. One knows no frames: it hands each pulse over at its moment, and the pulse stands
at the first frame of the next period, as most programs' pulses do. The other is jack_midi_clock (of x42),
which follows JACK's transport and puts each pulse on its frame. The port of `antiphon play` receives them in
this process. Two rows a sender: the clock as the port gives it, which says how coarse each moment is, and the
same pulses with that left out.

Shown are errors after two seconds, most and 99 of 100: of the tempo, and of the place, against the moments at
which the sender handed over, or against the place that JACK's transport had.

Wanted: 0.1 bpm, 0.5 ms.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]

from antiphon.events import Clocked, Input, Lead  # noqa: E402
from antiphon.perform.clock.midi_clock_in import MidiClockIn  # noqa: E402
from antiphon.perform.settings import ClockSettings  # noqa: E402
from antiphon.stage.machine.clock import SystemClock  # noqa: E402
from antiphon.stage.ports.live_port import MidiPort  # noqa: E402
from antiphon.stage.ports.wiring import Wiring  # noqa: E402
from live.house import HERE, Server  # noqa: E402

BPM, PULSES = 120.0, 24
PULSE_S = 60 / BPM / PULSES
SETTLED_S, POLL_S = 2.0, 0.002
SENDER = f"""
import json, os, sys, time
sys.path.insert(0, {str(HERE)!r})
from ends import Ends
try:
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))
except OSError:
    pass
ends = Ends("host", "clock", "ears")
ends.keys.connect("host-clock:out", "antiphon:clock")
begun_s, moments = time.monotonic() + 0.5, []
for number in range(int(float(sys.argv[1]) / {PULSE_S})):
    time.sleep(max(0.0, begun_s + number * {PULSE_S} - time.monotonic()))
    moments.append(ends.send([0xF8] if number else [0xFA]))
    if not number:
        ends.send([0xF8])
print(json.dumps(moments))
ends.close()
"""


def received(port: MidiPort, seconds: float) -> list[Input]:
    """What came in so long."""
    found, until_s = [], time.monotonic() + seconds
    while time.monotonic() < until_s:
        found += port.receive()
        port.attend(None)
        time.sleep(POLL_S)
    return found


def errors(
    clocked: Sequence[Clocked], places: Sequence[tuple[float, float]]
) -> tuple[list[float], list[float]]:
    """Of the tempo, in bpm, and of the place, in ms; `places` are moments and quarters, in order."""
    follower, bpm, late_ms = MidiClockIn(ClockSettings().bandwidth_hz), [], []
    moments = [at_s for at_s, _ in places]
    for one in clocked:
        lead = follower.receive(one)
        if lead is None or one.at_s < clocked[0].at_s + SETTLED_S:
            continue
        bpm.append(abs(lead.bpm - BPM))
        at_s, quarters = places[max(0, bisect_right(moments, lead.at_s) - 1)]
        true = quarters + (lead.at_s - at_s) * BPM / 60
        late_ms.append(abs((true - lead.quarters + 0.5) % 1 - 0.5) * 60_000 / BPM)
    return bpm, late_ms


def by_hand(port: MidiPort, server: Server, seconds: float) -> tuple[list[Input], list[tuple[float, float]]]:
    """The sender that knows no frames; its clock begins with the first pulse."""
    command = [sys.executable, "-c", SENDER, str(seconds)]
    sender = subprocess.Popen(command, env=server.environment, stdout=subprocess.PIPE, text=True)
    found = received(port, seconds + 1.5)
    moments = json.loads(sender.communicate()[0])
    # The ideal clock through them: the sender is woken late now and then, and never early.
    begun_s = min(at_s - number * PULSE_S for number, at_s in enumerate(moments))
    return found, [(begun_s, 0.0)]


def by_frames(
    port: MidiPort, server: Server, seconds: float
) -> tuple[list[Input], list[tuple[float, float]]]:
    """jack_midi_clock, led by a timebase master; the place is what the port tells of the transport."""
    host = subprocess.Popen(
        [sys.executable, str(HERE / "timebase.py"), "lead"],
        env=server.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def ask(*request: object) -> None:
        assert host.stdin is not None
        assert host.stdout is not None
        host.stdin.write(json.dumps(request) + "\n")
        host.stdin.flush()
        host.stdout.readline()

    ask("tempo", BPM)
    clock = subprocess.Popen(["jack_midi_clock", "antiphon:clock"], env=server.environment)
    time.sleep(1.5)
    ask("roll")
    found = received(port, seconds)
    clock.terminate()
    clock.wait()
    host.communicate()
    leads = [one for one in found if isinstance(one, Lead) and one.rolling]
    return found, [(lead.at_s, lead.quarters) for lead in leads]


SENDERS = {"at the first frame of the next period": by_hand, "on its frame": by_frames}


def share(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def rows(frames: int, sender: str, seconds: float) -> None:
    with Server(real_time=True, frames=frames) as server:
        os.environ.update(server.environment)
        port = MidiPort(SystemClock(), Wiring(api="jack", clock_input="", transport_bpm=BPM))
        found, places = SENDERS[sender](port, server, seconds)
        port.close()
    clocked = [one for one in found if isinstance(one, Clocked)]
    for said, heard in (("as said", clocked), ("left out", [replace(one, grain_s=0.0) for one in clocked])):
        bpm, late_ms = errors(heard, places)
        figures = (max(bpm), share(bpm, 0.99), max(late_ms), share(late_ms, 0.99))
        grain_ms = 1000 * share([one.grain_s for one in heard], 0.5)
        cells = " | ".join(f"{figure:.2f}" for figure in figures)
        print(f"| {frames}, {sender} | {said}: {grain_ms:.1f} ms | {cells} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each row")
    parser.add_argument("--frames", type=int, action="append", metavar="N", help="default: 128, 1024")
    asked = parser.parse_args()
    if shutil.which("jackd") is None or shutil.which("jack_midi_clock") is None:
        sys.exit("needs jackd and jack_midi_clock")
    print("| period, pulses | grain | bpm, most | 99 of 100 | place, ms, most | 99 of 100 |")
    print("|---|---|---|---|---|---|")
    for frames in asked.frames or (128, 1024):
        for sender in SENDERS:
            rows(frames, sender, asked.seconds)


if __name__ == "__main__":
    main()
