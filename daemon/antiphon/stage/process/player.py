"""The process that sends: ports, session and engine, and nothing that may block or hog.

The screen, the takes and the log live in the process that started it, at the other end of two pipes. It
loads everything first and then waits for its cue, so that one that waits can take the place of another.
"""

import logging
import os
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
from antiphon.compose.context import Context
from antiphon.errors import Failure
from antiphon.events import NoteOff
from antiphon.perform.answer.programs import Voice
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.controls.midi_controls import state_light
from antiphon.perform.reports import NO_HANDOVER, Handover, Report
from antiphon.perform.session import Session
from antiphon.perform.settings import Button, SessionSettings, Source
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.log import LOG, ForwardingHandler, LogLine
from antiphon.stage.machine.priority import call_this_process, may_go_first, raise_priority
from antiphon.stage.ports.connections import PortConnection
from antiphon.stage.ports.jack.client import JackProcess, jack_loads
from antiphon.stage.ports.jack.system import JackTransport
from antiphon.stage.ports.live_port import MidiPort, Wiring
from antiphon.stage.ports.port import ConnectionsChanged, PortChanged
from antiphon.stage.process.heartbeat import Heartbeat, SharedHeldNotes
from antiphon.stage.sync.link import LinkFeed
from antiphon.stage.sync.sources import ClockFeed, Sources
from antiphon.stage.voice import make_voice, warm
from antiphon.timebase import Meter

# A thread gets the interpreter from another within this time; Python's own measure is ten times as long.
_SWITCH_S = 0.0005
# Ports that are to be opened again are tried so often.
_AGAIN_S = 0.25


@dataclass(frozen=True, slots=True)
class LoadOrder:
    """All that the process needs to know before its cue."""

    bundle_folder: Path
    programs: tuple[Path, ...]  # the bundles that program changes choose
    context: Context | None
    random_seed: int
    on_jack: bool  # whether a client of JACK is likely to be wanted
    remembered: tuple[str, ...] = ()  # what an earlier session kept in memory


@dataclass(frozen=True, slots=True)
class StartPlaying:
    """Play. For one that takes over there is more than settings and wiring: where the performance was, what
    was left sounding, what was connected; and it tries to open its ports for as long as it takes."""

    settings: SessionSettings
    wiring: Wiring
    handover: Handover = NO_HANDOVER
    sounding: tuple[NoteOff, ...] = ()
    connections: tuple[PortConnection, ...] = ()
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything is loaded; the cue may come."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The ports are open: which, on which MIDI system, as which client, whether to the frame, and with what
    the system allowed."""

    inputs: tuple[str, ...]
    output: str
    api: str
    client_name: str
    exact: bool
    allowed: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The ports cannot be opened now; it goes on trying. One line for the player."""

    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It cannot go on; one line for the player."""

    message: str


LiveRequest = SessionSettings | Button
Seen = Report | PortChanged
Message = Loaded | Ready | Waiting | Failed | ConnectionsChanged | LogLine | Seen


def serve(
    order: LoadOrder,
    messages: "Connection[Message, None]",
    orders: "Connection[None, StartPlaying | LiveRequest | None]",
    heartbeat: Heartbeat,
) -> None:
    """Load, wait for the cue, and play until `orders` says None or closes, or SIGTERM comes; every note is
    closed on the way out.

    Ctrl-C reaches the whole terminal; the process that has the screen decides what it means.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_S)
    call_this_process("antiphon-load")
    may_go_first()  # before JACK's library makes its thread
    _silence_libraries()
    post: SimpleQueue[Message | None] = SimpleQueue()
    postman = Thread(target=_deliver, args=(post.get, messages), name="post", daemon=True)
    postman.start()
    LOG.addHandler(ForwardingHandler(post.put))
    LOG.setLevel(logging.DEBUG)  # whoever writes the lines chooses among them

    def leave(last: Message) -> None:
        """At once: what a MIDI library does when it is unloaded without its server may take for ever."""
        post.put(last)
        post.put(None)
        postman.join(timeout=1.0)
        os._exit(1)

    try:
        _serve(order, post.put, orders, heartbeat)
    except Failure as failure:
        leave(Failed(failure.message))
    except Exception as error:
        LOG.debug("the MIDI process broke", exc_info=True)
        leave(Failed(f"unforeseen {type(error).__name__}: {error}"))
    post.put(None)
    postman.join(timeout=1.0)


