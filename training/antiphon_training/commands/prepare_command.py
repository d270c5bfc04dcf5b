"""The `prepare` command: from its options to a data folder, with progress on stderr and counts for stdout."""

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from antiphon.bundle import MOST_IN_A_LINE
from antiphon.errors import WrongUse, shown
from antiphon.midi.voice_choice import ANY_VOICE, Wanted
from antiphon_training.corpus.cache import ParseCache, default_folder
from antiphon_training.corpus.corpus import Corpus, collection, each_score, music21_corpus, score_paths
from antiphon_training.corpus.dask_workers import dask_client, work_with_dask
from antiphon_training.corpus.songs import Score
from antiphon_training.corpus.workers import Done, Job, in_order, work_on_all
from antiphon_training.data.encoding import Outcome, Refusal, ScoreEncoder, outcomes_of
from antiphon_training.data.folder import data_folder, fill
from antiphon_training.data.gridding import ACCEPTABLE_DURATIONS
from antiphon_training.data.prepare import prepare_outcomes, summary
from antiphon_training.data.song_file import SongFile
from antiphon_training.recipe import RECIPES

Workers = Callable[[Iterable[Job], ScoreEncoder], Iterator[Done[tuple[Outcome, ...]]]]


def prepare_folder(
    corpus_name: str | None,
    scores: Path | None,
    out: Path,
    *,
    jobs: int,
    dask: str | None,
    cache: Path | None,
    sequence_length: int,
    limit: int | None,
    force: bool,
    recipe: str = "default",
    wanted: Wanted = ANY_VOICE,
    verbose: bool = False,
    title: str | None = None,
    licence: str | None = None,
) -> dict[str, Any]:
    """Make a data folder; returns the counts. `dask`: "local" or the address of a scheduler.

    `title` and `licence` are said of a folder of scores; a collection has its own.
    Songs go to disk as they come, so that any number of them fits. Raises WrongUse and Failure.
    """
    music21_corpus()
    corpus, paths, folder = _find(corpus_name, scores, title, licence)
    acceptable = ACCEPTABLE_DURATIONS if recipe == "seed" else None
    steps_per_quarter = RECIPES[recipe].steps_per_quarter
    with data_folder(out, force) as beside, _workers(jobs, dask) as work:
        songs = SongFile(beside / "kept.jsonl")
        found = _Found(paths, folder, limit, wanted)
        encoder = ScoreEncoder(_usable(cache), acceptable, steps_per_quarter)
        with closing(_outcomes(found, work, encoder, verbose)) as outcomes:
            prepared = prepare_outcomes(
                corpus, outcomes, sequence_length, songs, acceptable, steps_per_quarter
            )
        fill(beside, prepared)
        songs.remove()
        return summary(prepared)


def _find(
    name: str | None, folder: Path | None, title: str | None, licence: str | None
) -> tuple[Corpus, list[Path], Path]:
    """The corpus, its files, and the folder from which they are named."""
    if (name is None) == (folder is None):
        raise WrongUse("say either --corpus NAME or --scores FOLDER")
    if name is not None:
        if title is not None or licence is not None:
            raise WrongUse("--title and --licence go with --scores: a collection has its own")
        corpus, paths = collection(name)
        return corpus, paths, Path(os.path.commonpath([path.parent for path in paths]))
    assert folder is not None
    own = folder.resolve().name
    corpus = Corpus(
        own,
        _line("--title", title, f"scores in {own}"),
        _line("--licence", licence, "as the owner of the scores says"),
    )
    return corpus, score_paths(folder), folder


def _line(option: str, said: str | None, otherwise: str) -> str:
    """What is said, or else; one line that a model's card can hold."""
    if said is None:
        return otherwise
    if not (said.strip() and said.isprintable() and len(said) <= MOST_IN_A_LINE):
        raise WrongUse(f"{option} must be one line of 1–{MOST_IN_A_LINE} characters, got {shown(said)}")
    return said.strip()


@dataclass(frozen=True, slots=True)
class _Found:
    """The scores in some files, up to a limit; read from disk each time they are asked for."""

    paths: list[Path]
    folder: Path
    limit: int | None
    wanted: Wanted

    def __iter__(self) -> Iterator[Score]:
        scores = islice(each_score(self.paths, self.folder), self.limit)
        return (replace(score, wanted=self.wanted) for score in scores)


@contextmanager
def _workers(jobs: int, dask: str | None) -> Iterator[Workers]:
    if dask is None:
        yield lambda scores, encoder: work_on_all(scores, jobs, encoder)
        return
    with dask_client(dask, jobs) as client:
        yield lambda scores, encoder: work_with_dask(client, scores, encoder)


def _usable(cache: Path | None) -> Path | None:
    """The folder for readings, or None where nothing can be kept there, which is said."""
    folder = cache or default_folder()
    if ParseCache(folder).can_be_written():
        return folder
    print(f"the cache {folder} cannot be written; the next run reads all again", file=sys.stderr)
    return None


def _outcomes(
    scores: _Found, work: Workers, encoder: ScoreEncoder, verbose: bool
) -> Generator[Outcome, None, None]:
    """What becomes of each score, in order, with a bar on stderr; `verbose`: and a line each."""
    columns = (TextColumn("reading scores"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        task = progress.add_task("", total=sum(1 for _ in scores))
        for result in in_order(work(enumerate(scores), encoder)):
            outcomes = outcomes_of(result)
            for outcome in outcomes if verbose else ():
                progress.console.print(_outcome_line(outcome), highlight=False, markup=False, soft_wrap=True)
            progress.advance(task)
            yield from outcomes


def _outcome_line(outcome: Outcome) -> str:
    """Which voice of a score was read, and why the score is left out if it is."""
    if isinstance(outcome, Refusal):
        voice = f"{outcome.voice}; " if outcome.voice else ""
        return f"{outcome.source}: {voice}{outcome.reason}: {outcome.detail}"
    return f"{outcome.source}: {outcome.voice or 'its one voice'}"


def table(counts: dict[str, Any]) -> str:
    """The counts as lines to read, the first examples of each reason included."""
    rows = [(name, counts[name], "") for name in ("loaded", "sections")]
    for reason, number in counts["refused"].items():
        rows.append((f"refused: {reason}", number, counts["refused_examples"][reason][0]))
    rows += [(name, counts[name], "") for name in ("duplicates", "kept", "rounded", "shortened", "clusters")]
    rows += [(name, number, "") for name, number in counts["split"].items()]
    rows += [(name, counts[name], "") for name in ("symbols", "vocabulary")]
    wide = max(len(row[0]) for row in rows)
    lines = [f"{name:{wide}}  {number:>8}  {note}".rstrip() for name, number, note in rows]
    return "\n".join([*lines, f"licence: {counts['licence']}"])
