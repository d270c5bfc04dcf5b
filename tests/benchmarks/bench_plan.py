"""What an answer costs that is composed ahead: 64 sixteenths, of 1 to 64 candidates, with a full memory.

    python tests/benchmarks/bench_plan.py [--model essen] [--rounds 20]

Processor time, each part the least of the rounds, so what else runs here counts little. Wanted: at most
0.3 ms for one symbol of one candidate, 50 ms for an answer of 16 candidates, and 0.5 ms for a part of the
work: between two parts notes can be sent.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from antiphon import bundle
from antiphon.bundle import Bundle
from antiphon.compose.melody import Melody
from antiphon.compose.place import Bars
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.shape import Frame, Shape, ShapeSettings
from antiphon.compose.side_by_side.ages import Ints
from antiphon.compose.side_by_side.candidates import Wanted
from antiphon.compose.symbols import HOLD
from antiphon.slices import Sliced

SIXTEENTHS = 64


def played(bars: int, steps_per_quarter: int, seed: int) -> Iterator[str]:
    """Bars of eighths, quarters and halves that walk up and down a scale."""
    generator, scale = np.random.default_rng(seed), (60, 62, 64, 65, 67, 69, 71, 72)
    at, left = 3, 4 * bars * steps_per_quarter
    while left:
        length = min(left, steps_per_quarter * int(generator.choice([1, 2, 2, 2, 4])) // 2)
        at = min(max(at + int(generator.integers(-2, 3)), 0), len(scale) - 1)
        yield from (str(scale[at]), *[HOLD] * (length - 1))
        left -= length


def melody_of(chosen: Bundle) -> tuple[Melody, Shape]:
    """A melody that has heard four bars after as much as its memory holds, and the shape of its answer."""
    memory, steps = chosen.memory(), chosen.steps_per_quarter
    chance = np.random.default_rng(0)
    melody = Melody(chosen.model(), chosen.vocabulary, SamplingSettings(), chance, memory, steps)
    bars, song = Bars("4/4", 0, steps), 0
    while memory is not None and memory.steps + 4 * 32 * steps < memory.most_steps:
        memory.begin(bars)
        for symbol in played(8, steps, song):
            memory.hear(chosen.vocabulary.id(symbol))
        memory.keep()
        song += 1
    melody.hear(tuple(played(4, steps, 1)), bars)
    length = SIXTEENTHS * steps // 4
    return melody, Shape(chosen.vocabulary, Frame(length, 4 * steps, steps, "major"), (), ShapeSettings())


def first(answers: Sequence[Ints]) -> Sliced[Sequence[int]]:
    yield
    return range(len(answers))


def parts_s(melody: Melody, shape: Shape, steps: int, count: int) -> list[float]:
    """Seconds of processor time of each part of the work; what it takes to begin is the first."""
    chance = lambda number: np.random.default_rng((0, number))  # noqa: E731
    wanted = Wanted(count, steps, shape.factors, chance, first, by_pitch=shape.by_pitch)
    begun = time.thread_time()
    candidates = melody.candidates(wanted)
    found = [time.thread_time() - begun]
    while not candidates.done:
        begun = time.thread_time()
        candidates.go_on()
        found.append(time.thread_time() - begun)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=bundle.DEFAULT_MODEL)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    found = bundle.shipped_names()
    chosen = bundle.load(bundle.find(asked.model) if asked.model in found else Path(asked.model))
    melody, shape = melody_of(chosen)
    steps = SIXTEENTHS * chosen.steps_per_quarter // 4
    for count in (1, 4, 16, 64):
        rounds = [parts_s(melody, shape, steps, count) for _ in range(asked.rounds)]
        parts = np.min(rounds, axis=0)
        whole, longest = parts.sum(), parts.max()
        each = 1000 * whole / count / SIXTEENTHS
        print(
            f"{count:2} candidates: {1000 * whole:6.1f} ms an answer, {each:.3f} ms a sixteenth of one, "
            f"{len(parts)} parts, the longest {1000 * longest:.2f} ms"
        )


if __name__ == "__main__":
    main()
