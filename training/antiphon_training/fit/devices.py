"""What a network is trained on: one device, several of this machine, or those of several machines.

The engine is `tf.distribute`. Every worker makes the same batches, and each device takes its rows of them.
"""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from antiphon.errors import Failure, WrongUse, shown
from antiphon_training.network.network import keras

TF_CONFIG = "TF_CONFIG"
Strategy = Any  # a tf.distribute.Strategy
Tensor = Any


@dataclass(frozen=True, slots=True)
class Task:
    """This process among the workers that train together: its number, the chief's being 0, of how many."""

    number: int
    of: int

    @property
    def chief(self) -> bool:
        return self.number == 0


@dataclass(frozen=True, slots=True)
class Devices:
    """A strategy of TensorFlow, and this process's place in it."""

    strategy: Strategy
    task: Task

    @property
    def number(self) -> int:
        """How many devices take part, on all machines."""
        return int(self.strategy.num_replicas_in_sync)

    def agree(self, wish: bool) -> bool:
        """Does any worker wish it? Every worker must ask at the same time."""
        if self.task.of == 1:
            return wish
        return float(_summed(self.strategy)(float(wish))) > 0


ONE_TASK = Task(0, 1)


def find_devices(say: Callable[[str], object] = str) -> Devices:
    """Several machines where TF_CONFIG is set; else all GPUs of this one; else one device.

    Where others must come first, `say` is told, for that may take long. To be asked before TensorFlow
    computes anything. Raises WrongUse where TF_CONFIG says no such thing, Failure where the others cannot be
    reached.
    """
    keras()
    import tensorflow as tf

    said = os.environ.get(TF_CONFIG)
    if said:
        task = task_in(said)
        if task.of > 1:
            say(f"worker {task.number} of {task.of}: waiting for the others that {TF_CONFIG} names")
        with lost_worker_is_failure(task), _interrupted_at_once():
            return Devices(tf.distribute.MultiWorkerMirroredStrategy(), task)
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return Devices(tf.distribute.MirroredStrategy(), ONE_TASK)
    return one_device()


@contextmanager
def _interrupted_at_once() -> Iterator[None]:
    """Inside, Ctrl-C ends the process by itself: TensorFlow's waiting lets Python handle no signal."""
    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, None) or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def one_device() -> Devices:
    """The device that TensorFlow chooses."""
    keras()
    import tensorflow as tf

    return Devices(tf.distribute.get_strategy(), ONE_TASK)


def task_in(config: str) -> Task:
    """What TF_CONFIG says of this process. Raises WrongUse where it is not what TensorFlow asks for."""
    try:
        said = json.loads(config)
        cluster, kind, index = said["cluster"], said["task"]["type"], said["task"]["index"]
        chiefs, workers = len(cluster.get("chief", [])), len(cluster.get("worker", []))
        strange = set(cluster) - {"chief", "worker"}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongUse(
            f"{TF_CONFIG} must be JSON with cluster, task.type and task.index, "
            f"got {shown(config)} ({type(error).__name__} {error})"
        ) from None
    if strange:
        raise WrongUse(f"{TF_CONFIG}: the cluster may hold chief and worker, got {shown(sorted(strange))}")
    places = {"chief": (0, chiefs), "worker": (chiefs, workers)}
    first, of = places.get(kind, (0, 0)) if isinstance(kind, str) else (0, 0)
    if chiefs > 1 or not isinstance(index, int) or not 0 <= index < of:
        raise WrongUse(f"{TF_CONFIG}: the cluster has no task {shown(kind)} {shown(index)}")
    return Task(first + index, chiefs + workers)


class lost_worker_is_failure:  # noqa: N801 - read as a word of the with statement
    """Inside, TensorFlow's errors of a cluster become one line; a context manager."""

    def __init__(self, task: Task) -> None:
        self._task = task

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if self._task.of == 1 or error is None:
            return
        import tensorflow as tf

        if isinstance(error, tf.errors.OpError | RuntimeError):
            raise Failure(
                f"another of the {self._task.of} workers was lost or did not come ({_reason(error)}); "
                "start all of them again, with --resume where an epoch was finished"
            ) from None


def _reason(error: BaseException) -> str:
    """The kind of an error, and its first line where that says more than that a graph ran."""
    first = str(error).strip().partition("\n")[0][:120]
    return type(error).__name__ + ("" if first.startswith("Graph") else f": {first}")


def rows_of_device(batch: tuple[Tensor, ...], devices: int) -> tuple[Tensor, ...]:
    """Every so-manieth row of a batch's arrays, for the device that asks, in a replica context.

    Rows of zeros are added where the rows cannot be shared equally: their weights are zero, so they count
    for nothing.
    """
    import tensorflow as tf

    if devices == 1:
        return batch
    number = tf.distribute.get_replica_context().replica_id_in_sync_group

    def mine(array: Tensor) -> Tensor:
        missing = -tf.shape(array)[0] % devices
        return tf.pad(array, [[0, missing]] + [[0, 0]] * (array.shape.rank - 1))[number::devices]

    return tuple(mine(array) for array in batch)


def summed(values: Any, devices: int) -> Any:
    """A structure of tensors, each summed over all devices, in a replica context."""
    import tensorflow as tf

    if devices == 1:
        return values
    dense = tf.nest.map_structure(tf.convert_to_tensor, values)
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, dense)


def _summed(strategy: Strategy) -> Callable[[float], Any]:
    import tensorflow as tf

    def over_all(value: Tensor) -> Tensor:
        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(tf.identity, (value,)), axis=None)

    return cast(
        Callable[[float], Any],
        tf.function(over_all, input_signature=[tf.TensorSpec((), tf.float32)], autograph=False),
    )
