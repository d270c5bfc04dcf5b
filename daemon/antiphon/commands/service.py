"""`antiphon service`: start Antiphon with the user's session, and again after a crash."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from antiphon.commands.configured import configuration
from antiphon.commands.options import client_name_option, shared
from antiphon.errors import WrongUse
from antiphon.files.write import write_whole
from antiphon.stage.control.service_files import Service, to_start, to_stop
from antiphon.stage.control.service_files import service as service_for
from antiphon.stage.machine.priority import FIFO_PRIORITY


@click.group()
def service() -> None:
    """Start Antiphon with your session, and again after a crash."""


@service.command()
@client_name_option
@shared("config")
def show(config_file: Path | None, client_name: str | None) -> None:
    """Print the service's file."""
    click.echo(_service(config_file, client_name).text, nl=False)


@service.command()
@client_name_option
@shared("config")
def install(config_file: Path | None, client_name: str | None) -> None:
    """Write the service's file and show what to type next."""
    written = _service(config_file, client_name)
    refuse_root(_uid())
    written.path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(written.path, written.text.encode())
    click.echo(f"{written.path} is written. To start it now and with each session:")
    _show(written.begin)


@service.command()
def uninstall() -> None:
    """Remove the service's file and show what to type next."""
    written = _service(None, None)
    refuse_root(_uid())
    if not written.path.exists():
        click.echo(f"{written.path} does not exist; nothing was removed.")
        return
    for path in (written.path, *written.also):
        path.unlink(missing_ok=True)
    click.echo(f"{written.path} is removed. To end the running service:")
    _show(written.end)


def refuse_root(uid: int) -> None:
    """Raises WrongUse for root, who needs no such service."""
    if uid == 0:
        raise WrongUse("Antiphon does not need root: run this as the user who plays")


def _uid() -> int:
    found: Callable[[], int] = getattr(os, "geteuid", lambda: 1)
    return found()


def _service(config_file: Path | None, client_name: str | None) -> Service:
    # A mistake in the configuration is reported now, not in a log.
    name = configuration(config_file, {"midi.client_name": client_name}).midi.client_name
    python = Path(sys.executable)
    start, stop = to_start(python, config_file, client_name), to_stop(python, name)
    given = os.environ.get("XDG_CONFIG_HOME", "")
    settings_home = Path(given) if os.path.isabs(given) else Path.home() / ".config"
    return service_for(sys.platform, start, stop, FIFO_PRIORITY, Path.home(), settings_home)


def _show(lines: tuple[str, ...]) -> None:
    for line in lines:
        click.echo(f"  {line}")
