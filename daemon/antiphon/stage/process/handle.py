"""One process that sends, from the side of whoever started it: its letters, its orders, whether it lives."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from antiphon.stage.process.heartbeat import Heartbeat, Pulse
from antiphon.stage.process.player import LiveRequest, LoadOrder, Message, StartPlaying

# So many frames without a turn of its engine, and it is stuck: its turns are 50 ms apart at most.
_STUCK_FRAMES = 20
# The same for one that is loaded and opens its ports, each try a turn: a MIDI library may hang in that, too.
_OPENING_FRAMES = 200

Serve = Callable[
    [
        LoadOrder,
        "Connection[Message, None]",
        "Connection[None, StartPlaying | LiveRequest | None]",
        Heartbeat,
    ],
    None,
]


class PlayerHandle:
    """Started as it is made; it does `serve` with `order`, and plays once it is told its cue."""

    def __init__(self, order: LoadOrder, serve: Serve) -> None:
        context = get_context("spawn")
        self.messages: Connection[None, Message]
        self.messages, theirs = context.Pipe(duplex=False)
        orders, self._orders = context.Pipe(duplex=False)
        self.heartbeat = Heartbeat(context)
        self._pulse, self._opening = Pulse(_STUCK_FRAMES), Pulse(_OPENING_FRAMES)
        self.loaded = False
        self._process = context.Process(
            target=serve, args=(order, theirs, orders, self.heartbeat), name="antiphon-sender"
        )
        self._process.start()
        # Only the sender holds the other ends now, so each side notices when the other is gone.
        theirs.close()
        orders.close()

    def tell(self, order: StartPlaying | LiveRequest | None) -> None:
        with suppress(OSError):  # it is gone already, which its letters will say
            self._orders.send(order)

    def next(self) -> Message | None:
        """Its next letter; None when there will be no more."""
        try:
            return self.messages.recv()
        except Exception:  # it is gone; of one that was killed the last letter may be half there
            return None

    def alive(self) -> bool:
        """Whether its engine still turns; to be asked once a frame."""
        return self._pulse.beats(self.heartbeat.turns)

    def opening(self) -> bool:
        """Whether it loads yet or still tries to open its ports; to be asked once a frame."""
        return not self.loaded or self._opening.beats(self.heartbeat.turns)

    def end(self, within_s: float) -> int | None:
        """End it, by force if it takes longer; gives its exit code, negative for a signal."""
        with suppress(OSError):
            self._orders.close()
        self._process.join(within_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        return self._process.exitcode


def how_it_ended(code: int | None) -> str:
    return f"the MIDI process ended by itself ({exit_code(code)})"


def exit_code(code: int | None) -> str:
    return f"exit code {code}" if code is None or code >= 0 else f"signal {-code}"
