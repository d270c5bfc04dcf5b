"""The clock: reading the time and waiting for a moment, in one place.

The only module that imports `time`; everything else is handed a `Clock`. Knows no music.
"""

import time
from datetime import datetime
from typing import Protocol

SPIN_S = 0.0005


class Clock(Protocol):
    """One monotonic time in seconds, from an unnamed beginning."""

    def now_s(self) -> float: ...

    def wait_until_s(self, at_s: float, exactly: bool = True) -> None:
        """Return at `at_s` or after; at once if that moment has passed. `exactly` may cost processor time."""


class SystemClock:
    """The machine's monotonic clock: `perf_counter`, because Windows steps `monotonic` by 15.6 ms.

    A sleeping process wakes when the kernel finds time for it; the last `spin_s` seconds are therefore
    spent awake, which takes the usual error from tenths of a millisecond to microseconds. 0 never spins.
    """

    def __init__(self, spin_s: float = SPIN_S) -> None:
        self._spin_s = spin_s

    def now_s(self) -> float:
        return time.perf_counter()

    def wait_until_s(self, at_s: float, exactly: bool = True) -> None:
        spin_s = self._spin_s if exactly else 0.0
        # time.sleep waits for an absolute moment of this same clock: an interrupted sleep does not stretch.
        while (remaining_s := at_s - spin_s - time.perf_counter()) > 0:
            time.sleep(remaining_s)
        while time.perf_counter() < at_s:
            pass


class VirtualClock:
    """A clock for tests and offline work: waiting moves the time on, and nothing else does."""

    def __init__(self, now_s: float = 0.0) -> None:
        self._now_s = now_s

    def now_s(self) -> float:
        return self._now_s

    def wait_until_s(self, at_s: float, exactly: bool = True) -> None:  # noqa: ARG002 - always exact
        self._now_s = max(self._now_s, at_s)


def wall_time() -> datetime:
    """Local date and time with its offset from UTC; it may jump, so no music is measured with it."""
    return datetime.now().astimezone()
