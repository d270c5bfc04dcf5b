"""A network, its optimizer and one epoch at a time, the same for every kind of network.

Everything random follows from (random seed, epoch), so that an epoch can be run again. Knows no files.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon.weights import Weights
from antiphon_training.data.batches import AnyBatch, Feed
from antiphon_training.fit.devices import Devices, one_device
from antiphon_training.fit.run_folder import CHECKPOINT_FILE, Checkpoint
from antiphon_training.fit.steps import Steps
from antiphon_training.network.network import Model, Tensor, keras
from antiphon_training.network.network_kinds import network_for
from antiphon_training.recipe import Recipe


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
            steps = Steps(self._network, recipe.weight_dropout, self._weight_chance, self._devices)
            self._step, self._score = steps.compiled()

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
