"""Where a playing process begins. Light, so that it is started before anything else is imported.

Knows nothing of music: `player` does, which is imported here, in the new process only.
"""

import os
import signal
import sys
from contextlib import suppress
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import Any

from antiphon.stage.machine.priority import call_this_process, may_go_first
from antiphon.stage.process.heartbeat import Heartbeat


def serve(
    messages: "Connection[Any, Any]", orders: "Connection[Any, Any]", heartbeat: Heartbeat, jack: bool
) -> None:
    """Load what `orders` says, play, and end when it says so, or closes, or SIGTERM comes.

    `jack`: JACK is likely to be wanted, so its client's process is started first.
    """
    leave_the_terminal()
    call_this_process("antiphon-load")
    may_go_first()  # before JACK's library makes its thread
    process = None
    if jack:
        from antiphon.stage.ports.jack.client import JackProcess

        process = JackProcess()
    from antiphon.stage.process import player

    player.serve(messages, orders, heartbeat, process)


def jack_is_likely(api: str | None) -> bool:
    """Whether JACK will be asked for, as far as one can tell before the configuration is read."""
    if not sys.platform.startswith("linux") or find_spec("jack") is None:
        return False
    no_alsa = not os.access("/dev/snd/seq", os.R_OK | os.W_OK)
    return api == "jack" or (api in (None, "auto") and no_alsa)


def leave_the_terminal() -> None:
    """What a key at the terminal asks of all processes is for the first process to decide.

    It started this one with those signals blocked, so that none could come before they are ignored. A group
    of its own keeps this process going when the job is stopped with SIGSTOP, so that no note hangs.
    """
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGHUP", "SIGTSTP") if hasattr(signal, name)]
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(os, "setpgid"):
        with suppress(OSError):
            os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, numbers)
    _silence_libraries()


def _silence_libraries() -> None:
    """A MIDI library whose server ends writes to stderr what is of no use to the user."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
