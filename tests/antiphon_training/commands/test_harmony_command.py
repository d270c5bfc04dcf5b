"""Songs with chords become a table that the daemon reads; what goes wrong is one line."""

import json

import pytest

from antiphon.command_line import run
from antiphon.files import chord_table
from antiphon.harmony.chord import Chord
from antiphon.harmony.theory import theory
from antiphon_training.commands.cli import antiphon_train
from toy_chords import chord_xml, rock_book


def harmony(*arguments):
    return run(antiphon_train, "antiphon-train", ["harmony", "--jobs", "1", *map(str, arguments)])


@pytest.fixture
def songs(tmp_path):
    folder = tmp_path / "songs"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "rock.abc").write_text(rock_book(12))
    (folder / "waltz.musicxml").write_text(chord_xml())
    (folder / "plain.abc").write_text("X:1\nM:4/4\nL:1/4\nK:C\nCEGc|\n")
    (folder / "broken.xml").write_text("<score")
    return folder


def test_a_folder_becomes_a_table(songs, tmp_path, capfd):
    out = tmp_path / "mine.json"
    assert harmony(songs, "--out", out) == 0
    said = capfd.readouterr().out
    assert "left out: no chord symbols: 1" in said
    assert f"{out}: songs with chords: 13, 194 half bars" in said
    assert f'[harmony] table = "{out}"' in said
    table, before = chord_table.read(out).table, theory()
    assert table.usual[0, Chord(10).number] > before.usual[0, Chord(10).number]


def test_a_table_is_replaced_and_another_file_is_not(songs, tmp_path, capfd):
    mine, other = tmp_path / "mine.json", songs / "plain.abc"
    assert [harmony(songs, "--out", mine) for _ in range(2)] == [0, 0]
    before = other.read_bytes()
    assert harmony(songs, "--out", other) == 2
    refused = f"{other}: is not a chord table, and is not replaced; name another file"
    assert capfd.readouterr().err.strip() == f"antiphon-train: {refused}"
    assert other.read_bytes() == before


def test_json_tells_the_same(songs, tmp_path, capfd):
    assert harmony(songs, "--out", tmp_path / "mine.json", "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["songs"], told["half_bars"]) == (13, 194)
    assert told["bits"] < told["bits_of_theory"]
    assert sum(told["left_out"].values()) == 2


def test_a_folder_without_chords_is_one_line(tmp_path, capfd):
    (tmp_path / "plain.abc").write_text("X:1\nM:4/4\nL:1/4\nK:C\nCEGc|\n")
    assert harmony(tmp_path, "--out", tmp_path / "mine.json") == 1
    assert (
        capfd.readouterr().err == f"antiphon-train: {tmp_path}: no song with chords (no chord symbols: 1)\n"
    )
    assert not (tmp_path / "mine.json").exists()


def test_no_folder_and_no_scores_are_wrong_use(tmp_path, capfd):
    assert harmony(tmp_path / "none", "--out", tmp_path / "mine.json") == 2
    assert harmony(tmp_path, "--out", tmp_path / "mine.json") == 2
    first, second = capfd.readouterr().err.splitlines()
    assert first == f"antiphon-train: no folder of scores at {tmp_path / 'none'}"
    assert second.startswith(f"antiphon-train: no scores below {tmp_path}: looked for .abc")


def test_a_file_that_cannot_be_written_is_one_line(songs, tmp_path, capfd):
    assert harmony(songs, "--out", tmp_path / "none" / "mine.json") == 1
    assert str(tmp_path / "none" / "mine.json") in capfd.readouterr().err
