"""What a process took to load, and needs no more, goes back to the system."""

import sys


def return_free_memory() -> None:
    """Give back what was freed, some megabytes after loading: glibc keeps it. Elsewhere nothing happens.

    It takes milliseconds. Memory that is locked stays, so call it before that.
    """
    if sys.platform == "linux":
        import ctypes

        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
