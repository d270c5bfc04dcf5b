"""The `learn` command: a musician's own scores and takes become a model, in one go."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from antiphon import bundle
from antiphon.bundle import Bundle
from antiphon.compose.event_weights import EventWeights
from antiphon.errors import DONE, FAILED, INTERRUPTED, WrongUse
from antiphon_training.commands.fit_command import ENDED
from antiphon_training.corpus.cache import ParseCache, default_folder
from antiphon_training.corpus.own_files import own_files, read_own
from antiphon_training.data.dataset import Dataset, Song
from antiphon_training.data.old_songs import old_songs, sample
from antiphon_training.data.own_songs import OwnSongs, dataset_of, own_songs, to_learn
from antiphon_training.export.learned import Beginning, bits_a_note, valid_bits, write_learned
from antiphon_training.fit.progress import TrainingBar
from antiphon_training.fit.train import Outcome, fit
from antiphon_training.network.begin import in_vocabulary
from antiphon_training.network.network import keras, limit_threads
from antiphon_training.recipe import RECIPES, further, of_few_songs
from antiphon_training.score.evaluate import held_out

MOST_MINUTES = 10_000


@dataclass(frozen=True, slots=True)
class Learning:
    """What is asked for. `begin_from`: a bundle's name or folder; None: from nothing."""

    places: tuple[Path, ...]
    out: Path
    begin_from: str | None
    minutes: float
    units: int | None
    random_seed: int
    jobs: int
    cache: Path | None
    threads: int | None

    @property
    def name(self) -> str:
        return self.out.resolve().name


def learn(asked: Learning) -> int:
    """Read, train and write a bundle. Returns the exit code; raises WrongUse or Failure."""
    _check(asked)
    before = None if asked.begin_from is None else _bundle(asked.begin_from)
    steps = RECIPES["default"].steps_per_quarter if before is None else before.steps_per_quarter
    own = _own(asked, steps)
    old = [] if before is None else _old(before, len(own.of("train")), asked)
    corpus = _corpus(asked, own, before)
    with _work_folder(asked.out) as work:
        known = () if before is None else before.vocabulary.symbols
        grid = steps if before is None else before.grid
        dataset = dataset_of(to_learn(own.songs, old), work, corpus, known, grid)
        begun = None if before is None else _beginning(before, dataset)
        outcome = _fit(asked, dataset, work / "run", begun)
        if outcome.best is None and begun is None:
            click.echo(f"{ENDED[outcome.ended]} before an epoch was finished; nothing was written", err=True)
            return INTERRUPTED if outcome.ended == "stopped" else FAILED
        mine = dataset_of(own.songs, work, corpus, dataset.vocabulary.symbols, dataset.event_grid)
        written = write_learned(asked.out, asked.name, work / "run", mine, begun, outcome)
    click.echo(_last_lines(written, mine, old, begun, outcome))
    return INTERRUPTED if outcome.ended == "stopped" else DONE


def _check(asked: Learning) -> None:
    if not 0 < asked.minutes <= MOST_MINUTES:
        raise WrongUse(f"--minutes must be above 0 and at most {MOST_MINUTES}, got {asked.minutes:g}")
    if asked.units is not None and asked.begin_from is not None:
        raise WrongUse("--units cannot be chosen with --from, whose network has its own")
    if not bundle.is_free(asked.out):
        raise WrongUse(f"{asked.out}: exists and is not a model; name another folder")


def _bundle(name: str) -> Bundle:
    found = bundle.load(bundle.find(name))
    if not isinstance(found.weights, EventWeights):
        raise WrongUse(
            f"--from {name}: learning goes on only from a model over notes and rests, "
            f"and it is one over symbols ({found.weights.kind})"
        )
    return found


