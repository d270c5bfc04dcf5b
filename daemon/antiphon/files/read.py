"""Reading files of a limited size, whole or not at all. Knows nothing of what is in them."""

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from antiphon.errors import Failure

_MIB = 1 << 20


def read_file(path: Path, most_bytes: int) -> bytes:
    """The bytes of a file. Raises Failure naming it where it is missing, not a regular file, or larger."""
    try:
        with _opened(path) as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None
    except ValueError as error:  # the name holds a NUL byte
        raise Failure(f"{path}: {error}") from None
    if len(data) > most_bytes:
        raise Failure(f"{path}: is larger than {_size(most_bytes)}")
    return data


def _opened(path: Path) -> BinaryIO:
    # Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return open(descriptor, "rb")
    os.close(descriptor)
    raise Failure(f"{path}: is not a regular file")


def _size(size_bytes: int) -> str:
    return f"{size_bytes // _MIB} MiB" if size_bytes >= _MIB else f"{size_bytes // 1024} KiB"


def parse_json(data: bytes) -> Any:
    """The value that JSON says. Raises ValueError, also for NaN, infinity and nesting that is too deep."""
    try:
        return json.loads(data, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"a number must be finite, got {constant}")
