"""Writing a file so that a crash leaves the old one or the new one. Knows nothing of what is in it."""

import os
from contextlib import suppress
from pathlib import Path

from antiphon.errors import Failure


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, then rename into place: a crash leaves the old file. Raises Failure naming it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with open(beside, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Failure(f"{path}: cannot be written: {error.strerror or error}") from None
