"""Bits are those of the daemon's own models, step by step; the commands say them plainly."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from antiphon.bundle import Architecture, Card, Corpus, Split, save
from antiphon.compose.model import LstmWeights, Model, StreamModel, WindowModel
from antiphon.compose.symbols import END, Vocabulary
from antiphon.errors import Failure, run
from antiphon_training.cli import antiphon_train
from antiphon_training.dataset import load_dataset
from antiphon_training.evaluate import Network, Subject, measure
from toy_songs import random_weights, toy_data

VOCABULARY = Vocabulary(("60", "62", "64", "/", "_", "r"))
END_ID = VOCABULARY.id(END)
SONGS = [np.array(song, np.int32) for song in ([0, 4, 1, 4, 2], [2], [], [1, 1, 0, 4, 4, 4, 2, 5, 4])]


def stepped(model: Model, song: np.ndarray) -> float:
    """A song's bits by the daemon's own stepping."""
    model.reset()
    text = [END_ID, *song.tolist(), END_ID]
    return float(sum(-np.log2(model.step(heard)[asked]) for heard, asked in pairwise(text)))


def test_a_streams_bits_are_those_of_the_daemons_model_in_the_order_of_the_songs() -> None:
    weights = random_weights(len(VOCABULARY), 8)
    expected = [stepped(StreamModel(weights), song) for song in SONGS]
    found = Network(weights, "stream", 64, END_ID).bits(SONGS)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_windows_bits_are_those_of_the_daemons_model() -> None:
    weights = random_weights(len(VOCABULARY), 8)
    expected = [stepped(WindowModel(weights, 4, END_ID), song) for song in SONGS]
    found = Network(weights, "window", 4, END_ID).bits(SONGS)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def uniform_weights(symbols: int) -> LstmWeights:
    return LstmWeights(
        *(np.zeros(shape, np.float32) for shape in ((symbols, 16), (4, 16), (16,), (4, symbols), (symbols,)))
    )


@pytest.mark.parametrize("context", ["stream", "window"])
def test_a_network_that_knows_nothing_needs_log2_of_the_vocabulary(context: str) -> None:
    network = Network(uniform_weights(8), context, 4, 5)  # type: ignore[arg-type]
    assert network.bits(SONGS).tolist() == [3.0 * (len(song) + 1) for song in SONGS]


def test_a_report_counts_symbols_ends_onsets_and_what_is_unknown() -> None:
    what = Subject("flat", Network(uniform_weights(6), "stream", 64, END_ID), VOCABULARY)
    report = measure(what, [("60", "_", "r"), ("72",)], "here", train=[("60", "62")])
    assert (report.songs, report.symbols, report.onsets, report.unknown) == (2, 6, 2, 1)
    assert report.scores[0].bits_per_symbol == pytest.approx(np.log2(6))
    assert report.scores[0].bits_per_onset == pytest.approx(3 * np.log2(6))
    assert [score.model for score in report.scores] == ["flat", "Kneser–Ney, order 8", "unigram", "uniform"]
    assert len(measure(what, [("60",)], "here", train=None).scores) == 1
    with pytest.raises(Failure, match="no songs"):
        measure(what, [], "here", train=None)


@pytest.fixture
def bundle_and_data(tmp_path: Path) -> tuple[Path, Path]:
    data = toy_data(tmp_path / "data")
    vocabulary = load_dataset(data).vocabulary
    card = Card(
        name="flat",
        description="",
        vocabulary=vocabulary.symbols,
        key_rule="written",
        architecture=Architecture(units=4),
        context="stream",
        recipe={},
        corpus=Corpus(name="toy", title="Toy songs", licence="CC0"),
        split=Split(rule="none", train=0, valid=0, test=0),
        figures=(),
        weights_sha256="",
    )
    save(tmp_path / "flat", card, uniform_weights(len(vocabulary)))
    return tmp_path / "flat", data


def test_the_command_measures_a_bundle_next_to_the_baselines(
    bundle_and_data: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, data = (str(path) for path in bundle_and_data)
    assert run(antiphon_train, "antiphon-train", ["evaluate", bundle, "--data", data, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = {score["model"]: score["bits_per_symbol"] for score in report["scores"]}
    assert found["flat"] == found["uniform"] == pytest.approx(np.log2(11))
    assert found["Kneser–Ney, order 8"] < found["unigram"] < found["uniform"]
    assert run(antiphon_train, "antiphon-train", ["evaluate", bundle, "--data", data]) == 0
    table = capsys.readouterr().out
    assert "songs 6, " in table
    assert "\x1b" not in table
    assert all(name in table for name in ("flat", "Kneser–Ney", "unigram", "uniform", "bits/onset"))


def test_the_command_measures_any_folder_of_encoded_songs(
    bundle_and_data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/0").write_text("60 _ 62 _")
    command = ["evaluate", str(bundle_and_data[0]), "--songs", str(tmp_path / "mine"), "--json"]
    assert run(antiphon_train, "antiphon-train", command) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["songs"], report["symbols"], report["onsets"]) == (1, 5, 2)
    assert [score["model"] for score in report["scores"]] == ["flat"]


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [([], 2, "--data DIR, --songs DIR"), (["--data", "/nowhere"], 2, "/nowhere")],
)
def test_what_cannot_be_measured_is_one_line(
    options: list[str],
    code: int,
    words: str,
    bundle_and_data: tuple[Path, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(antiphon_train, "antiphon-train", ["evaluate", str(bundle_and_data[0]), *options]) == code
    assert words in capsys.readouterr().err
    assert run(antiphon_train, "antiphon-train", ["evaluate", "no-such-model", *options]) == 2
