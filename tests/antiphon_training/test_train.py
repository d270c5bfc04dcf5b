"""Training learns, repeats itself, resumes exactly, stops cleanly; both recipes hear what they should."""

import json
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from antiphon.errors import Failure, WrongUse, run
from antiphon_training.batches import feed_for, song_windows, whole_songs, windows
from antiphon_training.cli import antiphon_train
from antiphon_training.dataset import Dataset, load_dataset
from antiphon_training.network import RECIPES
from antiphon_training.preprocess import generate_training_sequences
from antiphon_training.run_folder import Epoch, read_checkpoint, read_weights
from antiphon_training.train import Outcome, fit
from antiphon_training.trainer import Trainer, learning_rate, out_of_patience
from toy_songs import toy_data

SMALL = RECIPES["default"].with_settings(epochs=3, units=8)
FILES = {"checkpoint.npz", "curve.png", "history.json", "mapping.json", "model.keras", "run.json"}


class Listener:
    """A Report that remembers; it can send this process a signal in the middle of an epoch."""

    def __init__(self, stop_in: int | None = None) -> None:
        self.epochs: list[Epoch] = []
        self._stop_in = stop_in

    def batch(self, epoch: int, done: int, of: int, bits: float) -> None:
        assert 1 <= done <= of
        assert bits > 0
        if epoch == self._stop_in:
            signal.raise_signal(signal.SIGINT)

    def epoch(self, epoch: Epoch) -> None:
        self.epochs.append(epoch)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return load_dataset(toy_data(tmp_path_factory.mktemp("toy") / "data"))


