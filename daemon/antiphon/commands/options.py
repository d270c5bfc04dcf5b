"""The options that several commands share. Imports little: a command's options are read before all else."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

_OPTIONS = {
    "config": click.option(
        "--config", "config_file", type=FILE, metavar="FILE", help="Read the settings from this file."
    ),
    "model": click.option("--model", metavar="NAME|DIR", help="Use this model: a name or a folder."),
    "seed": click.option("--random-seed", type=click.IntRange(0), help="The same seed gives the same music."),
    "temperature": click.option("--temperature", type=float, help="Answers are freer above 1, safer below."),
    "take": click.option("--take-dir", metavar="DIR", help="Write takes into this folder."),
    "set": click.option(
        "--set",
        "changes",
        multiple=True,
        metavar="SECTION.KEY=VALUE",
        help="Change a setting; may be repeated.",
    ),
    "track": click.option(
        "--track",
        metavar="NAME|NUMBER",
        help="The track that has the melody, instead of our choice.",
    ),
    "channel": click.option(
        "--channel", type=click.IntRange(1, 16), help="The channel that has the melody of a MIDI file."
    ),
    "sound": click.option(
        "--sound",
        is_flag=False,
        flag_value="samples",
        type=click.Choice(("samples", "fluidsynth")),
        help="Make the notes audible here, by instruments that ship or by FluidSynth.",
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
}

client_name_option = click.option(
    "--client-name", metavar="NAME", help="The client name, if several Antiphons run."
)


def shared(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add shared options to a command, in the order given."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return add


def settings_of(
    model: str | None, temperature: float | None, take_dir: str | None, sound: str | None
) -> dict[str, object]:
    """The settings that the shared options of a performance give."""
    return {
        "model.name": model,
        "sampling.temperature": temperature,
        "take.folder": take_dir,
        "sound.by": sound,
    }


class LateChoice(click.ParamType):  # type: ignore[type-arg]
    """One of the names in a table of the program, which is imported when the option is given, or told of."""

    name = "choice"

    def __init__(self, module: str, table: str) -> None:
        self._module, self._table = module, table

    @property
    def choices(self) -> Sequence[str]:
        names: Sequence[str] = getattr(import_module(f"antiphon.{self._module}"), self._table)
        return names

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002
        return f"[{'|'.join(self.choices)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return click.Choice(self.choices).convert(value, param, ctx)
