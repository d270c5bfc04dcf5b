"""One step of training and one of scoring, on one device or on several, as TensorFlow's graph functions.

A step follows the sum divided by the terms of the whole batch, so that padding, the lengths of the other
songs and the number of devices change nothing. Each device takes its rows of the batch; the gradients are
summed before they are clipped, and every device makes the same step.
"""

from collections.abc import Callable, Sequence
from typing import Any

from antiphon_training.fit.devices import Devices, rows_of_device, summed
from antiphon_training.network.network import Network, Tensor

SEEDS_APART = 40_503  # between the seeds of dropout of two devices; any number that is not 0
_Sums = tuple[Tensor, Tensor]  # nats and symbols


class Steps:
    """The steps of a network. A share `weight_dropout` of the recurrent weights is hidden in each step."""

    def __init__(self, network: Network, weight_dropout: float, weight_chance: Any, devices: Devices) -> None:
        self._network, self._model, self._devices = network, network.model, devices
        self._weight_dropout, self._weight_chance = weight_dropout, weight_chance
        self._variables = network.model.trainable_variables
        self._other = network.model.non_trainable_variables
        self._recurrent = next(
            place for place, v in enumerate(self._variables) if v.path.endswith("recurrent_kernel")
        )

    def compiled(self) -> tuple[Callable[..., _Sums], Callable[..., _Sums]]:
        """Functions of a batch's arrays → (nats, symbols): one that learns, one that only scores."""
        import tensorflow as tf

        compiled = tf.function(input_signature=self._network.signature(), autograph=False)
        return compiled(self._step), compiled(self._score)

    def _step(self, *batch: Tensor) -> _Sums:
        seed = self._weight_chance.next()
        gradients, nats, symbols, after = self._devices.strategy.run(self._learn, (seed, *batch))
        for variable, value in zip(self._other, after, strict=True):
            variable.assign(self._here(value))
        pairs = zip(map(self._here, gradients), self._variables, strict=True)
        self._model.optimizer.apply_gradients(pairs)
        return self._here(nats), self._here(symbols)

    def _score(self, *batch: Tensor) -> _Sums:
        nats, symbols = self._devices.strategy.run(self._listen, batch)
        return self._here(nats), self._here(symbols)

    def _learn(self, seed: Tensor, *batch: Tensor) -> tuple[Any, ...]:
        """On each device: the gradients, nats and symbols, and dropout's state after the step."""
        import tensorflow as tf

        mine, apart = rows_of_device(batch, self._devices.number), _seed_apart(self._other)
        with tf.GradientTape() as tape:
            state = [v.value + each for v, each in zip(self._other, apart, strict=True)]
            outputs, after = self._model.stateless_call(
                self._thinned(seed), state, self._network.inputs(mine), training=True
            )
            loss = self._network.loss(outputs, mine)
            mean = loss.nats / summed(loss.terms, self._devices.number)
        gradients = tape.gradient(mean, [v.value for v in self._variables])
        after = [value - each for value, each in zip(after, apart, strict=True)]
        return (*summed((gradients, loss.nats, loss.symbols), self._devices.number), after)

    def _listen(self, *batch: Tensor) -> _Sums:
        mine = rows_of_device(batch, self._devices.number)
        loss = self._network.loss(self._model(self._network.inputs(mine), training=False), mine)
        nats, symbols = summed((loss.nats, loss.symbols), self._devices.number)
        return nats, symbols

    def _thinned(self, seed: Tensor) -> list[Any]:
        """The values of the variables, some recurrent weights hidden."""
        import tensorflow as tf

        values = [v.value for v in self._variables]
        if self._weight_dropout:
            drop = tf.nn.experimental.stateless_dropout
            values[self._recurrent] = drop(
                values[self._recurrent], self._weight_dropout, seed=tf.cast(seed, tf.int32)
            )
        return values

    def _here(self, value: Any) -> Tensor:
        """What this machine's first device has; all have the same."""
        return self._devices.strategy.experimental_local_results(value)[0]


def _seed_apart(state: Sequence[Any]) -> list[Tensor]:
    """For each seed of dropout what a device adds, so that no two devices hide the same units."""
    import tensorflow as tf

    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    return [tf.cast([number * SEEDS_APART, 0], v.value.dtype) for v in state]
