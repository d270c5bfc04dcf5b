"""What `ps` and `top` call a process of ours."""

from contextlib import suppress
from pathlib import Path

# Of the thread that has it; the system keeps 15 characters.
_NAME = Path("/proc/self/comm")


def call_this_process(name: str) -> None:
    """To be called from the main thread; does nothing where the system has no such thing."""
    with suppress(OSError):
        _NAME.write_text(name)
