"""`antiphon doctor`: check whether this machine can play in time, and show what helps."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from antiphon.commands.configured import configuration
from antiphon.commands.options import shared
from antiphon.config import Config
from antiphon.errors import DONE, FAILED
from antiphon.stage.control import doctor as look
from antiphon.stage.control.doctor import Finding
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.priority import as_if_playing

_STYLES = {"good": "green", "poor": "yellow", "bad": "red"}


@click.command()
@shared("config", "json")
@click.pass_context
def doctor(context: click.Context, config_file: Path | None, as_json: bool) -> None:
    """Check whether this machine can play in time; for each problem, show what helps."""
    found = _look(configuration(config_file))
    possible = all(finding.verdict != "bad" for finding in found)
    if as_json:
        click.echo(json.dumps({"possible": possible, "findings": [asdict(finding) for finding in found]}))
    else:
        _show(found, possible, Console())
    context.exit(DONE if possible else FAILED)


def _look(settings: Config) -> list[Finding]:
    clock = SystemClock()
    fifo, late_s = as_if_playing(lambda: look.lateness_s(clock, look.MEASURED_S))
    return [
        *look.midi(),
        look.priority(fifo),
        look.timing(late_s),
        *(look.model(name) for name in (settings.model.name, *settings.model.programs)),
        look.takes(Path(settings.take.folder)),
    ]


def _show(found: Sequence[Finding], possible: bool, console: Console) -> None:
    if console.is_terminal:
        console.print(_table(found))
    else:
        for finding in found:
            mend = f"\n  to mend it: {finding.mend}" if finding.mend else ""
            click.echo(f"{finding.verdict:<5} {finding.thing}: {finding.detail}{mend}")
    click.echo("Playing is possible." if possible else "Playing is not possible yet.")


def _table(found: Sequence[Finding]) -> Table:
    table = Table("", "", "found", "to mend it")
    for finding in found:
        verdict = Text(finding.verdict, style=_STYLES[finding.verdict])
        table.add_row(verdict, *map(Text, (finding.thing, finding.detail, finding.mend)))
    return table
