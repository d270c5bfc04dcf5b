"""What a session remembers, kept in a file until the next one. Read with care: it may be anything."""

import json
from collections.abc import Sequence
from pathlib import Path

from antiphon.compose import symbols
from antiphon.compose.memory import MOST_STEPS
from antiphon.errors import Failure
from antiphon.stage.files import write_whole

FORMAT = 1
_GAP = "."
_MAX_BYTES = 1 << 20


def write(path: Path, remembered: Sequence[str]) -> None:
    """Write symbols, "" for each step between two songs. Raises Failure naming the file."""
    text = " ".join(symbol or _GAP for symbol in remembered)
    write_whole(path, json.dumps({"format": FORMAT, "symbols": text}).encode())


def read(path: Path) -> tuple[str, ...]:
    """The same back; nothing where there is no file yet. Raises Failure where it is not such a file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from None
    if len(data) > _MAX_BYTES:
        raise Failure(f"{path}: larger than the {_MAX_BYTES >> 20} MiB a memory may have")
    try:
        return _read(json.loads(data))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Failure(f"{path}: is not a memory: {error}") from None


def _read(said: dict[str, object]) -> tuple[str, ...]:
    if said["format"] != FORMAT:
        raise ValueError(f"format {said['format']!r}, this Antiphon reads format {FORMAT}")
    words = str(said["symbols"]).split()
    if len(words) > MOST_STEPS:
        raise ValueError(f"at most {MOST_STEPS} steps are remembered, got {len(words)}")
    symbols.parse(" ".join(word for word in words if word != _GAP))
    return tuple("" if word == _GAP else word for word in words)
