"""The weights file of a bundle: arrays in a zip, read as numbers and as nothing else. No pickle, no code."""

import io
import math
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from antiphon.arrays_file import array_in, names_in, npz_bytes
from antiphon.compose.event_weights import EventWeights
from antiphon.compose.lstm import Floats
from antiphon.compose.lstm_weights import MOST_LAYERS, LstmStackWeights, LstmWeights, stack_names
from antiphon.errors import shown

Weights = LstmWeights | LstmStackWeights | EventWeights

# Of a rounded array, how many steps its root mean square holds at least: more need more bytes when packed.
STEPS_IN_SIZE = 8
MAX_WEIGHTS_BYTES = 64 << 20
_KINDS: tuple[type[LstmWeights | EventWeights], ...] = (LstmWeights, EventWeights)
_FLOATS = ("float16", "float32", "float64")


def weights_bytes(weights: Weights, half: bool = False) -> bytes:
    """The weights file, uncompressed: the same weights give the same bytes.

    `half`: in half the bytes, rounded, and a quarter of the bytes where the file is packed, as in a wheel.
    """
    named: dict[str, Any] = weights.arrays() if isinstance(weights, LstmStackWeights) else asdict(weights)
    stored = {name: _coarse(array) if half else array for name, array in named.items() if array.size}
    return npz_bytes(stored)


def rounded(weights: Weights) -> Weights:
    """The weights as they are read from a file of half the bytes. Raises ValueError for one beyond ±65504."""
    return parse_weights(weights_bytes(weights, half=True))


def _coarse(array: Floats) -> npt.NDArray[np.float16]:
    """An array in float16, of multiples of a power of two: the largest below its root mean square / 8.

    Few different numbers pack well. A number beyond ±65504 becomes infinite, and its file is refused.
    """
    size = float(np.sqrt(np.mean(np.square(array, dtype=np.float64))))
    step = 2.0 ** math.floor(math.log2(size / STEPS_IN_SIZE)) if size else 1.0
    with np.errstate(over="ignore"):
        return (np.round(array / step) * step).astype(np.float16)


def parse_weights(data: bytes) -> Weights:
    """The arrays of a weights file; their names tell the kind of network. Raises ValueError."""
    try:
        names, make = _kind_of(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return make({name: _floats(arrays, name) for name in names})
    except ValueError:
        raise
    except Exception as error:  # zipfile and numpy raise nearly anything on damaged bytes
        raise ValueError(f"weights cannot be read: {str(error) or type(error).__name__}") from None


def _kind_of(data: bytes) -> tuple[list[str], Callable[[dict[str, Floats]], Weights]]:
    """The names of the arrays and what makes weights of them; nothing else is there, nor too large."""
    names = names_in(data, MAX_WEIGHTS_BYTES, "weights")
    for kind in _KINDS:
        needed = {field.name for field in fields(kind) if field.default_factory is MISSING}
        if needed <= set(names) <= set(kind.__dataclass_fields__) and len(names) == len(set(names)):
            return names, partial(_make, kind)
    if any(names == sorted(stack_names(layers)) for layers in range(2, MOST_LAYERS + 1)):
        return names, LstmStackWeights.of
    wanted = " or ".join(", ".join(kind.__dataclass_fields__) for kind in _KINDS)
    raise ValueError(f"weights must hold {wanted}, or those of a stack of layers; they hold {shown(names)}")


def _make(kind: type[LstmWeights | EventWeights], arrays: dict[str, Floats]) -> Weights:
    return kind(**arrays)


def _floats(arrays: object, name: str) -> Floats:
    array = array_in(arrays, name, _FLOATS)
    with np.errstate(over="ignore"):  # a number that is too large becomes infinite, and is refused as that
        floats: Floats = array.astype(np.float32, order="C")
    return floats
