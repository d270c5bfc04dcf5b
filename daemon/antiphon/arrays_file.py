"""An npz file looked at before it is unpacked: its arrays by name, or why it is none. No pickle, no code."""

import io
import zipfile
from typing import Any

import numpy as np

_END_BYTES, _MAX_DIRECTORY_BYTES = 22, 64 << 10
# What numpy writes; other ways of packing may ask for any memory before they give a byte.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def npz_bytes(arrays: dict[str, Any]) -> bytes:
    """Uncompressed: the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def names_in(data: bytes, most_bytes: int, what: str) -> list[str]:
    """The names of the arrays, sorted; they unpack to so many bytes at most. Raises ValueError on `what`."""
    # The directory at the archive's end is read whole, so its size is looked at first.
    end = data[-_END_BYTES:]
    size = int.from_bytes(end[12:16], "little")
    if end[:4] != b"PK\5\6" or data[-_END_BYTES - 20 :][:4] == b"PK\6\7" or size > _MAX_DIRECTORY_BYTES:
        raise ValueError(f"{what} must be an npz file of a few arrays; cut short, or another kind of file")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    if sum(member.file_size for member in members) > most_bytes:
        raise ValueError(f"{what} unpack to more than {most_bytes >> 20} MiB")
    if any(member.compress_type not in _PACKED for member in members):
        raise ValueError(f"{what} must be stored or deflated")
    return sorted(member.filename.removesuffix(".npy") for member in members)


def array_in(arrays: Any, name: str, types: tuple[str, ...]) -> Any:
    """An array of one of these types. Raises ValueError."""
    array = arrays[name]
    if not isinstance(array, np.ndarray) or array.dtype.name not in types:
        found = array.dtype.name[:40] if isinstance(array, np.ndarray) else "no array"
        raise ValueError(f"{name} must be one of {', '.join(types)}, got {found}")
    return array
