"""A chord table in a file: JSON, checked number by number when it is read, for the file may be anything."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from antiphon.errors import Failure, shown
from antiphon.files.read import parse_json, read_file
from antiphon.files.write import write_whole
from antiphon.harmony.theory import SHAPES, ChordTable

FORMAT = 1
MAX_FILE_BYTES = 1 << 20
# The chance of what was never seen is small, but not 0; odds are ratios.
_SHARE, _ODDS = (1e-9, 1.0), (1e-6, 1e6)
_RANGES = {"places": _ODDS, "melody": _ODDS}
_SUMS_TO_1 = 1e-3
_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class TableFile:
    """A table that was read, and the checksum of its file."""

    table: ChordTable
    sha256: str


def write(path: Path, table: ChordTable, songs: int, half_bars: int) -> None:
    """Write a table that was counted in so many songs and half bars. Raises Failure naming the file."""
    said: dict[str, object] = {"format": FORMAT, "songs": songs, "half_bars": half_bars}
    for name in SHAPES:
        said[name] = _rounded(getattr(table, name).tolist())
    write_whole(path, json.dumps(said).encode())


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.{_DIGITS}g}")


def read(path: Path) -> TableFile:
    """Raises Failure naming the file, and what in it is wrong."""
    data = read_file(path, MAX_FILE_BYTES)
    try:
        return TableFile(_table(parse_json(data)), hashlib.sha256(data).hexdigest())
    except ValueError as error:
        raise Failure(f"{path}: is not a chord table: {error}") from None


def _table(said: object) -> ChordTable:
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        found = said.get("format") if isinstance(said, dict) else said
        raise ValueError(f"format {shown(found)}, this Antiphon reads format {FORMAT}")
    return ChordTable(**{name: _numbers(said, name) for name in SHAPES})


def _numbers(said: dict[str, Any], name: str) -> Any:
    shape, (least, most) = SHAPES[name], _RANGES.get(name, _SHARE)
    if name not in said:
        raise ValueError(f"{name} is missing")
    if not _has_shape(said[name], shape):
        raise ValueError(f"{name} must be {' × '.join(map(str, shape))} numbers, got {shown(said[name])}")
    found = np.array(said[name], np.float64)
    outside = found[(found < least) | (found > most)]
    if outside.size:
        raise ValueError(f"{name} must be {least:g}–{most:g}, got {outside[0]:g}")
    sums = found.sum(axis=-1)
    if name not in _RANGES and (wrong := sums[abs(sums - 1) > _SUMS_TO_1]).size:
        raise ValueError(f"each row of {name} must sum to 1, got {wrong.flat[0]:g}")
    return found if name in _RANGES else found / sums[..., None]


def _has_shape(value: object, shape: tuple[int, ...]) -> bool:
    if not shape:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, list) and len(value) == shape[0] and all(_has_shape(v, shape[1:]) for v in value)
