"""A live performance, from the configuration to the finished take: parts are opened and closed in order."""

import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click
from rich.console import Console

from antiphon import bundle
from antiphon.commands.chosen import take_header
from antiphon.commands.configured import common_grid
from antiphon.commands.plan import Plan, join_of
from antiphon.commands.sounding import sound_order
from antiphon.config import Config
from antiphon.config_sections import LogSettings, OscSettings
from antiphon.errors import Failure
from antiphon.perform.controls.control_settings import Button, Knob
from antiphon.signals import PauseKey, hangup_signal, stop_signals
from antiphon.stage.app import App, Models, Outputs, attend
from antiphon.stage.control.sd_notify import Notifier
from antiphon.stage.control.server import asked_through
from antiphon.stage.machine.clock import Clock, SystemClock
from antiphon.stage.machine.log import logging_to
from antiphon.stage.machine.single_instance import Instance
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.process.handle import PlayerHandle, Serve, end_all
from antiphon.stage.process.messages import Ready, StartPlaying
from antiphon.stage.process.supervisor import Supervisor
from antiphon.stage.screen.screen import Screen
from antiphon.stage.sound.output import SoundOutput
from antiphon.stage.takes.library import finish_what_was_cut_off
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.stage.takes.recording import Recording

if TYPE_CHECKING:
    from antiphon.stage.osc.link import OscLink
    from antiphon.stage.panel.link import PanelLink


def perform(
    first: PlayerHandle,
    serve: Serve,
    heard: socket.socket,
    plan: Plan,
    learn: str | None,
    quiet: bool,
    show_panel: Callable[[str], None] | None = None,
    alone: bool = False,
) -> None:
    """Play as planned, with the process that was started first and was told what to load.

    `serve` is what another such process runs; what they play can be read from `heard`. `show_panel` is called
    with the panel's address. `alone`: the panel is what is played on, with or without a MIDI system.
    """
    settings, order, clock, console = plan.settings, plan.order, SystemClock(), Console(quiet=quiet)
    start, models = _start(plan, learn, alone), _models(plan)
    performance = PerformanceTracker(settings, plan.cards[0].name, common_grid(plan.cards))
    say = partial(_say, console)
    with (
        Instance(settings.midi.client_name) as instance,
        _logging(settings.log, quiet),
        hangup_signal() as hung_up,
        asked_through(instance.socket_path) as control,
        _osc(settings.osc, clock, performance) as osc,
        _panel(settings, clock, performance, models.offered, show_panel) as panel,
        _pause_key(console) as pause,
        SoundOutput(heard, sound_order(settings), say),
        Supervisor(first, serve, order, start, lambda: performance.state.settings.session, pause) as live,
    ):
        ready = live.ready()
        with stop_signals(end_all) as stopping, _recorded(plan, say) as recording:
            _tell(ready, osc, alone)
            with Screen(console, performance) as screen:
                send, read = live.ask, plan.read
                outputs = Outputs(send, read, recording, screen, Notifier(clock), say, osc, panel, models)
                app = App(clock, settings, start.wiring, performance, outputs)
                app.opened(ready)
                control.serve = app.serve
                attend(live, app, control, stopping, hung_up)


def _start(plan: Plan, learn: str | None, alone: bool) -> StartPlaying:
    session = replace(plan.settings.session, learn=cast(Knob | Button | None, learn))
    return StartPlaying(session, replace(plan.wiring, may_be_silent=alone))


def _logging(log: LogSettings, quiet: bool) -> AbstractContextManager[None]:
    """stderr has the log only where it does not have the picture."""
    return logging_to(log.file, log.level, stderr_free=quiet or not sys.stderr.isatty())


def _tell(ready: Ready, osc: "OscLink | None", alone: bool) -> None:
    if not alone:
        click.echo(_opened(ready))
    if osc is not None:
        click.echo(osc.description)


@contextmanager
def _recorded(plan: Plan, say: Callable[[str], None]) -> Iterator[Recording]:
    """What is played is recorded; first what was cut off is finished.

    Raises Failure where the take is not whole.
    """
    kept, (card, *programs) = plan.settings.take, plan.cards
    folder = Path(kept.folder)
    for line in finish_what_was_cut_off(folder):
        click.echo(line)
    seed, remembered = plan.order.random_seed, plan.order.remembered
    header = take_header(plan.settings, card, seed, programs, remembered, plan.chords)
    limits = Limits(kept.longest_minutes, kept.largest_mb)
    recording = Recording(lambda begin: Recorder(folder, header, begin, say, limits), kept.record, say)
    try:
        yield recording
    finally:
        take = recording.close()
    click.echo(f"The take is {take}." if take else "No take is kept: nothing was played, or recorded.")
    if recording.failure is not None:
        raise Failure(recording.failure)


def _models(plan: Plan) -> Models:
    loaded = tuple(dict.fromkeys(one.name for one in plan.cards))
    offered = tuple(dict.fromkeys((*loaded, *bundle.shipped_names())))
    return Models(loaded, offered, partial(join_of, common_grid(plan.cards)))


def _osc(
    settings: OscSettings, clock: Clock, performance: PerformanceTracker
) -> "AbstractContextManager[OscLink | None]":
    """Loaded only where it is wanted."""
    if not settings.wanted:
        return nullcontext()
    from antiphon.stage.osc.link import opened

    return opened(settings, clock, lambda: performance.state)


def _panel(
    settings: Config,
    clock: Clock,
    performance: PerformanceTracker,
    models: tuple[str, ...],
    show: Callable[[str], None] | None,
) -> "AbstractContextManager[PanelLink | None]":
    """Loaded only where it is wanted."""
    if not settings.panel.on:
        return nullcontext()
    from antiphon.commands.panel.shown import say
    from antiphon.stage.panel.opened import opened

    folder = str(Path(settings.take.folder).absolute())
    return opened(settings.panel, folder, clock, lambda: performance.state, models, show or say)


def _pause_key(console: Console) -> PauseKey:
    """The shell that comes to the front needs the terminal's cursor, which the picture hides."""

    def show(shown: bool) -> None:
        if console.is_terminal and not console.quiet:
            console.show_cursor(shown)

    return PauseKey(before=partial(show, True), after=partial(show, False))


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _opened(ready: Ready) -> str:
    names = [*ready.inputs, ready.output, *ready.parts]
    opened = f"{', '.join(names[:-1])} and {names[-1]} are open"
    return f"{opened} ({ready.api}; {ready.allowed}).\nPlay a phrase; Ctrl-C ends."
