"""The supervising process's side of the sound: starts the process that makes it, and starts it again."""

import socket
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from threading import Event, Lock, Thread
from typing import Any, Self

from antiphon.stage.machine.terminal import terminal_signals_blocked
from antiphon.stage.sound import process
from antiphon.stage.sound.process import SoundOrder

_END_S = 2.0
_MOST_DEATHS = 5


class SoundOutput:
    """A context: sound is made of what comes through `reader`, which is closed at its end.

    `say` is told, from another thread, how sound is made, or why it is not. Without an order there is none.
    """

    def __init__(self, reader: socket.socket, order: SoundOrder | None, say: Callable[[str], None]) -> None:
        self._reader, self._order, self._say = reader, order, say
        self._told, self._ending, self._starting = Event(), False, Lock()
        self._process: Any = None
        self._ours: Any = None
        self._thread = Thread(target=self._watch, name="sound", daemon=True)

    def __enter__(self) -> Self:
        if self._order is None:
            self._reader.close()
        else:
            self._start(self._order)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._starting:
            self._ending = True
        if self._order is not None:
            self._ours.close()
            self._process.join(_END_S)
            self._process.kill()
            self._thread.join(_END_S)
            self._reader.close()

    def wait(self, within_s: float) -> None:
        """Until it is known whether there is sound."""
        if self._order is not None:
            self._told.wait(within_s)

    def _start(self, order: SoundOrder) -> None:
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=process.serve, args=(self._reader, theirs, order), name="antiphon-sound"
        )
        with terminal_signals_blocked():
            self._process.start()
        theirs.close()

    def _watch(self) -> None:
        assert self._order is not None
        for deaths in range(_MOST_DEATHS):
            if deaths:
                self._say("The sound ended; it is started again.")
                with self._starting:
                    if self._ending:
                        return
                    self._start(self._order)
            said = self._hear()
            if self._ending or said.startswith("There is no sound"):
                return
        self._say("The sound ended too often; it stays off.")

    def _hear(self) -> str:
        """What the process says, until it ends; gives its last line."""
        said = ""
        with suppress(EOFError, OSError, TypeError):
            while True:
                said = self._ours.recv()
                self._say(said)
                self._told.set()
        self._told.set()
        return said
