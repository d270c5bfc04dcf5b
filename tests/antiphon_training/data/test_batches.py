"""What a network over symbols hears: songs whole, or the windows of one long stream."""

from pathlib import Path

import numpy as np
import pytest

from antiphon_training.data.batches import alike, song_windows, whole_songs, windows, windows_feed
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.data.preprocess import generate_training_sequences
from antiphon_training.recipe import RECIPES
from toy_songs import toy_data


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return load_dataset(toy_data(tmp_path / "data"))


def test_songs_whole_are_heard_from_their_start_and_asked_for_their_end() -> None:
    songs = [np.array(song, np.int32) for song in ([1, 2, 3, 4], [5, 5])]
    ids, targets, weights = next(whole_songs(songs, 9, 2, None))
    assert ids[:, :5].tolist() == [[9, 5, 5, 9, 9], [9, 1, 2, 3, 4]]
    assert targets[:, :5].tolist() == [[5, 5, 9, 9, 9], [1, 2, 3, 4, 9]]
    assert weights.sum(axis=1).tolist() == [3, 5]


def test_an_epoch_hears_every_song_once_in_an_order_of_its_own() -> None:
    songs = [np.full(length, length, np.int32) for length in range(1, 30)]
    orders = []
    for seed in (1, 1, 2):
        batches = list(whole_songs(songs, 0, 4, np.random.default_rng(seed)))
        orders.append([int(row[1]) for ids, _, _ in batches for row in ids])
        assert sorted(orders[-1]) == list(range(1, 30))
    assert orders[0] == orders[1] != orders[2]


def test_windows_are_those_of_the_recipe_and_views_of_the_single_file(dataset: Dataset) -> None:
    feed = windows_feed(RECIPES["seed"], dataset)
    text = (dataset.folder / "train.txt").read_text().split()
    assert feed.symbols == len(text) - 64
    batches = list(feed.train(np.random.default_rng(0)))
    assert len(batches) == feed.batches
    found = {(*i.tolist(), int(target)) for batch in batches for i, target in zip(*batch[:2], strict=True)}
    integers = dataset.vocabulary.ids(text)
    assert found == {tuple(integers[i : i + 65]) for i in range(len(integers) - 64)}
    inputs, _ = generate_training_sequences(np.array(integers, np.uint8), 64)
    assert inputs.strides == (1, 1)
    assert [len(batch[1]) for batch in windows(inputs[:10], inputs[:10, 0], 4)] == [4, 4, 2]


def test_a_songs_windows_ask_for_each_symbol_and_the_end_after_a_window_of_ends() -> None:
    ((ids, targets, weights),) = song_windows([np.array([3, 1], np.int32)], 0, 4, 100)
    assert ids.tolist() == [[0, 0, 0, 0], [0, 0, 0, 3], [0, 0, 3, 1]]
    assert targets.tolist() == [3, 1, 0]
    assert weights.tolist() == [1, 1, 1]


def test_songs_of_like_length_share_a_batch() -> None:
    assert [part.tolist() for part in alike([5, 1, 4, 2, 9], 2, None)] == [[1, 3], [2, 0], [4]]
    lengths = list(range(10, 410))
    drawn = alike(lengths, 20, np.random.default_rng(0))
    assert sorted(i for part in drawn for i in part) == list(range(400))
    assert all(max(lengths[i] for i in part) < 1.4 * min(lengths[i] for i in part) for part in drawn[1:3])
