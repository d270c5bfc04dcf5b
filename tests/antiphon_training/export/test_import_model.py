"""A model that Keras saved plays as it did there: the same probabilities, whatever order its symbols have."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from antiphon import bundle
from antiphon.command_line import run
from antiphon.compose.context import Context
from antiphon.compose.lstm_weights import LstmStackWeights
from antiphon.compose.sampling import SamplingSettings
from antiphon.compose.symbols import END, HOLD, REST
from antiphon.errors import Failure, WrongUse
from antiphon.perform.answer.offline import continue_phrase
from antiphon.perform.answer.programs import Voice
from antiphon_training.commands.cli import antiphon_train
from antiphon_training.corpus.corpus import collection, load_songs, scores_of
from antiphon_training.data.preprocess import RefusedError, encode_song
from antiphon_training.export.import_model import import_model
from antiphon_training.network.network import Model, build_model, keras
from keras_descriptions import keras2

WINDOW = 64
SYMBOLS = [*(str(pitch) for pitch in range(45, 90)), REST, HOLD, END]
CONTEXT: Context = "window"


@cache
def phrases() -> list[tuple[str, ...]]:
    """Twenty real openings, of Aird's Airs."""
    _, paths = collection("airds")
    streams = []
    for song in load_songs(scores_of(paths[:1], paths[0].parent)[:60]).songs:
        try:
            streams.append(encode_song(song).stream[:80])
        except RefusedError:
            continue
    assert len(streams) >= 20
    return streams[:20]


def mapping_in(folder: Path) -> dict[str, int]:
    """Symbols in the order that a set happened to have, as the tutorial writes them."""
    order = np.random.default_rng(1).permutation(len(SYMBOLS))
    mapping = {SYMBOLS[place]: number for number, place in enumerate(order)}
    (folder / "mapping.json").write_text(json.dumps(mapping))
    return mapping


def stacked(*units: int) -> Model:
    k = keras()
    heard = hidden = k.Input((None, len(SYMBOLS)))
    for number, size in enumerate(units, 1):
        hidden = k.layers.LSTM(size, return_sequences=number < len(units))(hidden)
    hidden = k.layers.Dropout(0.2)(hidden)
    return k.Model(heard, k.layers.Dense(len(SYMBOLS), activation="softmax")(hidden))


def sequential(units: int) -> Model:
    k = keras()
    out = k.layers.Dense(len(SYMBOLS), activation="softmax")
    return k.Sequential([k.Input((None, len(SYMBOLS))), k.layers.LSTM(units), out])


def as_keras2(model: Model, path: Path) -> None:
    """The file that Keras 2 wrote of such a model, which Keras 3 does not read."""
    lstm, dense = model.get_layer("lstm").get_weights(), model.get_layer("symbols").get_weights()
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = b"2.2.4-tf"
        file.attrs["model_config"] = json.dumps(keras2(lstm[1].shape[0])).encode()
        for name, array in zip(("kernel:0", "recurrent_kernel:0", "bias:0"), lstm, strict=True):
            file[f"model_weights/l0/l0/lstm_cell/{name}"] = array
        for name, array in zip(("kernel:0", "bias:0"), dense, strict=True):
            file[f"model_weights/out/out/{name}"] = array
        file["optimizer_weights/Adam/l0/kernel/m:0"] = lstm[0]


def saved(kind: str, folder: Path) -> tuple[Model, Path]:
    model = {"two layers": stacked(9, 6), "sequential": sequential(9)}.get(kind.partition(" .")[0])
    if kind == "Keras 2":
        model = build_model(9, len(SYMBOLS))
        as_keras2(model, folder / "model.h5")
        return model, folder / "model.h5"
    model = model or build_model(9, len(SYMBOLS))
    for number, variable in enumerate(model.trainable_variables):  # untrained, it would say nearly nothing
        variable.assign(np.random.default_rng(number).normal(0, 0.6, variable.shape))
    path = folder / f"model.{kind.rpartition('.')[2]}"
    model.save(path)
    return model, path


KINDS = ["one layer .h5", "one layer .keras", "two layers .h5", "two layers .keras", "sequential .keras"]


@pytest.mark.parametrize("kind", [*KINDS, "Keras 2"])
def test_a_step_agrees_with_keras_on_real_phrases(kind: str, tmp_path: Path) -> None:
    mapping = mapping_in(tmp_path)
    model, path = saved(kind, tmp_path)
    made = import_model(path, tmp_path / "mapping.json", tmp_path / "out", "mine", "")
    assert (made.context, made.window_length) == (CONTEXT, WINDOW)
    assert isinstance(made.weights, LstmStackWeights) == kind.startswith("two")
    reordered = [mapping[symbol] for symbol in made.vocabulary.symbols]
    for phrase in phrases():
        stepped = made.model()
        ours = [stepped.step(made.vocabulary.id(symbol)) for symbol in phrase]
        ids = [mapping[END]] * WINDOW + [mapping[symbol] for symbol in phrase]
        windows = np.lib.stride_tricks.sliding_window_view(np.array(ids), WINDOW)[1:]
        theirs = np.asarray(model(np.eye(len(mapping), dtype=np.float32)[windows], training=False))
        assert np.abs(np.array(ours) - theirs[:, reordered]).max() <= 1e-5


