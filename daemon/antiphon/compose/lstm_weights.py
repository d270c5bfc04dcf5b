"""The arrays of a network over symbols: LSTM layers, one above another, and a softmax layer.

They lie as Keras lays them. One layer is the kind "lstm", several are the kind "lstm-stack".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from antiphon.compose.arrays import check_arrays, check_dimensions
from antiphon.compose.lstm import Floats

MOST_LAYERS = 8
_OF_A_LAYER = ("kernel", "recurrent", "bias")
_OF_THE_SOFTMAX = ("out_kernel", "out_bias")


@dataclass(frozen=True, slots=True)
class LstmLayer:
    """One LSTM layer with I inputs and U units; gates in the order i f c o.

    Raises ValueError, naming the array, where shapes do not fit each other or a number is not finite.
    """

    kernel: Floats  # (I, 4U)
    recurrent: Floats  # (U, 4U)
    bias: Floats  # (4U,)

    def __post_init__(self) -> None:
        check_dimensions(self, ("kernel", "recurrent"), 2)
        inputs, units = self.kernel.shape[0], self.recurrent.shape[0]
        shapes = {"kernel": (inputs, 4 * units), "recurrent": (units, 4 * units), "bias": (4 * units,)}
        check_arrays(self, shapes)

    @property
    def inputs(self) -> int:
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])


@dataclass(frozen=True, slots=True)
class LstmWeights:
    """One LSTM layer and a softmax layer. V symbols, U units; all float32.

    Raises ValueError, naming the array, where shapes do not fit each other or a number is not finite.
    """

    kernel: Floats  # (V, 4U)
    recurrent: Floats  # (U, 4U)
    bias: Floats  # (4U,)
    out_kernel: Floats  # (U, V)
    out_bias: Floats  # (V,)

    def __post_init__(self) -> None:
        check_arrays(self, _softmax_shapes(*self.layers))

    @property
    def kind(self) -> str:
        return "lstm"

    @property
    def layers(self) -> tuple[LstmLayer]:
        return (LstmLayer(self.kernel, self.recurrent, self.bias),)

    @property
    def units(self) -> int:
        return int(self.recurrent.shape[0])

    @property
    def symbols(self) -> int:
        return int(self.kernel.shape[0])


@dataclass(frozen=True, slots=True)
class LstmStackWeights:
    """Two to eight LSTM layers, each hearing the one before it, and a softmax layer; all float32.

    Raises ValueError, naming the array, where shapes do not fit each other or a number is not finite.
    """

    layers: tuple[LstmLayer, ...]
    out_kernel: Floats  # (units of the last layer, V)
    out_bias: Floats  # (V,)

    def __post_init__(self) -> None:
        if not 2 <= len(self.layers) <= MOST_LAYERS:
            raise ValueError(f"a stack must have 2–{MOST_LAYERS} layers, got {len(self.layers)}")
        for number, (below, above) in enumerate(zip(self.layers, self.layers[1:], strict=False), start=2):
            if above.inputs != below.units:
                raise ValueError(
                    f"kernel_{number} must have {below.units} rows, as many as layer {number - 1} has units, "
                    f"got {above.inputs}"
                )
        check_arrays(self, _softmax_shapes(*self.layers))

    @classmethod
    def of(cls, arrays: Mapping[str, Floats]) -> "LstmStackWeights":
        """From arrays named as `arrays` names them. Raises ValueError."""
        count = sum(name.startswith("recurrent_") for name in arrays)
        layers = (LstmLayer(*(arrays[f"{name}_{k}"] for name in _OF_A_LAYER)) for k in range(1, count + 1))
        return cls(tuple(layers), *(arrays[name] for name in _OF_THE_SOFTMAX))

    def arrays(self) -> dict[str, Floats]:
        """kernel_1, recurrent_1, bias_1, kernel_2 …, out_kernel, out_bias."""
        named = {
            f"{name}_{k}": getattr(layer, name)
            for k, layer in enumerate(self.layers, 1)
            for name in _OF_A_LAYER
        }
        return named | {name: getattr(self, name) for name in _OF_THE_SOFTMAX}

    @property
    def kind(self) -> str:
        return "lstm-stack"

    @property
    def units(self) -> int:
        """Of the last layer."""
        return self.layers[-1].units

    @property
    def symbols(self) -> int:
        return self.layers[0].inputs


SymbolWeights = LstmWeights | LstmStackWeights


def stack_names(layers: int) -> list[str]:
    """What the arrays of a stack are called, in the order of `arrays`."""
    numbered = [f"{name}_{k}" for k in range(1, layers + 1) for name in _OF_A_LAYER]
    return [*numbered, *_OF_THE_SOFTMAX]


def multiplications(weights: SymbolWeights) -> int:
    """How many multiplications a step takes, about; the first layer looks its input up instead."""
    above = sum(layer.kernel.size for layer in weights.layers[1:])
    return int(above + sum(layer.recurrent.size for layer in weights.layers))


def _softmax_shapes(*layers: LstmLayer) -> dict[str, tuple[int, ...]]:
    symbols, units = layers[0].inputs, layers[-1].units
    return {"out_kernel": (units, symbols), "out_bias": (symbols,)}