@pytest.fixture(scope="module")
def uninterrupted(dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "whole"
    fit(SMALL, dataset, folder, Listener(), random_seed=5)
    return folder


def same_weights(one: Path, other: Path) -> None:
    for a, b in zip(read_checkpoint(one).network, read_checkpoint(other).network, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_training_lowers_the_loss_and_leaves_a_run_folder(dataset: Dataset, tmp_path: Path) -> None:
    listener, folder = Listener(), tmp_path / "run"
    outcome = fit(replace(SMALL, epochs=8, batch=4, learning_rate=0.02), dataset, folder, listener)
    assert [epoch.number for epoch in listener.epochs] == list(range(1, 9))
    assert outcome == Outcome("epochs", min(listener.epochs, key=lambda epoch: epoch.valid_bits))
    assert listener.epochs[-1].valid_bits < 0.9 * listener.epochs[0].valid_bits
    assert {path.name for path in folder.iterdir()} == {*FILES, "weights.npz"}
    assert (folder / "mapping.json").read_bytes() == (dataset.folder / "mapping.json").read_bytes()
    assert len(json.loads((folder / "history.json").read_text())) == 8


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    dataset: Dataset, uninterrupted: Path, tmp_path: Path
) -> None:
    fit(SMALL, dataset, tmp_path / "again", Listener(), random_seed=5)
    same_weights(uninterrupted, tmp_path / "again")
    fit(SMALL.with_settings(epochs=1), dataset, tmp_path / "other", Listener(), random_seed=6)
    assert not np.allclose(read_weights(uninterrupted).kernel, read_weights(tmp_path / "other").kernel)


def test_resumed_training_equals_uninterrupted_training(
    dataset: Dataset, uninterrupted: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    stopped = fit(SMALL, dataset, folder, Listener(stop_in=2), random_seed=5)
    assert (stopped.ended, stopped.best and stopped.best.number) == ("stopped", 1)
    resumed = Listener()
    fit(SMALL, dataset, folder, resumed, random_seed=5, resume=True)
    assert [epoch.number for epoch in resumed.epochs] == [2, 3]
    same_weights(uninterrupted, folder)


def test_a_stop_keeps_the_best_so_far(dataset: Dataset, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    fit(SMALL.with_settings(epochs=1), dataset, tmp_path / "one", Listener())
    stopped = fit(SMALL, dataset, tmp_path / "run", Listener(stop_in=2))
    assert stopped.ended == "stopped"
    assert (tmp_path / "run/weights.npz").read_bytes() == (tmp_path / "one/weights.npz").read_bytes()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_stop_before_the_first_epoch_ends_has_nothing_to_keep(dataset: Dataset, tmp_path: Path) -> None:
    assert fit(SMALL, dataset, tmp_path / "run", Listener(stop_in=1)) == Outcome("stopped", None)
    with pytest.raises(Failure, match="no epoch was finished"):
        read_weights(tmp_path / "run")


def test_no_epoch_is_begun_without_time_for_it(dataset: Dataset, tmp_path: Path) -> None:
    outcome = fit(SMALL, dataset, tmp_path / "run", Listener(), max_minutes=1e-6)
    assert (outcome.ended, outcome.best and outcome.best.number) == ("time", 1)


def test_a_run_folder_is_not_overwritten_nor_resumed_as_another(
    dataset: Dataset, uninterrupted: Path, tmp_path: Path
) -> None:
    with pytest.raises(WrongUse, match="--resume goes on with it"):
        fit(SMALL, dataset, uninterrupted, Listener())
    with pytest.raises(WrongUse, match="begun with units 8, not 9"):
        fit(SMALL.with_settings(units=9), dataset, uninterrupted, Listener(), random_seed=5, resume=True)
    with pytest.raises(WrongUse, match="begun with random seed 5, not 0"):
        fit(SMALL, dataset, uninterrupted, Listener(), resume=True)
    other = load_dataset(toy_data(tmp_path / "data", random_seed=1))
    with pytest.raises(WrongUse, match="begun with data"):
        fit(SMALL, other, uninterrupted, Listener(), random_seed=5, resume=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/diary.txt").write_text("dear")
    with pytest.raises(WrongUse, match="is not a run folder"):
        fit(SMALL, dataset, tmp_path / "mine", Listener(), force=True)
    assert (tmp_path / "mine/diary.txt").read_text() == "dear"


@pytest.mark.parametrize(
    ("bits", "rate", "finished"),
    [
        ([], 0.003, False),
        ([2.0, 1.9, 1.8], 0.003, False),
        ([2.0, 2.1], 0.003, False),
        ([2.0, 2.1, 2.0], 0.0015, False),
        ([2.0, 1.9999, 1.9998], 0.0015, False),
        ([2.0, 2.1, 2.1, 1.9], 0.0015, False),
        ([2.0, *[2.1] * 4], 0.00075, False),
        ([2.0, *[2.1] * 6], 0.000375, True),
        ([2.0, *[2.1] * 5, 1.9], 0.00075, False),
    ],
)
def test_the_rate_is_halved_after_two_idle_epochs_and_six_end_it(
    bits: list[float], rate: float, finished: bool
) -> None:
    recipe = replace(SMALL, wait=2, patience=6, learning_rate=0.003)
    assert learning_rate(recipe, bits) == pytest.approx(rate)
    assert out_of_patience(recipe, bits) == finished
    assert learning_rate(RECIPES["seed"], bits) == 0.001
    assert not out_of_patience(RECIPES["seed"], bits)


def test_padding_changes_neither_the_loss_nor_what_is_learned() -> None:
    long, short = np.arange(40, dtype=np.int32) % 5, np.array([1, 2, 3], np.int32)
    together, alone = next(whole_songs([long, short], 6, 2, None)), next(whole_songs([short], 6, 2, None))
    trainer = Trainer(SMALL, 7, random_seed=0)
    apart = [next(whole_songs([song], 6, 1, None)) for song in (long, short)]
    counts = [float(batch[2].sum()) for batch in apart]
    bits = [trainer.score(iter([batch])) for batch in apart]
    assert counts == [41.0, 4.0]
    assert trainer.score(iter([together])) == pytest.approx(np.average(bits, weights=counts), abs=1e-6)
    ids, targets, weights = alone
    longer = tuple(np.pad(array, ((0, 0), (0, 32)), constant_values=0) for array in (ids, targets, weights))
    assert trainer.score(iter([longer])) == pytest.approx(bits[1], abs=1e-6)  # type: ignore[list-item]


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
    feed = feed_for(RECIPES["seed"], dataset)
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


def test_the_seed_recipe_trains_too(dataset: Dataset, tmp_path: Path) -> None:
    listener = Listener()
    fit(RECIPES["seed"].with_settings(epochs=2, units=8), dataset, tmp_path / "run", listener)
    assert listener.epochs[1].valid_bits < listener.epochs[0].valid_bits


def test_the_command_trains_and_says_what_it_kept(
    dataset: Dataset, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ["--data", str(dataset.folder), "--out", str(tmp_path / "run"), "--units", "8"]
    assert run(antiphon_train, "antiphon-train", ["fit", *options, "--epochs", "1"]) == 0
    said = capfd.readouterr()
    assert said.out.startswith("all epochs done: kept the best epoch 1, ")
    assert "epoch 1/1: loss" in said.err
    assert run(antiphon_train, "antiphon-train", ["fit", *options, "--epochs", "2", "--resume"]) == 0
    assert "epoch 2/2: loss" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--epochs", "0"], 2, "--epochs must be 1–"),
        (["--max-minutes", "0"], 2, "--max-minutes must be above 0"),
        (["--resume"], 2, "nothing to resume"),
        (["--resume", "--force"], 2, "choose one"),
        (["--data", "/nowhere"], 2, "/nowhere"),
        (["--out", "/proc/nowhere/run"], 1, "/proc/nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    options: list[str],
    code: int,
    words: str,
    dataset: Dataset,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    usual = ["fit", "--data", str(dataset.folder), "--out", str(tmp_path / "run")]
    assert run(antiphon_train, "antiphon-train", [*usual, *options]) == code
    said = capfd.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not said.out
    assert not (tmp_path / "run").exists()
