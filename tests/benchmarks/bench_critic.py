"""What a choice among candidates costs: all of it, and the longest of its parts between two sends.

    python tests/benchmarks/bench_critic.py [BUNDLE]

Sixteen answers of four bars, of about 20 notes each, and of 32. Without a bundle that has a critic, one of
random trees as large as those of `antiphon-train critic`. Wanted: 10 ms in all, 0.5 ms for a part. The time
is that of the processor, each part the least of 20 rounds, so what else runs here hardly counts.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time

import numpy as np

from antiphon import bundle
from antiphon.compose.answer_features import features
from antiphon.compose.critic import AnswerFrame, Critic, CriticTrees
from antiphon.events import GridNote
from antiphon.timebase import Meter

ANSWERS, ROUNDS, TREES, DEPTH = 16, 20, 500, 4


def random_critic(rng: np.random.Generator) -> Critic:
    nodes = 2**DEPTH - 1
    return Critic(
        CriticTrees(
            np.array(features.VERSION, np.int32),
            rng.integers(0, len(features.NAMES), (TREES, nodes)).astype(np.int16),
            rng.normal(size=(TREES, nodes)).astype(np.float32),
            rng.normal(0, 0.05, (TREES, nodes + 1)).astype(np.float32),
            np.array(0, np.float32),
        )
    )


def melody(begin: int, notes: int, rng: np.random.Generator) -> list[GridNote]:
    """Sixteen quarters from a step on, with so many notes."""
    onsets = [begin, *sorted(begin + 2 * rng.choice(np.arange(1, 32), notes - 1, replace=False))]
    ends = [*onsets[1:], begin + 64]
    pitches = rng.integers(60, 78, notes)
    return [GridNote(int(a), int(b - a), int(p)) for a, b, p in zip(onsets, ends, pitches, strict=True)]


def parts_ms(critic: Critic, notes: int, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype]:
    """Milliseconds of each part: the least of all rounds."""
    phrase, answers = melody(0, notes, rng), [melody(64, notes, rng) for _ in range(ANSWERS)]
    frame = AnswerFrame(4, Meter(), 64, 128, "major", True)
    rounds = []
    for _ in range(ROUNDS):
        times, work, going = [], critic.log_odds_in_slices(phrase, answers, frame), True
        while going:
            begun = time.thread_time()
            going = next(work, ...) is not ...
            times.append(1e3 * (time.thread_time() - begun))
        rounds.append(times)
    return np.min(rounds, axis=0)


def main() -> None:
    rng = np.random.default_rng(0)
    found = bundle.load(bundle.find(sys.argv[1])).critic if sys.argv[1:] else None
    critic = found or random_critic(rng)
    for notes in (20, 32):
        parts = parts_ms(critic, notes, rng)
        print(f"{notes} notes: {parts.sum():.1f} ms in {len(parts)} parts, the longest {parts.max():.2f} ms")


if __name__ == "__main__":
    main()
