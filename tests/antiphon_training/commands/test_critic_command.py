"""The command writes a critic into a bundle, or says in one line why not and leaves the bundle as it was."""

import json

import pytest

from antiphon import bundle
from antiphon.bundle import CARD_FILE, CRITIC_FILE
from antiphon_training.commands.cli import main
from toy_answers import toy_bundle
from toy_songs import toy_data

pytestmark = pytest.mark.train


@pytest.fixture
def toy(tmp_path, monkeypatch):
    from antiphon_training.critic import learn, trees

    monkeypatch.setattr(learn, "FEWEST_POOLS", 5)
    monkeypatch.setattr(trees, "TREES", 5)
    data = toy_data(tmp_path / "data")
    return toy_bundle(tmp_path / "toy", data), data


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        main(["critic", *map(str, arguments)])
    said = capsys.readouterr()
    return ended.value.code or 0, said.out, said.err


def critic_of(folder):
    return (folder / CRITIC_FILE).read_bytes()


def test_a_bundle_gets_a_critic_and_a_newer_one(toy, capsys):
    folder, data = toy
    code, out, err = run(capsys, "--bundle", folder, "--data", data, "--answers", 120)
    assert (code, err) == (0, "")
    assert f"{folder}: a critic of 10 trees; it tells the songs from" in out
    assert bundle.load(folder).critic is not None
    first = critic_of(folder)
    run(capsys, "--bundle", folder, "--data", data, "--answers", 120)
    assert critic_of(folder) == first
    run(capsys, "--bundle", folder, "--data", data, "--answers", 120, "--random-seed", 1)
    assert critic_of(folder) != first


def test_a_damaged_critic_is_made_anew(toy, capsys):
    folder, data = toy
    run(capsys, "--bundle", folder, "--data", data, "--answers", 120)
    whole = critic_of(folder)
    (folder / CRITIC_FILE).write_bytes(whole[:100])
    assert run(capsys, "--bundle", folder, "--data", data, "--answers", 120)[0] == 0
    assert critic_of(folder) == whole


def test_a_few_songs_are_too_few(toy, capsys, monkeypatch):
    from antiphon_training.critic import learn

    monkeypatch.setattr(learn, "FEWEST_POOLS", 1000)
    folder, data = toy
    code, _, err = run(capsys, "--bundle", folder, "--data", data, "--answers", 120)
    assert code == 1
    assert "a critic must have at least 1000 phrases to learn from, got" in err
    assert bundle.load(folder).critic is None


def test_the_test_songs_of_the_bundle_stay_unseen(toy, capsys):
    folder, data = toy
    card = json.loads((folder / CARD_FILE).read_text())
    card["split"]["test_sources"] = ["toy.abc#0"]  # that the data have for training
    (folder / CARD_FILE).write_text(json.dumps(card))
    code, _, err = run(capsys, "--bundle", folder, "--data", data, "--answers", 120)
    assert code == 1
    assert "its test split lacks 1 of the 1 test songs of" in err
    assert not (folder / CRITIC_FILE).exists()


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({"--answers": 5}, 2, "5 is not in the range x>=100"),
        ({"--bundle": "nobody"}, 2, 'model "nobody" is neither a folder nor a bundle'),
        ({"--data": "nowhere"}, 2, "nowhere"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(toy, capsys, changes, code, reason):
    folder, data = toy
    asked = {"--bundle": folder, "--data": data, "--answers": 120} | changes
    found, _, err = run(capsys, *(word for pair in asked.items() for word in pair))
    assert found == code
    assert reason in err
    assert not (folder / CRITIC_FILE).exists()
