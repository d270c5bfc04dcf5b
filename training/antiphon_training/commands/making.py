"""The commands that make a model of songs. Heavy imports wait until a command needs them."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from antiphon.midi.voice_choice import Wanted


def voice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which voice of a file with several is the melody."""
    command = click.option(
        "--channel", type=click.IntRange(1, 16), help="The channel that has the melody, in MIDI files."
    )(command)
    return click.option(
        "--track", metavar="NAME|NUMBER", help="The track that has the melody, instead of our choice."
    )(command)


@click.command()
@click.option(
    "--corpus",
    metavar="NAME",
    help="A collection in music21: german, han, irish, all; essen, oneills, ryans, airds; or essen/erk.",
)
@click.option(
    "--scores", type=click.Path(path_type=Path), help="A folder of kern, abc, musicxml or midi scores."
)
@click.option("--title", help="What the songs of --scores are, for the cards of models that learn them.")
@click.option("--licence", help="On what terms the songs of --scores may be used, for the same cards.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The data folder to make.")
@click.option(
    "--recipe",
    type=click.Choice(["seed", "stream", "default"]),
    default="default",
    show_default=True,
    help="seed: sixteenths, without songs that have lengths off its list; stream: sixteenths, other lengths "
    "rounded; default: 24 steps a quarter.",
)
@voice_options
@click.option("--verbose", is_flag=True, help="Say which voice of each file is read.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default=True, help="Worker processes."
)
@click.option(
    "--dask",
    metavar="ADDRESS|local",
    help="Work on the Dask cluster of the scheduler at this address (tcp://HOST:8786), or on a local one.",
)
@click.option("--cache", type=click.Path(path_type=Path), help="Where readings are kept [~/.cache/antiphon].")
@click.option("--sequence-length", type=click.IntRange(1), default=64, show_default=True)
@click.option("--limit", type=click.IntRange(1), help="Read only the first so many songs.")
@click.option("--force", is_flag=True, help="Replace a data folder that is there.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
def prepare(
    corpus: str | None,
    scores: Path | None,
    title: str | None,
    licence: str | None,
    out: Path,
    recipe: str,
    track: str | None,
    channel: int | None,
    verbose: bool,
    jobs: int,
    dask: str | None,
    cache: Path | None,
    sequence_length: int,
    limit: int | None,
    force: bool,
    as_json: bool,
) -> None:
    """Read scores, filter, transpose and encode them, and split them for training."""
    from antiphon_training.commands.prepare_command import prepare_folder, table

    counts = prepare_folder(
        corpus,
        scores,
        out,
        jobs=jobs,
        dask=dask,
        cache=cache,
        sequence_length=sequence_length,
        limit=limit,
        force=force,
        recipe=recipe,
        wanted=Wanted(track, channel),
        verbose=verbose,
        title=title,
        licence=licence,
    )
    click.echo(json.dumps(counts, indent=1, ensure_ascii=False) if as_json else table(counts))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--steps-per-quarter", type=click.IntRange(1, 48), default=4, show_default=True, help="The grid's steps."
)
@voice_options
@click.option("--json", "as_json", is_flag=True, help="With notes, track, key, meter and pickup, as JSON.")
def encode(file: Path, steps_per_quarter: int, track: str | None, channel: int | None, as_json: bool) -> None:
    """Print what `prepare` makes of a file: the melody of each song as symbols, in its own key."""
    from antiphon_training.commands.encode_command import encode_file, lines

    songs = encode_file(file, Wanted(track, channel), steps_per_quarter)
    click.echo(json.dumps(songs) if as_json else lines(songs))


