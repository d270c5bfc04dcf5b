"""`antiphon replay`: a take's music is computed again from what was played, and compared note by note."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from math import isfinite
from pathlib import Path
from typing import Any

import click

from antiphon import bundle, config
from antiphon.bundle import Bundle
from antiphon.changes import changed
from antiphon.commands.chosen import take_header
from antiphon.commands.comparison import as_plain, in_words
from antiphon.commands.configured import chord_table_of, set_options, settings_given
from antiphon.commands.options import FILE, shared
from antiphon.config import Config
from antiphon.config_sections import KeySettings
from antiphon.errors import Failure, WrongUse
from antiphon.files.chord_table import TableFile
from antiphon.perform.comparison import compare
from antiphon.perform.replay import perform
from antiphon.perform.reports import Asked, Begun, Joined
from antiphon.perform.session import Session
from antiphon.perform.settings import FeelSettings, SessionSettings
from antiphon.perform.take_records import Lost, TakeRecord, moment_of
from antiphon.stage.machine.arithmetic import this_arithmetic
from antiphon.stage.takes.finish import finish, records_of
from antiphon.stage.takes.header import Place, TakeHeader, UsedBundle
from antiphon.stage.takes.library import chain
from antiphon.stage.takes.records import line_of
from antiphon.stage.takes.take import Take
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.stage.voice import make_voices

# Settings by "section.key".
Changes = Mapping[str, object]
_NO_CHANGES: Changes = {}
# An answer without end is composed to the last moment that is told, however far that is.
_DAY_S, _MOST_DAYS = 86_400.0, 7


@click.command()
@click.argument("take", type=FILE)
@click.option("--out", type=FILE, metavar="FILE.mid", help="Write the new take to this file.")
@shared("set", "model", "json")
def replay(take: Path, changes: tuple[str, ...], out: Path | None, model: str | None, as_json: bool) -> None:
    """Compute a take again from what was played, and say whether it is the same.

    Notes must be the same exactly, their moments to 1 µs.

    With --model or --set the same phrases are answered anew, in a new take.
    """
    header, records = recorded(take)
    if model is None and not changes:
        if out is not None:
            raise WrongUse("--out is for new answers: give --model or --set, too")
        _say_compared(take, header, records, as_json)
        return
    asked = settings_given(changes)
    kept = _answer_anew(take, header, records, model, asked, out)
    click.echo(json.dumps({"take": str(kept)}) if as_json else f"The take with the new answers is {kept}.")


def recorded(take: Path) -> tuple[TakeHeader, list[TakeRecord]]:
    """What is needed to play it again, and all records, those of the parts before it first."""
    parts = chain(take)
    records: list[TakeRecord] = []
    try:
        header = TakeHeader.of(parts[0][1].texts)
        if parts[0][1].texts["place"]["known"] is not True:
            raise Failure(
                f"{take}: cannot be replayed exactly: it begins long after its session did, and what "
                "was played before it was too much to be kept"
            )
        for _, part in parts:
            records += records_of(part)
    except (ValueError, TypeError, LookupError) as error:
        raise Failure(f"{take}: {error}") from None
    if not any(isinstance(record, Begun) for record in records):
        raise Failure(f"{take}: does not tell how its session began, and cannot be replayed")
    if (days := lasts_s(records) / _DAY_S) > _MOST_DAYS:
        raise Failure(f"{take}: lasts {days:.0f} days; a session that is replayed may last {_MOST_DAYS}")
    try:
        _plain_settings(header)
    except WrongUse as mistake:
        raise Failure(f"{take}: {mistake.message.splitlines()[0]}") from None
    return header, records


def lasts_s(records: Sequence[TakeRecord]) -> float:
    """From the first moment that is recorded to the last, in seconds."""
    moments = [at_s for record in records if (at_s := moment_of(record)) is not None and isfinite(at_s)]
    return max(moments, default=0.0) - min(moments, default=0.0)


def _say_compared(take: Path, header: TakeHeader, records: Sequence[TakeRecord], as_json: bool) -> None:
    lost = sum(record.events for record in records if isinstance(record, Lost))
    if lost:
        raise Failure(f"{take}: cannot be replayed exactly: {lost} of its events could not be written")
    found = safely(take, lambda: compare(records, band_of(take, header, records).session))
    recorded_with, here = header.arithmetic, this_arithmetic()
    click.echo(
        json.dumps(as_plain(found, recorded_with, here)) if as_json else in_words(found, recorded_with, here)
    )
    if found.difference is not None:
        raise click.exceptions.Exit(1)


def safely(take: Path, work: Any) -> Any:
    """A file that is no recording of ours but says so may lead a session anywhere."""
    try:
        return work()
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        raise Failure(f"{take}: cannot be replayed: {error}") from None


class Band:
    """The voices that a take was made with, anew for each of its sessions; `joined` were loaded while it was
    played. Raises Failure or WrongUse."""

    def __init__(
        self,
        header: TakeHeader,
        model: str | None = None,
        changes: Changes = _NO_CHANGES,
        joined: Sequence[Joined] = (),
    ):
        self._settings = _plain_settings(header)
        self._remembered, self._changes = header.remembered, changes
        self.chords = _chords(self._settings, header.chord_table, changes)
        names = [model or self._settings.model.name, *self._settings.model.programs]
        wanted = [None if model else header.bundle, *header.programs]
        if len(names) != len(wanted):
            raise Failure("the take's settings name other programs than the take itself")
        self.bundles = [_loaded(name, spoken) for name, spoken in zip(names, wanted, strict=True)]
        self._context = None if model else self._settings.model.context
        self._joined = [
            (_loaded(one.name, UsedBundle(one.name, one.checksum, one.critic)), one) for one in joined
        ]

    def session(self, begun: Begun) -> Session:
        bundles = [*self.bundles, *(one for one, _ in self._joined)]
        chords = None if self.chords is None else self.chords.table
        voices = make_voices(bundles, self._context, self._remembered, chords)
        first, *programs = voices[: len(self.bundles)]
        others = zip(voices[len(self.bundles) :], self._joined, strict=True)
        joined = [(replace(voice, name=told.name), told) for voice, (_, told) in others]
        settings = changed_settings(begun.settings, self._changes)
        return Session(first, settings, begun.random_seed, programs, begun.handover, joined)


def band_of(
    take: Path,
    header: TakeHeader,
    records: Sequence[TakeRecord] = (),
    model: str | None = None,
    changes: Changes = _NO_CHANGES,
) -> Band:
    """The voices of a take. Raises Failure naming it, where they are not here any more; or WrongUse."""
    joined = dict.fromkeys(record for record in records if isinstance(record, Joined))
    try:
        return Band(header, model, changes, tuple(joined))
    except Failure as failure:
        raise Failure(f"{take}: {failure.message}") from None


def _plain_settings(header: TakeHeader) -> Config:
    return config.checked(dict(header.settings), "its settings: ", together=False)


def _chords(settings: Config, wanted: str | None, changes: Changes) -> TableFile | None:
    """The table of chords that a take was made with, or the one that is asked for now."""
    if "harmony.table" in changes:
        return chord_table_of(changed(settings, changes, set_options(changes)))
    if wanted is None:
        return None
    try:
        found = chord_table_of(settings)
    except WrongUse as mistake:
        raise Failure(mistake.message) from None
    if found is None or found.sha256 != wanted:
        here = "theory alone" if found is None else f"{found.sha256[:12]}…"
        raise Failure(
            f"harmony.table: the take was made with the chords of checksum {wanted[:12]}…, here is "
            f"{here}; --set harmony.table=FILE answers anew"
        )
    return found


def _loaded(name: str, wanted: UsedBundle | None) -> Bundle:
    # What had no critic then has none now.
    loaded = bundle.load(bundle.find(name), with_critic=wanted is None or wanted.critic is not None)
    if wanted is not None:
        _check_same(wanted, "model", wanted.checksum, loaded.card.weights_sha256)
    if wanted is not None and wanted.critic is not None:
        _check_same(wanted, "critic", wanted.critic, loaded.card.critic_sha256 or "none")
    return loaded


def _check_same(wanted: UsedBundle, what: str, checksum: str, found: str) -> None:
    if found != checksum:
        raise Failure(
            f"{wanted.name}: the take was answered by the {what} with checksum {checksum[:12]}…, "
            f"the one here has {found[:12]}…; --model NAME answers anew"
        )


def changed_settings(settings: SessionSettings, changes: Changes) -> SessionSettings:
    """A session's settings with some changed, checked as the configuration is. Raises WrongUse."""
    if not changes:
        return settings
    plain = Config(
        tempo=settings.tempo,
        phrase=settings.phrase,
        answer=settings.answer,
        sampling=settings.sampling,
        shape=settings.shape,
        key=KeySettings(str(settings.key) if settings.key else "", settings.strict_key),
        control=settings.control,
        clock=settings.clock,
        input=settings.input,
        feel=settings.feel or FeelSettings(),
        harmony=settings.harmony,
    )
    return replace(
        changed(plain, changes, set_options(changes)).session, channel=settings.channel, learn=settings.learn
    )


