"""A network, its optimizer and one epoch at a time; how fast it learns and when it has learned enough.

Everything random follows from (random seed, epoch), so that an epoch can be run again. Knows no files.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from antiphon.errors import Failure
from antiphon_training.batches import Batch, Feed
from antiphon_training.network import Model, Recipe, build_for, keras
from antiphon_training.run_folder import CHECKPOINT_FILE, Checkpoint

GAIN = 0.0005  # bits per symbol; less than this is no gain


def learning_rate(recipe: Recipe, valid_bits: Sequence[float]) -> float:
    """The rate of the next epoch: halved each time `recipe.wait` epochs in a row gained nothing."""
    rate, best, idle = recipe.learning_rate, float("inf"), 0
    for bits in valid_bits:
        idle = 0 if bits < best - GAIN else idle + 1
        best = min(best, bits) if idle == 0 else best
        if recipe.wait and idle and idle % recipe.wait == 0:
            rate /= 2
    return rate


def out_of_patience(recipe: Recipe, valid_bits: Sequence[float]) -> bool:
    """Have the last `recipe.patience` epochs together gained nothing?"""
    if recipe.patience is None or len(valid_bits) <= recipe.patience:
        return False
    before, after = valid_bits[: -recipe.patience], valid_bits[-recipe.patience :]
    return min(after) >= min(before) - GAIN


class Trainer:
    """A network, its optimizer, and one epoch at a time."""

    def __init__(self, recipe: Recipe, symbols: int, random_seed: int) -> None:
        keras().utils.set_random_seed(random_seed)
        self.model: Model = build_for(recipe, symbols)
        self._optimizer = self.model.optimizer
        self._optimizer.build(self.model.trainable_variables)
        self._random_seed = random_seed
        self._weight_chance = keras().random.SeedGenerator(random_seed)
        self._step, self._score = _compiled(self.model, recipe, symbols, self._weight_chance)

    def state(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The arrays of the network and of the optimizer."""
        return (
            tuple(v.value.numpy() for v in self.model.trainable_variables),
            tuple(np.asarray(v.value.numpy()) for v in self._optimizer.variables),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go back to a checkpoint. Raises Failure where it is of another network."""
        pairs = [
            (self.model.trainable_variables, checkpoint.network),
            (self._optimizer.variables, checkpoint.optimizer),
        ]
        for variables, arrays in pairs:
            if [tuple(v.shape) for v in variables] != [array.shape for array in arrays]:
                raise Failure(f"{CHECKPOINT_FILE}: its arrays do not fit this network")
            for variable, array in zip(variables, arrays, strict=True):
                variable.assign(array)

    def train(self, feed: Feed, number: int, rate: float, heard: Callable[[int, float], None]) -> float:
        """Learn for one epoch; `heard(batches done, bits so far)` after each batch. Bits per symbol."""
        rng = np.random.default_rng([self._random_seed, number])
        self._reseed_dropout(rng)
        self._optimizer.learning_rate.assign(rate)
        nats, symbols = 0.0, 0.0
        for done, batch in enumerate(feed.train(rng), start=1):
            nats += float(self._step(*batch))
            symbols += float(batch[2].sum())
            heard(done, nats / symbols / np.log(2))
        return nats / symbols / float(np.log(2))

    def score(self, batches: Iterator[Batch], heard: Callable[[], None] = lambda: None) -> float:
        """Bits per symbol of songs, without dropout."""
        nats, symbols = 0.0, 0.0
        for batch in batches:
            nats += float(self._score(*batch))
            symbols += float(batch[2].sum())
            heard()
        return nats / symbols / float(np.log(2))

    def _reseed_dropout(self, rng: np.random.Generator) -> None:
        for chance in (self.model.get_layer("dropout").seed_generator, self._weight_chance):
            chance.state.assign(rng.integers(0, 2**31, size=tuple(chance.state.shape)))


def _compiled(model: Model, recipe: Recipe, symbols: int, weight_chance: Any) -> tuple[Any, Any]:
    """Graph functions (ids, targets, weights) → summed loss in nats: one that learns, one that only listens.

    A step follows the sum divided by the weights of the whole batch, so that padding and the lengths of the
    other songs change nothing. The one-hot array lives for one batch only.
    """
    import tensorflow as tf

    k = keras()
    shape = (None, None) if recipe.every_step else (None,)
    specs = [tf.TensorSpec((None, None), tf.int32)]
    specs += [tf.TensorSpec(shape, kind) for kind in (tf.int32, tf.float32)]
    variables, other = model.trainable_variables, model.non_trainable_variables
    recurrent = next(place for place, v in enumerate(variables) if v.path.endswith("recurrent_kernel"))

    def summed(targets: Any, expected: Any, weights: Any) -> Any:
        return tf.reduce_sum(k.losses.sparse_categorical_crossentropy(targets, expected) * weights)

    def thinned() -> list[Any]:
        values = [v.value for v in variables]
        if recipe.weight_dropout:
            values[recurrent] = k.random.dropout(values[recurrent], recipe.weight_dropout, seed=weight_chance)
        return values

    def step(ids: Any, targets: Any, weights: Any) -> Any:
        with tf.GradientTape() as tape:
            expected, after = model.stateless_call(thinned(), other, tf.one_hot(ids, symbols), training=True)
            nats = summed(targets, expected, weights)
            mean = nats / tf.reduce_sum(weights)
        for variable, value in zip(other, after, strict=True):
            variable.assign(value)
        gradients = tape.gradient(mean, [v.value for v in variables])
        model.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return nats

    def score(ids: Any, targets: Any, weights: Any) -> Any:
        return summed(targets, model(tf.one_hot(ids, symbols), training=False), weights)

    return tf.function(step, input_signature=specs), tf.function(score, input_signature=specs)
