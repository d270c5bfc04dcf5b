"""One process that sends, from the side of whoever started it: its letters, its orders, whether it lives."""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from antiphon.stage.process.heartbeat import Pulse, Vitals
from antiphon.stage.process.player import Ask, Cue, Letter, Order

# So many frames without a turn of its engine, and it is stuck: its turns are 50 ms apart at most.
_STUCK_FRAMES = 20
# The same for one that is loaded and opens its ports, each try a turn: a MIDI library may hang in that, too.
_OPENING_FRAMES = 200

Serve = Callable[[Order, "Connection[Letter, None]", "Connection[None, Cue | Ask | None]", Vitals], None]


class SendingProcess:
    """Started as it is made; it does `serve` with `order`, and plays once it is told its cue."""

    def __init__(self, order: Order, serve: Serve) -> None:
        context = get_context("spawn")
        self.letters: Connection[None, Letter]
        self.letters, theirs = context.Pipe(duplex=False)
        orders, self._orders = context.Pipe(duplex=False)
        self.vitals = Vitals(context)
        self._pulse, self._opening = Pulse(_STUCK_FRAMES), Pulse(_OPENING_FRAMES)
        self.loaded = False
        self._process = context.Process(
            target=serve, args=(order, theirs, orders, self.vitals), name="antiphon-sender"
        )
        self._process.start()
        # Only the sender holds the other ends now, so each side notices when the other is gone.
        theirs.close()
        orders.close()

    def tell(self, order: Cue | Ask | None) -> None:
        with suppress(OSError):  # it is gone already, which its letters will say
            self._orders.send(order)

    def next(self) -> Letter | None:
        """Its next letter; None when there will be no more."""
        try:
            return self.letters.recv()
        except Exception:  # it is gone; of one that was killed the last letter may be half there
            return None

    def alive(self) -> bool:
        """Whether its engine still turns; to be asked once a frame."""
        return self._pulse.beats(self.vitals.turns)

    def opening(self) -> bool:
        """Whether it loads yet or still tries to open its ports; to be asked once a frame."""
        return not self.loaded or self._opening.beats(self.vitals.turns)

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
