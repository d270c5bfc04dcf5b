"""An engine at work and those who watch it: the engine on a thread of its own, the watchers on this one.

The engine never waits for a watcher: its reports go through a queue.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from queue import Empty, SimpleQueue

from antiphon.bundle import Bundle
from antiphon.compose.model import Context, Model
from antiphon.perform.answer.programs import Voice
from antiphon.perform.reports import Report
from antiphon.perform.session import Session
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import Clock
from antiphon.stage.ports.port import Port

_FRAME_S = 0.04
_WARM_STEPS = 64


def make_voice(chosen: Bundle, context: Context | None, remembered: Sequence[str] = ()) -> Voice:
    """The answering voice of a bundle; `context` as its card says unless given.

    `remembered` is what an earlier session kept: symbols, "" for each step between two songs.
    """
    memory, vocabulary, card = chosen.memory(), chosen.vocabulary, chosen.card
    if memory is not None:
        gap = len(vocabulary)
        memory.restore([vocabulary.id(vocabulary.nearest(s)) if s else gap for s in remembered])
    return Voice(chosen.model(context), vocabulary, card.steps_per_quarter, card.name, memory)


def warm(*models: Model) -> None:
    """Touch everything that playing touches, so that the first answer is as quick as the tenth."""
    for model in models:
        for _ in range(_WARM_STEPS):
            model.step(0)
        model.reset()
    # What lives now lives until the end: the collector need not look at it again while notes are due.
    gc.collect()
    gc.freeze()


class Performance:
    """Plays a session; `watch` is called with every report in order, `tick` about 25 times a second."""

    def __init__(self, clock: Clock, port: Port, session: Session) -> None:
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._engine = Engine(clock, port, session, self._reports.put)

    def play(
        self, until: Callable[[], bool], watch: Callable[[Report], None], tick: Callable[[], None]
    ) -> None:
        """Play in real time until `until()` holds. Whatever ends it, the engine ends first and in order."""
        with ThreadPoolExecutor(1, "engine") as pool:
            playing = pool.submit(self._engine.run, until)
            try:
                self._attend(playing, watch, tick)
            finally:
                self._engine.stop()
                wait([playing])
                self._hand_over(watch)
        playing.result()

    def play_at_once(self, until: Callable[[], bool], watch: Callable[[Report], None]) -> None:
        """Play on this thread, for a virtual clock; the watchers hear of it afterwards."""
        self._engine.run(until)
        self._hand_over(watch)

    def _attend(
        self, playing: Future[None], watch: Callable[[Report], None], tick: Callable[[], None]
    ) -> None:
        while not playing.done():
            self._hand_over(watch)
            tick()
            wait([playing], timeout=_FRAME_S)

    def _hand_over(self, watch: Callable[[Report], None]) -> None:
        for report in self._waiting():
            watch(report)

    def _waiting(self) -> Iterator[Report]:
        while True:
            try:
                yield self._reports.get_nowait()
            except Empty:
                return
