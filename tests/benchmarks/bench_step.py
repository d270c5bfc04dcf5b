"""What one symbol costs: our step against the floor and against Keras, all in one run.

    python tests/benchmarks/bench_step.py

The floor is one pass over the weights: a matrix-vector product of the same size. Wanted: a step within 2.5
times the floor, and 500 times faster than `predict` on the 64 symbols that the seed recipe asks for. And what
a step of the model that ships costs, at most 0.3 ms, and of its memory of 2,000 steps, at most 0.1 ms.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import itertools
import statistics
from collections.abc import Callable

import numpy as np
from timing import rounds_us

from antiphon import bundle
from antiphon.compose.lstm_weights import LstmWeights
from antiphon.compose.model import StreamModel, WindowModel
from antiphon.compose.place import Bars
from antiphon_training.network.network import build_model, keras

UNITS, SYMBOLS, WINDOW = 256, 45, 64


def median_us(action: Callable[[], object], repeats: int, rounds: int) -> float:
    """Microseconds a call takes: the median over rounds of the mean within one."""
    return statistics.median(rounds_us(action, repeats, rounds))


def weights() -> LstmWeights:
    generator = np.random.default_rng(0)

    def array(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return generator.normal(0, 0.05, shape).astype(np.float32)

    return LstmWeights(
        array(SYMBOLS, 4 * UNITS),
        array(UNITS, 4 * UNITS),
        array(4 * UNITS),
        array(UNITS, SYMBOLS),
        array(SYMBOLS),
    )


def floor() -> Callable[[], object]:
    matrix = np.ones((UNITS, 4 * UNITS + SYMBOLS), np.float32)
    vector, out = np.ones(UNITS, np.float32), np.empty(4 * UNITS + SYMBOLS, np.float32)
    return lambda: np.dot(vector, matrix, out=out)


def keras_calls(made: LstmWeights) -> tuple[Callable[[], object], Callable[[], object]]:
    keras()  # loads TensorFlow without its chatter
    import tensorflow as tf

    model = build_model(UNITS, SYMBOLS)
    model.set_weights([made.kernel, made.recurrent, made.bias, made.out_kernel, made.out_bias])
    window = np.zeros((1, WINDOW, SYMBOLS), np.float32)
    window[0, :, 3] = 1.0
    tensor = tf.constant(window)
    compiled = tf.function(lambda x: model(x, training=False))
    return lambda: model.predict(window, verbose=0), lambda: compiled(tensor).numpy()


def shipped() -> tuple[Callable[[], object], Callable[[], object]]:
    """A step of the model that ships, in the middle of a tune; and of its memory, heard and asked."""
    chosen = bundle.load(bundle.find(bundle.DEFAULT_MODEL))
    model, memory = chosen.model(), chosen.memory()
    assert memory is not None
    ids = chosen.vocabulary.ids(["67", "_", "_", "_", "69", "_", "71", "_"])
    bars = Bars("4/4")
    model.reset(bars)
    memory.begin(bars)
    tune = itertools.cycle(ids)
    expected = model.step(ids[0])
    for _ in range(2000):
        memory.hear(next(tune))
    memory.keep()

    def remember() -> None:
        if memory.steps > 2100:
            memory.begin(bars)
        memory.hear(next(tune))
        memory.mix(expected)

    return lambda: model.step(next(tune)), remember


def main() -> None:
    made = weights()
    model, memory = shipped()
    stream, window = StreamModel(made), WindowModel(made, WINDOW, 0)
    predict, compiled = keras_calls(made)
    for action in (predict, compiled):
        action()
    step_us = floor_us = 0.0
    ratios = []
    for _ in range(9):  # step and floor side by side, so that what else runs here hits both
        floor_us = median_us(floor(), 500, 5)
        step_us = median_us(lambda: stream.step(3), 500, 5)
        ratios.append(step_us / floor_us)
    rows = {
        "floor: one pass over the weights": floor_us,
        "numpy, stream, one step": step_us,
        "numpy, window of 64": median_us(lambda: window.step(3), 20, 5),
        "tf.function, window of 64": median_us(compiled, 20, 5),
        "Keras predict, window of 64": median_us(predict, 5, 5),
    }
    rows |= {
        "the model that ships, one step": median_us(model, 500, 5),
        "its memory of 2,000 steps, one step": median_us(memory, 500, 5),
    }
    for name, microseconds in rows.items():
        print(f"{name:<36} {microseconds:>10.1f} us  {microseconds / step_us:>8.1f} steps")
    print(f"step / floor: {statistics.median(ratios):.2f} (wanted: at most 2.5)")
    print(f"predict / step: {rows['Keras predict, window of 64'] / step_us:.0f} (wanted: at least 500)")


if __name__ == "__main__":
    main()
