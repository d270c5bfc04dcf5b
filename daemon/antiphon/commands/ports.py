"""`antiphon ports`: the MIDI ports there are, as `play --in` and `--out` take them."""

import json

import click

from antiphon.commands.options import shared
from antiphon.stage.ports.names import lasting
from antiphon.stage.ports.system import Listing
from antiphon.stage.ports.systems import APIS, listings


@click.command()
@click.option("--api", type=click.Choice(APIS), default="auto", show_default=True, help="The MIDI system.")
@shared("json")
def ports(api: str, as_json: bool) -> None:
    """List the MIDI inputs and outputs of this machine."""
    found = listings(api)
    click.echo(json.dumps(_rows(found)) if as_json else _as_text(found))


def _rows(found: list[Listing]) -> list[dict[str, str]]:
    return [
        {"api": system.api, "direction": direction, "name": lasting(port, system.api), "port": port}
        for system in found
        for direction, there in (("input", system.inputs), ("output", system.outputs))
        for port in there
    ]


def _as_text(found: list[Listing]) -> str:
    rows = _rows(found)
    names = ", ".join(system.api for system in found)
    lines = []
    for direction, title in (("input", "to listen to (--in):"), ("output", "to answer on (--out):")):
        these = [row for row in rows if row["direction"] == direction]
        lines += [title, *(f"  {row['name']}  ({row['api']})" for row in these)]
        if not these:
            lines.append(f"  none ({names})")
    return "\n".join(lines)
