"""`antiphon service`: Antiphon begins with your session, and again after a crash."""

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
    """Let Antiphon begin with your session, and again after a crash."""


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
    """Write the service's file, and say what to type next."""
    written = _service(config_file, client_name)
    refuse_root(_uid())
    written.path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(written.path, written.text.encode())
    click.echo(f"{written.path} is written. To begin, now and with each session of yours:")
    _show(written.begin)


@service.command()
def uninstall() -> None:
    """Remove the service's file, and say what to type next."""
    written = _service(None, None)
    refuse_root(_uid())
    if not written.path.exists():
        click.echo(f"{written.path} is not there: nothing to remove.")
        return
    for path in (written.path, *written.also):
        path.unlink(missing_ok=True)
    click.echo(f"{written.path} is removed. To end what still plays:")
    _show(written.end)


def refuse_root(uid: int) -> None:
    """Raises WrongUse for the one user who needs no service of their own."""
    if uid == 0:
        raise WrongUse("Antiphon needs no root: run this as the user who plays")


def _uid() -> int:
    found: Callable[[], int] = getattr(os, "geteuid", lambda: 1)
    return found()


def _service(config_file: Path | None, client_name: str | None) -> Service:
    # A mistake in the settings is told now, not in a log.
    name = configuration(config_file, {"midi.client_name": client_name}).midi.client_name
    python = Path(sys.executable)
    start, stop = to_start(python, config_file, client_name), to_stop(python, name)
    given = os.environ.get("XDG_CONFIG_HOME", "")
    settings_home = Path(given) if os.path.isabs(given) else Path.home() / ".config"
    return service_for(sys.platform, start, stop, FIFO_PRIORITY, Path.home(), settings_home)


def _show(lines: tuple[str, ...]) -> None:
    for line in lines:
        click.echo(f"  {line}")