def _own(asked: Learning, steps_per_quarter: int) -> OwnSongs:
    found = own_files(asked.places)
    cache = ParseCache(asked.cache or default_folder())
    with _bar("reading scores", len(found.scores)) as seen:
        songs, unreadable = read_own(found, asked.jobs, cache, seen)
    own = own_songs(songs, found.phrases, unreadable, steps_per_quarter)
    sizes = {split: len(own.of(split)) for split in ("train", "valid", "test")}
    click.echo(
        f"{len(own.songs)} songs and phrases: {sizes['train']} to learn, {sizes['valid']} to choose the best "
        f"epoch by, {sizes['test']} to test; of {len(found.scores)} scores and {found.takes} takes",
        err=True,
    )
    for reason, number in own.refusals.counts.most_common():
        click.echo(f"left out: {reason}: {number}, as {own.refusals.examples[reason][0]}", err=True)
    if own.duplicates:
        click.echo(f"left out: the same song again: {own.duplicates}", err=True)
    return own


def _old(before: Bundle, learned: int, asked: Learning) -> list[Song]:
    """Songs that the model is to keep; none where they are not on this machine, which is said."""
    chosen = sample(before.card, learned)
    with _bar(f"reading songs of {before.card.name}", len(chosen)) as seen:
        cache = ParseCache(asked.cache or default_folder())
        songs = old_songs(chosen, asked.jobs, cache, seen, before.steps_per_quarter)
    if not all(any(song.split == split for song in songs) for split in ("train", "valid")):
        click.echo(
            f"the songs of {before.card.name} ({before.card.corpus.title}) are not on this machine: "
            "only yours are learned, and the model may forget others",
            err=True,
        )
        return []
    return songs


def _corpus(asked: Learning, own: OwnSongs, before: Bundle | None) -> dict[str, str]:
    title, licence = f"{len(own.songs)} songs of the user", "as the owner of the songs says"
    if before is not None:
        title += f", learned by {before.card.name} ({before.card.corpus.title})"
        licence += f"; and of {before.card.name}: {before.card.corpus.licence}"
    return {"name": asked.name, "title": title[:1000], "licence": licence[:1000]}


def _beginning(before: Bundle, dataset: Dataset) -> Beginning:
    assert isinstance(before.weights, EventWeights)
    weights = in_vocabulary(before.weights, before.vocabulary, dataset.vocabulary)
    return Beginning(before, weights, valid_bits(weights, dataset))


def _fit(asked: Learning, dataset: Dataset, run: Path, begun: Beginning | None) -> Outcome:
    recipe = RECIPES["default"]
    recipe = (
        of_few_songs(recipe.with_settings(units=asked.units))
        if begun is None
        else further(recipe.with_settings(units=begun.weights.units))
    )
    keras() if asked.threads is None else limit_threads(asked.threads)
    with TrainingBar(recipe.epochs, asked.minutes) as bar:
        return fit(
            recipe,
            dataset,
            run,
            bar,
            random_seed=asked.random_seed,
            max_minutes=asked.minutes,
            begin=None if begun is None else begun.weights,
        )


def _last_lines(
    written: Bundle, mine: Dataset, old: list[Song], begun: Beginning | None, outcome: Outcome
) -> str:
    """How it ended, what it gained, and how to play it."""
    songs = held_out(mine, "valid")
    now = bits_a_note(written, songs)
    best = outcome.best.number if outcome.best else 0
    said = f"{ENDED[outcome.ended]}: {now:.2f} bits a note on {len(songs)} held-out songs of yours"
    if begun is None:
        said += f", best epoch {best}"
    elif begun.beats(outcome):
        said = f"{ENDED[outcome.ended]}: no epoch was better than {begun.bundle.card.name}, which was kept"
    else:
        grid = mine.event_grid
        theirs = held_out(dataset_of(old, mine.folder, mine.corpus, grid=grid), "valid") if old else []
        said += f" ({begun.bundle.card.name}: {bits_a_note(begun.bundle, songs):.2f}), best epoch {best}"
        if theirs:
            said += (
                f"; on {len(theirs)} of {begun.bundle.card.name}'s own: {bits_a_note(written, theirs):.2f} "
                f"({bits_a_note(begun.bundle, theirs):.2f})"
            )
    return f"{said}\nplay it: antiphon play --model {written.folder}"


@contextmanager
def _work_folder(out: Path) -> Iterator[Path]:
    """Beside the bundle, gone afterwards."""
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-learning-", dir=out.absolute().parent))
    except OSError as error:
        raise WrongUse(f"{out}: {error.strerror}") from None
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[], object]]:
    """A bar on stderr; what is given moves it on by one."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)
