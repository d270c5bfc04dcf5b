"""The panel: how soon its page answers beside numpy's import, its memory, how late notes leave beside it, and
how soon it is back after its process was killed.

    python tests/benchmarks/bench_panel.py

Wanted: the page answers within 2 s on a machine that does nothing else, 60 MB at most, and the lateness with
four clients, one of which never reads, as without any; back within 3 s after kill -9.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import websockets

CLIENTS, PHRASES, KILLS = 4, 3, 5
PHRASE = (60, 62, 64, 65, 67, 65, 64, 62, 60)
NAME = "antiphon-bench-panel"


def seconds_of(command):
    begun_s = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - begun_s


def started(folder):
    """The process, its address, and how long its page took to answer."""
    begun_s = time.perf_counter()
    words = ("panel", "--no-browser", "--port", "0", "--client-name", NAME, "--take-dir", folder)
    antiphon = subprocess.Popen([sys.executable, "-m", "antiphon", *words], stdout=subprocess.PIPE)
    address = json.loads(antiphon.stdout.readline())["address"]
    urllib.request.urlopen(address, timeout=60).read()
    return antiphon, address, time.perf_counter() - begun_s


def panel_of(parent):
    """The number and the status of the panel's process of an Antiphon; None while there is none."""
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError):
            text = status.read_text()
            if text.startswith("Name:\tantiphon-panel\n") and f"PPid:\t{parent}\n" in text:
                return int(status.parent.name), text
    return None


def memory_mb(parent):
    """The most memory that the panel's process has held, in MB."""
    _, text = panel_of(parent)
    return int(text.split("VmHWM:")[1].split()[0]) / 1024


def back_after_s(parent, address):
    """Kill the panel's process; gives the seconds until the page's server says that the music plays."""
    killed, _ = panel_of(parent)
    os.kill(killed, signal.SIGKILL)
    begun_s = time.perf_counter()
    while True:
        with suppress(OSError, ValueError):
            found = panel_of(parent)
            if found is not None and found[0] != killed:
                with urllib.request.urlopen(address + "health", timeout=60) as answer:
                    if json.load(answer) == {"ok": True, "playing": True}:
                        return time.perf_counter() - begun_s
        time.sleep(0.01)


async def play(address, others):
    """Play some phrases with so many other clients, the last of which never reads; the late p99, in ms."""
    socket_address = address.replace("http", "ws") + "ws"
    origin = address.rstrip("/")
    connect = [websockets.connect(socket_address, origin=origin, max_queue=1) for _ in range(others)]
    idle = [await one for one in connect]
    reading = [asyncio.create_task(_read(one)) for one in idle[:-1]]
    late = None
    async with websockets.connect(socket_address, origin=origin) as socket:
        for _ in range(PHRASES):
            for pitch in PHRASE:
                await _note(socket, pitch, 90, 0.22)
                await _note(socket, pitch, 0, 0.05)
            until_s = time.perf_counter() + 7
            while (left_s := until_s - time.perf_counter()) > 0:
                with suppress(TimeoutError):
                    message = json.loads(await asyncio.wait_for(socket.recv(), left_s))
                    late = message.get("lateness_p99_ms", late)
    for task in reading:
        task.cancel()
    for one in idle:
        one.transport.abort()
    return late


async def _read(socket):
    async for _ in socket:
        pass


async def _note(socket, pitch, velocity, then_s):
    await socket.send(json.dumps({"type": "note", "pitch": pitch, "velocity": velocity, "at_s": None}))
    await asyncio.sleep(then_s)


def main():
    print(f"load {os.getloadavg()[0]:.1f}")
    numpy_s = seconds_of([sys.executable, "-c", "import numpy"])
    for others in (0, CLIENTS):
        with tempfile.TemporaryDirectory() as folder:
            antiphon, address, start_s = started(folder)
            try:
                late_ms = asyncio.run(play(address, others))
                memory = memory_mb(antiphon.pid)
                back_s = [back_after_s(antiphon.pid, address) for _ in range(KILLS if others == 0 else 0)]
            finally:
                antiphon.terminate()
                antiphon.wait()
        print(
            f"{others} other clients: {memory:.0f} MB, late p99 {late_ms} ms; the page answers after ", end=""
        )
        print(f"{start_s:.2f} s (import numpy: {numpy_s:.2f} s)")
        if back_s:
            print(f"back after kill -9: {', '.join(f'{one:.2f}' for one in back_s)} s")


if __name__ == "__main__":
    main()
