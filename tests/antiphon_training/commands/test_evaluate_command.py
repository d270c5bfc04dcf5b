"""`evaluate` with answers: figures on stdout, a JSON file and plots in a folder, or one line."""

import json
from pathlib import Path

import pytest

from antiphon.command_line import run
from antiphon.compose.sampling import SamplingSettings
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.commands.evaluate_command import Asked, answer_openings
from antiphon_training.commands.progress_bar import watched
from antiphon_training.data.dataset import load_dataset
from antiphon_training.judge.answer_settings import JudgedSettings
from antiphon_training.judge.openings import openings_of
from antiphon_training.judge.trained import trial
from antiphon_training.judge.trained.boosting import BoostedTrees
from antiphon_training.score.evaluated_model import evaluated_models
from toy_answers import toy_bundle
from toy_songs import toy_data


def called(*arguments: object, judge: bool = False) -> int:
    asked = ["evaluate", *map(str, arguments), *([] if judge else ["--no-judge"])]
    return run(antiphon_train, "antiphon-train", asked)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return toy_data(tmp_path / "data")


@pytest.fixture
def bundles(tmp_path: Path, data: Path) -> list[Path]:
    return [toy_bundle(tmp_path / f"model{seed}", data, seed) for seed in (1, 2)]


def test_two_bundles_stand_side_by_side_in_bits_and_answers(
    bundles: list[Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert called(*bundles, "--data", data, "--answers", 9, "--out", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said == json.loads((out / "evaluation.json").read_text())
    assert [score["model"] for score in said["scores"]][:3] == [
        "model1",
        "model2",
        "Kneser–Ney, order 8, with memory",
    ]
    answers = said["answers"]
    openings = len(openings_of(load_dataset(data), "test"))
    assert (answers["openings"], answers["number"], answers["random_seed"]) == (openings, 9, 0)
    assert answers["settings"]["sampling"]["temperature"] == 1.0
    sizes = [(column["name"], column["replies"]) for column in answers["columns"]]
    others = len(openings_of(load_dataset(data), "valid"))
    assert sizes == [("model1", 9), ("model2", 9), ("true, valid", others), ("true, test", openings)]
    assert sorted(path.name for path in out.iterdir()) == ["answers.png", "evaluation.json"]


def test_the_text_has_bits_and_figures_and_goes_on_without_a_folder(
    bundles: list[Path], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(bundles[0], "--data", data, "--answers", 3, "--temperature", 0.5) == 0
    said = capsys.readouterr()
    assert all(word in said.out for word in ("bits/onset", "ends on the tonic", "halves of true, test"))
    assert "3 answers to 3 openings of test songs, temperature 0.5, random seed 0" in said.out
    assert said.err == ""


def test_judges_and_pitches_are_asked_for_in_text_json_and_plots(
    bundles: list[Path],
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "JUDGES", {"boosting": BoostedTrees})
    catalogue = json.loads((data / "songs.json").read_text())
    for entry in catalogue["songs"]:
        entry["meter"] = "1/4"  # so that the toy songs have eight bars
    (data / "songs.json").write_text(json.dumps(catalogue))
    out = tmp_path / "out"
    assert called(bundles[0], "--data", data, "--answers", 6, "--pitches", "--out", out, judge=True) == 0
    text = capsys.readouterr().out
    assert "AUC of trained judges (0.5: cannot tell)" in text
    assert "bits of a pitch" in text
    found = json.loads((out / "evaluation.json").read_text())
    trial_of_all, pitches = found["answers"]["trial"], found["pitches"]
    assert list(trial_of_all) == ["calls", "verdicts"]
    assert list(trial_of_all["verdicts"]["model1"]) == ["boosting"]
    assert 0 <= trial_of_all["verdicts"]["model1"]["boosting"]["whole"]["auc"] <= 1
    assert [(each["collection"], each["remembering"]) for each in pitches["model1"]] == [("toy", None)]
    assert (out / "answers.png").is_file()


def test_with_too_few_songs_no_judge_is_asked(
    bundles: list[Path], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(bundles[0], "--data", data, "--answers", 1, judge=True) == 0
    assert "AUC" not in capsys.readouterr().out


def test_without_answers_there_are_bits_alone(
    bundles: list[Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert called(bundles[0], "--data", data, "--answers", 0, "--out", out) == 0
    assert "tonic" not in capsys.readouterr().out
    assert "answers" not in json.loads((out / "evaluation.json").read_text())
    assert [path.name for path in out.iterdir()] == ["evaluation.json"]


def test_the_seed_and_the_temperature_make_the_answers(bundles: list[Path], data: Path) -> None:
    models = evaluated_models([str(bundles[0])])

    def judged(random_seed: int, temperature: float) -> object:
        settings = JudgedSettings(SamplingSettings(temperature=temperature))
        return answer_openings(models, data, Asked(20, "test", settings, random_seed)).comparison.answers

    assert judged(0, 1.0) == judged(0, 1.0)
    assert judged(0, 1.0) != judged(1, 1.0)
    assert judged(0, 1.0) != judged(0, 0.3)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--answers", -1], 2, "-1"),
        (["--temperature", 0], 2, "0"),
        (["--out", "TAKEN"], 2, "holds something else (songs.txt)"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_measured(
    options: list[object],
    code: int,
    words: str,
    bundles: list[Path],
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "songs.txt").write_text("mine")
    given = [taken if option == "TAKEN" else option for option in options]
    assert called(bundles[0], "--data", data, *given) == code
    assert words in capsys.readouterr().err
    assert called("--data", data) == 2


def test_pitches_need_a_data_folder(bundles: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert called(bundles[0], "--songs", "anywhere", "--pitches") == 2
    assert "--data DIR" in capsys.readouterr().err


def test_the_items_watched_are_all_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(watched(iter("abc"), 3, "letters")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""
