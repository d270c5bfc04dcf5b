"""What `antiphon play` is going to do, read from its options and the configuration; what to load comes first.

Imports no more than that needs: the playing process waits for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from antiphon import bundle
from antiphon.bundle import Card, facts_of
from antiphon.changes import changed
from antiphon.commands.configured import cards_of, chord_table_of, common_grid, configuration, seed_or_chance
from antiphon.compose.harmony.accompaniment import PARTS
from antiphon.config import Config
from antiphon.errors import WrongUse
from antiphon.files import memory as memory_file
from antiphon.files.chord_table import TableFile
from antiphon.perform.harmony_settings import OWN_PORT, HarmonySettings
from antiphon.stage.ports.wiring import PartOutput, Wiring
from antiphon.stage.process.messages import Join, LoadOrder


@dataclass(frozen=True, slots=True)
class Plan:
    """`cards` are those of the first model and of the programs; `read` reads the settings again; `chords` is
    the table of chords, where one is named."""

    read: Callable[[], Config]
    settings: Config
    cards: tuple[Card, ...]
    order: LoadOrder
    chords: TableFile | None = None

    @property
    def wiring(self) -> Wiring:
        """The ports that the settings ask for."""
        return _wiring(self.settings)


def plan_of(
    config_file: Path | None, given: Mapping[str, object], changes: Sequence[str], random_seed: int | None
) -> Plan:
    """Raises WrongUse or Failure where the options, the configuration or a bundle are wrong."""
    read = partial(configuration, config_file, given, changes)
    settings = _with_models(read())
    found = cards_of(settings)
    model, *programs = [facts_of(folder, card) for folder, card in found]
    file, steps = settings.memory.file, common_grid([card for _, card in found])
    remembered = memory_file.read(Path(file), steps) if file else ()
    chords = chord_table_of(settings)
    order = LoadOrder(
        model,
        tuple(programs),
        settings.model.context,
        seed_or_chance(random_seed),
        settings.midi.api == "jack",
        remembered,
        chords=None if chords is None else chords.table,
    )
    return Plan(read, settings, tuple(card for _, card in found), order, chords)


def join_of(grid: int, name: str) -> Join:
    """How another model, a shipped one or a folder, joins a performance with so many steps to a quarter.

    Raises WrongUse or Failure where it cannot.
    """
    folder = bundle.find(name)
    card = bundle.load(folder).card
    if grid % card.steps_per_quarter:
        raise WrongUse(
            f"model.name: {name} has {card.steps_per_quarter} steps to a quarter, and does not fit into a "
            f"performance of {grid}: choose it at the start, or name it in model.programs"
        )
    return Join(name, facts_of(folder, card))


def _with_models(settings: Config) -> Config:
    """With the panel all models that ship can be chosen, where no others are named."""
    if not settings.panel.on or settings.model.programs:
        return settings
    others = [name for name in bundle.shipped_names() if name != settings.model.name]
    return changed(settings, {"model.programs": others})


def _wiring(settings: Config) -> Wiring:
    """The ports that the settings ask for; the channel counted from 0."""
    midi, clock, click = settings.midi, settings.clock, settings.click
    # Only ports on JACK tell of its transport.
    api = "jack" if (midi.api, clock.source) == ("auto", "jack") else midi.api
    chosen_by_knob = settings.control.clock is not None
    return Wiring(
        api,
        midi.client_name,
        midi.inputs,
        midi.output,
        midi.input_channel - 1 if midi.input_channel else None,
        midi.thru,
        clock.input if clock.source == "midi" or chosen_by_knob else None,
        clock.output if clock.send else None,
        click.output if click.own_port else None,
        settings.tempo.bpm if clock.source == "jack" or chosen_by_knob else None,
        part_outputs=tuple(_part_outputs(settings.harmony)),
    )


def _part_outputs(harmony: HarmonySettings) -> Iterator[PartOutput]:
    for part in PARTS:
        if name := harmony.port_of(part):
            title = part.replace("_", "-")
            yield PartOutput(title, "" if name == OWN_PORT else name, harmony.channel_of(part))
