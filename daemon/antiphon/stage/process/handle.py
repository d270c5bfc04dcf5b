"""One playing process, as the supervising process holds it: messages, orders, whether it still turns."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from antiphon.stage.machine.terminal import terminal_signals_blocked
from antiphon.stage.process.heartbeat import Heartbeat, Pulse

if TYPE_CHECKING:  # it is started before these are imported
    from antiphon.stage.process.messages import Message, Order

# A process is stuck when its engine made no turn in this many frames; turns are 50 ms apart at most.
_STUCK_FRAMES = 20
# While it opens its ports each try is a turn, and a MIDI library may take longer over one.
_OPENING_FRAMES = 200
_LAST_NOTES_S = 0.3

Serve = Callable[["Connection[Any, Any]", "Connection[Any, Any]", Heartbeat, bool], None]


class PlayerHandle:
    """Starts the process, which runs `serve`; `jack`: JACK is likely to be wanted."""

    def __init__(self, serve: Serve, jack: bool = False) -> None:
        context = get_context("spawn")
        self.messages: Connection[None, Message]
        self.messages, theirs = context.Pipe(duplex=False)
        orders, self._orders = context.Pipe(duplex=False)
        self.heartbeat = Heartbeat(context)
        self._pulse, self._opening = Pulse(_STUCK_FRAMES), Pulse(_OPENING_FRAMES)
        self.loaded = False
        self._process = context.Process(
            target=serve, args=(theirs, orders, self.heartbeat, jack), name="antiphon-player"
        )
        with terminal_signals_blocked():
            self._process.start()
        # Only the process holds the other ends now, so each side notices when the other is gone.
        theirs.close()
        orders.close()

    def tell(self, order: "Order") -> None:
        with suppress(OSError):  # it is gone already, which its messages will say
            self._orders.send(order)

    def next(self) -> "Message | None":
        """Its next message; None when there will be no more."""
        try:
            return self.messages.recv()
        except Exception:  # it is gone; when it was killed its last message may be cut off
            return None

    def alive(self) -> bool:
        """Whether its engine still turns; to be asked once a frame."""
        return self._pulse.beats(self.heartbeat.turns)

    def opening(self) -> bool:
        """Whether it still loads, or still tries to open its ports; to be asked once a frame."""
        return not self.loaded or self._opening.beats(self.heartbeat.turns)

    def end(self, within_s: float) -> int | None:
        """End it, by force if it takes longer; gives its exit code, negative for a signal."""
        with suppress(OSError):
            self._orders.close()
        if self.loaded:
            self._process.join(within_s)
        # One that still loads has no note to end.
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._process.exitcode


def end_all() -> None:
    """End every process that is left, by force if it must be: where a signal ends this one at once."""
    processes = active_children()
    for process in processes:
        process.terminate()  # one that plays ends its notes
    for process in processes:
        process.join(_LAST_NOTES_S)
        if process.is_alive():
            process.kill()


def how_it_ended(code: int | None) -> str:
    return f"the playing process ended by itself ({exit_code(code)})"


def exit_code(code: int | None) -> str:
    return f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"
