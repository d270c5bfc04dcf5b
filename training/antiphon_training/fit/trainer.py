"""A network, its optimizer and one epoch at a time, the same for every kind of network.

Everything random follows from (random seed, epoch), so that an epoch can be run again. Knows no files.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon.weights import Weights
from antiphon_training.data.batches import AnyBatch, Feed
from antiphon_training.fit.devices import Devices, one_device, rows_of_device, summed
from antiphon_training.fit.run_folder import CHECKPOINT_FILE, Checkpoint
from antiphon_training.network.network import Model, Network, Tensor, keras
from antiphon_training.network.network_kinds import network_for
from antiphon_training.recipe import Recipe

SEEDS_APART = 40_503  # between the seeds of dropout of two devices; any number that is not 0


class Trainer:
    """A network, its optimizer, and one epoch at a time."""

    def __init__(
        self,
        recipe: Recipe,
        vocabulary: Vocabulary,
        random_seed: int,
        devices: Devices | None = None,
        grid: EventGrid = SIXTEENTHS,
    ) -> None:
        keras().utils.set_random_seed(random_seed)
        self._devices = devices or one_device()
        self._random_seed = random_seed
        with self._devices.strategy.scope():
            self._network = network_for(recipe, vocabulary, grid)
            self.model: Model = self._network.model
            self._optimizer = self.model.optimizer
            self._optimizer.build(self.model.trainable_variables)
            self._weight_chance = keras().random.SeedGenerator(random_seed)
            self._step, self._score = _compiled(
                self._network, recipe.weight_dropout, self._weight_chance, self._devices
            )

    def weights(self) -> Weights:
        """The arrays that a bundle holds."""
        return self._network.weights()

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
            nats, symbols = _sum((nats, symbols), self._step(*batch))
            heard(done, nats / symbols / np.log(2))
        return nats / symbols / float(np.log(2))

    def score(self, batches: Iterator[AnyBatch], heard: Callable[[], None] = lambda: None) -> float:
        """Bits per symbol of songs, without dropout."""
        nats, symbols = 0.0, 0.0
        for batch in batches:
            nats, symbols = _sum((nats, symbols), self._score(*batch))
            heard()
        return nats / symbols / float(np.log(2))

    def _reseed_dropout(self, rng: np.random.Generator) -> None:
        hiding = (layer for layer in self.model.layers if isinstance(layer, keras().layers.Dropout))
        for chance in (*(layer.seed_generator for layer in hiding), self._weight_chance):
            chance.state.assign(rng.integers(0, 2**31, size=tuple(chance.state.shape)))


def _sum(so_far: tuple[float, float], more: tuple[Tensor, Tensor]) -> tuple[float, float]:
    return so_far[0] + float(more[0]), so_far[1] + float(more[1])


def _compiled(
    network: Network, weight_dropout: float, weight_chance: Any, devices: Devices
) -> tuple[Any, Any]:
    """Graph functions of a batch's arrays → (nats, symbols), summed: one that learns, one that only listens.

    A step follows the sum divided by the terms of the whole batch, so that padding, the lengths of the other
    songs and the number of devices change nothing. Each device takes its rows of the batch; the gradients
    are summed before they are clipped, and every device makes the same step.
    """
    import tensorflow as tf

    model, strategy = network.model, devices.strategy
    compiled = tf.function(input_signature=network.signature(), autograph=False)
    variables, other = model.trainable_variables, model.non_trainable_variables
    recurrent = next(place for place, v in enumerate(variables) if v.path.endswith("recurrent_kernel"))

    def thinned(seed: Tensor) -> list[Any]:
        values = [v.value for v in variables]
        if weight_dropout:
            drop = tf.nn.experimental.stateless_dropout
            values[recurrent] = drop(values[recurrent], weight_dropout, seed=tf.cast(seed, tf.int32))
        return values

    def learn(seed: Tensor, *batch: Tensor) -> tuple[Any, ...]:
        """On each device: the gradients, dropout's state after the step, nats and symbols."""
        mine, apart = rows_of_device(batch, devices.number), _seed_apart(other)
        with tf.GradientTape() as tape:
            state = [v.value + each for v, each in zip(other, apart, strict=True)]
            outputs, after = model.stateless_call(thinned(seed), state, network.inputs(mine), training=True)
            loss = network.loss(outputs, mine)
            mean = loss.nats / summed(loss.terms, devices.number)
        gradients = tape.gradient(mean, [v.value for v in variables])
        after = [value - each for value, each in zip(after, apart, strict=True)]
        return (*summed((gradients, loss.nats, loss.symbols), devices.number), after)

    def step(*batch: Tensor) -> tuple[Tensor, Tensor]:
        gradients, nats, symbols, after = strategy.run(learn, (weight_chance.next(), *batch))
        for variable, value in zip(other, after, strict=True):
            variable.assign(here(value))
        model.optimizer.apply_gradients(zip(map(here, gradients), variables, strict=True))
        return here(nats), here(symbols)

    def listen(*batch: Tensor) -> tuple[Tensor, Tensor]:
        mine = rows_of_device(batch, devices.number)
        loss = network.loss(model(network.inputs(mine), training=False), mine)
        nats, symbols = summed((loss.nats, loss.symbols), devices.number)
        return nats, symbols

    def score(*batch: Tensor) -> tuple[Tensor, Tensor]:
        nats, symbols = strategy.run(listen, batch)
        return here(nats), here(symbols)

    def here(value: Any) -> Tensor:
        """What this machine's first device has; all have the same."""
        return strategy.experimental_local_results(value)[0]

    return compiled(step), compiled(score)


def _seed_apart(state: Sequence[Any]) -> list[Tensor]:
    """For each seed of dropout what a device adds, so that no two devices hide the same units."""
    import tensorflow as tf

    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    return [tf.cast([number * SEEDS_APART, 0], v.value.dtype) for v in state]
