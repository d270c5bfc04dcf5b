import hashlib
import io
import json
import pickle
from dataclasses import asdict

import numpy as np
import pytest

from antiphon import bundle
from antiphon.bundle import Architecture, Card, Corpus, Split
from antiphon.compose.critic import AnswerFrame
from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.memory.experience import DISTANCES, RUNS
from antiphon.compose.model import StreamModel, WindowModel
from antiphon.errors import Failure, WrongUse
from antiphon.events import GridNote
from antiphon.listen.repertoire import BarPlace
from antiphon.stage.voice import make_voice
from antiphon.timebase import Meter
from antiphon.weights import weights_bytes
from fakes import VOCABULARY, random_event_weights, random_weights
from toy_critic import random_trees, tree_of

WEIGHTS = random_weights(len(VOCABULARY), units=8)
CARD = Card(
    name="toy",
    description="nobody's songs",
    vocabulary=VOCABULARY.symbols,
    key_rule="C major or A minor",
    architecture=Architecture(units=8),
    context="stream",
    recipe={"name": "none"},
    corpus=Corpus(name="none", title="Nothing", licence="none"),
    split=Split(rule="none", train=0, valid=0, test=0),
    figures=(),
    weights_sha256="",
)


@pytest.fixture
def saved(tmp_path):
    bundle.save(tmp_path / "toy", CARD, WEIGHTS)
    return tmp_path / "toy"


def change_card(folder, **changes):
    path = folder / bundle.CARD_FILE
    card = json.loads(path.read_text())
    card.update(changes)
    path.write_text(json.dumps(card))


def test_what_was_saved_is_loaded(saved):
    loaded = bundle.load(saved)
    assert loaded.vocabulary == VOCABULARY
    assert (loaded.weights.recurrent == WEIGHTS.recurrent).all()
    assert isinstance(loaded.model(), StreamModel)
    assert isinstance(loaded.model("window"), WindowModel)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["toy"]


def test_where_its_songs_begin_is_told_to_the_voice(tmp_path):
    starts = {"3/4": ((0.0, 3), (2.0, 40))}
    bundle.save(tmp_path / "toy", CARD.model_copy(update={"starts": starts}), WEIGHTS)
    voice = make_voice(bundle.load(tmp_path / "toy"), None)
    three = Meter(3, 4)
    assert voice.repertoire.chance(BarPlace(three, 8)) > voice.repertoire.chance(BarPlace(three, 0))
    change_card(tmp_path / "toy", starts={"waltz": [[0, 3]]})
    with pytest.raises(Failure, match='meter must look like "3/4", got "waltz"'):
        bundle.load(tmp_path / "toy")


