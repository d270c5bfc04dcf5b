"""`antiphon status`, `set`, `again`, `motif` and `stop`: ask a running Antiphon from another terminal."""

import json
from typing import Any

import click

from antiphon.changes import check_alone, value_of
from antiphon.commands.configured import client_name_of
from antiphon.commands.options import client_name_option, shared
from antiphon.stage.control.client import ask
from antiphon.stage.control.protocol import Command, SetOne, Value


@click.command()
@client_name_option
@shared("json")
def status(client_name: str | None, as_json: bool) -> None:
    """Show the state of the running Antiphon."""
    told: Any = ask(client_name_of(client_name), Command("status")).said.get("status")
    click.echo(json.dumps(told) if as_json else "\n".join(_lines(told)))


@click.command("set")
@click.argument("name")
@click.argument("value")
@client_name_option
def set_one(name: str, value: str, client_name: str | None) -> None:
    """Change a setting of the running Antiphon, until it ends.

    NAME is as in config.toml, such as sampling.temperature; VALUE as it is written there, words without
    their quotes.
    """
    meant: Any = value_of(value)
    check_alone(name, meant)
    wanted: Value = meant
    ask(client_name_of(client_name), SetOne(name, wanted))
    click.echo(f"{name} = {json.dumps(meant, ensure_ascii=False)}")


@click.command()
@client_name_option
def again(client_name: str | None) -> None:
    """Play another answer to the phrase that was answered last."""
    ask(client_name_of(client_name), Command("again"))
    click.echo("If a phrase was answered, another answer begins with the next bar.")


@click.command()
@client_name_option
def motif(client_name: str | None) -> None:
    """Let the next answer keep to the motif of the last one: to its rhythm and contour."""
    ask(client_name_of(client_name), Command("motif"))
    click.echo("If there was an answer, the next one keeps to its motif.")


@click.command()
@client_name_option
def stop(client_name: str | None) -> None:
    """End the running Antiphon, as Ctrl-C does."""
    ask(client_name_of(client_name), Command("stop"))
    click.echo("Antiphon has ended.")


def _lines(told: Any) -> list[str]:
    """The status, a line for each field; unknown fields are left out."""
    ports = told["ports"]
    rows = {
        "state": told["state"],
        "model": told["model"],
        "ports": ports and f"{', '.join((*ports['inputs'], ports['output']))} ({ports['api']})",
        "away": ports and ", ".join(ports["away"]),
        "time": f"{told['clock_source']}, {told['bpm']:.1f} bpm, {_bars(told)}",
        "key": told["key"] and f"{told['key']}{_sure(told['key_sure'])}",
        "take": told["take"],
        "recording": told["recording_trouble"] or ("yes" if told["recording"] else "no"),
        "late": f"p50 {told['late_p50_ms']:.1f}, p99 {told['late_p99_ms']:.1f} ms; "
        f"{told['notes_dropped']} notes dropped",
        "process": f"{told['pid']} ({told['client_name']}, {told['version']}), "
        f"restarted {told['restarts']} times, up {told['uptime_s']:.0f} s",
    }
    return [f"{name:<10} {value}" for name, value in rows.items() if value]


def _bars(told: Any) -> str:
    """For example "3/4 (87 % sure), bar 12"."""
    bar = "" if told["bar"] is None else f", bar {told['bar']}"
    return f"{told['meter']}{_sure(told['bars_sure'])}{bar}"


def _sure(share: Any) -> str:
    return "" if share is None else f" ({100 * share:.0f} % sure)"
