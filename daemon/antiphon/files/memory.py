"""The memory of a session in a file, for the next session. Checks what it reads: the file may be anything."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from antiphon.compose import symbols
from antiphon.compose.memory.experience import MOST_SIXTEENTHS
from antiphon.compose.symbols import GAP, regridded
from antiphon.errors import Failure, shown
from antiphon.files.read import parse_json, read_file
from antiphon.files.write import write_whole
from antiphon.timebase import MOST_STEPS_PER_QUARTER, STEPS_PER_QUARTER, steps_of_sixteenths

FORMAT = 1
_GAP = "."
_STEPS = "steps_per_quarter"  # what a file does not say is STEPS_PER_QUARTER
MAX_FILE_BYTES = 1 << 20


def write(path: Path, remembered: Sequence[str], steps_per_quarter: int = STEPS_PER_QUARTER) -> None:
    """Write symbols, GAP for each step between two songs. Raises Failure naming the file."""
    said: dict[str, object] = {"format": FORMAT}
    said["symbols"] = " ".join(symbol or _GAP for symbol in remembered)
    if steps_per_quarter != STEPS_PER_QUARTER:
        said[_STEPS] = steps_per_quarter
    write_whole(path, json.dumps(said).encode())


def read(path: Path, steps_per_quarter: int = STEPS_PER_QUARTER) -> tuple[str, ...]:
    """The symbols of such a file, on a grid; none where there is no file.

    Raises Failure where it is another file.
    """
    if not os.path.lexists(path):
        return ()
    data = read_file(path, MAX_FILE_BYTES)
    try:
        return _read(parse_json(data), steps_per_quarter)
    except ValueError as error:
        raise Failure(f"{path}: is not a memory: {error}") from None


def _read(said: object, wanted: int) -> tuple[str, ...]:
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        found = said.get("format") if isinstance(said, dict) else said
        raise ValueError(f"format {shown(found)}, this Antiphon reads format {FORMAT}")
    if not isinstance(text := said.get("symbols"), str):
        raise ValueError(f"symbols must be a text, got {shown(text)}")
    steps = said.get(_STEPS, STEPS_PER_QUARTER)
    if not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS_PER_QUARTER:
        raise ValueError(f"{_STEPS} must be 1–{MOST_STEPS_PER_QUARTER}, got {shown(steps)}")
    words, most = text.split(), steps_of_sixteenths(MOST_SIXTEENTHS, steps)
    if len(words) > most:
        raise ValueError(f"at most {most} steps are remembered, got {len(words)}")
    symbols.parse(" ".join(word for word in words if word != _GAP))
    return regridded([GAP if word == _GAP else word for word in words], steps, wanted)
