"""The process that has the screen: starts the one that sends, attends to its letters, and ends it."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from antiphon.errors import Failure
from antiphon.stage.journal import LOG, LogLine
from antiphon.stage.sender import Failed, Letter, Order, Ready, Seen, serve

_FRAME_S = 0.04
_START_S = 20.0
# The sender closes its notes within a tenth of a second; one that is still there after this is stuck in a
# MIDI library whose server is gone.
_END_S = 1.0


class Live:
    """The sending process, from here. A context: leaving it ends the process, by force if it must be."""

    def __init__(self, order: Order) -> None:
        context = get_context("spawn")
        self._letters, theirs = context.Pipe(duplex=False)
        orders, self._orders = context.Pipe(duplex=False)
        self._process = context.Process(target=serve, args=(order, theirs, orders), name="antiphon-sender")
        self._process.start()
        # Only the sender holds the other ends now, so each side notices when the other is gone.
        theirs.close()
        orders.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def ready(self) -> Ready:
        """Wait for the ports to be open. Raises Failure with what the sender says."""
        while self._letters.poll(_START_S):
            match self._next():
                case LogLine() as line:
                    _write(line)
                case Ready() as ready:
                    return ready
                case Failed(message):
                    raise Failure(message)
                case _:
                    raise Failure("the MIDI process ended as it began")
        raise Failure(f"the MIDI process did not start within {_START_S:g} s")

    def attend(
        self, watch: Callable[[Seen], None], tick: Callable[[], None], stopping: Callable[[], bool]
    ) -> None:
        """Hand on reports until `stopping()`, then end the sender and hand on its last ones.

        Raises Failure if the sender ends by itself. Whatever ends this, the notes end first.
        """
        try:
            while not stopping():
                if self._letters.poll(_FRAME_S) and not self._hand_on(watch):
                    raise Failure(f"the MIDI process ended by itself (exit code {self._exit_code()})")
                tick()
        finally:
            with suppress(OSError):  # it is gone already
                self._orders.send(None)
        while self._letters.poll(_END_S) and self._hand_on(watch):
            pass
        tick()

    def _hand_on(self, watch: Callable[[Seen], None]) -> bool:
        """One letter; False when there will be no more."""
        letter = self._next()
        if isinstance(letter, Failed):
            raise Failure(letter.message)
        if letter is None or isinstance(letter, Ready):
            return False
        if isinstance(letter, LogLine):
            _write(letter)
        else:
            watch(letter)
        return True

    def _next(self) -> Letter | None:
        try:
            letter: Letter = self._letters.recv()
        except (EOFError, ConnectionResetError):
            return None
        return letter

    def _exit_code(self) -> int | None:
        self._process.join(_END_S)
        return self._process.exitcode

    def _end(self) -> None:
        self._orders.close()
        self._process.join(_END_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._letters.close()


def _write(line: LogLine) -> None:
    LOG.log(line.level, line.text)
