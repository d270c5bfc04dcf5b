"""`antiphon play`: live, on MIDI ports, until Ctrl-C."""

from pathlib import Path

import click
from rich.console import Console

from antiphon import config
from antiphon.commands.options import bundle_of, seed_or_chance, shared, take_header
from antiphon.config import MidiSettings
from antiphon.signals import stop_signals
from antiphon.stage.clock import SystemClock
from antiphon.stage.live import Live
from antiphon.stage.midi_system import APIS
from antiphon.stage.rtmidi_port import PortChanged, Wiring
from antiphon.stage.screen import Screen
from antiphon.stage.sender import Order, Seen
from antiphon.stage.take import Take
from antiphon.timebase import Meter


@click.command()
@click.option("--bpm", type=float, help="Quarter notes a minute.")
@click.option("--in", "inputs", multiple=True, metavar="NAME", help="Listen to this port; may be repeated.")
@click.option("--out", "output", metavar="NAME", help="Answer on this port, instead of a virtual one.")
@click.option("--api", type=click.Choice(APIS), help="The MIDI system.")
@click.option("--client-name", metavar="NAME", help="What the virtual ports are called.")
@shared("take", "model", "temperature", "seed", "config")
def play(
    bpm: float | None,
    inputs: tuple[str, ...],
    output: str | None,
    api: str | None,
    client_name: str | None,
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
    chosen = bundle_of(settings)
    seed = seed_or_chance(random_seed)
    order = Order(chosen.folder, settings.model.context, settings.session, seed, _wiring(settings.midi))
    clock = SystemClock()
    meter = Meter.parse(settings.tempo.meter)
    console = Console()
    with stop_signals() as stopping, Live(order) as live:
        ready = live.ready()
        take = Take(Path(settings.take.folder), take_header(settings, chosen, seed))
        names = ", ".join(ready.inputs)
        click.echo(f"{names} and {ready.output} are open ({ready.api}; {ready.allowed}).")
        click.echo("Play a phrase; Ctrl-C ends.")
        try:
            with Screen(console, settings.tempo.bpm, meter, chosen.card.name) as screen:

                def watch(report: Seen) -> None:
                    if isinstance(report, PortChanged):
                        console.print(_remark(report), highlight=False, markup=False, emoji=False)
                        return
                    take.record(report)
                    screen.show(report)

                live.attend(watch, lambda: screen.tick(clock.now_s()), stopping)
        finally:
            kept = take.close()
        click.echo(f"The take is {kept}." if kept else "Nothing was played; no take is kept.")


def _wiring(midi: MidiSettings) -> Wiring:
    """The ports that the settings ask for; the channel counted from 0."""
    channel = midi.input_channel - 1 if midi.input_channel else None
    return Wiring(midi.api, midi.client_name, midi.inputs, midi.output, channel, midi.thru)


def _remark(change: PortChanged) -> str:
    return f"{change.name} is {'back' if change.present else 'gone; waiting for it to return'}."