def test_the_bundle_answers_a_phrase_outside_its_vocabulary(tmp_path: Path) -> None:
    mapping_in(tmp_path)
    _, path = saved("one layer .h5", tmp_path)
    made = import_model(path, tmp_path / "mapping.json", tmp_path / "out", "mine", "")
    voice = Voice(made.model(), made.vocabulary, 4, "mine")
    phrase = ["20", HOLD, "60", HOLD, "110", HOLD, "62", HOLD]
    said = continue_phrase(voice, phrase, None, 16, SamplingSettings(), 0)
    assert said.answer
    assert said.replaced


def test_the_run_of_the_seed_recipe_imports_back(tmp_path: Path) -> None:
    from antiphon_training.data.dataset import load_dataset
    from antiphon_training.fit.run_folder import Epoch
    from antiphon_training.fit.train import fit
    from antiphon_training.recipe import RECIPES
    from toy_songs import toy_data

    class Silent:
        def batch(self, *_: object) -> None: ...

        def epoch(self, epoch: Epoch) -> None: ...

    dataset = load_dataset(toy_data(tmp_path / "data"))
    seed = tmp_path / "run"
    fit(RECIPES["seed"].with_settings(epochs=1, units=8), dataset, seed, Silent())
    kept = bundle_arrays(seed / "weights.npz")
    for name in ("model.h5", "model.keras"):
        made = import_model(seed / name, seed / "mapping.json", tmp_path / name, "back", "")
        assert made.vocabulary == dataset.vocabulary
        for array in kept:
            assert (getattr(made.weights, array) == kept[array]).all()


def bundle_arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as arrays:
        return dict(arrays)


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ("[]", "a mapping must name an integer for each symbol"),
        ('{"60": "0"}', "a mapping must name an integer for each symbol"),
        ('{"60": 0, "_": 2, "/": 1, "r": 4}', "a mapping must use each of 0–3 once"),
        ('{"60": 0, "_": 1, "r": 2}', 'a vocabulary must hold "/"'),
        ('{"60": 0, "/": 1, "r": 2}', 'a vocabulary must hold "_"'),
        ('{"60": 0, "/": 1, "_": 2, "N": 3}', "a symbol must be a MIDI number 0–127, r, _ or /, got 'N'"),
        ('{"60": 0, "/": 1, "_": 2}', "names 3 symbols, and"),
        ("{", "not JSON"),
    ],
)
def test_a_mapping_that_is_none_is_refused(mapping: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "mapping.json").write_text(mapping)
    build_model(4, len(SYMBOLS)).save(tmp_path / "model.h5")
    with pytest.raises(Failure) as refused:
        import_model(tmp_path / "model.h5", tmp_path / "mapping.json", tmp_path / "out", "mine", "")
    assert "mapping.json: " in refused.value.message
    assert reason in refused.value.message
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    mapping_in(tmp_path)
    (tmp_path / "model.pt").write_bytes(b"")
    with pytest.raises(WrongUse, match=r"must be one of \.h5 \.hdf5 \.keras, got \"\.pt\""):
        import_model(tmp_path / "model.pt", tmp_path / "mapping.json", tmp_path / "out", "mine", "")
    build_model(4, len(SYMBOLS)).save(tmp_path / "model.h5")
    whole = (tmp_path / "model.h5").read_bytes()
    files = (
        ("cut.h5", whole[:3000]),
        ("text.h5", b"hello"),
        ("cut.keras", b"PK\3\4"),
        ("e.h5", b""),
    )
    for name, data in files:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Failure, match=rf"{name}: cannot be imported: "):
            import_model(tmp_path / name, tmp_path / "mapping.json", tmp_path / "out", "mine", "")
    assert not (tmp_path / "out").exists()


def test_arrays_that_lie_in_another_file_are_not_read(tmp_path: Path) -> None:
    mapping_in(tmp_path)
    as_keras2(build_model(4, len(SYMBOLS)), tmp_path / "model.h5")
    import h5py

    for link in (h5py.ExternalLink("other.h5", "/bias"), h5py.SoftLink("/model_weights/l0/l0")):
        with h5py.File(tmp_path / "model.h5", "a") as file:
            del file["model_weights/out"]
            file["model_weights/out"] = link
        with pytest.raises(Failure, match="it holds no weights of 'out'"):
            import_model(tmp_path / "model.h5", tmp_path / "mapping.json", tmp_path / "out", "mine", "")


def test_the_command_says_how_to_play_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping_in(tmp_path)
    stacked(4, 3).save(tmp_path / "model.keras")
    asked = ["import", str(tmp_path / "model.keras"), "--mapping", str(tmp_path / "mapping.json")]
    assert run(antiphon_train, "antiphon-train", [*asked, "--out", str(tmp_path / "mine")]) == 0
    assert f"LSTM 4, 3, 48 symbols, window of 64; play it: antiphon play --model {tmp_path / 'mine'}" in (
        capsys.readouterr().out
    )
    assert bundle.load(tmp_path / "mine").card.name == "mine"