def test_the_same_weights_give_the_same_bytes():
    assert weights_bytes(WEIGHTS) == weights_bytes(random_weights(len(VOCABULARY), units=8))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "bundle format 2, this Antiphon reads format 1"),
        ({"format": None}, "bundle format None"),
        ({"weights_sha256": "00" * 32}, "is not the 000000000000… that model.json names"),
        ({"vocabulary": ["60", "/", "_"]}, "names 3 symbols, weights.npz holds 30"),
        ({"vocabulary": ["/", "_", "r"]}, "at least one pitch"),
        ({"architecture": {"kind": "lstm", "units": 9}}, "names 9 units, weights.npz holds 8"),
        ({"architecture": {"kind": "gru", "units": 8}}, "architecture.kind"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_mismatch_is_refused_naming_both_sides(saved, changes, message):
    change_card(saved, **changes)
    with pytest.raises(Failure, match=message):
        bundle.load(saved)


@pytest.mark.parametrize("missing", [bundle.CARD_FILE, bundle.WEIGHTS_FILE])
def test_a_missing_file_is_named(saved, missing):
    (saved / missing).unlink()
    with pytest.raises(Failure, match=rf"{missing}: No such file"):
        bundle.load(saved)


def test_json_that_is_none(saved):
    (saved / bundle.CARD_FILE).write_text("{")
    with pytest.raises(Failure, match="not JSON"):
        bundle.load(saved)


def weights_file(folder, data):
    (folder / bundle.WEIGHTS_FILE).write_bytes(data)
    change_card(folder, weights_sha256=hashlib.sha256(data).hexdigest())


def test_a_pickle_is_not_opened(saved, tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    weights_file(saved, pickle.dumps(Trap()))
    with pytest.raises(Failure):
        bundle.load(saved)
    np.savez(tmp_path / "objects.npz", kernel=np.array([Trap()], dtype=object))
    weights_file(saved, (tmp_path / "objects.npz").read_bytes())
    with pytest.raises(Failure, match="must hold kernel"):
        bundle.load(saved)
    assert not (tmp_path / "sprung").exists()


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(saved, tmp_path):
    np.savez_compressed(tmp_path / "bomb.npz", kernel=np.zeros(17 << 20, np.float32))
    weights_file(saved, (tmp_path / "bomb.npz").read_bytes())
    with pytest.raises(Failure, match="unpack to more than 64 MiB"):
        bundle.load(saved)


def test_every_truncated_weights_file_is_refused(saved):
    whole = (saved / bundle.WEIGHTS_FILE).read_bytes()
    for length in range(0, len(whole), 257):
        weights_file(saved, whole[:length])
        with pytest.raises(Failure):
            bundle.load(saved)


def test_saving_replaces_a_bundle_and_nothing_else(saved, tmp_path):
    bundle.save(saved, CARD.model_copy(update={"description": "newer"}), WEIGHTS)
    assert bundle.load(saved).card.description == "newer"
    (tmp_path / "songs").mkdir()
    with pytest.raises(Failure, match="exists and is not a model bundle"):
        bundle.save(tmp_path / "songs", CARD, WEIGHTS)
    (tmp_path / "file").write_text("")
    with pytest.raises(Failure, match="file"):
        bundle.save(tmp_path / "file" / "toy", CARD, WEIGHTS)


def test_a_bundle_that_would_not_load_is_not_left_behind(tmp_path):
    broken = LstmWeights(*(getattr(random_weights(5), name) for name in LstmWeights.__dataclass_fields__))
    with pytest.raises(Failure, match="names 30 symbols"):
        bundle.save(tmp_path / "toy", CARD, broken)
    assert list(tmp_path.iterdir()) == []


def test_names(saved):
    assert bundle.find(str(saved)) == saved
    with pytest.raises(WrongUse, match='model "nobody" is neither a folder nor a bundle that ships'):
        bundle.find("nobody")


def test_the_bundles_that_ship_load_and_name_their_corpus_and_licence():
    assert bundle.DEFAULT_MODEL in bundle.shipped_names()
    for name in bundle.shipped_names():
        card = bundle.load(bundle.find(name)).card
        assert card.name == name
        assert card.corpus.licence
        assert {figures.split for figures in card.figures} == {"valid", "test"}


def test_a_network_of_events_is_read_back_with_its_memory(tmp_path):
    vocabulary = CARD.vocabulary
    card = CARD.model_copy(
        update={
            "architecture": Architecture(kind="events", units=12),
            "experience": ((1.0,) * RUNS,) * DISTANCES,
        }
    )
    kept = bundle.save(tmp_path / "events", card, random_event_weights(len(vocabulary)))
    assert kept.weights.kind == "events"
    assert kept.model().step(0).sum() == pytest.approx(1.0)
    assert kept.memory() is not None
    assert kept.memory().kept == ()


def test_a_kind_that_is_not_the_weights_is_refused(tmp_path):
    with pytest.raises(Failure, match=r"names kind lstm, .* holds events"):
        bundle.save(tmp_path / "events", CARD, random_event_weights(len(CARD.vocabulary)))


def test_an_experience_of_another_shape_is_refused(tmp_path):
    with pytest.raises(Failure, match=r"weights must have shape \(10, 9\)"):
        bundle.save(tmp_path / "bad", CARD.model_copy(update={"experience": ((1.0,),)}), WEIGHTS)


@pytest.mark.parametrize("name", ["mine.h5", "mine.keras", "folder/MINE.HDF5"])
def test_a_file_of_keras_is_not_opened_and_that_is_said(tmp_path, name):
    with pytest.raises(WrongUse, match=r"a file of Keras may hold code and is never opened") as refused:
        bundle.find(str(tmp_path / name))
    assert len(refused.value.message.splitlines()) == 1


@pytest.mark.parametrize("name", ["a\0b", "n" * 9999, ""])
def test_a_name_that_no_folder_has(name):
    with pytest.raises(WrongUse, match="is neither a folder nor a bundle"):
        bundle.find(name)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"format": 1, "figures": NaN}',
        '{"format": ' + "9" * 5000 + "}",
        '{"format": "' + "x" * 9999 + '"}',
        "\ud800",
        "",
    ],
)
def test_a_card_that_is_none_is_refused_in_one_line(saved, text):
    (saved / bundle.CARD_FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Failure, match=r"model\.json: ") as refused:
        bundle.load(saved)
    assert len(refused.value.message.splitlines()) == 1
    assert len(refused.value.message) < 500


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "a\x1b[2Jb"}, "name: .*printable"),
        ({"name": "a\ud800b"}, "name: "),
        ({"description": "x" * 1001}, "description: .*1000 characters"),
        ({"vocabulary": ["60", "/", "_", "no\nte"]}, "a symbol must be a MIDI number"),
        ({"vocabulary": ["060", "/", "_"]}, "a symbol must be a MIDI number"),
        ({"experience": [[1e999] * RUNS] * DISTANCES}, "must be finite"),
        ({"window_length": 5000}, "window_length: .*4096"),
        ({"sur\nprise": 1}, "sur prise: Extra inputs"),
    ],
)
def test_a_card_that_says_what_cannot_be(saved, changes, message):
    change_card(saved, **changes)
    with pytest.raises(Failure, match=message) as refused:
        bundle.load(saved)
    assert len(refused.value.message.splitlines()) == 1


