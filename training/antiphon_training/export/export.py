"""A run folder becomes a model bundle, after its arithmetic was checked against Keras on real songs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from antiphon import bundle
from antiphon.bundle import Architecture, Bundle, Card, Corpus, Figures, Split
from antiphon.errors import Failure
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon.weights import Weights, rounded
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.export.keras_parity import largest_difference
from antiphon_training.export.starts import starts_of
from antiphon_training.fit import run_folder
from antiphon_training.fit.train import digest
from antiphon_training.network.keras_file import check_keras_file
from antiphon_training.network.network import Model, keras
from antiphon_training.score.evaluate import held_out, score
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut
from antiphon_training.score.memory_weights import Floats, fit, gather

MOST_DIFFERENCE = 1e-5
_MEASURED: tuple[Literal["valid", "test"], ...] = ("valid", "test")
SPLIT_RULE = "80/10/10 by hash of the cluster of variants a song belongs to"


def export(run: Path, data: Path, out: Path, name: str, description: str, half: bool = False) -> Bundle:
    """Write the best network of a run folder as a bundle.

    `half` stores its weights in half the bytes; the card's figures are those of the rounded weights.
    Raises Failure, and writes nothing, where the data are not those of the run or where the numpy step and
    Keras disagree by more than 1e-5 on held-out songs.
    """
    about = run_folder.read_run(run)
    dataset = load_dataset(data)
    _check_data(about, dataset, run, data)
    weights = run_folder.read_weights(run)
    check_agreement(read_keras(run / run_folder.MODEL_FILE), weights, about["recipe"], dataset, run)
    recipe = about["recipe"]
    what = EvaluatedModel(
        name,
        _rounded(weights, run) if half else weights,
        dataset.vocabulary,
        recipe["context"],
        recipe["window_length"],
        grid=dataset.event_grid,
    )
    return bundle.save(out, card_of(about, dataset, experienced(what, dataset), description), weights, half)


def _rounded(weights: Weights, run: Path) -> Weights:
    try:
        return rounded(weights)
    except ValueError as error:
        raise Failure(f"{run}: its weights do not fit into half the bytes: {error}") from None


def _check_data(about: dict[str, Any], dataset: Dataset, run: Path, data: Path) -> None:
    found, said = digest(dataset), about["data"]["sha256"]
    if found != said:
        raise Failure(
            f"{data}: its songs ({found[:12]}…) are not those that {run} was trained on ({said[:12]}…)"
        )


def read_keras(path: Path) -> Model:
    """A model that our training wrote. Raises Failure."""
    if not path.is_file():
        raise Failure(f"{path}: no such file; no epoch was finished there")
    check_keras_file(path)
    try:
        return keras().models.load_model(path, compile=False, safe_mode=True)
    except (ValueError, OSError, KeyError, TypeError) as error:
        raise Failure(f"{path}: Keras cannot read it: {error}") from None


def check_agreement(
    model: Model, weights: Weights, recipe: dict[str, Any], dataset: Dataset, run: Path
) -> None:
    """Raises Failure where numpy and Keras disagree on songs of the test split."""
    worst = largest_difference(model, weights, recipe["context"], recipe["window_length"], dataset)
    if not worst <= MOST_DIFFERENCE:
        raise Failure(
            f"{run}: {run_folder.WEIGHTS_FILE} in numpy and {run_folder.MODEL_FILE} in Keras differ by "
            f"{worst:.2g} on held-out songs, more than {MOST_DIFFERENCE:g}; nothing was written"
        )


def card_of(about: dict[str, Any], dataset: Dataset, what: EvaluatedModel, description: str) -> Card:
    """What a bundle says of itself; `about` is the run's `run.json`."""
    recipe, weights = about["recipe"], what.weights
    return Card(
        name=what.name,
        description=description,
        vocabulary=dataset.vocabulary.symbols,
        steps_per_quarter=dataset.steps_per_quarter,
        lengths=what.grid.lengths if what.grid.steps_per_quarter != STEPS_PER_QUARTER else None,
        key_rule=dataset.key_rule,
        architecture=Architecture.model_validate({"kind": weights.kind, "units": weights.units}),
        context=recipe["context"],
        window_length=recipe["window_length"],
        recipe=recipe | {"random_seed": about["random_seed"]} | (about["figures"] or {}),
        corpus=Corpus(**dataset.corpus),
        split=Split(
            rule=SPLIT_RULE,
            train=len(dataset.of("train")),
            valid=len(dataset.of("valid")),
            test=len(dataset.of("test")),
            valid_sources=tuple(dataset.sources_of("valid")),
            test_sources=tuple(dataset.sources_of("test")),
        ),
        figures=tuple(_figures(what, dataset, split) for split in _MEASURED if dataset.of(split)),
        experience=None if what.experience is None else what.experience.weights,
        starts=starts_of(dataset),
        weights_sha256="",
    )


def _figures(what: EvaluatedModel, dataset: Dataset, split: Literal["valid", "test"]) -> Figures:
    songs = held_out(dataset, split)
    alone = score("", what.bits(songs), songs)
    told = _per_onset(what.bits(songs, told=True), songs) if what.knows_form else None
    told_with_memory = _per_onset(what.bits_remembering(songs, told=True), songs) if what.knows_form else None
    return Figures(
        split=split,
        songs=len(songs),
        bits_per_symbol=round(alone.bits_per_symbol, 4),
        bits_per_onset=round(alone.bits_per_onset, 4),
        bits_per_onset_with_memory=_per_onset(what.bits_remembering(songs), songs),
        bits_per_onset_told=told,
        bits_per_onset_told_with_memory=told_with_memory,
    )


def _per_onset(bits: Floats | None, songs: Sequence[HeldOut]) -> float | None:
    return None if bits is None else round(score("", bits, songs).bits_per_onset, 4)


def experienced(what: EvaluatedModel, dataset: Dataset) -> EvaluatedModel:
    """With what the validation songs say of how much a memory weighs; a window is too slow to ask."""
    songs = held_out(dataset, "valid")
    if what.context == "window" or not songs:
        return what
    return replace(what, experience=fit(gather(what.model(), what.tunes(songs), what.vocabulary)))


def line(written: Bundle) -> str:
    """What was written, in one line for a person."""
    figures = {found.split: f"{found.bits_per_symbol:.4f}" for found in written.card.figures}
    said = ", ".join(f"{split} {bits}" for split, bits in figures.items())
    return f"{written.folder}: {written.card.name}, {written.weights.units} units; bits per symbol: {said}"
