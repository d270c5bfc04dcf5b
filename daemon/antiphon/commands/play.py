"""`antiphon play`: live, on MIDI ports, until Ctrl-C."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import click
from rich.console import Console

from antiphon import config
from antiphon.commands.options import bundle_of, seed_or_chance, shared, take_header
from antiphon.config import Config, MidiSettings
from antiphon.perform.control import LEARNABLE, Button, Knob
from antiphon.perform.news import Learned
from antiphon.signals import stop_signals
from antiphon.stage.clock import SystemClock
from antiphon.stage.live import Live
from antiphon.stage.midi_system import APIS
from antiphon.stage.rtmidi_port import PortChanged, Wiring
from antiphon.stage.screen import Screen
from antiphon.stage.sender import Order, Ready, Seen
from antiphon.stage.take import Take
from antiphon.timebase import Meter


@click.command()
@click.option("--bpm", type=float, help="Quarter notes a minute.")
@click.option("--in", "inputs", multiple=True, metavar="NAME", help="Listen to this port; may be repeated.")
@click.option("--out", "output", metavar="NAME", help="Answer on this port, instead of a virtual one.")
@click.option("--api", type=click.Choice(APIS), help="The MIDI system.")
@click.option("--client-name", metavar="NAME", help="What the virtual ports are called.")
@click.option("--learn", type=click.Choice(LEARNABLE), help="Give this to the next knob you move.")
@click.option("--quiet", is_flag=True, help="No picture; only the first and the last line.")
@shared("take", "model", "temperature", "seed", "config")
def play(
    bpm: float | None,
    inputs: tuple[str, ...],
    output: str | None,
    api: str | None,
    client_name: str | None,
    learn: str | None,
    quiet: bool,
    take_dir: str | None,
    model: str | None,
    temperature: float | None,
    random_seed: int | None,
    config_file: Path | None,
) -> None:
    """Listen on a MIDI port and answer on another, until Ctrl-C."""
    changes = {
        "tempo.bpm": bpm,
        "sampling.temperature": temperature,
        "model.name": model,
        "take.folder": take_dir,
        "midi.inputs": inputs or None,
        "midi.output": output,
        "midi.api": api,
        "midi.client_name": client_name,
    }
    settings = config.load(config_file, changes)
    _perform(settings, seed_or_chance(random_seed), cast(Knob | Button | None, learn), quiet)


def _perform(settings: Config, seed: int, learn: Knob | Button | None, quiet: bool) -> None:
    chosen = bundle_of(settings)
    session = replace(settings.session, learn=learn)
    order = Order(chosen.folder, settings.model.context, session, seed, _wiring(settings.midi))
    with stop_signals() as stopping, Live(order) as live:
        ready = live.ready()
        take = Take(Path(settings.take.folder), take_header(settings, chosen, seed))
        try:
            click.echo(_opened(ready))
            _attend(live, take, settings, chosen.card.name, quiet, stopping)
        finally:
            kept = take.close()
    click.echo(f"The take is {kept}." if kept else "Nothing was played; no take is kept.")


def _attend(
    live: Live, take: Take, settings: Config, model: str, quiet: bool, stopping: Callable[[], bool]
) -> None:
    clock, console = SystemClock(), Console(quiet=quiet)
    meter = Meter.parse(settings.tempo.meter)
    with Screen(console, settings.tempo.bpm, meter, model) as screen:

        def watch(report: Seen) -> None:
            if isinstance(report, PortChanged | Learned):
                console.print(_remark(report), highlight=False, markup=False, emoji=False)
            if not isinstance(report, PortChanged):
                take.record(report)
                screen.show(report)

        live.attend(watch, lambda: screen.tick(clock.now_s()), stopping)


def _opened(ready: Ready) -> str:
    return (
        f"{', '.join(ready.inputs)} and {ready.output} are open ({ready.api}; {ready.allowed}).\n"
        "Play a phrase; Ctrl-C ends."
    )


def _wiring(midi: MidiSettings) -> Wiring:
    """The ports that the settings ask for; the channel counted from 0."""
    channel = midi.input_channel - 1 if midi.input_channel else None
    return Wiring(midi.api, midi.client_name, midi.inputs, midi.output, channel, midi.thru)


def _remark(change: PortChanged | Learned) -> str:
    if isinstance(change, Learned):
        line = f"{change.name} = {change.control}"
        return f"{change.name} is control {change.control} now; to keep it: [control] {line} in config.toml"
    return f"{change.name} is {'back' if change.present else 'gone; waiting for it to return'}."
