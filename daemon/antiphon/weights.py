"""The weights file of a bundle: arrays in a zip, read as numbers and as nothing else. No pickle, no code."""

import io
import math
import zipfile
from dataclasses import asdict
from typing import IO

import numpy as np
from numpy.lib import format as npy

from antiphon.compose.events_model import EventWeights
from antiphon.compose.model import Floats, LstmWeights
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
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            kind = _kind_of(archive)
            return kind(**{name: _array(archive, name) for name in kind.__dataclass_fields__})
    except ValueError:
        raise
    except Exception as error:  # damaged bytes lead zipfile to nearly any
        raise ValueError(f"weights cannot be read: {str(error) or type(error).__name__}") from None


def _check_end(data: bytes) -> None:
    """An archive's directory is taken in before anything can be asked of it: its size is looked at first."""
    end = data[-_END_BYTES:]
    size = int.from_bytes(end[12:16], "little")
    if end[:4] != b"PK\5\6" or data[-_END_BYTES - 20 :][:4] == b"PK\6\7" or size > _MAX_DIRECTORY_BYTES:
        raise ValueError("weights must be an npz file of a few arrays; cut short, or another kind of file")


def _kind_of(archive: zipfile.ZipFile) -> type[Weights]:
    """The kind of network whose arrays these are, all of them and nothing else, in a size that is borne."""
    members = archive.infolist()
    if sum(member.file_size for member in members) > MAX_WEIGHTS_BYTES:
        raise ValueError(f"weights unpack to more than {MAX_WEIGHTS_BYTES >> 20} MiB")
    names = sorted(member.filename.removesuffix(".npy") for member in members)
    kind = next((kind for kind in _KINDS if names == sorted(kind.__dataclass_fields__)), None)
    if kind is None:
        wanted = " or ".join(", ".join(kind.__dataclass_fields__) for kind in _KINDS)
        raise ValueError(f"weights must hold {wanted}; they hold {shown(names)}")
    if any(member.compress_type not in _PACKED for member in members):
        raise ValueError("weights must be stored or deflated")
    return kind


def _array(archive: zipfile.ZipFile, name: str) -> Floats:
    with archive.open(f"{name}.npy") as member:
        shape, in_columns, dtype = _header(member)
        if dtype.name not in _FLOATS:
            raise ValueError(f"{name} must be one of {', '.join(_FLOATS)}, got {dtype.name[:40]}")
        # Nothing is set aside on the word of a header.
        data = member.read(MAX_WEIGHTS_BYTES)
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise ValueError(f"{name} says shape {shown(shape)} and holds {len(data)} bytes")
    array = np.frombuffer(data, dtype).reshape(shape, order="F" if in_columns else "C")
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as that
        return array.astype(np.float32, order="C")


def _header(member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    version = npy.read_magic(member)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    return read(member)
