"""The playing process that is started before anything else: it loads while the command is being read."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from antiphon.signals import ending_at_once
from antiphon.stage.machine.priority import keep_ordinary
from antiphon.stage.process.entry import jack_is_likely, serve
from antiphon.stage.process.handle import PlayerHandle, Serve, end_all
from antiphon.stage.sound.feed import link


@contextmanager
def first_player(api: str | None) -> Iterator[tuple[PlayerHandle, Serve, socket.socket]]:
    """The process, what another one runs, and where what they play can be read; all end with the context.

    `api` is the MIDI system that was asked for, None for any. From here on the processes load at the same
    time as the command, so import late what only the command needs.
    """
    keep_ordinary()
    with ending_at_once(end_all):
        heard, played = link()
        serve_sounding = partial(serve, sound=played)
        first = PlayerHandle(serve_sounding, jack_is_likely(api))
        try:
            yield first, serve_sounding, heard
        finally:
            end_all()