def _silence_libraries() -> None:
    """A MIDI library whose server ends writes what nobody at the terminal can use."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _serve(
    order: LoadOrder,
    put: Callable[[Message], None],
    orders: "Connection[None, StartPlaying | LiveRequest | None]",
    heartbeat: Heartbeat,
) -> None:
    folders = (order.bundle_folder, *order.programs)
    voices = [make_voice(bundle.load(folder), order.context, order.remembered) for folder in folders]
    warm(*(voice.model for voice in voices))
    with ExitStack() as stack:
        # Loading it takes longer than silence may be waited for.
        jack = stack.enter_context(closing(JackProcess())) if order.on_jack and jack_loads() else None
        call_this_process("antiphon-spare")
        put(Loaded())
        start = _next(orders)
        if isinstance(start, StartPlaying):
            call_this_process("antiphon-sender")
            _play(start, order.random_seed, voices, put, orders, heartbeat, jack)


def _play(
    start: StartPlaying,
    random_seed: int,
    voices: list[Voice],
    put: Callable[[Message], None],
    orders: "Connection[None, StartPlaying | LiveRequest | None]",
    heartbeat: Heartbeat,
    jack: JackProcess | None,
) -> None:
    clock = SystemClock()
    with ExitStack() as stack:
        port = _open(clock, start, put, orders, heartbeat, jack)
        if port is None:
            return
        stack.enter_context(closing(port))
        settings = start.settings
        session = Session(voices[0], settings, random_seed, voices[1:], start.handover)
        light = partial(state_light, settings.control, channel=settings.channel)
        clock_out = None if start.wiring.clock_output is None else MidiClockOut()
        sources = Sources(_to_join(clock, settings, port), settings.clock.source)
        stack.callback(sources.close)

        def tell(report: Report) -> None:
            sources.hear(report)
            put(report)

        engine = Engine(clock, port, session, tell, light=light, clock_out=clock_out, clock_feed=sources.poll)

        def over() -> bool:
            heartbeat.beat()
            port.attend(engine.deadline_s)
            return False

        signal.signal(signal.SIGTERM, lambda *_: engine.stop())
        Thread(target=_obey, args=(orders, engine), name="orders", daemon=True).start()
        ready = Ready(port.inputs, port.output, port.api, port.client_name, port.exact, raise_priority())
        LOG.info("%s open, %s open (%s; %s)", ", ".join(ready.inputs), ready.output, ready.api, ready.allowed)
        put(ready)
        engine.run(until=over)


def _open(
    clock: Clock,
    start: StartPlaying,
    put: Callable[[Message], None],
    orders: "Connection[None, StartPlaying | LiveRequest | None]",
    heartbeat: Heartbeat,
    jack: JackProcess | None,
) -> MidiPort | None:
    """The ports; None where it is told to stop while it waits for them. Raises Failure unless patient."""
    said = ""
    while True:
        heartbeat.beat()
        held = SharedHeldNotes(heartbeat, start.sounding)
        start_jack = None if jack is None else jack.open
        try:
            return MidiPort(
                clock, start.wiring, put, start_jack=start_jack, held=held, connections=start.connections
            )
        except Failure as failure:
            if not start.patient:
                raise
            if failure.message != said:
                said = failure.message
                put(Waiting(said))
        if orders.poll(_AGAIN_S) and _next(orders) is None:
            return None


def _to_join(
    clock: Clock, settings: SessionSettings, port: MidiPort
) -> dict[Source, Callable[[], ClockFeed]]:
    """What can be joined; where our ports are JACK's they tell of its transport themselves."""
    bpm, bar = settings.tempo.bpm, Meter.parse(settings.tempo.meter).quarters_per_bar
    link: dict[Source, Callable[[], ClockFeed]] = {"link": lambda: LinkFeed(clock, bpm, bar)}
    return link if port.exact else {**link, "jack": lambda: JackTransport(clock, bpm)}


def _obey(orders: "Connection[None, StartPlaying | LiveRequest | None]", engine: Engine) -> None:
    """Wait, at no cost to the engine, for what is asked, until the end is or nobody is there to ask."""
    while (asked := _next(orders)) is not None:
        if not isinstance(asked, StartPlaying):
            engine.ask(asked)
    engine.stop()


def _next(orders: "Connection[None, StartPlaying | LiveRequest | None]") -> StartPlaying | LiveRequest | None:
    with suppress(EOFError, OSError):
        order: StartPlaying | LiveRequest | None = orders.recv()
        return order
    return None


def _deliver(get: Callable[[], Message | None], messages: "Connection[Message, None]") -> None:
    """Send letters on as they come; the engine never waits for whoever reads them.

    Packing a letter takes the interpreter's lock. Where others keep every core busy, a thread of ordinary
    priority would wait for one with the lock in its hands, and the notes with it: so this one is raised too.
    """
    try:
        while (message := get()) is not None:
            if isinstance(message, Ready):
                raise_priority()
            messages.send(message)
    except (BrokenPipeError, ConnectionResetError):
        return
