"""The `prepare` command: from its options to a data folder, with progress on stderr and counts for stdout."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from antiphon.errors import WrongUse
from antiphon.midi.voice_choice import ANY_VOICE, Wanted
from antiphon_training.corpus.cache import ParseCache, default_folder
from antiphon_training.corpus.corpus import (
    Corpus,
    Loaded,
    collection,
    load_songs,
    music21_corpus,
    score_paths,
    scores_of,
)
from antiphon_training.corpus.songs import Score
from antiphon_training.data.folder import check_out, write_data_folder
from antiphon_training.data.gridding import ACCEPTABLE_DURATIONS
from antiphon_training.data.prepare import prepare, summary


def prepare_folder(
    corpus_name: str | None,
    scores: Path | None,
    out: Path,
    *,
    jobs: int,
    cache: Path | None,
    sequence_length: int,
    limit: int | None,
    force: bool,
    recipe: str = "default",
    wanted: Wanted = ANY_VOICE,
    verbose: bool = False,
) -> dict[str, Any]:
    """Make a data folder; returns the counts. Raises WrongUse and Failure."""
    check_out(out, force)
    music21_corpus()
    corpus, found = _find(corpus_name, scores)
    chosen = [replace(score, wanted=wanted) for score in found[:limit]]
    loaded = _load(chosen, jobs, ParseCache(cache or default_folder()))
    if verbose:
        _say_voices(loaded)
    prepared = prepare(corpus, loaded, sequence_length, ACCEPTABLE_DURATIONS if recipe == "seed" else None)
    write_data_folder(prepared, out, force)
    return summary(prepared)


def _find(name: str | None, folder: Path | None) -> tuple[Corpus, list[Score]]:
    if (name is None) == (folder is None):
        raise WrongUse("say either --corpus NAME or --scores FOLDER")
    if name is not None:
        corpus, paths = collection(name)
        return corpus, scores_of(paths, Path(os.path.commonpath([path.parent for path in paths])))
    assert folder is not None
    corpus = Corpus(
        folder.resolve().name, f"scores in {folder.resolve().name}", "as the owner of the scores says"
    )
    return corpus, scores_of(score_paths(folder), folder)


def _load(scores: list[Score], jobs: int, cache: ParseCache) -> Loaded:
    columns = (TextColumn("reading scores"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr)) as progress:
        task = progress.add_task("", total=len(scores))
        loaded = load_songs(scores, jobs, cache, lambda: progress.advance(task))
    if not cache.writable:
        print(f"readings could not be kept in {cache.folder}; the next run reads them anew", file=sys.stderr)
    return loaded


def _say_voices(loaded: Loaded) -> None:
    """Which voice of each score was read, or why none was, a line each."""
    said = {song.source: song.voice or "its one voice" for song in loaded.songs}
    said |= {source: f"unreadable: {reason}" for source, reason in loaded.unreadable}
    for source, voice in sorted(said.items()):
        print(f"{source}: {voice}", file=sys.stderr)


def table(counts: dict[str, Any]) -> str:
    """The counts as lines to read, the first examples of each reason included."""
    rows = [("loaded", counts["loaded"], "")]
    for reason, number in counts["refused"].items():
        rows.append((f"refused: {reason}", number, counts["refused_examples"][reason][0]))
    rows += [(name, counts[name], "") for name in ("duplicates", "kept", "rounded", "shortened", "clusters")]
    rows += [(name, number, "") for name, number in counts["split"].items()]
    rows += [(name, counts[name], "") for name in ("symbols", "vocabulary")]
    wide = max(len(row[0]) for row in rows)
    lines = [f"{name:{wide}}  {number:>8}  {note}".rstrip() for name, number, note in rows]
    return "\n".join([*lines, f"licence: {counts['licence']}"])
