"""`antiphon panic`: all notes off, everywhere."""

import click

from antiphon.stage.clock import SystemClock
from antiphon.stage.midi_system import APIS
from antiphon.stage.panic import panic as silence


@click.command()
@click.option("--api", type=click.Choice(APIS), default="auto", show_default=True, help="The MIDI system.")
@click.option("--output", default="", metavar="NAME", help="Only ports of this name, part of it, or pattern.")
def panic(api: str, output: str) -> None:
    """Silence every MIDI output, on all channels."""
    names = silence(SystemClock(), api, output)
    click.echo(f"Silenced: {', '.join(names)}." if names else "There is no MIDI output to silence.")
