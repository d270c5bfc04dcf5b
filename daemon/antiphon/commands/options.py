"""The options that several commands share, the configuration they lead to, and the voice it asks for."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from antiphon import bundle, config
from antiphon.bundle import Bundle
from antiphon.changes import value_of
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.perform.answer.programs import Voice
from antiphon.stage.machine.arithmetic import this_arithmetic
from antiphon.stage.takes.header import TakeHeader, UsedBundle
from antiphon.stage.voice import make_voice
from antiphon.timebase import Meter

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)

_OPTIONS = {
    "config": click.option(
        "--config", "config_file", type=FILE, metavar="FILE", help="Settings, instead of config.toml's."
    ),
    "model": click.option("--model", metavar="NAME|DIR", help="A bundle that ships, or a folder."),
    "seed": click.option("--random-seed", type=click.IntRange(0), help="The same seed gives the same music."),
    "temperature": click.option("--temperature", type=float, help="Above 1 freer, below 1 safer."),
    "take": click.option("--take-dir", metavar="DIR", help="Where the recording goes."),
    "set": click.option(
        "--set",
        "changes",
        multiple=True,
        metavar="SECTION.KEY=VALUE",
        help="Change a setting; may be repeated.",
    ),
    "json": click.option("--json", "as_json", is_flag=True, help="Results as JSON."),
}

client_name_option = click.option(
    "--client-name", metavar="NAME", help="Which Antiphon, if several run: what its ports are called."
)


def shared(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add shared options to a command, in the order given."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed(names):
            command = _OPTIONS[name](command)
        return command

    return add


# The option that gives a setting, by the setting's name.
_OPTION_OF = {
    "tempo.bpm": "--bpm",
    "clock.source": "--clock",
    "sampling.temperature": "--temperature",
    "model.name": "--model",
    "take.folder": "--take-dir",
    "midi.inputs": "--in",
    "midi.output": "--out",
    "midi.api": "--api",
    "midi.client_name": "--client-name",
    "log.level": "--log-level",
}
_NOTHING: Mapping[str, object] = {}


def configuration(
    file: Path | None, given: Mapping[str, object] = _NOTHING, changes: Sequence[str] = ()
) -> Config:
    """The configuration of `--config`, or the usual one, with what other options give laid over it.

    `given` maps a setting's name to its option's value, None for none; `changes` are those of `--set`, which
    win. A mistake in either is told of the option. A foreign config.toml is told of in one line on stderr.
    """
    by_set = settings_given(changes)
    options = {name: _OPTION_OF[name] for name, value in given.items() if value is not None}
    return config.load(file, {**given, **by_set}, {**options, **set_options(by_set)}, _say)


def _say(line: str) -> None:
    click.echo(f"antiphon: {line}", err=True)


def set_options(changes: Mapping[str, object]) -> Mapping[str, str]:
    """How a mistake names the option that gave each of these settings."""
    return {name: f"--set {name}" for name in changes}


def settings_given(changes: Sequence[str]) -> Mapping[str, object]:
    """The settings that `--set` changes, by "section.key". Raises WrongUse where one has no such form."""
    given: dict[str, object] = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or "." not in name:
            raise WrongUse(f'--set must look like sampling.temperature=1.2, got "{change}"')
        given[name.strip()] = value_of(value.strip())
    return given


def client_name_of(given: str | None) -> str:
    """The name that is given, else that of the configuration, where it can be read.

    Silence and the end must not hang on a mistake in a file.
    """
    try:
        return config.load(None, {"midi.client_name": given}).midi.client_name
    except WrongUse:
        return given or Config().midi.client_name


def bundle_of(settings: Config) -> Bundle:
    return bundle.load(bundle.find(settings.model.name))


def programs_of(settings: Config, first: Bundle) -> tuple[Bundle, ...]:
    """The bundles that program changes choose. Raises WrongUse where their grids differ from the first's."""
    programs = tuple(bundle.load(bundle.find(name)) for name in settings.model.programs)
    for program in programs:
        theirs, ours = program.card.steps_per_quarter, first.card.steps_per_quarter
        if theirs != ours:
            raise WrongUse(
                f"model.programs: all must have the {ours} steps to a quarter of {first.card.name}, "
                f"{program.card.name} has {theirs}"
            )
    return programs


def voice_of(chosen: Bundle, settings: Config) -> Voice:
    """The answering voice of a bundle, with the context that the settings ask for."""
    return make_voice(chosen, settings.model.context)


def take_header(
    settings: Config,
    chosen: Bundle,
    random_seed: int,
    programs: Sequence[Bundle] = (),
    remembered: Sequence[str] = (),
) -> TakeHeader:
    """What a take must say so that the same can be played again."""
    meter = Meter.parse(settings.tempo.meter)
    plain = config.to_plain(settings)
    models = tuple(UsedBundle(one.card.name, one.card.weights_sha256) for one in (chosen, *programs))
    return TakeHeader(
        settings.tempo.bpm,
        meter,
        plain,
        models[0],
        random_seed,
        models[1:],
        tuple(remembered),
        this_arithmetic(),
    )


def seed_or_chance(random_seed: int | None) -> int:
    return secrets.randbits(32) if random_seed is None else random_seed
