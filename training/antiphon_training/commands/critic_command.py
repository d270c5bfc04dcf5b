"""The `critic` command: a bundle answers phrases of songs, and a critic learns what is wrong with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from antiphon import bundle
from antiphon.bundle import Bundle
from antiphon.compose.answer_features import features
from antiphon.errors import Failure
from antiphon_training.commands.progress_bar import watched
from antiphon_training.critic.cuts import cuts_of
from antiphon_training.critic.learn import learn
from antiphon_training.critic.pools import pool, pools
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.answers import speaker_of
from antiphon_training.judge.openings import Opening
from antiphon_training.score.evaluated_model import of_bundle

ANSWERS_EACH = 4  # to one phrase
MOST_TRUTHS = 6000  # continuations of other training songs, without answers beside them


def write_critic(
    name_or_folder: str, data: Path, answers: int, settings: JudgedSettings, random_seed: int
) -> str:
    """Train a critic for a bundle and write it into the bundle; gives a line for a person.

    Raises WrongUse and Failure, and then the bundle is as it was.
    """
    folder = bundle.find(name_or_folder)
    single = replace(settings, candidates=1)  # a critic learns from what it will choose among
    found, dataset = bundle.load(folder, with_critic=False), load_dataset(data)
    _check_split(found, dataset)
    cuts, others = _cuts(dataset, -(-answers // ANSWERS_EACH), random_seed)
    coming = pools(speaker_of(of_bundle(found)), cuts, ANSWERS_EACH, single, random_seed)
    answered = list(watched(coming, len(cuts), f"answers of {found.card.name}"))
    truths = np.array([pool(cut, ()).truth for cut in watched(others, len(others), "other songs")])
    learned = learn(answered, truths.reshape(-1, len(features.NAMES)), random_seed)
    bundle.save_critic(folder, learned.trees)
    return (
        f"{folder}: a critic of {len(learned.trees.leaves)} trees; it tells the songs from "
        f"{len(cuts) * ANSWERS_EACH} answers with AUC {learned.auc:.3f} (0.5: not at all)"
    )


def _check_split(found: Bundle, dataset: Dataset) -> None:
    """The critic must not see the songs that the bundle is tested on."""
    said, held_out = set(found.card.split.test_sources), set(dataset.sources_of("test"))
    if not said <= held_out:
        raise Failure(
            f"{dataset.folder}: its test split lacks {len(said - held_out)} of the {len(said)} test songs of "
            f"{found.folder}; use the data that the bundle was made of"
        )


def _cuts(dataset: Dataset, number: int, random_seed: int) -> tuple[list[Opening], list[Opening]]:
    """So many cuts to be answered, of validation songs as long as there are some, then of training songs; and
    cuts of other songs. Those to be answered are in the order of their songs."""
    chance = np.random.default_rng(random_seed)
    valid, train = (cuts_of(dataset, split) for split in ("valid", "train"))
    order = [*chance.permutation(len(valid)), *(len(valid) + chance.permutation(len(train)))]
    every = [*valid, *train]
    answered = [every[place] for place in sorted(order[:number])]
    sources = {cut.source for cut in answered}
    others = [every[place] for place in order[number:] if every[place].source not in sources]
    return answered, others[-MOST_TRUTHS:]
