"""`antiphon panic`: all notes off, everywhere."""

import click

from antiphon.commands.configured import client_name_of
from antiphon.commands.options import client_name_option
from antiphon.errors import Failure
from antiphon.stage.control.client import NotRunning, ask
from antiphon.stage.control.protocol import Command
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.ports.panic import panic as silence
from antiphon.stage.ports.systems import APIS


@click.command()
@click.option("--api", type=click.Choice(APIS), default="auto", show_default=True, help="The MIDI system.")
@click.option("--output", default="", metavar="NAME", help="Only ports of this name, part of it, or pattern.")
@client_name_option
def panic(api: str, output: str, client_name: str | None) -> None:
    """Silence the running Antiphon, and every MIDI output, on all channels."""
    _silence_running(client_name_of(client_name))
    names = silence(SystemClock(), api, output)
    click.echo(f"Silenced: {', '.join(names)}." if names else "There is no MIDI output to silence.")


def _silence_running(client_name: str) -> None:
    """One that plays on would sound again at its next note. If it does not obey, the ports still are."""
    try:
        ask(client_name, Command("panic"))
    except NotRunning:
        return
    except Failure as failure:
        click.echo(f"The running Antiphon is not silenced: {failure.message}", err=True)
        return
    click.echo("The running Antiphon is silent.")
