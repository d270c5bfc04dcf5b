"""Where a playing process begins. Light, so that it is started before anything else is imported.

Knows nothing of music: `player` does, which is imported here, in the new process only.
"""

import os
import socket
import sys
from importlib.util import find_spec
from multiprocessing.connection import Connection
from typing import Any

from antiphon.stage.machine.priority import call_this_process, may_go_first
from antiphon.stage.machine.terminal import leave_the_terminal
from antiphon.stage.process.heartbeat import Heartbeat


def serve(
    messages: "Connection[Any, Any]",
    orders: "Connection[Any, Any]",
    heartbeat: Heartbeat,
    jack: bool,
    sound: socket.socket | None = None,
) -> None:
    """Load what `orders` says, play, and end when it says so, or closes, or SIGTERM comes.

    `jack`: JACK is likely to be wanted, so its client's process is started first. `sound`: what is played is
    copied there.
    """
    leave_the_terminal()
    call_this_process("antiphon-load")
    may_go_first()  # before JACK's library makes its thread
    process = None
    if jack:
        from antiphon.stage.ports.jack.client import JackProcess

        process = JackProcess()
    from antiphon.stage.process import player

    player.serve(messages, orders, heartbeat, process, sound)


def jack_is_likely(api: str | None) -> bool:
    """Whether JACK will be asked for, as far as one can tell before the configuration is read."""
    if not sys.platform.startswith("linux") or find_spec("jack") is None:
        return False
    no_alsa = not os.access("/dev/snd/seq", os.R_OK | os.W_OK)
    return api == "jack" or (api in (None, "auto") and no_alsa)
