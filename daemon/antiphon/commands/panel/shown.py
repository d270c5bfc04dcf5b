"""Where the panel is: said, shown as a QR code for phones, and opened in the browser."""

import json
import webbrowser
from contextlib import suppress
from threading import Thread

import click

from antiphon.errors import Failure
from antiphon.stage.control.client import CannotBeAsked, NotRunning, ask
from antiphon.stage.control.protocol import Command, Starting


def running_panel(client_name: str) -> str | None:
    """The address of the panel of an Antiphon that runs; None where none runs.

    Raises Failure where it has no panel.
    """
    try:
        status = ask(client_name, Command("status")).said.get("status")
    except (NotRunning, CannotBeAsked, Starting):
        return None
    address = status.get("panel") if isinstance(status, dict) else None
    if not isinstance(address, str):
        raise Failure(
            f"antiphon runs already (client name {client_name}), without a panel: "
            "antiphon stop ends it, and antiphon play --panel starts it with one"
        )
    return address


def show(address: str, browser: bool) -> None:
    """Say where the panel is: in words, and in a browser that is opened; else as one line of JSON."""
    if not browser:
        click.echo(json.dumps({"address": address}))
        return
    say(address)
    # A browser may take its time to start, or never come back.
    Thread(target=_open, args=(address,), name="browser", daemon=True).start()


def say(address: str) -> None:
    """Say where the panel is."""
    click.echo(f"The panel is at {address}")
    if "?token=" in address:
        click.echo(_code(address))


def _open(address: str) -> None:
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(address)


def _code(address: str) -> str:
    """The address as a QR code, for the camera of a phone."""
    from io import StringIO

    import segno

    drawn = StringIO()
    segno.make(address, error="l").terminal(drawn, compact=True)
    return drawn.getvalue()
