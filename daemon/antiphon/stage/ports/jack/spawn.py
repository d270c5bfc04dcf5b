"""Starting the JACK process, and its pipes. Knows nothing of what is said through them."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import antiphon

_PIPE_BYTES = 1 << 20
# The folders of the packages are known, so what Python does to find them is left out.
_BEGIN = (
    "import sys; sys.path[:] = {path!r}; from antiphon.stage.ports.jack.process import serve; serve{pipes}"
)


def spawn(requests: int, arrived: int, leaving: int) -> int:
    """Start the process, which gets these descriptors and closes all others; gives its number."""
    pipes = (requests, arrived, leaving)
    path = [str(Path(antiphon.__file__).parents[1]), *filter(None, sys.path)]
    for pipe in pipes:
        os.set_inheritable(pipe, True)
    # libjack prints to stderr.
    silence = [(os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    words = [sys.executable, "-S", "-c", _BEGIN.format(path=path, pipes=pipes)]
    return os.posix_spawn(sys.executable, words, os.environ, file_actions=silence)


def make_wide(pipe: int) -> None:
    """A pipe nobody waits on, with room for minutes of the densest playing where the system grants it."""
    import fcntl

    os.set_blocking(pipe, False)
    with suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
