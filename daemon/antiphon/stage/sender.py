"""The process that sends: ports, session and engine, and nothing that may block or hog.

The screen, the takes and the log live in the process that started it, at the other end of two pipes.
"""

import logging
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

from antiphon import bundle
from antiphon.compose.model import Context
from antiphon.errors import Failure
from antiphon.perform.clock_out import ClockOut
from antiphon.perform.conductor import Source
from antiphon.perform.control import state_light
from antiphon.perform.news import Report
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings
from antiphon.stage.clock import Clock, SystemClock
from antiphon.stage.engine import Engine
from antiphon.stage.jack_system import JackTransport
from antiphon.stage.journal import LOG, LogLine, Posting
from antiphon.stage.link import LinkBeacon
from antiphon.stage.midi_port import MidiPort, PortChanged, Wiring
from antiphon.stage.performance import make_voice, warm
from antiphon.stage.priority import raise_priority
from antiphon.stage.studio import Beacon, Studio
from antiphon.timebase import Meter

# A thread gets the interpreter from another within this time; Python's own measure is ten times as long.
_SWITCH_S = 0.0005


@dataclass(frozen=True, slots=True)
class Order:
    """All that the process needs to know."""

    bundle_folder: Path
    programs: tuple[Path, ...]  # the bundles that program changes choose
    context: Context | None
    settings: SessionSettings
    random_seed: int
    wiring: Wiring
    remembered: tuple[str, ...] = ()  # what an earlier session kept in memory


@dataclass(frozen=True, slots=True)
class Ready:
    """The ports are open: which, on which MIDI system, and with what the system allowed."""

    inputs: tuple[str, ...]
    output: str
    api: str
    allowed: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot go on; one line for the player."""

    message: str


Seen = Report | PortChanged
Letter = Ready | Failed | LogLine | Seen


def serve(order: Order, letters: "Connection[Letter, None]", orders: "Connection[None, None]") -> None:
    """Play until `orders` says anything or closes, or SIGTERM comes; every note is closed on the way out.

    Ctrl-C reaches the whole terminal; the process that has the screen decides what it means.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_S)
    post: SimpleQueue[Letter | None] = SimpleQueue()
    postman = Thread(target=_deliver, args=(post.get, letters), name="post", daemon=True)
    postman.start()
    LOG.addHandler(Posting(post.put))
    LOG.setLevel(logging.DEBUG)  # whoever writes the lines chooses among them
    try:
        _play(order, post.put, orders)
    except Failure as failure:
        post.put(Failed(failure.message))
    except Exception as error:
        LOG.debug("the MIDI process broke", exc_info=True)
        post.put(Failed(f"unforeseen {type(error).__name__}: {error}"))
    finally:
        post.put(None)
        postman.join(timeout=1.0)


def _play(order: Order, put: Callable[[Letter], None], orders: "Connection[None, None]") -> None:
    clock = SystemClock()
    folders = (order.bundle_folder, *order.programs)
    voices = [make_voice(bundle.load(folder), order.context, order.remembered) for folder in folders]
    session = Session(voices[0], order.settings, order.random_seed, voices[1:])
    with ExitStack() as stack:
        port = stack.enter_context(closing(MidiPort(clock, order.wiring, put)))
        light = partial(state_light, order.settings.control, channel=order.settings.channel)
        clock_out = None if order.wiring.clock_output is None else ClockOut()
        studio = Studio(_to_join(clock, order.settings, port), order.settings.clock.source)
        stack.callback(studio.close)

        def tell(report: Report) -> None:
            studio.hear(report)
            put(report)

        engine = Engine(clock, port, session, tell, light=light, clock_out=clock_out, beacon=studio.poll)

        def over() -> bool:
            port.attend(engine.deadline_s)
            return False

        signal.signal(signal.SIGTERM, lambda *_: engine.stop())
        Thread(target=_obey, args=(orders, engine.stop), name="orders", daemon=True).start()
        warm(*(voice.model for voice in voices))
        ready = Ready(port.inputs, port.output, port.api, raise_priority())
        LOG.info("%s open, %s open (%s; %s)", ", ".join(ready.inputs), ready.output, ready.api, ready.allowed)
        put(ready)
        engine.run(until=over)


def _to_join(clock: Clock, settings: SessionSettings, port: MidiPort) -> dict[Source, Callable[[], Beacon]]:
    """What can be joined; where our ports are JACK's they tell of its transport themselves."""
    bpm, bar = settings.tempo.bpm, Meter.parse(settings.tempo.meter).quarters_per_bar
    link: dict[Source, Callable[[], Beacon]] = {"link": lambda: LinkBeacon(clock, bpm, bar)}
    return link if port.tells_transport else {**link, "jack": lambda: JackTransport(clock, bpm)}


def _obey(orders: "Connection[None, None]", stop: Callable[[], None]) -> None:
    """Wait, at no cost to the engine, until an order comes or nobody is there to give one."""
    with suppress(EOFError, OSError):
        orders.recv()
    stop()


def _deliver(get: Callable[[], Letter | None], letters: "Connection[Letter, None]") -> None:
    """Send letters on as they come; the engine never waits for whoever reads them.

    Packing a letter takes the interpreter's lock. Where others keep every core busy, a thread of ordinary
    priority would wait for one with the lock in its hands, and the notes with it: so this one is raised too.
    """
    try:
        while (letter := get()) is not None:
            if isinstance(letter, Ready):
                raise_priority()
            letters.send(letter)
    except (BrokenPipeError, ConnectionResetError):
        return
