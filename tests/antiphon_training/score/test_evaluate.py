"""Bits are those of the daemon's own models, step by step; the commands say them plainly."""

import json
from pathlib import Path

import numpy as np
import pytest

from antiphon.bundle import Architecture, Card, Corpus, Split, save
from antiphon.command_line import run
from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.memory.experience import DISTANCES, RUNS, Experience
from antiphon.compose.place import NO_BARS
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.data.dataset import load_dataset
from antiphon_training.score.evaluate import Beside, measure
from antiphon_training.score.evaluated_model import EvaluatedModel, HeldOut
from toy_songs import toy_data

VOCABULARY = Vocabulary(("60", "62", "64", "/", "_", "r"))


def uniform_weights(symbols: int) -> LstmWeights:
    return LstmWeights(
        *(np.zeros(shape, np.float32) for shape in ((symbols, 16), (4, 16), (16,), (4, symbols), (symbols,)))
    )


def flat(symbols: Vocabulary = VOCABULARY, experience: Experience | None = None) -> EvaluatedModel:
    """A network that knows nothing."""
    return EvaluatedModel("flat", uniform_weights(len(symbols)), symbols, "stream", 64, experience)


def song(text: str) -> HeldOut:
    return HeldOut(tuple(text.split()), NO_BARS)


def test_a_report_counts_symbols_ends_onsets_and_what_is_unknown() -> None:
    beside = Beside([song("60 62")], [song("60 62 60 62")])
    report = measure([flat()], [song("60 _ r"), song("72")], "here", beside)
    assert (report.songs, report.symbols, report.onsets, report.unknown) == (2, 6, 2, 1)
    assert report.scores[0].bits_per_symbol == pytest.approx(np.log2(6))
    assert report.scores[0].bits_per_onset == pytest.approx(3 * np.log2(6))
    ngrams = "Kneser–Ney, order 8"
    names = ["flat", f"{ngrams}, with memory", ngrams, "unigram", "uniform"]
    assert [score.model for score in report.scores] == names
    assert len(measure([flat()], [song("60")], "here", None).scores) == 1
    with pytest.raises(Failure, match="no songs"):
        measure([flat()], [], "here", None)


def test_with_memory_a_song_that_repeats_itself_costs_less() -> None:
    believing = Experience((tuple(float(run**2) for run in range(RUNS)),) * DISTANCES)
    alone, remembering = measure(
        [flat(experience=believing)], [song("60 62 64 62 " * 8)], "here", None
    ).scores
    assert remembering.model == "flat, with memory"
    assert remembering.bits_per_symbol < 0.5 * alone.bits_per_symbol


def test_several_models_are_measured_in_their_order() -> None:
    wide = flat(Vocabulary(("60", "62", "64", "65", "67", "/", "_", "r")))
    report = measure([flat(), wide], [song("60 67")], "here", None)
    assert [score.bits_per_symbol for score in report.scores] == pytest.approx([np.log2(6), 3.0])
    assert report.unknown == 1


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
    command = ["evaluate", bundle, "--data", data, "--answers", "0"]
    assert run(antiphon_train, "antiphon-train", [*command, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    found = {score["model"]: score["bits_per_symbol"] for score in report["scores"]}
    assert found["flat"] == found["uniform"] == pytest.approx(np.log2(11))
    assert found["Kneser–Ney, order 8"] < found["unigram"] < found["uniform"]
    assert run(antiphon_train, "antiphon-train", command) == 0
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
