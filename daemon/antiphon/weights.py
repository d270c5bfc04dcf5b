"""The weights file of a bundle: arrays in a zip, read as numbers and as nothing else. No pickle, no code."""

import io
import zipfile
from dataclasses import asdict

import numpy as np

from antiphon.compose.events_model import EventWeights
from antiphon.compose.lstm import Floats
from antiphon.compose.model import LstmWeights
from antiphon.errors import shown

Weights = LstmWeights | EventWeights

MAX_WEIGHTS_BYTES = 64 << 20
_KINDS: tuple[type[Weights], ...] = (LstmWeights, EventWeights)
_FLOATS = ("float16", "float32", "float64")
_END_BYTES, _MAX_DIRECTORY_BYTES = 22, 64 << 10
# What numpy writes; other ways of packing may ask for any memory before they give a byte.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def weights_bytes(weights: Weights) -> bytes:
    """The weights file, uncompressed: the same weights give the same bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, **asdict(weights))
    return buffer.getvalue()


def parse_weights(data: bytes) -> Weights:
    """The arrays of a weights file; their names tell the kind of network. Raises ValueError."""
    try:
        kind = _kind_of(data)
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return kind(**{name: _floats(name, arrays[name]) for name in kind.__dataclass_fields__})
    except ValueError:
        raise
    except Exception as error:  # zipfile and numpy raise nearly anything on damaged bytes
        raise ValueError(f"weights cannot be read: {str(error) or type(error).__name__}") from None


def _kind_of(data: bytes) -> type[Weights]:
    """The kind of network whose arrays these are: all of them, nothing else, and not too large unpacked."""
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
    kind = next((kind for kind in _KINDS if names == sorted(kind.__dataclass_fields__)), None)
    if kind is None:
        wanted = " or ".join(", ".join(kind.__dataclass_fields__) for kind in _KINDS)
        raise ValueError(f"weights must hold {wanted}; they hold {shown(names)}")
    return kind


def _floats(name: str, array: object) -> Floats:
    if not isinstance(array, np.ndarray) or array.dtype.name not in _FLOATS:
        found = array.dtype.name[:40] if isinstance(array, np.ndarray) else "no array"
        raise ValueError(f"{name} must be one of {', '.join(_FLOATS)}, got {found}")
    with np.errstate(over="ignore"):  # a number that is too large becomes infinite, and is refused as that
        return array.astype(np.float32, order="C")