@click.command()
@click.option(
    "--recipe", type=click.Choice(["seed", "stream", "default"]), default="default", show_default=True
)
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="A data folder that `prepare` made."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The run folder to make.")
@click.option("--epochs", type=int, help="At most so many epochs [seed 50; stream 80; default 40].")
@click.option("--units", type=int, help="Units of the LSTM layer [256].")
@click.option("--max-minutes", type=float, help="Begin no epoch that would end later than this.")
@click.option("--random-seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--threads", type=click.IntRange(1), help="Cores to compute on [as TensorFlow chooses].")
@click.option("--resume", is_flag=True, help="Go on with a run exactly where it stands.")
@click.option("--force", is_flag=True, help="Replace a run folder that is there.")
def fit(
    recipe: str,
    data: Path,
    out: Path,
    epochs: int | None,
    units: int | None,
    max_minutes: float | None,
    random_seed: int,
    threads: int | None,
    resume: bool,
    force: bool,
) -> int:
    """Train the network; Ctrl-C stops it and keeps the best so far."""
    from antiphon_training.commands.fit_command import fit_folder

    return fit_folder(
        recipe,
        data,
        out,
        epochs=epochs,
        units=units,
        max_minutes=max_minutes,
        random_seed=random_seed,
        threads=threads,
        resume=resume,
        force=force,
    )


@click.command()
@click.option("--run", type=click.Path(path_type=Path), required=True, help="A run folder that `fit` made.")
@click.option(
    "--data", type=click.Path(path_type=Path), required=True, help="The data folder it learned from."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The bundle's folder to write.")
@click.option("--name", required=True, help="The model's name, as Antiphon shows it.")
@click.option("--description", default="", help="One line on the model, for its card.")
@click.option("--half", is_flag=True, help="Store the weights in half the bytes, rounded.")
def export(run: Path, data: Path, out: Path, name: str, description: str, half: bool) -> None:
    """Write a model bundle, after the daemon's arithmetic was checked against Keras."""
    from antiphon_training.export.export import export as write_bundle
    from antiphon_training.export.export import line

    click.echo(line(write_bundle(run, data, out, name, description, half)))


@click.command()
@click.argument("places", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The bundle's folder to write.")
@click.option("--from", "begin_from", metavar="MODEL", help="A model to begin with: essen, or any bundle.")
@click.option("--minutes", type=float, default=20, show_default=True, help="The most minutes to train.")
@click.option("--units", type=int, help="Units of the LSTM layer, without --from [256].")
@click.option("--random-seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default=True, help="Worker processes."
)
@click.option("--cache", type=click.Path(path_type=Path), help="Where readings are kept [~/.cache/antiphon].")
@click.option("--threads", type=click.IntRange(1), help="Cores to compute on [as TensorFlow chooses].")
def learn(
    places: tuple[Path, ...],
    out: Path,
    begin_from: str | None,
    minutes: float,
    units: int | None,
    random_seed: int,
    jobs: int,
    cache: Path | None,
    threads: int | None,
) -> int:
    """Make a model of your own songs: scores, and what you played in takes of Antiphon.

    Ctrl-C ends it sooner and writes the best model so far.
    """
    from antiphon_training.commands.learn_command import Learning
    from antiphon_training.commands.learn_command import learn as learn_songs

    return learn_songs(Learning(places, out, begin_from, minutes, units, random_seed, jobs, cache, threads))


@click.command("import")
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--mapping", type=click.Path(path_type=Path), required=True, help="The mapping.json of its training."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The bundle's folder to write.")
@click.option("--name", help="The model's name, as Antiphon shows it [the name of --out].")
@click.option("--description", default="", help="One line on the model, for its card.")
def import_model(model: Path, mapping: Path, out: Path, name: str | None, description: str) -> None:
    """Make a bundle of a model.h5 or .keras that the classic recipe (`--recipe seed`) trained elsewhere."""
    from antiphon_training.export.import_model import import_model as write_bundle
    from antiphon_training.export.import_model import line

    click.echo(line(write_bundle(model, mapping, out, name or out.resolve().name, description)))


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file to write.")
@click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default=True, help="Worker processes."
)
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
def harmony(folder: Path, out: Path, jobs: int, as_json: bool) -> None:
    """Fit the chords to your own songs: a table for `[harmony] table`.

    The songs are scores with chord symbols in ABC or MusicXML. Of few songs little is believed: the table
    stays near the theory that ships.
    """
    from antiphon_training.commands.harmony_command import write_table

    written = write_table(folder, out, jobs)
    click.echo(json.dumps(written.as_plain(), ensure_ascii=False) if as_json else written.lines)
