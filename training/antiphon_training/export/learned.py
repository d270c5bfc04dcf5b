"""What was learned of a musician's songs becomes a bundle; and whether learning was worth it."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from antiphon import bundle
from antiphon.bundle import Bundle
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.symbols import END, HOLD
from antiphon_training.data.dataset import Dataset
from antiphon_training.data.own_songs import renamed_split
from antiphon_training.data.song_events import event_songs
from antiphon_training.export.export import card_of, check_agreement, experienced, read_keras
from antiphon_training.fit import run_folder
from antiphon_training.fit.train import Outcome
from antiphon_training.score.evaluate import score
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut
from antiphon_training.score.event_bits import song_bits


@dataclass(frozen=True, slots=True)
class Beginning:
    """A bundle to begin from, its weights in the joined vocabulary, its bits on held-out songs."""

    bundle: Bundle
    weights: EventWeights
    valid_bits: float

    def beats(self, outcome: Outcome) -> bool:
        """Whether no epoch was better than it."""
        return outcome.best is None or outcome.best.valid_bits >= self.valid_bits


def valid_bits(weights: EventWeights, dataset: Dataset) -> float:
    """Bits per symbol of the held-out songs of a dataset, as training counts them."""
    songs, vocabulary = event_songs(dataset, "valid"), dataset.vocabulary
    bits = song_bits(weights, songs, vocabulary.id(HOLD), vocabulary.id(END), dataset.event_grid)
    return float(bits.sum() / sum(song.stream_symbols for song in songs))


def write_learned(
    out: Path, name: str, run: Path, own: Dataset, begun: Beginning | None, outcome: Outcome
) -> Bundle:
    """Write the best network as a bundle, with the learning curve. `own`: the musician's songs alone.

    Raises Failure, and writes nothing, where numpy and Keras disagree.
    """
    about = run_folder.read_run(run)
    if begun is not None and begun.beats(outcome):
        weights: Any = begun.weights
    else:
        weights = run_folder.read_weights(run)
        heard = replace(own, songs=tuple(renamed_split(own.of("valid"), "test")))
        check_agreement(read_keras(run / run_folder.MODEL_FILE), weights, about["recipe"], heard, run)
    recipe = about["recipe"] | ({} if begun is None else {"begun_from": begun.bundle.card.name})
    what = EvaluatedModel(
        name, weights, own.vocabulary, recipe["context"], recipe["window_length"], grid=own.event_grid
    )
    what = experienced(what, own) if begun is None else replace(what, experience=begun.bundle.experience)
    card = card_of(about | {"recipe": recipe}, own, what, own.corpus["title"][:200])
    written = bundle.save(out, card, what.weights)
    if (curve := run / run_folder.CURVE_FILE).is_file():
        shutil.copyfile(curve, out / run_folder.CURVE_FILE)
    return written


def bits_a_note(found: Bundle, songs: list[HeldOut]) -> float:
    """Without memory."""
    card = found.card
    what = EvaluatedModel(
        card.name, found.weights, found.vocabulary, card.context, card.window_length, grid=found.grid
    )
    return score("", what.bits(songs), songs).bits_per_onset
