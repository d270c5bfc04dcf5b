"""A bundle is written only of weights that the daemon steps as Keras does, and says where they come from."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from antiphon import bundle
from antiphon.command_line import run
from antiphon.compose.place import Bars
from antiphon.errors import Failure
from antiphon.weights import rounded, weights_bytes
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.data.dataset import Dataset, load_dataset
from antiphon_training.export.export import export
from antiphon_training.fit.run_folder import Epoch, read_weights, write
from antiphon_training.fit.train import fit
from antiphon_training.recipe import RECIPES
from toy_songs import toy_data


class Silent:
    def batch(self, *_: object) -> None: ...

    def epoch(self, epoch: Epoch) -> None: ...


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return load_dataset(toy_data(tmp_path_factory.mktemp("toy") / "data"))


@pytest.fixture(params=["seed", "stream", "default"])
def trained(request: pytest.FixtureRequest, dataset: Dataset, tmp_path: Path) -> Path:
    fit(RECIPES[request.param].with_settings(epochs=1, units=8), dataset, tmp_path / "run", Silent())
    return tmp_path / "run"


def test_a_bundle_holds_the_runs_weights_and_says_where_they_come_from(
    trained: Path, dataset: Dataset, tmp_path: Path
) -> None:
    export(trained, dataset.folder, tmp_path / "out", "toy", "Toy songs")
    found = bundle.load(tmp_path / "out")
    np.testing.assert_array_equal(found.weights.kernel, read_weights(trained).kernel)
    assert found.vocabulary == dataset.vocabulary
    card = found.card
    assert (card.name, card.description, card.corpus.licence) == ("toy", "Toy songs", "CC0")
    assert card.context == RECIPES[card.recipe["name"]].context
    assert card.architecture.kind == RECIPES[card.recipe["name"]].network
    assert (card.split.train, card.split.valid, card.split.test) == (24, 6, 6)
    assert card.split.test_sources == tuple(f"toy.abc#{index}" for index in range(30, 36))
    assert [figures.split for figures in card.figures] == ["valid", "test"]
    songs = dataset.of("test")
    bits = sum(stepped_bits(found, song.stream, dataset.bars_of(song)) for song in songs)
    assert card.figures[1].bits_per_symbol * sum(len(song.stream) + 1 for song in songs) == pytest.approx(
        bits, rel=1e-3
    )


def test_half_the_bytes_hold_rounded_weights_and_the_card_speaks_of_those(
    trained: Path, dataset: Dataset, tmp_path: Path
) -> None:
    arguments = ["export", "--run", trained, "--data", dataset.folder, "--out", tmp_path / "out"]
    assert run(antiphon_train, "antiphon-train", [*map(str, arguments), "--name", "toy", "--half"]) == 0
    export(trained, dataset.folder, tmp_path / "whole", "toy", "")
    small, whole = bundle.load(tmp_path / "out"), bundle.load(tmp_path / "whole")
    sizes = [(tmp_path / name / "weights.npz").stat().st_size for name in ("out", "whole")]
    assert sizes[0] < 0.75 * sizes[1]
    np.testing.assert_array_equal(small.weights.kernel, rounded(whole.weights).kernel)
    songs = dataset.of("test")
    bits = sum(stepped_bits(small, song.stream, dataset.bars_of(song)) for song in songs)
    said = small.card.figures[1].bits_per_symbol
    assert said * sum(len(song.stream) + 1 for song in songs) == pytest.approx(bits, rel=1e-3)


def stepped_bits(found: bundle.Bundle, stream: tuple[str, ...], bars: Bars) -> float:
    model, ids, end_id = found.model(), found.vocabulary.ids(stream), found.vocabulary.id("/")
    model.reset(bars)
    chances = [model.step(now)[after] for now, after in zip([end_id, *ids], [*ids, end_id], strict=True)]
    return -float(np.log2(chances).sum())


def test_weights_that_are_not_the_keras_models_are_refused(
    trained: Path, dataset: Dataset, tmp_path: Path
) -> None:
    weights = read_weights(trained)
    tampered = replace(weights, out_bias=weights.out_bias + np.linspace(0, 0.1, 11, dtype=np.float32))
    write(trained / "weights.npz", weights_bytes(tampered))
    with pytest.raises(Failure, match=r"differ by .* more than 1e-05; nothing was written"):
        export(trained, dataset.folder, tmp_path / "out", "toy", "")
    assert not (tmp_path / "out").exists()


def test_other_data_than_the_runs_are_refused(trained: Path, tmp_path: Path) -> None:
    other = toy_data(tmp_path / "other", random_seed=1)
    with pytest.raises(Failure, match="not those that"):
        export(trained, other, tmp_path / "out", "toy", "")
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_it_wrote_or_why_not(
    dataset: Dataset, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fit(RECIPES["default"].with_settings(epochs=1, units=8), dataset, tmp_path / "run", Silent())
    options = ["--data", str(dataset.folder), "--out", str(tmp_path / "out"), "--name", "toy"]
    command = ["export", "--run", str(tmp_path / "run"), *options]
    assert run(antiphon_train, "antiphon-train", command) == 0
    assert f"{tmp_path / 'out'}: toy, 8 units; bits per symbol: valid " in capfd.readouterr().out
    assert run(antiphon_train, "antiphon-train", ["export", "--run", str(tmp_path), *options]) == 1
    assert "run.json: No such file" in capfd.readouterr().err
