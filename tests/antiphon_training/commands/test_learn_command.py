"""Own songs become a model in one go, from nothing or from a model; what goes wrong is one line."""

import signal
from pathlib import Path

import pytest

from antiphon import bundle
from antiphon.command_line import run
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import END
from antiphon.listen.key import Key
from antiphon.perform.answer.offline import continue_phrase
from antiphon.perform.answer.programs import Voice
from antiphon_training.commands import learn_command
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.corpus.corpus import collection, scores_of
from antiphon_training.fit.progress import TrainingBar
from fakes import random_weights
from toy_songs import toy_abc
from toy_takes import phrase, take


def learn(*arguments: object) -> int:
    said = [str(argument) for argument in arguments]
    return run(antiphon_train, "antiphon-train", ["learn", "--minutes", "0.001", "--jobs", "1", *said])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    (folder / "songs.abc").write_text(toy_abc(8))
    notes = [(4 * k, 4, 60 + 3 * k) for k in range(9)]
    (folder / "take.mid").write_bytes(take([phrase(notes, Key(0, "major"))], "4/4"))
    return folder


@pytest.fixture(scope="module")
def begun(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("from") / "first"
    assert learn(own, "--out", out, "--units", 8, "--cache", out.parent / "cache") == 0
    return out


def left_beside(folder: Path) -> list[str]:
    return [path.name for path in folder.parent.iterdir() if path.name not in (folder.name, "cache")]


def test_a_model_is_learned_and_answers(begun: Path) -> None:
    found = bundle.load(begun)
    assert found.card.name == "first"
    assert (found.card.split.valid, found.card.split.test) == (1, 0)
    assert [figures.split for figures in found.card.figures] == ["valid"]
    assert (begun / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert left_beside(begun) == []
    voice = Voice(found.model(), found.vocabulary, 4, "first", found.memory())
    said = continue_phrase(voice, ["60", "_", "62", "_"], None, 8, SamplingSettings(), 0)
    assert said.symbols[-1:] != (END,)


def test_it_says_what_it_found_and_how_to_play_it(
    own: Path, begun: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert learn(own, "--out", tmp_path / "second", "--from", begun, "--cache", tmp_path / "cache") == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == f"play it: antiphon play --model {tmp_path / 'second'}"
    assert "8 to learn, 1 to choose the best epoch by, 0 to test; of 8 scores and 1 takes" in err
    assert "songs of first" in err
    assert "may forget" in err
    card = bundle.read_card(tmp_path / "second")
    assert card.recipe["begun_from"] == "first"
    assert card.experience == bundle.read_card(begun).experience


def test_old_songs_that_are_here_are_heard_again(
    own: Path,
    begun: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, paths = collection("airds")
    sources = [score.source for score in scores_of(paths[:1], paths[0].parent)][:12]
    first = bundle.load(begun)
    corpus = first.card.corpus.model_copy(update={"name": "airds"})
    split = first.card.split.model_copy(update={"valid_sources": tuple(sources)})
    bundle.save(
        tmp_path / "airs", first.card.model_copy(update={"corpus": corpus, "split": split}), first.weights
    )
    monkeypatch.setattr("antiphon_training.data.old_songs.FEWEST", 12)
    assert learn(own, "--out", tmp_path / "mine", "--from", tmp_path / "airs") == 0
    out, err = capsys.readouterr()
    assert "may forget" not in err
    assert "of first's own: " in out or "no epoch was better than first" in out


def test_ctrl_c_keeps_the_best_so_far(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Impatient(TrainingBar):
        def batch(self, epoch: int, *_: object) -> None:
            if epoch == 2:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(learn_command, "TrainingBar", Impatient)
    asked = (own, "--out", tmp_path / "mine", "--units", 8, "--minutes", 5)
    assert learn(*asked) == 130
    assert bundle.load(tmp_path / "mine").card.recipe["best_epoch"] == 1
    assert "stopped: " in capsys.readouterr().out


def symbols_bundle(folder: Path, begun: Path) -> Path:
    first = bundle.read_card(begun)
    weights = random_weights(len(first.vocabulary), 4)
    kind = first.architecture.model_copy(update={"kind": "lstm", "units": 4})
    bundle.save(folder, first.model_copy(update={"architecture": kind, "experience": None}), weights)
    return folder


@pytest.mark.parametrize(
    ("arguments", "reason", "code"),
    [
        (("--minutes", "0"), "--minutes must be above 0 and at most 10000, got 0", 2),
        (("--from", "nobody"), 'model "nobody" is neither a folder nor a bundle', 2),
        (("--from", "essen", "--units", "9"), "--units cannot be chosen with --from", 2),
        (("--units", "0"), "--units must be 1–4096, got 0", 2),
    ],
)
def test_a_wrong_wish_is_one_line(
    own: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    reason: str,
    code: int,
) -> None:
    assert learn(own, "--out", tmp_path / "mine", *arguments) == code
    assert reason in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_learned_leaves_nothing(
    own: Path, begun: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    assert learn(tmp_path / "empty", "--out", tmp_path / "mine") == 2
    assert "no songs below" in capsys.readouterr().err
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "song.abc").write_text(toy_abc(1))
    assert learn(tmp_path / "one", "--out", tmp_path / "mine") == 1
    assert "needs two different songs" in capsys.readouterr().err
    lstm = symbols_bundle(tmp_path / "lstm", begun)
    assert learn(own, "--out", tmp_path / "mine", "--from", lstm) == 2
    assert "it is one over symbols (lstm)" in capsys.readouterr().err
    assert learn(own, "--out", tmp_path / "one") == 2
    assert "exists and is not a model" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()
