"""What a take's file holds, as bytes: the texts of its header and its records, whole or cut off.

Knows nothing of what a record says; `stage/takes/format` writes such files.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from antiphon.midi import smf

# The number of a manufacturer that is nobody's; then what follows: one record, many, or many from before.
NOBODY, ONE, MANY, BEFORE = b"\x7d", b"R", b"Z", b"P"
UNFINISHED = "unfinished"
_CHECK_BYTES = 4
# Of a night's densest playing there are some 40 MB.
MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class TakeFile:
    """What a take's file holds. `lines` and `before` are records as they were written."""

    texts: dict[str, Any]
    lines: tuple[bytes, ...]
    before: tuple[bytes, ...]

    @property
    def unfinished(self) -> bool:
        return is_unfinished(self.texts)


def read_header(data: bytes, size: int) -> dict[str, Any] | None:
    """The text events of a take of `size` bytes, whose first ones are `data`; None for what is no take.

    Raises ValueError that says what is wrong.
    """
    found = list(smf.chunks(data))
    if not found or found[0].kind != smf.HEADER:
        raise ValueError("is no MIDI file")
    first = next((one for one in found if one.kind == smf.TRACK), None)
    if first is None or first.end > size:
        raise ValueError("is cut short in its header")
    metas = smf.metas(data, first.begin, min(first.end, len(data)))
    texts = read_texts([one.data.decode("ascii", "replace") for one in metas if one.kind == smf.TEXT])
    return texts if {"bundle", "random seed"} <= texts.keys() else None


def read(data: bytes) -> TakeFile | None:
    """What a whole file holds; None for a MIDI file that is no take. Raises ValueError that says why not.

    Of an unfinished one every record that is whole, however it was cut off.
    """
    if (texts := read_header(data, len(data))) is None:
        return None
    tracks = [one for one in smf.chunks(data) if one.kind == smf.TRACK]
    metas = list(smf.metas(data, tracks[0].begin, tracks[0].end))
    before = tuple(unpack(_joined(metas, BEFORE)))
    if not is_unfinished(texts):
        return TakeFile(texts, tuple(unpack(_joined(metas, MANY))), before)
    if len(tracks) < 2:
        raise ValueError("is cut short in its header")
    return TakeFile(texts, tuple(_appended(data, tracks[1].begin)), before)


def is_unfinished(texts: Mapping[str, Any]) -> bool:
    return UNFINISHED in texts


def _joined(metas: Iterable[smf.Meta], kind: bytes) -> bytes:
    return b"".join(_unchecked(one.data) for one in metas if _is_ours(one, kind))


def _appended(data: bytes, begin: int) -> Iterator[bytes]:
    """Records up to the first that is not whole; the last may lie beyond the end that the track tells."""
    for one in smf.metas(data, begin, len(data)):
        if _is_ours(one, ONE):
            try:
                yield _unchecked(one.data)
            except ValueError:
                return


def _is_ours(one: smf.Meta, kind: bytes) -> bool:
    return one.kind == smf.SEQUENCER_SPECIFIC and one.data.startswith(NOBODY + kind)


def _unchecked(data: bytes) -> bytes:
    check, held = data[2 : 2 + _CHECK_BYTES], data[2 + _CHECK_BYTES :]
    if zlib.crc32(held).to_bytes(_CHECK_BYTES, "big") != check:
        raise ValueError("its records are damaged")
    return held


def checked(kind: bytes, data: bytes) -> bytes:
    """A meta event that holds a record, or a piece of many, with its checksum."""
    check = zlib.crc32(data).to_bytes(_CHECK_BYTES, "big")
    return smf.meta(smf.SEQUENCER_SPECIFIC, NOBODY + kind + check + data)


def unpack(data: bytes) -> list[bytes]:
    """The same back, as lines. Raises ValueError."""
    if not data:
        return []
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"its records are damaged: {error}") from None
    if not unpacking.eof:
        raise ValueError("its records are cut short, or too many")
    return text.split(b"\n") if text else []


def read_texts(texts: list[str]) -> dict[str, Any]:
    """By name; what is not ours is left out. Raises ValueError."""
    named = (one.partition(": ") for one in texts)
    try:
        return {name: json.loads(value) for name, colon, value in named if colon and name.islower()}
    except (ValueError, RecursionError):
        raise ValueError("its header is damaged") from None
