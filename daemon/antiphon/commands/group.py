"""The group of all commands. A command's module is imported when the command is called, and not before."""

from importlib import import_module
from typing import cast

import click

from antiphon.signals import ending_at_once

# Where each command is defined, by its name.
COMMANDS = {
    "again": "running:again",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "generate": "generate:generate",
    "models": "models:models",
    "motif": "running:motif",
    "panel": "panel.command:panel",
    "panic": "panic:panic",
    "play": "play:play",
    "ports": "ports:ports",
    "replay": "replay:replay",
    "service": "service:service",
    "set": "running:set_one",
    "status": "running:status",
    "stop": "running:stop",
    "takes": "takes:takes",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        with ending_at_once():
            return cast(click.Command, getattr(import_module(f"antiphon.commands.{module}"), name))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="antiphon", message="%(package)s %(version)s")
def antiphon() -> None:
    """You play a phrase; Antiphon answers it, live, in your key and on your beat."""
