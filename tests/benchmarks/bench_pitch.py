"""Bits of a pitch, lengths summed out, in six collections where those of IDyOM are known (Pearce 2005).

They are `elsass`, `jugoslav`, `schweiz`, `oesterrh`, `kinder` and `shanxi` of the Essen collection in Kern,
each in a folder of its name. They are not part of Antiphon, and music21 has only `kinder`. Make the data with
`antiphon-train prepare --scores FOLDER --out DIR`. Wanted: a mean of at most 2.40.

    nice python tests/benchmarks/bench_pitch.py --data DIR --model essen --learned LEARNED
    nice python tests/benchmarks/bench_pitch.py --data DIR --folds 10 --units 128 --epochs 20

The first is quick: a finished model, asked about all songs that have no variant among the training songs of
LEARNED, the data folder that it learned from. The second trains a network for each fold, on the songs of the
other folds of all collections in DIR, and asks it about the tenth. Variants of a song are in the same fold. A
tenth of the other songs chooses the epoch and the weights of the memory.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

import numpy as np
from rich.progress import Progress

from antiphon_training.data.clusters import clusters
from antiphon_training.data.dataset import Dataset, Song, load_dataset
from antiphon_training.data.variants import runs
from antiphon_training.export.export import experienced
from antiphon_training.fit.progress import TrainingBar
from antiphon_training.fit.train import fit
from antiphon_training.recipe import RECIPES
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut, evaluated_model
from antiphon_training.score.pitch_bits import PitchScore, collection_of, pitch_scores
from antiphon_training.score.pitch_table import IDYOM, table

Named = tuple[str, HeldOut]


def roots(songs: Sequence[Song]) -> list[int]:
    """For each song the number of the first song of its cluster of variants."""
    own = [runs(song.stream) for song in songs]
    return clusters(np.concatenate(own), np.array([len(each) for each in own])).tolist()


def unheard(data: Dataset, learned: Dataset) -> list[Song]:
    """The songs that have no variant among the training songs of `learned`."""
    trained = learned.of("train")
    own = roots([*data.songs, *trained])
    heard = set(own[len(data.songs) :])
    return [song for song, root in zip(data.songs, own, strict=False) if root not in heard]


def held_out(data: Dataset, songs: Sequence[Song], what: EvaluatedModel) -> list[Named]:
    """Those of the six collections that the model's grid can say."""
    named = ((collection_of(song.source), HeldOut(song.stream, data.bars_of(song))) for song in songs)
    return [(name, song) for name, song in named if name in IDYOM and what.says(song)]


def folds(data: Dataset, number: int) -> Iterator[tuple[Dataset, list[Song]]]:
    """For each fold the songs to learn from, and those to be asked about."""
    own = roots(data.songs)
    order = {root: place for place, root in enumerate(np.random.default_rng(0).permutation(sorted({*own})))}
    places = [order[root] for root in own]
    for fold in range(number):
        split = ["valid" if place // number % 10 == 0 else "train" for place in places]
        kept = zip(data.songs, places, split, strict=True)
        songs = tuple(replace(song, split=to) for song, place, to in kept if place % number != fold)
        asked = [song for song, place in zip(data.songs, places, strict=True) if place % number == fold]
        yield replace(data, songs=songs), asked


def trained(data: Dataset, units: int, epochs: int) -> EvaluatedModel:
    """A network of its own with its memory."""
    recipe = RECIPES["default"].with_settings(epochs=epochs, units=units)
    with tempfile.TemporaryDirectory() as folder, TrainingBar(epochs, None) as bar:
        run = Path(folder) / "network"
        fit(recipe, data, run, bar)
        return experienced(evaluated_model(str(run)), data)


def joined(parts: Sequence[PitchScore]) -> PitchScore:
    """The same collection asked about in several folds."""
    notes = sum(part.notes for part in parts)
    alone, remembering = (
        sum(part.notes * (getattr(part, kind) or 0.0) for part in parts) / notes
        for kind in ("alone", "remembering")
    )
    return PitchScore(parts[0].collection, sum(part.songs for part in parts), notes, alone, remembering)


def in_folds(data: Dataset, number: int, units: int, epochs: int) -> list[PitchScore]:
    found = []
    for learned, asked in folds(data, number):
        what = trained(learned, units, epochs)
        found += pitch_scores(what, held_out(data, asked, what))
    names = sorted({score.collection for score in found})
    return [joined([score for score in found if score.collection == name]) for name in names]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--learned", type=Path)
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--units", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--most", type=int, help="so many songs of each collection, the first ones by chance")
    args = parser.parse_args()
    data = load_dataset(args.data)
    if args.model:
        what = evaluated_model(args.model)
        songs = unheard(data, load_dataset(args.learned)) if args.learned else list(data.songs)
        asked = sample(held_out(data, songs, what), args.most)
        with Progress() as bar:
            task = bar.add_task("songs", total=len(asked))
            scores = pitch_scores(what, asked, lambda: bar.advance(task))
    else:
        scores = in_folds(data, args.folds, args.units, args.epochs)
    print(table({args.model or "folds": scores}))
    alone, remembering = fmean(s.alone for s in scores), fmean(s.remembering or s.alone for s in scores)
    print(f"mean of {len(scores)} collections: {alone:.3f} alone, {remembering:.3f} with memory")


def sample(songs: Sequence[Named], most: int | None) -> list[Named]:
    order = np.random.default_rng(0).permutation(len(songs))
    taken: dict[str, list[Named]] = {}
    for place in order:
        taken.setdefault(songs[place][0], []).append(songs[place])
    return [song for name in sorted(taken) for song in taken[name][:most]]


if __name__ == "__main__":
    main()
