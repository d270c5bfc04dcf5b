"""What a command's options and the configuration say: the settings, and the cards of the models they name."""

import math
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from antiphon import bundle, config
from antiphon.bundle import Card
from antiphon.changes import value_of
from antiphon.config import Config
from antiphon.errors import Failure, WrongUse
from antiphon.files import chord_table
from antiphon.files.chord_table import TableFile
from antiphon.timebase import MOST_STEPS_PER_QUARTER

# The option that gives a setting, by the setting's name.
_OPTION_OF = {
    "tempo.bpm": "--bpm",
    "clock.source": "--clock",
    "sampling.temperature": "--temperature",
    "answer.candidates": "--candidates",
    "answer.choice": "--choice",
    "model.name": "--model",
    "take.folder": "--take-dir",
    "midi.inputs": "--in",
    "midi.output": "--out",
    "midi.api": "--api",
    "midi.client_name": "--client-name",
    "log.level": "--log-level",
    "panel.on": "--panel",
    "panel.port": "--port",
    "panel.lan": "--lan",
    "sound.by": "--sound",
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


def cards_of(settings: Config) -> list[tuple[Path, Card]]:
    """Folder and card of the bundle that answers first, and of those that program changes choose.

    Raises WrongUse where no grid is fine enough for all of them.
    """
    folders = [bundle.find(name) for name in (settings.model.name, *settings.model.programs)]
    cards = [(folder, bundle.read_card(folder)) for folder in folders]
    if (steps := common_grid([card for _, card in cards])) > MOST_STEPS_PER_QUARTER:
        raise WrongUse(
            f"model.programs: the grid of all models together may have 1–{MOST_STEPS_PER_QUARTER} steps to a "
            f"quarter, these need {steps}"
        )
    return cards


def chord_table_of(settings: Config) -> TableFile | None:
    """The table of chords that the settings name. Raises WrongUse where the file is none."""
    if not settings.harmony.table:
        return None
    try:
        return chord_table.read(Path(settings.harmony.table))
    except Failure as failure:
        raise WrongUse(f"harmony.table: {failure.message}") from None


def common_grid(cards: Sequence[Card]) -> int:
    """The steps to a quarter of the music that these models play in."""
    return math.lcm(*(card.steps_per_quarter for card in cards))


def seed_or_chance(random_seed: int | None) -> int:
    return secrets.randbits(32) if random_seed is None else random_seed
