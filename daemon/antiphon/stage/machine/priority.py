"""What the system allows the playing process: real-time priority and locked memory.

The other processes give up the right to it: `antiphon play` lowers the limit, the playing process raises it.
"""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
# Above all that is not real-time, below all that makes sound: jackd is at 10 unless told otherwise, clients
# at 5, and a step of the model that takes milliseconds must not cost them a period.
FIFO_PRIORITY = 4
# mlockall(2). Without MCL_ONFAULT each mapped page becomes resident, touched or not: 58 MB become 175.
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4


def keep_ordinary() -> None:
    """From here on this process and those it starts get no real-time priority, unless they `may_go_first`."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_RTPRIO)
        resource.setrlimit(resource.RLIMIT_RTPRIO, (0, hard))


def may_go_first() -> None:
    """Take back what `keep_ordinary` gave up. Call it before JACK's library is loaded.

    The whole limit, though we ask for less: JACK's thread runs in our process, the server chooses its
    priority, and a limit of FIFO_PRIORITY would refuse it.
    """
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_RTPRIO)
        resource.setrlimit(resource.RLIMIT_RTPRIO, (hard, hard))


def raise_priority() -> str:
    """Ask for real-time priority of the calling thread and for locked memory; says which was allowed."""
    may_go_first()
    scheduled = "real-time priority" if _fifo() else "ordinary priority"
    return f"{scheduled}, memory {'locked' if _lock_memory() else 'not locked'}"


def as_if_playing(do: Callable[[], T]) -> tuple[bool, T]:
    """What `do` gives at the priority that playing would have, and whether that is real-time.

    It runs on a thread of its own, whose priority ends with it, so the process stays as it was.
    """
    from concurrent.futures import ThreadPoolExecutor

    may_go_first()
    with ThreadPoolExecutor(1, "as-if-playing") as pool:
        return pool.submit(lambda: (_fifo(), do())).result()


def may_lock_memory() -> bool:
    """Only without a limit: under one, a later allocation could fail in the middle of a song."""
    if sys.platform != "linux":
        return False
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    return soft == resource.RLIM_INFINITY or os.geteuid() == 0


def _fifo() -> bool:
    if sys.platform != "linux":
        return False
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(FIFO_PRIORITY))
    except OSError:
        return False
    return True


def _lock_memory() -> bool:
    """What is touched stays in memory; before Linux 4.4 all that is mapped."""
    import ctypes

    return may_lock_memory() and any(
        ctypes.CDLL(None).mlockall(flags) == 0
        for flags in (_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT, _MCL_CURRENT | _MCL_FUTURE)
    )


# The name of the main thread; the system keeps 15 characters.
_NAME = "/proc/self/comm"


def call_this_process(name: str) -> None:
    """Name this process in lists of processes, where the system can; call it from the main thread."""
    with suppress(OSError), open(_NAME, "w", encoding="utf-8") as file:
        file.write(name)
