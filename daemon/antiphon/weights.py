"""The weights file of a bundle: arrays in a zip, read as numbers and as nothing else. No pickle, no code."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from functools import partial
from typing import Any

import numpy as np

from antiphon.compose.events_model import EventWeights
from antiphon.compose.lstm import Floats
from antiphon.compose.lstm_weights import MOST_LAYERS, LstmStackWeights, LstmWeights, stack_names
from antiphon.errors import shown

Weights = LstmWeights | LstmStackWeights | EventWeights

MAX_WEIGHTS_BYTES = 64 << 20
_KINDS: tuple[type[LstmWeights | EventWeights], ...] = (LstmWeights, EventWeights)
_FLOATS = ("float16", "float32", "float64")
_END_BYTES, _MAX_DIRECTORY_BYTES = 22, 64 << 10
# What numpy writes; other ways of packing may ask for any memory before they give a byte.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def weights_bytes(weights: Weights) -> bytes:
    """The weights file, uncompressed: the same weights give the same bytes."""
    buffer = io.BytesIO()
    named: dict[str, Any] = weights.arrays() if isinstance(weights, LstmStackWeights) else asdict(weights)
    np.savez(buffer, **{name: array for name, array in named.items() if array.size})
    return buffer.getvalue()


def parse_weights(data: bytes) -> Weights:
    """The arrays of a weights file; their names tell the kind of network. Raises ValueError."""
    try:
        names, make = _kind_of(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return make({name: _floats(name, arrays[name]) for name in names})
    except ValueError:
        raise
    except Exception as error:  # zipfile and numpy raise nearly anything on damaged bytes
        raise ValueError(f"weights cannot be read: {str(error) or type(error).__name__}") from None


def _kind_of(data: bytes) -> tuple[list[str], Callable[[dict[str, Floats]], Weights]]:
    """The names of the arrays and what makes weights of them; nothing else is there, nor too large."""
    # The directory at the archive's end is read whole, so its size is looked at first.
    end = data[-_END_BYTES:]
    size = int.from_bytes(end[12:16], "little")
    if end[:4] != b"PK\5\6" or data[-_END_BYTES - 20 :][:4] == b"PK\6\7" or size > _MAX_DIRECTORY_BYTES:
        raise ValueError("weights must be an npz file of a few arrays; cut short, or another kind of file")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    if sum(member.file_size for member in members) > MAX_WEIGHTS_BYTES:
        raise ValueError(f"weights unpack to more than {MAX_WEIGHTS_BYTES >> 20} MiB")
    if any(member.compress_type not in _PACKED for member in members):
        raise ValueError("weights must be stored or deflated")
    names = sorted(member.filename.removesuffix(".npy") for member in members)
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


def _floats(name: str, array: object) -> Floats:
    if not isinstance(array, np.ndarray) or array.dtype.name not in _FLOATS:
        found = array.dtype.name[:40] if isinstance(array, np.ndarray) else "no array"
        raise ValueError(f"{name} must be one of {', '.join(_FLOATS)}, got {found}")
    with np.errstate(over="ignore"):  # a number that is too large becomes infinite, and is refused as that
        return array.astype(np.float32, order="C")
