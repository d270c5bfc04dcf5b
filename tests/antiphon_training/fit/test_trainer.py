"""A network, its optimizer and one epoch at a time."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon_training.data.batches import whole_songs
from antiphon_training.data.dataset import load_dataset
from antiphon_training.data.event_batches import EventBatch, padded
from antiphon_training.data.song_events import event_songs
from antiphon_training.fit.run_folder import Checkpoint
from antiphon_training.fit.trainer import Trainer
from antiphon_training.network.network_kinds import feed_for
from antiphon_training.recipe import RECIPES
from toy_songs import SCALE, toy_data

VOCABULARY = Vocabulary.of([SCALE[:4]])
SMALL = {name: RECIPES[name].with_settings(units=8) for name in RECIPES}


def test_padding_changes_nothing_for_symbols() -> None:
    long, short = np.arange(40, dtype=np.int32) % 5, np.array([1, 2, 3], np.int32)
    together, alone = next(whole_songs([long, short], 6, 2, None)), next(whole_songs([short], 6, 2, None))
    trainer = Trainer(SMALL["stream"], VOCABULARY, random_seed=0)
    apart = [next(whole_songs([song], 6, 1, None)) for song in (long, short)]
    counts = [float(batch[2].sum()) for batch in apart]
    bits = [trainer.score(iter([batch])) for batch in apart]
    assert counts == [41.0, 4.0]
    assert trainer.score(iter([together])) == pytest.approx(np.average(bits, weights=counts), abs=1e-6)
    ids, targets, weights = alone
    longer = tuple(np.pad(array, ((0, 0), (0, 32)), constant_values=0) for array in (ids, targets, weights))
    assert trainer.score(iter([longer])) == pytest.approx(bits[1], abs=1e-6)  # type: ignore[list-item]


def test_padding_changes_nothing_for_notes_and_rests(tmp_path: Path) -> None:
    dataset = load_dataset(toy_data(tmp_path / "data"))
    trainer, end_id = Trainer(SMALL["default"], dataset.vocabulary, random_seed=0), dataset.vocabulary.id("/")
    songs = sorted(event_songs(dataset, "valid"), key=lambda song: len(song.symbols))
    short, long = songs[0], songs[-1]
    apart = [trainer.score(iter([padded([song], end_id)])) for song in (short, long)]
    counts = [song.stream_symbols for song in (short, long)]
    together = trainer.score(iter([padded([short, long], end_id)]))
    assert together == pytest.approx(np.average(apart, weights=counts), abs=1e-6)
    longer = EventBatch(*(pad(array) for array in padded([short], end_id)))
    assert trainer.score(iter([longer])) == pytest.approx(apart[0], abs=1e-6)


def pad(array: np.ndarray) -> Any:
    return np.pad(array, ((0, 0), (0, 16))) if array.ndim == 2 else array


@pytest.mark.parametrize("name", RECIPES)
def test_an_epoch_repeats_itself_from_a_checkpoint(name: str, tmp_path: Path) -> None:
    dataset = load_dataset(toy_data(tmp_path / "data"))
    feed = feed_for(SMALL[name], dataset)
    trainer = Trainer(SMALL[name], dataset.vocabulary, random_seed=3)
    before = Checkpoint((), *trainer.state())

    def epoch(number: int) -> tuple[float, list[np.ndarray]]:
        trainer.restore(before)
        return trainer.train(feed, number, 0.01, lambda *_: None), [*trainer.state()[0]]

    first, second, other = epoch(1), epoch(1), epoch(2)
    assert first[0] == pytest.approx(second[0], abs=1e-6)
    for one, again in zip(first[1], second[1], strict=True):
        np.testing.assert_allclose(one, again, atol=1e-6)
    assert abs(first[0] - other[0]) > 1e-5


def test_a_checkpoint_of_another_network_is_refused() -> None:
    trainer = Trainer(SMALL["default"], VOCABULARY, random_seed=0)
    other = Trainer(SMALL["default"].with_settings(units=9), VOCABULARY, random_seed=0)
    with pytest.raises(Failure, match="do not fit this network"):
        trainer.restore(Checkpoint((), *other.state()))
