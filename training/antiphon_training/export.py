"""A run folder becomes a model bundle, after its arithmetic was checked against Keras on real songs."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from antiphon import bundle
from antiphon.bundle import Architecture, Bundle, Card, Corpus, Figures, Split
from antiphon.compose.model import LstmWeights, StreamModel, WindowModel
from antiphon.compose.symbols import END
from antiphon.errors import Failure
from antiphon_training import run_folder
from antiphon_training.batches import Ids, song_ids
from antiphon_training.dataset import Dataset, load_dataset
from antiphon_training.evaluate import Network, count_onsets, score
from antiphon_training.network import Model, keras
from antiphon_training.train import digest

MOST_DIFFERENCE = 1e-5
SONGS_COMPARED = 8
SPLIT_RULE = "80/10/10 by hash of the cluster of variants a song belongs to"


def export(run: Path, data: Path, out: Path, name: str, description: str) -> Bundle:
    """Write the best network of a run folder as a bundle.

    Raises Failure, and writes nothing, where the data are not those of the run or where the numpy step and
    Keras disagree by more than 1e-5 on held-out songs.
    """
    about = run_folder.read_run(run)
    dataset = load_dataset(data)
    _check_data(about, dataset, run, data)
    weights = run_folder.read_weights(run)
    model = _read_keras(run / run_folder.MODEL_FILE)
    network = Network(
        weights, about["recipe"]["context"], about["recipe"]["window_length"], dataset.vocabulary.id(END)
    )
    check_agreement(model, network, song_ids(dataset.songs_of("test"), dataset.vocabulary), run)
    return bundle.save(out, _card(about, dataset, network, name, description), weights)


def _check_data(about: dict[str, Any], dataset: Dataset, run: Path, data: Path) -> None:
    found, said = digest(dataset), about["data"]["sha256"]
    if found != said:
        raise Failure(
            f"{data}: its songs ({found[:12]}…) are not those that {run} was trained on ({said[:12]}…)"
        )


def _read_keras(path: Path) -> Model:
    if not path.is_file():
        raise Failure(f"{path}: no such file; no epoch was finished there")
    try:
        return keras().models.load_model(path, compile=False)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise Failure(f"{path}: Keras cannot read it: {error}") from None


def check_agreement(model: Model, network: Network, songs: Sequence[Ids], run: Path) -> float:
    """The largest difference of a probability, over whole songs (stream) or over windows (window).

    Raises Failure where it is more than 1e-5.
    """
    worst = max((_difference(model, network, song) for song in songs[:SONGS_COMPARED]), default=float("inf"))
    if not worst <= MOST_DIFFERENCE:
        raise Failure(
            f"{run}: {run_folder.WEIGHTS_FILE} in numpy and {run_folder.MODEL_FILE} in Keras differ by "
            f"{worst:.2g} on held-out songs, more than {MOST_DIFFERENCE:g}; nothing was written"
        )
    return worst


def _difference(model: Model, network: Network, song: Ids) -> float:
    heard = np.concatenate([[network.end_id], song]).astype(np.int32)
    if network.context == "stream":
        ours, theirs = (
            _steps(StreamModel(network.weights), heard),
            _keras(model, network.weights, heard[None])[0],
        )
    else:
        length = network.window_length
        ours = _steps(WindowModel(network.weights, length, network.end_id), heard)
        padded = np.concatenate([np.full(length - 1, network.end_id, np.int32), heard])
        theirs = _keras(model, network.weights, np.lib.stride_tricks.sliding_window_view(padded, length))
    return float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else float("inf")


def _steps(model: StreamModel | WindowModel, ids: Iterable[int]) -> NDArray[np.float64]:
    return np.array([model.step(int(symbol)) for symbol in ids])


def _keras(model: Model, weights: LstmWeights, ids: Ids) -> NDArray[np.float32]:
    return np.asarray(model(np.eye(weights.symbols, dtype=np.float32)[ids], training=False))


def _card(about: dict[str, Any], dataset: Dataset, network: Network, name: str, description: str) -> Card:
    return Card(
        name=name,
        description=description,
        vocabulary=dataset.vocabulary.symbols,
        steps_per_quarter=dataset.steps_per_quarter,
        key_rule=dataset.key_rule,
        architecture=Architecture(units=network.weights.units),
        context=network.context,
        window_length=network.window_length,
        recipe=about["recipe"] | {"random_seed": about["random_seed"]} | (about["figures"] or {}),
        corpus=Corpus(**dataset.corpus),
        split=Split(
            rule=SPLIT_RULE,
            train=len(dataset.of("train")),
            valid=len(dataset.of("valid")),
            test=len(dataset.of("test")),
            valid_sources=tuple(dataset.sources_of("valid")),
            test_sources=tuple(dataset.sources_of("test")),
        ),
        figures=(_figures(dataset, network, "valid"), _figures(dataset, network, "test")),
        weights_sha256="",
    )


def _figures(dataset: Dataset, network: Network, split: Literal["valid", "test"]) -> Figures:
    songs = dataset.songs_of(split)
    found = score(split, network, song_ids(songs, dataset.vocabulary), count_onsets(songs))
    return Figures(
        split=split,
        songs=len(songs),
        bits_per_symbol=round(found.bits_per_symbol, 4),
        bits_per_onset=round(found.bits_per_onset, 4),
    )


def line(written: Bundle) -> str:
    """What was written, in one line for a person."""
    figures = {found.split: f"{found.bits_per_symbol:.4f}" for found in written.card.figures}
    said = ", ".join(f"{split} {bits}" for split, bits in figures.items())
    return f"{written.folder}: {written.card.name}, {written.weights.units} units; bits per symbol: {said}"
