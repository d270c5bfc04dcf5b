"""How late notes leave while OSC is off, on, and flooded. Linux, with jackd.

    python tests/benchmarks/bench_osc.py [--seconds N] [--rounds N] [--packets N]

`antiphon play` answers without end on a JACK server of its own, to a phrase of a player on JACK. The lateness
is that of `antiphon status`: of the newest 1000 events. "on": with one target. "flood": the same, while
another process sends so many packets a second (5000 by default): notes too soft to be heard, settings, and
nonsense.

Wanted: median and 99 of 100 with a flood as without OSC, within the difference of two rounds without.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "daemon")]

from live.house import Daemon, Server  # noqa: E402

FLOOD = """
import os, socket, sys, time
from pythonosc.osc_message_builder import build_msg
port, rate = int(sys.argv[1]), int(sys.argv[2])
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
number = 0
while True:
    soft = build_msg("/antiphon/note", [number % 128, 1]).dgram
    setting = build_msg("/antiphon/take/nothing", [number % 7 + 0.1]).dgram
    for packet in (soft, setting, os.urandom(64)):
        out.sendto(packet, ("127.0.0.1", port))
    number += 1
    if number % 10 == 0:
        time.sleep(30 / rate)
"""
PHRASE = ("60", "62", "64", "65")
PLAY = ("--set", "answer.mode=continue", "--set", "input.min_velocity=2", "--bpm", "240", "--quiet")


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def lateness(server, how, seconds, packets):
    """Median and 99 of 100, in milliseconds, and the state at the end."""
    port, target = free_port(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    target.bind(("127.0.0.1", 0))
    named = f'osc.targets=["127.0.0.1:{target.getsockname()[1]}"]'
    osc = () if how == "off" else ("--set", f"osc.port={port}", "--set", named)
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(server.environment, Path(folder), "--random-seed", "1", *PLAY, *osc)
        peer = [sys.executable, str(HERE.parent / "live/peer.py"), "antiphon", "3", *PHRASE]
        subprocess.run(peer, env=server.environment, check=True, stdout=subprocess.DEVNULL)
        command = [sys.executable, "-c", FLOOD, str(port), str(packets)]
        flood = subprocess.Popen(command) if how == "flood" else None
        time.sleep(seconds)
        asked = [sys.executable, "-m", "antiphon", "status", "--json"]
        done = subprocess.run(asked, env=server.environment, capture_output=True, check=True)
        if flood is not None:
            flood.kill()
        daemon.end()
    target.close()
    status = json.loads(done.stdout)
    return status["late_p50_ms"], status["late_p99_ms"], status["state"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--packets", type=int, default=5000)
    asked = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with Server(["-S"], real_time=True) as server:
        for number in range(asked.rounds):
            for how in ("off", "on", "flood"):
                p50_ms, p99_ms, state = lateness(server, how, asked.seconds, asked.packets)
                figures = f"p50 {p50_ms:.3f} p99 {p99_ms:.3f} ms"
                print(f"round {number + 1} {how:5} {figures} ({state})", flush=True)


if __name__ == "__main__":
    main()
