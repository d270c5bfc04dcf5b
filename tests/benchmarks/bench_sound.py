"""What sound costs: its process's start, memory and processor time, and the playing process's time a note.

    python tests/benchmarks/bench_sound.py [--notes N]

The process plays samples on a JACK server of its own with no sound card (48 000 Hz, 128 frames). How late
notes sound is measured by `tests/live/test_sound_jack.py`, which prints it with -s. Linux, with jackd.

Wanted: a note takes the playing process at most 50 µs (99 of 100), the one of sound at most 60 MB and 10 % of
a core.
"""

import argparse
import os
import sys
import time
from multiprocessing import get_context
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "tests")]  # for the new process, too

from antiphon.stage.sound.feed import ANSWERS, NOTE, SoundFeed, SoundRecord, link  # noqa: E402
from antiphon.stage.sound.process import SoundOrder, serve  # noqa: E402
from live.house import Server  # noqa: E402

TICKS_S = os.sysconf("SC_CLK_TCK")
CHORD = (48, 52, 55, 60, 64, 67, 72, 76)
MEASURED_S = 3.0


def processor_s(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_S


def memory_mb(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def share_of_a_core(pid):
    before_s = processor_s(pid)
    time.sleep(MEASURED_S)
    return (processor_s(pid) - before_s) / MEASURED_S


def note(pitch, velocity):
    return SoundRecord(time.perf_counter(), 0.0, NOTE, ANSWERS, pitch, velocity)


def sending_us(feed, notes):
    taken = []
    for number in range(notes):
        record = note(60 + number // 2 % 12, 80 * (number % 2 == 0))
        begun_s = time.perf_counter()
        feed.put(record)
        taken.append(1e6 * (time.perf_counter() - begun_s))
        if number % 8 == 0:
            time.sleep(0.005)
    return np.percentile(taken, [50, 99, 100])


def main(notes):
    context = get_context("spawn")
    with Server(["-S"], real_time=True) as server:
        os.environ.update(server.environment)
        reader, writer = link()
        ours, theirs = context.Pipe()
        begun_s = time.perf_counter()
        order = SoundOrder("samples", "piano", "flute", on_jack=True)
        process = context.Process(target=serve, args=(reader, theirs, order))
        process.start()
        theirs.close()
        print(ours.recv(), f"Ready after {time.perf_counter() - begun_s:.2f} s.")
        feed = SoundFeed(writer)
        print(
            "a note takes the playing process, in µs: median {:.1f}, 99 of 100 {:.1f}, most {:.1f}".format(
                *sending_us(feed, notes)
            )
        )
        time.sleep(1.0)
        print(f"silent: {share_of_a_core(process.pid):.1%} of a core, {memory_mb(process.pid):.0f} MB")
        for pitch in CHORD:
            feed.put(note(pitch, 90))
        print(f"{len(CHORD)} notes: {share_of_a_core(process.pid):.1%} of a core")
        ours.close()
        process.join(5)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--notes", type=int, default=2000)
    main(parser.parse_args().notes)
