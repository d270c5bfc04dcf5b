"""`listen` writes a page and MIDI files that can be read again, or one line."""

import json
from pathlib import Path

import pytest

from antiphon.command_line import run
from antiphon.midi.file import read_phrase
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.data.dataset import load_dataset
from antiphon_training.judge.openings import openings_of
from toy_answers import toy_bundle, toy_event_bundle
from toy_songs import toy_data


def called(*arguments: object) -> int:
    return run(antiphon_train, "antiphon-train", ["listen", *map(str, arguments)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return toy_data(tmp_path / "data")


@pytest.fixture
def bundles(tmp_path: Path, data: Path) -> list[Path]:
    return [toy_bundle(tmp_path / f"model{seed}", data, seed) for seed in (1, 2)]


def test_every_phrase_has_a_file_of_each_bundle_and_of_the_song(
    bundles: list[Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page"
    assert called(*bundles, "--data", data, "--out", out, "--phrases", 2, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["page"] == str(out / "index.html")
    assert [list(phrase["replies"]) for phrase in said["phrases"]] == [
        ["model1", "model2", "the song itself"]
    ] * 2
    files = [file for phrase in said["phrases"] for file in phrase["replies"].values()]
    assert sorted([*files, "index.html"]) == sorted(path.name for path in out.iterdir())
    text = (out / "index.html").read_text(encoding="utf-8")
    assert all(f'href="{file}"' in text for file in files)
    assert "CC0" in text


def test_the_songs_own_file_is_the_song(
    bundles: list[Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called(bundles[0], "--data", data, "--out", tmp_path / "page", "--phrases", 1, "--json") == 0
    (listed,) = json.loads(capsys.readouterr().out)["phrases"]
    opening = next(o for o in openings_of(load_dataset(data), "test") if o.title == listed["title"])
    phrase = read_phrase((tmp_path / "page" / listed["replies"]["the song itself"]).read_bytes())
    symbols = (*opening.phrase, *opening.continuation)
    assert [note.pitch for note in phrase.notes] == [int(symbol) for symbol in symbols if symbol.isdigit()]
    assert (str(phrase.meter), phrase.bpm) == (listed["meter"], 100.0)


def test_the_page_is_the_same_again_and_changes_with_the_seed(
    bundles: list[Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def page(*options: object) -> str:
        assert called(bundles[0], "--data", data, "--out", tmp_path / "page", *options) == 0
        assert capsys.readouterr().out.strip() == str(tmp_path / "page/index.html")
        return (tmp_path / "page/index.html").read_text(encoding="utf-8")

    assert page() == page()
    assert page() != page("--random-seed", 5)


def test_what_cannot_be_written_is_one_line(
    bundles: list[Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/song.mid").write_text("mine")
    assert called(bundles[0], "--data", data, "--out", tmp_path / "taken") == 2
    assert "holds something else (song.mid)" in capsys.readouterr().err
    assert called("no-such-model", "--data", data, "--out", tmp_path / "page") == 2
    assert called(bundles[0], "--data", tmp_path / "taken", "--out", tmp_path / "page") == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_where_a_critic_chooses_the_page_has_a_single_answer_beside_the_chosen_one(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, out = toy_event_bundle(tmp_path / "toy", data), tmp_path / "page"
    shown = ("--data", data, "--out", out, "--phrases", 1, "--json")
    assert called(bundle, *shown, "--candidates", 4) == 0
    (listed,) = json.loads(capsys.readouterr().out)["phrases"]
    assert list(listed["replies"]) == ["toy, a single answer", "toy, chosen of 4", "the song itself"]
    assert len(set(listed["replies"].values())) == 3
    assert "candidates 4" in (out / "index.html").read_text(encoding="utf-8").lower()
    assert called(bundle, *shown, "--candidates", 1) == 0
    (listed,) = json.loads(capsys.readouterr().out)["phrases"]
    assert list(listed["replies"]) == ["toy", "the song itself"]
    assert called(bundle, *shown, "--candidates", 65) == 2
    assert "65" in capsys.readouterr().err
