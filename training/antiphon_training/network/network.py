"""The door to TensorFlow, what training asks of a network, and the LSTM over symbols.

Code that needs Keras calls `keras()`: importing Keras takes 6–8 s the first time.
"""

import contextlib
import logging
import os
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np

from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon.weights import Weights
from antiphon_training.recipe import Recipe

Model = Any  # a keras.Model; Keras carries no types
Tensor = Any


class Loss(NamedTuple):
    """Of a batch, all sums: nats, the terms a step takes the mean of, and symbols of the stream."""

    nats: Tensor
    terms: Tensor
    symbols: Tensor


class Network(Protocol):
    """A compiled Keras model, and how a batch of its recipe goes into it and is judged. Shapes: `batches`."""

    model: Model

    def signature(self) -> list[Any]:
        """A TensorSpec for each array of a batch."""
        ...

    def inputs(self, batch: tuple[Tensor, ...]) -> Any:
        """What the model hears of a batch."""
        ...

    def loss(self, outputs: Any, batch: tuple[Tensor, ...]) -> Loss: ...

    def weights(self) -> Weights:
        """The arrays that a bundle holds, copied out of the model."""
        ...


def keras() -> Any:
    """The Keras module on TensorFlow, without its chatter. Raises Failure where it is not installed."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        with _stderr_shut():
            import tensorflow

            tensorflow.config.list_physical_devices()  # looks for a GPU, and misses it aloud
    except ImportError:
        raise Failure("TensorFlow is not installed: pip install '.[train]' in Antiphon's folder") from None
    logging.getLogger("absl").setLevel(logging.ERROR)  # that it calls .h5 a legacy format, at every epoch
    return tensorflow.keras


def limit_threads(threads: int) -> None:
    """Compute on so many cores; before TensorFlow's first computation, after which it cannot be changed."""
    keras()
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)


@contextlib.contextmanager
def _stderr_shut() -> Iterator[None]:
    """TensorFlow's C++ side writes to file descriptor 2 before any setting of its own can stop it."""
    kept = os.dup(2)
    shut = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(shut, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(shut)
        os.close(kept)


def build_model(
    units: int,
    vocabulary_size: int,
    dropout: float = 0.2,
    every_step: bool = False,
    learning_rate: float = 0.001,
    clip_norm: float | None = None,
) -> Model:
    """Input (None, V) one-hot → LSTM → dropout → softmax over V, compiled with cross-entropy and Adam.

    The output has shape (batch, V), what follows the last symbol; with `every_step` (batch, steps, V).
    """
    k = keras()
    heard = k.Input((None, vocabulary_size))
    hidden = k.layers.LSTM(units, return_sequences=every_step, name="lstm")(heard)
    hidden = k.layers.Dropout(dropout, name="dropout")(hidden)
    model = k.Model(heard, k.layers.Dense(vocabulary_size, activation="softmax", name="symbols")(hidden))
    optimizer = k.optimizers.Adam(learning_rate, global_clipnorm=clip_norm)
    model.compile(optimizer, loss="sparse_categorical_crossentropy")
    return model


class SymbolNetwork:
    """The LSTM over symbols. A batch is (ids, targets, weights); its one-hot array lives for one step."""

    def __init__(self, recipe: Recipe, vocabulary: Vocabulary) -> None:
        self._symbols = len(vocabulary)
        self._every_step = recipe.context == "stream"
        self.model: Model = build_model(
            recipe.units,
            self._symbols,
            recipe.dropout,
            self._every_step,
            recipe.learning_rate,
            recipe.clip_norm,
        )

    def signature(self) -> list[Any]:
        import tensorflow as tf

        shape = (None, None) if self._every_step else (None,)
        return [
            tf.TensorSpec((None, None), tf.int32),
            tf.TensorSpec(shape, tf.int32),
            tf.TensorSpec(shape, tf.float32),
        ]

    def inputs(self, batch: tuple[Tensor, ...]) -> Tensor:
        return keras().ops.one_hot(batch[0], self._symbols)

    def loss(self, outputs: Tensor, batch: tuple[Tensor, ...]) -> Loss:
        k = keras()
        _, targets, weights = batch
        nats = k.ops.sum(k.losses.sparse_categorical_crossentropy(targets, outputs) * weights)
        counted = k.ops.sum(weights)
        return Loss(nats, counted, counted)

    def weights(self) -> LstmWeights:
        return weights_of(self.model)


def weights_of(model: Model) -> LstmWeights:
    """The arrays of a Keras model of `build_model`."""
    arrays = [*model.get_layer("lstm").get_weights(), *model.get_layer("symbols").get_weights()]
    return LstmWeights(*(np.asarray(array, np.float32) for array in arrays))
