"""Training learns, repeats itself, resumes exactly and stops cleanly, with every recipe."""

import json
import signal
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from antiphon.command_line import run
from antiphon.errors import Failure, WrongUse
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.fit.run_folder import Epoch, read_checkpoint, read_weights
from antiphon_training.fit.train import Outcome, fit
from antiphon_training.recipe import RECIPES, Recipe
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


def small(name: str) -> Recipe:
    return RECIPES[name].with_settings(epochs=3, units=8)


def test_the_seed_recipe_leaves_its_model_under_its_own_name(dataset: Dataset, tmp_path: Path) -> None:
    for name, there in (("seed", True), ("stream", False)):
        fit(RECIPES[name].with_settings(epochs=1, units=8), dataset, tmp_path / name, Listener())
        assert (tmp_path / name / "model.h5").is_file() is there


def same_weights(one: Path, other: Path) -> None:
    for a, b in zip(read_checkpoint(one).network, read_checkpoint(other).network, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("name", ["stream", "default"])
def test_training_lowers_the_loss_and_leaves_a_run_folder(
    name: str, dataset: Dataset, tmp_path: Path
) -> None:
    listener, folder = Listener(), tmp_path / "run"
    outcome = fit(replace(small(name), epochs=8, batch=4, learning_rate=0.02), dataset, folder, listener)
    assert [epoch.number for epoch in listener.epochs] == list(range(1, 9))
    assert outcome == Outcome("epochs", min(listener.epochs, key=lambda epoch: epoch.valid_bits))
    assert listener.epochs[-1].valid_bits < 0.9 * listener.epochs[0].valid_bits
    assert {path.name for path in folder.iterdir()} == {*FILES, "weights.npz"}
    mappings = [json.loads((place / "mapping.json").read_text()) for place in (folder, dataset.folder)]
    assert mappings[0] == mappings[1]
    assert len(json.loads((folder / "history.json").read_text())) == 8
    recipe = json.loads((folder / "run.json").read_text())["recipe"]
    grid = dataset.steps_per_quarter
    wanted = replace(small(name), epochs=8, batch=4, learning_rate=0.02, steps_per_quarter=grid)
    assert recipe == asdict(wanted)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(
    dataset: Dataset, uninterrupted: Path, tmp_path: Path
) -> None:
    fit(SMALL, dataset, tmp_path / "again", Listener(), random_seed=5)
    same_weights(uninterrupted, tmp_path / "again")
    fit(SMALL.with_settings(epochs=1), dataset, tmp_path / "other", Listener(), random_seed=6)
    assert not np.allclose(read_weights(uninterrupted).kernel, read_weights(tmp_path / "other").kernel)


@pytest.mark.parametrize("name", RECIPES)
def test_resumed_training_equals_uninterrupted_training(name: str, dataset: Dataset, tmp_path: Path) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "run"
    fit(small(name), dataset, whole, Listener(), random_seed=5)
    stopped = fit(small(name), dataset, folder, Listener(stop_in=2), random_seed=5)
    assert (stopped.ended, stopped.best and stopped.best.number) == ("stopped", 1)
    resumed = Listener()
    fit(small(name), dataset, folder, resumed, random_seed=5, resume=True)
    assert [epoch.number for epoch in resumed.epochs] == [2, 3]
    same_weights(whole, folder)


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


def test_the_seed_recipe_trains_too(dataset: Dataset, tmp_path: Path) -> None:
    listener = Listener()
    fit(RECIPES["seed"].with_settings(epochs=2, units=8), dataset, tmp_path / "run", listener)
    assert listener.epochs[1].valid_bits < listener.epochs[0].valid_bits


def test_a_split_without_songs_cannot_be_trained_on(dataset: Dataset, tmp_path: Path) -> None:
    untested = replace(dataset, songs=tuple(dataset.of("train")))
    with pytest.raises(Failure, match="no song is in the valid split"):
        fit(SMALL, untested, tmp_path / "run", Listener())


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
