"""`antiphon doctor`: check whether this machine can play in time, and show what helps."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from antiphon.commands.configured import configuration
from antiphon.commands.options import shared
from antiphon.compose.harmony.accompaniment import PARTS
from antiphon.config import Config
from antiphon.config_sections import MidiSettings
from antiphon.errors import DONE, FAILED, WrongUse
from antiphon.perform.harmony_settings import OWN_PORT, HarmonySettings
from antiphon.stage.control import doctor as look
from antiphon.stage.control.doctor import Finding
from antiphon.stage.control.round_trip import measure
from antiphon.stage.machine.clock import SystemClock
from antiphon.stage.machine.priority import as_if_playing
from antiphon.stage.process.entry import jack_is_likely

_STYLES = {"good": "green", "poor": "yellow", "bad": "red"}


@click.command()
@click.option("--latency", is_flag=True, help="Only measure the round trip from the output to the input.")
@click.option("--in", "inputs", multiple=True, metavar="NAME", help="The input of the round trip.")
@click.option("--out", "output", metavar="NAME", help="The output of the round trip.")
@shared("config", "json")
@click.pass_context
def doctor(
    context: click.Context,
    latency: bool,
    inputs: tuple[str, ...],
    output: str | None,
    config_file: Path | None,
    as_json: bool,
) -> None:
    """Check whether this machine can play in time; for each problem, show what helps.

    --latency needs an output that is looped to an input, by a cable or in software.
    """
    if not latency and (inputs or output is not None):
        raise WrongUse("--in and --out belong to --latency")
    settings = configuration(config_file, {"midi.inputs": inputs or None, "midi.output": output})
    if latency:
        _latency(context, settings.midi, as_json)
        return
    found = _look(settings)
    possible = all(finding.verdict != "bad" for finding in found)
    if as_json:
        click.echo(json.dumps({"possible": possible, "findings": [asdict(finding) for finding in found]}))
    else:
        _show(found, possible, Console())
    context.exit(DONE if possible else FAILED)


def _latency(context: click.Context, midi: MidiSettings, as_json: bool) -> None:
    def say(line: str) -> None:
        click.echo(line, err=True)

    measured = partial(measure, SystemClock(), midi.api, midi.inputs, midi.output, say)
    _, (route, trips) = as_if_playing(measured)
    finding = trips.finding(route)
    if as_json:
        figures = {
            "median_ms": round(1000 * trips.median_s(), 3),
            "p99_ms": round(1000 * trips.nearly_all_s(), 3),
            "messages": len(trips.trips_s) + trips.lost,
            "lost": trips.lost,
        }
        click.echo(json.dumps({"route": route, **figures, "verdict": finding.verdict}))
    else:
        _print([finding], Console())
        click.echo("The way out takes about half of it; what a synthesizer adds is not measured.")
    context.exit(FAILED if finding.verdict == "bad" else DONE)


def _look(settings: Config) -> list[Finding]:
    clock = SystemClock()
    fifo, late_s = as_if_playing(lambda: look.lateness_s(clock, look.MEASURED_S))
    return [
        *look.with_panel(look.midi()),
        *look.part_ports(_named_ports(settings.harmony), settings.midi.api),
        look.priority(fifo),
        look.timing(late_s),
        *(look.model(name) for name in (settings.model.name, *settings.model.programs)),
        look.takes(Path(settings.take.folder)),
        look.sound(jack_is_likely(settings.midi.api)),
    ]


def _named_ports(harmony: HarmonySettings) -> dict[str, str]:
    """The ports that parts are to have, by the name of the setting, less those of our own."""
    named = {f"harmony.{part}_port": harmony.port_of(part) for part in PARTS}
    return {setting: name for setting, name in named.items() if name not in ("", OWN_PORT)}


def _show(found: Sequence[Finding], possible: bool, console: Console) -> None:
    _print(found, console)
    click.echo("Playing is possible." if possible else "Playing is not possible yet.")


def _print(found: Sequence[Finding], console: Console) -> None:
    if console.is_terminal:
        console.print(_table(found))
    else:
        for finding in found:
            mend = f"\n  to fix it: {finding.mend}" if finding.mend else ""
            click.echo(f"{finding.verdict:<5} {finding.thing}: {finding.detail}{mend}")


def _table(found: Sequence[Finding]) -> Table:
    table = Table("", "", "found", "to fix it")
    for finding in found:
        verdict = Text(finding.verdict, style=_STYLES[finding.verdict])
        table.add_row(verdict, *map(Text, (finding.thing, finding.detail, finding.mend)))
    return table
