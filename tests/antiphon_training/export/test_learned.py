"""Learning is judged on held-out songs as training counts them, and must beat what it began from."""

from pathlib import Path

import pytest

from antiphon import bundle
from antiphon_training.data.dataset import load_dataset
from antiphon_training.export.learned import Beginning, valid_bits
from antiphon_training.fit.run_folder import Epoch
from antiphon_training.fit.train import Outcome
from antiphon_training.fit.trainer import Trainer
from antiphon_training.network.network_kinds import feed_for
from antiphon_training.recipe import RECIPES, further, of_few_songs
from toy_songs import toy_data


def test_bits_are_those_that_training_counts(tmp_path: Path) -> None:
    dataset = load_dataset(toy_data(tmp_path / "data"))
    recipe = RECIPES["default"].with_settings(units=8)
    trainer = Trainer(recipe, dataset.vocabulary, 0)
    counted = trainer.score(feed_for(recipe, dataset).valid())
    assert valid_bits(trainer.weights(), dataset) == pytest.approx(counted, rel=1e-5)


def test_the_beginning_is_kept_where_no_epoch_is_better() -> None:
    essen = bundle.load(bundle.find("essen"))
    begun = Beginning(essen, essen.weights, 1.0)
    better, same = (Epoch(1, 1.0, bits, 0.1, 1, 1.0, 1.0) for bits in (0.99, 1.0))
    assert not begun.beats(Outcome("epochs", better))
    assert begun.beats(Outcome("epochs", same))
    assert begun.beats(Outcome("stopped", None))


def test_the_network_stays_the_same() -> None:
    recipe = RECIPES["default"]
    for other in (further(recipe), of_few_songs(recipe)):
        assert (other.network, other.context, other.units) == (recipe.network, recipe.context, recipe.units)
        assert other.patience is not None
    assert further(recipe).learning_rate < recipe.learning_rate
