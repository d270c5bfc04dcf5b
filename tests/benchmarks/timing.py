"""How long a call takes, for benchmarks."""

import time
from collections.abc import Callable


def rounds_us(action: Callable[[], object], repeats: int, rounds: int) -> list[float]:
    """Microseconds a call takes, the mean of each round of so many repeats."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(repeats):
            action()
        times.append((time.perf_counter() - begun) / repeats * 1e6)
    return times
