"""`antiphon play`: live, on MIDI ports, until Ctrl-C."""

from pathlib import Path

import click
from rich.console import Console

from antiphon import config
from antiphon.commands.options import bundle_of, seed_or_chance, shared, take_header
from antiphon.perform.news import Report
from antiphon.stage.clock import SystemClock
from antiphon.stage.live import Live, stop_signals
from antiphon.stage.screen import Screen
from antiphon.stage.sender import Order
from antiphon.stage.take import Take
from antiphon.timebase import Meter


@click.command()
@click.option("--bpm", type=float, help="Quarter notes a minute.")
@click.option(
    "--api",
    type=click.Choice(["auto", "alsa", "jack", "core", "winmm"]),
    default="auto",
    show_default=True,
    help="The MIDI system.",
)
@click.option("--client-name", default="antiphon", show_default=True, help="What the ports are called.")
@shared("take", "model", "temperature", "seed", "config")
def play(
    bpm: float | None,
    api: str,
    client_name: str,
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
    }
    settings = config.load(config_file, changes)
    chosen = bundle_of(settings)
    seed = seed_or_chance(random_seed)
    order = Order(chosen.folder, settings.model.context, settings.session, seed, client_name, api)
    clock = SystemClock()
    meter = Meter.parse(settings.tempo.meter)
    console = Console()
    with stop_signals() as stopping, Live(order) as live:
        ready = live.ready()
        take = Take(Path(settings.take.folder), take_header(settings, chosen, seed))
        click.echo(f"{client_name}:in and {client_name}:out are open ({ready.api}; {ready.allowed}).")
        click.echo("Play a phrase; Ctrl-C ends.")
        try:
            with Screen(console, settings.tempo.bpm, meter, chosen.card.name) as screen:

                def watch(report: Report) -> None:
                    take.record(report)
                    screen.show(report)

                live.attend(watch, lambda: screen.tick(clock.now_s()), stopping)
        finally:
            kept = take.close()
        click.echo(f"The take is {kept}." if kept else "Nothing was played; no take is kept.")
