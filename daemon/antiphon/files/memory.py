"""The memory of a session in a file, for the next session. Checks what it reads: the file may be anything."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from antiphon.compose import symbols
from antiphon.compose.memory import MOST_STEPS
from antiphon.errors import Failure, shown
from antiphon.files.read import parse_json, read_file
from antiphon.files.write import write_whole

FORMAT = 1
_GAP = "."
MAX_FILE_BYTES = 64 << 10


def write(path: Path, remembered: Sequence[str]) -> None:
    """Write symbols, "" for each step between two songs. Raises Failure naming the file."""
    text = " ".join(symbol or _GAP for symbol in remembered)
    write_whole(path, json.dumps({"format": FORMAT, "symbols": text}).encode())


def read(path: Path) -> tuple[str, ...]:
    """The symbols of such a file; none where there is no file. Raises Failure where it is another file."""
    if not os.path.lexists(path):
        return ()
    data = read_file(path, MAX_FILE_BYTES)
    try:
        return _read(parse_json(data))
    except ValueError as error:
        raise Failure(f"{path}: is not a memory: {error}") from None


def _read(said: object) -> tuple[str, ...]:
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        found = said.get("format") if isinstance(said, dict) else said
        raise ValueError(f"format {shown(found)}, this Antiphon reads format {FORMAT}")
    if not isinstance(text := said.get("symbols"), str):
        raise ValueError(f"symbols must be a text, got {shown(text)}")
    words = text.split()
    if len(words) > MOST_STEPS:
        raise ValueError(f"at most {MOST_STEPS} steps are remembered, got {len(words)}")
    symbols.parse(" ".join(word for word in words if word != _GAP))
    return tuple("" if word == _GAP else word for word in words)
