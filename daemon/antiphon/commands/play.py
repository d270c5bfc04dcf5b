"""`antiphon play`: live, on MIDI ports, until Ctrl-C."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast, get_args

import click
from rich.console import Console

from antiphon import config
from antiphon.bundle import Bundle
from antiphon.commands.options import bundle_of, programs_of, seed_or_chance, shared, take_header
from antiphon.config import Config, LogLevel
from antiphon.errors import Failure
from antiphon.perform.conductor import SOURCES
from antiphon.perform.control import LEARNABLE, Button, Knob
from antiphon.perform.news import Learned, MemoryKept, ProgramChosen
from antiphon.signals import stop_signals
from antiphon.stage import memory_file
from antiphon.stage.clock import SystemClock
from antiphon.stage.journal import Journal, logging_to
from antiphon.stage.live import Live
from antiphon.stage.midi_port import PortChanged, Wiring
from antiphon.stage.midi_system import APIS
from antiphon.stage.recorder import Limits, Recorder
from antiphon.stage.screen import Screen
from antiphon.stage.sender import Order, Ready, Seen
from antiphon.stage.shelf import finish_what_was_cut_off
from antiphon.timebase import Meter


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
@shared("take", "model", "temperature", "seed", "config")
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
    take_dir: str | None,
    model: str | None,
    temperature: float | None,
    random_seed: int | None,
    config_file: Path | None,
) -> None:
    """Listen on a MIDI port and answer on another, until Ctrl-C."""
    changes = {
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
    settings = config.load(config_file, changes)
    _perform(settings, seed_or_chance(random_seed), cast(Knob | Button | None, learn), quiet)


def _perform(settings: Config, seed: int, learn: Knob | Button | None, quiet: bool) -> None:
    chosen = bundle_of(settings)
    programs = programs_of(settings, chosen)
    remembered = memory_file.read(Path(settings.memory.file)) if settings.memory.file else ()
    order = Order(
        chosen.folder,
        tuple(program.folder for program in programs),
        settings.model.context,
        replace(settings.session, learn=learn),
        seed,
        _wiring(settings),
        remembered,
    )
    console = Console(quiet=quiet)
    header = take_header(settings, chosen, seed, programs, remembered)
    folder = Path(settings.take.folder)
    log = settings.log
    with (
        logging_to(log.file, log.level, stderr_free=quiet or not sys.stderr.isatty()),
        stop_signals() as stopping,
        Live(order) as live,
    ):
        ready = live.ready()
        for line in finish_what_was_cut_off(folder):
            click.echo(line)
        limits = Limits(settings.take.longest_minutes, settings.take.largest_mb)
        recorder = Recorder(folder, header, settings.take.record, lambda line: _say(console, line), limits)
        try:
            click.echo(_opened(ready))
            _attend(live, recorder, settings, chosen, console, stopping)
        finally:
            kept = recorder.close()
    click.echo(f"The take is {kept}." if kept else "No take is kept: nothing was played, or recorded.")


def _attend(
    live: Live,
    recorder: Recorder,
    settings: Config,
    chosen: Bundle,
    console: Console,
    stopping: Callable[[], bool],
) -> None:
    clock, meter = SystemClock(), Meter.parse(settings.tempo.meter)
    journal = Journal(meter)
    grid, mode = chosen.card.steps_per_quarter, settings.answer.mode
    with Screen(console, settings.tempo.bpm, meter, chosen.card.name, grid, mode) as screen:

        def watch(report: Seen) -> None:
            journal.note(report)
            if (remark := _remark(report)) is not None:
                _say(console, remark)
            if isinstance(report, MemoryKept):
                _say(console, _keep(report, settings.memory.file))
            if not isinstance(report, PortChanged):
                recorder.record(report)
                screen.show(report)

        def tick() -> None:
            recorder.tend(clock.now_s())
            screen.show_recording(recorder.recording)
            screen.tick(clock.now_s())

        live.attend(watch, tick, stopping)


def _keep(memory: MemoryKept, file: str) -> str:
    """Write the memory; gives what to say of it. The music goes on even if it cannot be written."""
    if not file:
        return "The memory has no file: [memory] file in config.toml names one."
    try:
        memory_file.write(Path(file), memory.symbols)
    except Failure as failure:
        return failure.message
    return f"The memory is in {file}."


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


def _remark(report: Seen) -> str | None:
    """What is said beside the picture."""
    match report:
        case PortChanged(name, present):
            return f"{name} is {'back' if present else 'gone; waiting for it to return'}."
        case Learned(_, name, control):
            line = f"{name} = {control}"
            return f"{name} is control {control} now; to keep it: [control] {line} in config.toml"
        case ProgramChosen(_, program, None):
            return f"There is no program {program + 1}; [model] programs in config.toml lists them."
        case ProgramChosen(_, program, name):
            return f"Program {program + 1}: {name} answers from the next phrase on."
    return None