def _answer_anew(
    take: Path,
    header: TakeHeader,
    records: Sequence[TakeRecord],
    model: str | None,
    changes: Changes,
    out: Path | None,
) -> Path:
    """The same phrases, other answers; gives the file of the new take."""
    band = band_of(take, header, records, model, changes)
    asked = [without(record, changes) for record in records]
    settings = _told(_plain_settings(header), model, changes)
    cards = [one.card for one in band.bundles]
    told = take_header(settings, cards[0], header.random_seed, cards[1:], header.remembered, band.chords)
    place = Place(TempoMap(told.bpm))
    path = out or _free_name(take)
    written = Take(path.parent, told, stem=path.stem, place=place)
    for report in safely(take, lambda: list(perform(asked, band.session))):
        if (line := line_of(report)) is not None:
            written.record(line)
    written.end()
    if (file := written.whole) is None:
        raise Failure(written.trouble or f"{path}: cannot be written")
    file.close()
    if finish(file.path) is None:
        raise Failure(f"{take}: nothing was played in it")
    if file.path != path:  # it is to take the place of what was there
        file.path.replace(path)
    return path


def without(record: TakeRecord, changes: Changes) -> TakeRecord:
    """What was asked for while it was played, without what is changed for the replay."""
    if isinstance(record, Asked) and isinstance(record.what, SessionSettings):
        return replace(record, what=changed_settings(record.what, changes))
    if isinstance(record, Asked) and isinstance(record.what, tuple):
        return replace(record, what=tuple(one for one in record.what if not _fixed(one.name, changes)))
    return record


def _fixed(name: str, changes: Changes) -> bool:
    return any(name == changed or name.startswith(f"{changed}.") for changed in changes)


def _told(settings: Config, model: str | None, changes: Changes) -> Config:
    """What the new take says of its settings."""
    anew = {} if model is None else {"model.name": model, "model.context": None}
    return changed(settings, {**anew, **changes}, set_options(changes))


def _free_name(take: Path) -> Path:
    names = (f"-again{number}" if number > 1 else "-again" for number in count(1))
    return next(path for name in names if not (path := take.with_name(f"{take.stem}{name}.mid")).exists())