def test_a_window_that_would_take_all_day_is_refused(tmp_path):
    card = CARD.model_copy(update={"window_length": 4096, "architecture": Architecture(units=256)})
    with pytest.raises(Failure, match="window_length must be 1–1024 with 256 units, got 4096"):
        bundle.save(tmp_path / "slow", card, random_weights(len(VOCABULARY), units=256))


def test_a_bundle_without_a_critic_plays_without(saved):
    assert bundle.load(saved).critic is None


def test_a_critic_is_written_into_a_bundle_and_replaced(saved):
    (saved / "README.md").write_text("mine")
    bundle.save_critic(saved, random_trees())
    kept = bundle.save_critic(saved, tree_of("last_degree", 4.0, -1.0, 1.0))
    frame = AnswerFrame(4, Meter(), 16, 32, "major", True)
    assert kept.critic.log_odds([], [[GridNote(16, 4, 60)], [GridNote(16, 4, 67)]], frame).tolist() == [-1, 1]
    assert bundle.load(saved).card.weights_sha256 == kept.card.weights_sha256
    there = {bundle.CARD_FILE, bundle.WEIGHTS_FILE, bundle.CRITIC_FILE, "README.md"}
    assert {path.name for path in saved.iterdir()} == there


def test_a_new_bundle_in_its_place_has_no_critic(saved):
    card = bundle.save_critic(saved, random_trees()).card
    assert bundle.save(saved, card, WEIGHTS).critic is None


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "checksum .* that model.json names"),
    ],
)
def test_a_damaged_critic_is_named_in_one_line(saved, damage, reason):
    bundle.save_critic(saved, random_trees())
    damage(saved / bundle.CRITIC_FILE)
    with pytest.raises(Failure, match=rf"{bundle.CRITIC_FILE}: {reason}") as refused:
        bundle.load(saved)
    assert len(refused.value.message.splitlines()) == 1


def test_a_critic_of_another_version_is_refused(saved):
    bundle.save_critic(saved, random_trees())
    buffer = io.BytesIO()
    arrays = asdict(random_trees()) | {"version": np.array(0, np.int32)}
    np.savez(buffer, **arrays)
    (saved / bundle.CRITIC_FILE).write_bytes(buffer.getvalue())
    change_card(saved, critic_sha256=hashlib.sha256(buffer.getvalue()).hexdigest())
    with pytest.raises(
        Failure, match=r"critic\.npz: the critic's features have version 0, .* antiphon-train critic"
    ):
        bundle.load(saved)
