"""`antiphon takes`: what was recorded, and what was cut off, which is finished."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from antiphon.commands.configured import configuration
from antiphon.commands.options import FILE, FOLDER, shared
from antiphon.config_sections import SoundSettings
from antiphon.errors import Failure, WrongUse
from antiphon.stage.takes.library import Listed, finish_what_was_cut_off, length, listed, played_in

_COLUMNS = ("take", "length", "phrases", "answers", "keys", "model", "")
_RIGHT = ("length", "phrases", "answers")


@click.command()
@click.argument("folder", type=FOLDER, required=False)
@click.option("--wav", type=FILE, metavar="TAKE", help="Write the sound of this take to a WAV file.")
@click.option(
    "-o", "--out", type=FILE, metavar="FILE.wav", help="The WAV file, instead of one beside the take."
)
@shared("config", "json")
def takes(
    folder: Path | None, wav: Path | None, out: Path | None, config_file: Path | None, as_json: bool
) -> None:
    """List the takes of a folder: length, phrases, answers, keys, model. Finishes what was cut off.

    With --wav a take's two voices are written to a sound file, with the instruments of [sound].
    """
    if wav is not None:
        if folder is not None:
            raise WrongUse("--wav makes one take a sound file: leave out the folder")
        _write_sound(wav, out, configuration(config_file).sound, as_json)
        return
    if out is not None:
        raise WrongUse("--out is for a sound file: give --wav, too")
    where = folder or Path(configuration(config_file).take.folder)
    for line in finish_what_was_cut_off(where):
        click.echo(f"antiphon: {line}", err=True)
    found = listed(where)
    if as_json:
        click.echo(json.dumps([_as_json(one) for one in found]))
    elif not found:
        click.echo(f"There are no takes in {where}.")
    else:
        Console(width=None if Console().is_terminal else 160).print(_table(found))


def _write_sound(take: Path, out: Path | None, sound: SoundSettings, as_json: bool) -> None:
    from antiphon.stage.sound.feed import of_parts
    from antiphon.stage.sound.instruments import instrument  # a list of takes needs none of these
    from antiphon.stage.sound.take_sound import RATE_HZ, mixed, write_wav

    voices = played_in(take)
    if not any(voices):
        raise Failure(f"{take}: nothing was played in it")
    names = (sound.yours, sound.answers, *of_parts(sound.answers))
    instruments = [instrument(name, RATE_HZ) for name in names]
    file = out or take.with_suffix(".wav")
    seconds = write_wav(file, mixed(voices, instruments))
    told = {"wav": str(file), "seconds": round(seconds, 3)}
    click.echo(json.dumps(told) if as_json else f"The sound of the take is {file}: {length(seconds)}.")


def _as_json(one: Listed) -> dict[str, Any]:
    return {**asdict(one), "path": str(one.path)}


def _table(found: list[Listed]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column in _RIGHT else "left", no_wrap=column == "take")
    for one in found:
        table.add_row(*_row(one))
    return table


def _row(one: Listed) -> tuple[str, ...]:
    if one.summary is None:
        return one.path.name, "", "", "", "", one.model, one.wrong
    of = one.summary
    counts = (length(of.seconds), str(of.phrases), str(of.answers))
    return one.path.name, *counts, ", ".join(of.keys), one.model, _remark(one)


def _remark(one: Listed) -> str:
    remarks = []
    if one.recording:
        remarks.append("is being recorded")
    elif one.summary is not None and one.summary.cut_off:
        remarks.append("was cut off")
    if one.continues:
        remarks.append(f"continues {one.continues}")
    return "; ".join(remarks)
