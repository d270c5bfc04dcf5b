"""The network and the two recipes: `seed`, the user's own, and `default`, the same network on whole songs.

The one door to TensorFlow: whoever needs Keras asks `keras()`, which costs 6–8 s the first time.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from antiphon.compose.model import Context, LstmWeights
from antiphon.errors import Failure, WrongUse

RecipeName = Literal["seed", "default"]
Model = Any  # a keras.Model; Keras carries no types


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained.

    dropout         share of the LSTM's output hidden from the softmax while training
    weight_dropout  share of the LSTM's recurrent weights left out of a step (Merity et al. 2018, §3)
    batch           windows (seed) or whole songs (default) in a step
    epochs          the most there will be
    clip_norm       the longest gradient a step may follow; None: any
    wait            epochs without a gain on held-out songs before the learning rate is halved; None: never
    patience        epochs without a gain before training ends; None: never
    window_length   symbols in a window of `seed`, the last ones that the model hears
    """

    name: RecipeName
    context: Context
    units: int
    dropout: float
    batch: int
    learning_rate: float
    epochs: int
    weight_dropout: float = 0.0
    clip_norm: float | None = None
    wait: int | None = None
    patience: int | None = None
    window_length: int = 64

    @property
    def every_step(self) -> bool:
        """Is there a loss at every step, or at the end of a window only?"""
        return self.context == "stream"

    def with_settings(self, epochs: int | None = None, units: int | None = None) -> "Recipe":
        """The recipe with what the user gave instead. Raises WrongUse naming the range."""
        chosen = replace(self, epochs=_or(epochs, self.epochs), units=_or(units, self.units))
        for name, value, high in (("epochs", chosen.epochs, 10_000), ("units", chosen.units, 4096)):
            if not 1 <= value <= high:
                raise WrongUse(f"--{name} must be 1–{high}, got {value}")
        return chosen


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


RECIPES: dict[str, Recipe] = {
    "seed": Recipe("seed", "window", units=256, dropout=0.2, batch=64, learning_rate=0.001, epochs=50),
    "default": Recipe(
        "default",
        "stream",
        units=256,
        dropout=0.4,
        weight_dropout=0.2,
        batch=32,
        learning_rate=0.003,
        epochs=80,
        clip_norm=1.0,
        wait=3,
        patience=8,
    ),
}


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
    return tensorflow.keras


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


def build_for(recipe: Recipe, vocabulary_size: int) -> Model:
    """The untrained network of a recipe."""
    return build_model(
        recipe.units,
        vocabulary_size,
        recipe.dropout,
        recipe.every_step,
        recipe.learning_rate,
        recipe.clip_norm,
    )


def weights_of(model: Model) -> LstmWeights:
    """The arrays that a bundle holds, copied out of a Keras model."""
    arrays = [*model.get_layer("lstm").get_weights(), *model.get_layer("symbols").get_weights()]
    return LstmWeights(*(np.asarray(array, np.float32) for array in arrays))
