"""A model that Keras saved and the mapping it was trained with become a bundle that Antiphon plays."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from antiphon import bundle
from antiphon.bundle import Architecture, Bundle, Card, Corpus, Split
from antiphon.compose.lstm_weights import LstmStackWeights, LstmWeights, SymbolWeights
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure, shown
from antiphon.files.read import parse_json, read_file
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.data.preprocess import KEY_RULE, SEQUENCE_LENGTH
from antiphon_training.export.foreign_file import ForeignModel, read_foreign

MAX_MAPPING_BYTES = 1 << 20


def import_model(model: Path, mapping: Path, out: Path, name: str, description: str) -> Bundle:
    """Write a bundle. Raises WrongUse or Failure, and writes nothing, where the files cannot be one."""
    symbols = read_mapping(mapping)
    vocabulary = _vocabulary(symbols, mapping)
    foreign = read_foreign(model)
    if foreign.weights.symbols != len(symbols):
        raise Failure(
            f"{mapping}: names {len(symbols)} symbols, and {model} was trained on {foreign.weights.symbols}; "
            "the mapping must be the one of its training"
        )
    order = [symbols[symbol] for symbol in vocabulary.symbols]
    weights = in_order(foreign.weights, order)
    card = _card(name, description or f"imported from {model.name}", vocabulary, weights, foreign, model)
    return bundle.save(out, card, weights)


def read_mapping(path: Path) -> dict[str, int]:
    """Symbol → id, each id from 0 once. Raises Failure naming the file and what is wrong."""
    try:
        found = parse_json(read_file(path, MAX_MAPPING_BYTES))
    except ValueError as error:
        raise Failure(f"{path}: not JSON: {error}") from None
    if not isinstance(found, dict) or not all(type(number) is int for number in found.values()):
        raise Failure(f"{path}: a mapping must name an integer for each symbol, got {shown(found)}")
    if sorted(found.values()) != list(range(len(found))):
        raise Failure(f"{path}: a mapping must use each of 0–{len(found) - 1} once")
    return found


def _vocabulary(symbols: dict[str, int], path: Path) -> Vocabulary:
    """Of the same symbols, in the order that Antiphon keeps them in."""
    try:
        return Vocabulary.sorted_of(symbols)
    except ValueError as error:
        raise Failure(f"{path}: {error}") from None


def in_order(weights: SymbolWeights, order: list[int]) -> SymbolWeights:
    """The same network with its symbols in another order: `order[i]` is the old id of the new id i."""
    out = {"out_kernel": weights.out_kernel[:, order], "out_bias": weights.out_bias[order]}
    out = {name: np.ascontiguousarray(array) for name, array in out.items()}
    if isinstance(weights, LstmWeights):
        return replace(weights, kernel=np.ascontiguousarray(weights.kernel[order]), **out)
    first, *above = weights.layers
    moved = replace(first, kernel=np.ascontiguousarray(first.kernel[order]))
    return LstmStackWeights((moved, *above), **out)


def _card(
    name: str,
    description: str,
    vocabulary: Vocabulary,
    weights: SymbolWeights,
    foreign: ForeignModel,
    model: Path,
) -> Card:
    """What the files say; they name no songs, so there is no licence, no split and no figure."""
    recipe: dict[str, Any] = {"imported": model.name, "layers": [layer.units for layer in weights.layers]}
    return Card(
        name=name,
        description=description,
        vocabulary=vocabulary.symbols,
        steps_per_quarter=STEPS_PER_QUARTER,
        key_rule=KEY_RULE,
        architecture=Architecture.model_validate({"kind": weights.kind, "units": weights.units}),
        context="window",
        window_length=foreign.steps or SEQUENCE_LENGTH,
        recipe=recipe,
        corpus=Corpus(
            name="not named", title="the songs that it was trained on", licence="as their owner says"
        ),
        split=Split(rule="not known", train=0, valid=0, test=0),
        figures=(),
        weights_sha256="",
    )


def line(written: Bundle) -> str:
    """What was written, in one line for a person."""
    units = ", ".join(str(units) for units in written.card.recipe["layers"])
    return (
        f"{written.folder}: LSTM {units}, {len(written.vocabulary)} symbols, window of "
        f"{written.window_length}; play it: antiphon play --model {written.folder}"
    )
