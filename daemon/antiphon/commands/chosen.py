"""What a configuration chooses: the bundle and the voice that answer, and what a take says of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from antiphon import bundle, config
from antiphon.bundle import Bundle, Card
from antiphon.commands.configured import chord_table_of
from antiphon.config import Config
from antiphon.files.chord_table import TableFile
from antiphon.stage.machine.arithmetic import this_arithmetic
from antiphon.stage.takes.header import TakeHeader, UsedBundle

if TYPE_CHECKING:  # the process that supervises has no voice, and is to be small
    from antiphon.perform.answer.programs import Voice


def bundle_of(settings: Config) -> Bundle:
    return bundle.load(bundle.find(settings.model.name))


def voice_of(chosen: Bundle, settings: Config) -> "Voice":
    """The answering voice of a bundle, with the context that the settings ask for."""
    from antiphon.stage.voice import make_voice

    table = chord_table_of(settings)
    return make_voice(chosen, settings.model.context, chords=None if table is None else table.table)


def take_header(
    settings: Config,
    chosen: Card,
    random_seed: int,
    programs: Sequence[Card] = (),
    remembered: Sequence[str] = (),
    chords: TableFile | None = None,
) -> TakeHeader:
    """What a take must say so that the same can be played again."""
    plain = config.to_plain(settings)
    models = tuple(UsedBundle(one.name, one.weights_sha256, one.critic_sha256) for one in (chosen, *programs))
    return TakeHeader(
        settings.tempo.bpm,
        settings.tempo.first_meter,
        plain,
        models[0],
        random_seed,
        models[1:],
        tuple(remembered),
        this_arithmetic(),
        None if chords is None else chords.sha256,
    )
