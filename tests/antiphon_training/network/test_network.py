"""The network is the recipe's, and the daemon's numpy arithmetic is Keras's."""

import subprocess
import sys

import numpy as np
import pytest

from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.model import StreamModel, WindowModel
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon_training.network.network import SymbolNetwork, build_model, keras, weights_of
from antiphon_training.recipe import RECIPES
from toy_songs import SCALE, random_weights

SYMBOLS, UNITS = 11, 16
VOCABULARY = Vocabulary.of([SCALE])


def network_with(weights: LstmWeights, every_step: bool) -> object:
    model = build_model(weights.units, weights.symbols, every_step=every_step)
    model.get_layer("lstm").set_weights([weights.kernel, weights.recurrent, weights.bias])
    model.get_layer("symbols").set_weights([weights.out_kernel, weights.out_bias])
    return model


def one_hot(ids: np.ndarray) -> np.ndarray:
    return np.eye(SYMBOLS, dtype=np.float32)[ids]


def test_the_seed_network_is_the_one_the_user_described() -> None:
    model = SymbolNetwork(RECIPES["seed"], VOCABULARY).model
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer", "LSTM", "Dropout", "Dense"]
    assert model.input_shape == (None, None, SYMBOLS)
    assert model.output_shape == (None, SYMBOLS)
    assert (model.layers[1].units, model.layers[2].rate) == (256, 0.2)
    assert model.layers[3].activation.__name__ == "softmax"
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)
    assert model.loss == "sparse_categorical_crossentropy"
    assert (RECIPES["seed"].epochs, RECIPES["seed"].batch, RECIPES["seed"].window_length) == (50, 64, 64)


def test_the_stream_network_answers_at_every_step() -> None:
    model = SymbolNetwork(RECIPES["stream"].with_settings(units=UNITS), VOCABULARY).model
    assert model.output_shape == (None, None, SYMBOLS)


@pytest.mark.parametrize("random_seed", range(3))
def test_a_stream_stepped_in_numpy_is_keras_over_the_whole_sequence(random_seed: int) -> None:
    weights = random_weights(SYMBOLS, UNITS, random_seed)
    ids = np.random.default_rng(random_seed).integers(0, SYMBOLS, 200)
    expected = np.asarray(network_with(weights, every_step=True)(one_hot(ids[None])))[0]
    stream = StreamModel(weights)
    assert np.abs(np.array([stream.step(int(i)) for i in ids]) - expected).max() < 1e-5


@pytest.mark.parametrize("random_seed", range(3))
def test_a_window_stepped_in_numpy_is_keras_over_the_window(random_seed: int) -> None:
    weights = random_weights(SYMBOLS, UNITS, random_seed)
    ids = np.random.default_rng(random_seed).integers(0, SYMBOLS, 90)
    windows = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.full(63, 2), ids]), 64)
    expected = np.asarray(network_with(weights, every_step=False)(one_hot(windows)))
    window = WindowModel(weights, 64, padding_id=2)
    assert np.abs(np.array([window.step(int(i)) for i in ids]) - expected).max() < 1e-5


def test_weights_go_through_keras_unchanged() -> None:
    weights = random_weights(SYMBOLS, UNITS)
    back = weights_of(network_with(weights, every_step=True))
    for name in LstmWeights.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(back, name), getattr(weights, name))


def test_without_tensorflow_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(Failure, match=r"pip install '\.\[train\]'"):
        keras()


def test_threads_are_limited_before_anything_is_computed() -> None:
    code = (
        "from antiphon_training.network.network import limit_threads; limit_threads(1); import tensorflow; "
        "print(tensorflow.config.threading.get_intra_op_parallelism_threads())"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "1"


def test_the_command_line_waits_with_heavy_imports() -> None:
    code = (
        "import sys, antiphon_training.commands.cli; "
        "print([m for m in ('tensorflow', 'music21') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
