"""`antiphon play`: live, on MIDI ports, until Ctrl-C."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast, get_args

import click
from rich.console import Console

from antiphon.bundle import Bundle
from antiphon.commands.options import (
    bundle_of,
    configuration,
    programs_of,
    seed_or_chance,
    shared,
    take_header,
)
from antiphon.config import Config, LogLevel
from antiphon.errors import Failure
from antiphon.files import memory as memory_file
from antiphon.perform.controls.midi_controls import LEARNABLE
from antiphon.perform.settings import SOURCES, Button, Knob
from antiphon.signals import hangup_signal, stop_signals
from antiphon.stage.app import App, Outputs, attend
from antiphon.stage.control.sd_notify import Notifier
from antiphon.stage.control.server import asked_through
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.log import logging_to
from antiphon.stage.machine.priority import keep_ordinary
from antiphon.stage.machine.single_instance import Instance
from antiphon.stage.performance_state import PerformanceTracker
from antiphon.stage.ports.live_port import Wiring
from antiphon.stage.ports.rtmidi import APIS
from antiphon.stage.process.player import LoadOrder, Ready, StartPlaying
from antiphon.stage.process.supervisor import Supervisor
from antiphon.stage.screen.screen import Screen
from antiphon.stage.takes.library import finish_what_was_cut_off
from antiphon.stage.takes.recorder import Limits, Recorder
from antiphon.stage.takes.recording import Recording


@click.command()
@click.option("--bpm", type=float, help="Quarter notes a minute.")
@click.option("--clock", type=click.Choice(SOURCES), help="Who keeps the time.")
@click.option("--in", "inputs", multiple=True, metavar="NAME", help="Listen to this port; may be repeated.")
@click.option("--out", "output", metavar="NAME", help="Answer on this port, instead of a virtual one.")
@click.option("--api", type=click.Choice(APIS), help="The MIDI system.")
@click.option("--client-name", metavar="NAME", help="What the virtual ports are called.")
@click.option("--learn", type=click.Choice(LEARNABLE), help="Give this to the next knob you move.")
@click.option("--quiet", is_flag=True, help="No picture; only the first and the last line.")
@click.option("--log-level", type=click.Choice(get_args(LogLevel)), help="The least that the log tells.")
@shared("set", "take", "model", "temperature", "seed", "config")
def play(
    bpm: float | None,
    clock: str | None,
    inputs: tuple[str, ...],
    output: str | None,
    api: str | None,
    client_name: str | None,
    learn: str | None,
    quiet: bool,
    log_level: str | None,
    changes: tuple[str, ...],
    take_dir: str | None,
    model: str | None,
    temperature: float | None,
    random_seed: int | None,
    config_file: Path | None,
) -> None:
    """Listen on a MIDI port and answer on another, until Ctrl-C."""
    given = {
        "tempo.bpm": bpm,
        "clock.source": clock,
        "sampling.temperature": temperature,
        "model.name": model,
        "take.folder": take_dir,
        "midi.inputs": inputs or None,
        "midi.output": output,
        "midi.api": api,
        "midi.client_name": client_name,
        "log.level": log_level,
    }

    def read() -> Config:
        return configuration(config_file, given, changes)

    _perform(read, seed_or_chance(random_seed), cast(Knob | Button | None, learn), quiet)


def _perform(read: Callable[[], Config], seed: int, learn: Knob | Button | None, quiet: bool) -> None:
    keep_ordinary()
    settings, clock = read(), SystemClock()
    chosen = bundle_of(settings)
    programs = programs_of(settings, chosen)
    start = StartPlaying(replace(settings.session, learn=learn), _wiring(settings))
    remembered = memory_file.read(Path(settings.memory.file)) if settings.memory.file else ()
    order = _order(settings, chosen, programs, seed, remembered)
    performance = PerformanceTracker(settings, chosen.card.name, chosen.card.steps_per_quarter)
    header = take_header(settings, chosen, seed, programs, remembered)
    console, log = Console(quiet=quiet), settings.log
    say = partial(_say, console)
    with (
        Instance(settings.midi.client_name) as instance,
        logging_to(log.file, log.level, stderr_free=quiet or not sys.stderr.isatty()),
        stop_signals() as stopping,
        hangup_signal() as hung_up,
        asked_through(instance.socket_path, clock) as door,
        Supervisor(order, start, lambda: performance.state.settings.session) as live,
    ):
        ready = live.ready()
        folder, kept = Path(settings.take.folder), settings.take
        for line in finish_what_was_cut_off(folder):
            click.echo(line)
        limits = Limits(kept.longest_minutes, kept.largest_mb)
        recording = Recording(lambda begin: Recorder(folder, header, begin, say, limits), kept.record, say)
        try:
            click.echo(_opened(ready))
            with Screen(console, performance) as screen:
                outputs = Outputs(live.ask, read, recording, screen, Notifier(clock), say)
                app = App(clock, settings, start.wiring, performance, outputs)
                app.opened(ready)
                door.serve = app.serve
                attend(live, app, door, stopping, hung_up)
        finally:
            take = recording.close()
    click.echo(f"The take is {take}." if take else "No take is kept: nothing was played, or recorded.")
    if recording.failure is not None:
        raise Failure(recording.failure)


def _order(
    settings: Config, chosen: Bundle, programs: Sequence[Bundle], seed: int, remembered: tuple[str, ...]
) -> LoadOrder:
    return LoadOrder(
        chosen.folder,
        tuple(program.folder for program in programs),
        settings.model.context,
        seed,
        on_jack=False,  # whether JACK is wanted is known once it has answered
        remembered=remembered,
    )


def _say(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _opened(ready: Ready) -> str:
    return (
        f"{', '.join(ready.inputs)} and {ready.output} are open ({ready.api}; {ready.allowed}).\n"
        "Play a phrase; Ctrl-C ends."
    )


def _wiring(settings: Config) -> Wiring:
    """The ports that the settings ask for; the channel counted from 0."""
    midi, clock = settings.midi, settings.clock
    chosen_by_knob = settings.control.clock is not None
    return Wiring(
        midi.api,
        midi.client_name,
        midi.inputs,
        midi.output,
        midi.input_channel - 1 if midi.input_channel else None,
        midi.thru,
        midi.exact,
        clock.input if clock.source == "midi" or chosen_by_knob else None,
        clock.output if clock.send else None,
        settings.tempo.bpm if clock.source == "jack" or chosen_by_knob else None,
    )
