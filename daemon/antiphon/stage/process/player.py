"""The playing process: models, session, ports and engine, and nothing that may wait for a disk or a terminal.

It loads first and then waits to be told to play, so that one that waits can take the place of another. Screen
and takes are in the supervising process, at the other end of two pipes. Knows no rich, click or pydantic.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Thread

from antiphon import trained_model
from antiphon.errors import Failure
from antiphon.perform.clock.midi_clock_out import MidiClockOut
from antiphon.perform.reports import Report
from antiphon.perform.session import Session
from antiphon.perform.settings import SessionSettings, Source
from antiphon.stage.engine import Engine
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.free_memory import return_free_memory
from antiphon.stage.machine.log import LOG, ForwardingHandler
from antiphon.stage.machine.priority import call_this_process, raise_priority
from antiphon.stage.ports.jack.client import JackProcess
from antiphon.stage.ports.live_port import MidiPort
from antiphon.stage.ports.silent import SILENT, SilentPort
from antiphon.stage.ports.systems import NoMidiSystem
from antiphon.stage.process.heartbeat import Heartbeat, SharedHeldNotes
from antiphon.stage.process.joining import JoinedModels
from antiphon.stage.process.messages import (
    Failed,
    Loaded,
    LoadOrder,
    Message,
    Order,
    PlayingStopped,
    Ready,
    StartPlaying,
    Suspended,
    Waiting,
)
from antiphon.stage.process.orders import Orders, next_order
from antiphon.stage.sound.feed import SoundFeed, SoundingPort
from antiphon.stage.sync.link import LinkFeed
from antiphon.stage.sync.sources import ClockFeed, Sources, no_transport
from antiphon.stage.voice import make_voices, warm

# A thread gets the interpreter from another within this time; Python's own measure is ten times as long.
_SWITCH_S = 0.0005
# Ports that could not be opened are tried again this often.
_AGAIN_S = 0.25

Put = Callable[[Message], None]


def serve(
    messages: "Connection[Message, None]",
    orders: "Connection[None, Order]",
    heartbeat: Heartbeat,
    jack: JackProcess | None,
    sound: socket.socket | None = None,
) -> None:
    """Load, wait to be told to play, and play until `orders` says None or closes, or SIGTERM comes.

    Every note is ended on the way out.
    """
    sys.setswitchinterval(_SWITCH_S)
    post: SimpleQueue[Message | None] = SimpleQueue()
    poster = Thread(target=_deliver, args=(post.get, messages), name="post", daemon=True)
    poster.start()
    LOG.addHandler(ForwardingHandler(post.put))
    LOG.setLevel(logging.DEBUG)  # the process that writes the lines chooses among them

    def leave(last: Message) -> None:
        """At once: a MIDI library that is unloaded without its server may wait for ever."""
        post.put(last)
        post.put(None)
        poster.join(timeout=1.0)
        os._exit(1)

    try:
        _load_and_play(post.put, orders, heartbeat, jack, sound)
    except Exception as error:
        leave(Failed(_reason(error)))
    post.put(None)
    poster.join(timeout=1.0)


def _reason(error: Exception) -> str:
    if isinstance(error, Failure):
        return error.message
    LOG.debug("the playing process broke", exc_info=error)
    return f"unexpected {type(error).__name__}: {error}"


def _load_and_play(
    put: Put,
    orders: "Connection[None, Order]",
    heartbeat: Heartbeat,
    jack: JackProcess | None,
    sound: socket.socket | None,
) -> None:
    order = next_order(orders)
    if not isinstance(order, LoadOrder):
        return
    if jack is None and order.on_jack:
        jack = JackProcess()
    with ExitStack() as stack:
        if jack is not None:
            stack.enter_context(closing(jack))
        models = [trained_model.load(facts) for facts in (order.model, *order.programs)]
        joined = JoinedModels(models, order)
        warm(*(model.model(order.context) for model in models))
        return_free_memory()
        call_this_process("antiphon-spare")
        put(Loaded())
        asked = Orders(orders, joined)
        while (start := asked.next_start()) is not None:
            first, *programs = make_voices(models, order.context, order.remembered, order.chords)
            session = Session(
                first, start.settings, order.random_seed, programs, start.handover, joined.voices()
            )
            if not _Performance(start, session, put, asked, heartbeat, jack, sound).play():
                return


class _Performance:
    """Plays on the ports of one `StartPlaying`, until the end is wanted or the ports are lost."""

    def __init__(
        self,
        start: StartPlaying,
        session: Session,
        put: Put,
        orders: Orders,
        heartbeat: Heartbeat,
        jack: JackProcess | None,
        sound: socket.socket | None,
    ) -> None:
        self._session, self._sound = session, sound
        self._start, self._put, self._orders = start, put, orders
        self._heartbeat, self._jack, self._clock = heartbeat, jack, SystemClock()

    def play(self) -> bool:
        """Whether it ended because something went wrong, and can play again."""
        call_this_process("antiphon-player")
        port = self._open()
        if port is None:
            return False
        if self._jack is not None and port.api != "jack":
            self._jack.close()
        try:
            with closing(port):
                self._run(port)
        except Exception as error:
            if port.api != "jack":
                raise
            # Our own client of JACK does not hang when its server is gone: this process can open another.
            self._put(PlayingStopped(_reason(error)))
            return True
        return False

    def _open(self) -> MidiPort | SilentPort | None:
        """The ports; None where the end is wanted while it waits for them. Raises Failure unless patient."""
        said = ""
        while True:
            self._heartbeat.beat()
            try:
                return self._ports()
            except Failure as failure:
                if not self._start.patient:
                    raise
                if failure.message != said:
                    said = failure.message
                    self._put(Waiting(said))
            if self._orders.wants_end(_AGAIN_S):
                return None

    def _ports(self) -> MidiPort | SilentPort:
        wiring = self._start.wiring
        held = SharedHeldNotes(self._heartbeat, self._start.sounding)
        if wiring.api != SILENT:
            try:
                return self._midi_port(held)
            except NoMidiSystem as none:
                if not wiring.may_be_silent:
                    raise
                LOG.info("%s", none.message)
        return SilentPort(self._clock, wiring.client_name, held)

    def _midi_port(self, held: SharedHeldNotes) -> MidiPort:
        return MidiPort(
            self._clock,
            self._start.wiring,
            self._put,
            start_jack=None if self._jack is None else self._jack.open,
            held=held,
            connections=self._start.connections,
            clicks=self._start.settings.click.notes,
            held_on=self._held_on,
        )

    def _held_on(self, channel: int) -> SharedHeldNotes:
        """What was left sounding on a channel that has a port of its own; the answers' port ends it, too."""
        left = tuple(off for off in self._start.sounding if off.channel == channel)
        return SharedHeldNotes(self._heartbeat, left)

    def _run(self, port: MidiPort | SilentPort) -> None:
        settings = self._start.settings
        sources = Sources(_to_join(self._clock, settings, port), settings.clock.source)

        def tell(report: Report) -> None:
            sources.hear(report)
            self._put(report)

        engine = Engine(
            self._clock,
            port
            if self._sound is None
            else SoundingPort(port, SoundFeed(self._sound), self._session.part_on),
            self._session,
            tell,
            clock_out=None if self._start.wiring.clock_output is None else MidiClockOut(),
            clock_feed=sources.poll,
            suspended=lambda: self._put(Suspended()),
            wait_for_input=port.wait_for_input,
        )

        if settings.click.when != "never" and self._start.handover.transport is None:
            engine.ask("count_in")

        def over() -> bool:
            self._heartbeat.beat()
            port.attend(engine.deadline_s)
            return False

        with closing(sources):
            signal.signal(signal.SIGTERM, lambda *_: engine.stop())
            self._orders.serve(engine)
            try:
                self._put(_ready(port))
                engine.run(until=over)
            finally:
                self._orders.serve(None)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _ready(port: MidiPort | SilentPort) -> Ready:
    ready = Ready(port.inputs, port.output, port.api, port.client_name, raise_priority(), port.parts)
    outputs = ", ".join((ready.output, *ready.parts))
    LOG.info("%s open, %s open (%s; %s)", ", ".join(ready.inputs), outputs, ready.api, ready.allowed)
    return ready


def _to_join(
    clock: Clock, settings: SessionSettings, port: MidiPort | SilentPort
) -> dict[Source, Callable[[], ClockFeed]]:
    """The clock sources that can be joined; ports of our own JACK client tell of its transport themselves."""
    bpm, bar = settings.tempo.bpm, settings.tempo.first_meter.quarters_per_bar
    link: dict[Source, Callable[[], ClockFeed]] = {"link": lambda: LinkFeed(clock, bpm, bar)}
    return link if port.api == "jack" else {**link, "jack": no_transport}


def _deliver(get: Callable[[], Message | None], messages: "Connection[Message, None]") -> None:
    """Send messages on as they come; the engine never waits for the process that reads them.

    Pickling a message takes the interpreter's lock. Where others keep every core busy, a thread of ordinary
    priority would wait for a core while it holds the lock, and the notes with it: so this one is raised too.
    """
    try:
        while (message := get()) is not None:
            if isinstance(message, Ready):
                raise_priority()
            messages.send(message)
    except (BrokenPipeError, ConnectionResetError):
        return
