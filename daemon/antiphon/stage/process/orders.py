"""What the supervising process asks of the playing one, read by a thread and passed on to the engine."""

from contextlib import suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue
from threading import Thread

from antiphon.events import Timed
from antiphon.stage.engine import Engine
from antiphon.stage.process.joining import JoinedModels
from antiphon.stage.process.messages import Join, LoadOrder, Order, Resume, StartPlaying, Suspend


def next_order(orders: "Connection[None, Order]") -> Order:
    """The next order; None when the end is wanted, or nobody is there to ask."""
    with suppress(EOFError, OSError):
        order: Order = orders.recv()
        return order
    return None


class Orders:
    """What the supervising process asks, read by a thread of its own: waiting costs the engine nothing."""

    def __init__(self, orders: "Connection[None, Order]", joined: JoinedModels) -> None:
        self._orders, self._joined = orders, joined
        self._starts: SimpleQueue[StartPlaying | None] = SimpleQueue()
        self._engine: Engine | None = None
        self._over = False
        Thread(target=self._read, name="orders", daemon=True).start()

    def next_start(self) -> StartPlaying | None:
        """Wait to be told to play; None: the end is wanted."""
        return self._starts.get()

    def wants_end(self, within_s: float) -> bool:
        """Whether the end is asked for within some time."""
        with suppress(Empty):
            return self._starts.get(timeout=within_s) is None
        return False

    def serve(self, engine: Engine | None) -> None:
        """From now on requests go to this engine."""
        self._engine = engine
        self._joined.serve(engine)
        if self._over and engine is not None:
            engine.stop()

    def _read(self) -> None:
        """Until the end is asked for, or nobody is there to ask."""
        while (order := next_order(self._orders)) is not None:
            if isinstance(order, StartPlaying):
                self._starts.put(order)
            elif isinstance(order, Join):
                self._joined.join(order)
            elif self._engine is not None:
                _pass_on(order, self._engine)
        self._over = True
        self._starts.put(None)
        if self._engine is not None:
            self._engine.stop()


def _pass_on(order: Order, engine: Engine) -> None:
    match order:
        case Suspend():
            engine.suspend()
        case Resume():
            engine.resume()
        case LoadOrder() | StartPlaying() | Join() | None:
            pass
        case Timed():
            engine.play(order)
        case request:
            engine.ask(request)
