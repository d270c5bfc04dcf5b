"""The bytes of a MIDI file: chunks, numbers of variable length, meta events. Knows no time and no music."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER, TRACK = b"MThd", b"MTrk"
TEXT, TRACK_NAME, MARKER, END_OF_TRACK, SEQUENCER_SPECIFIC = 0x01, 0x03, 0x06, 0x2F, 0x7F
_META = 0xFF
# A number in a MIDI file has up to four bytes.
_MOST_NUMBER_BYTES = 4
LENGTH_BYTES = 4
# Data bytes after a status byte, by its upper half.
_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where the body of a chunk lies in the file, and how long it says it is."""

    kind: bytes
    begin: int
    length: int

    @property
    def end(self) -> int:
        return self.begin + self.length


@dataclass(frozen=True, slots=True)
class Meta:
    """A meta event, its number and what it holds, and where the next event begins."""

    kind: int
    data: bytes
    end: int


def number(value: int) -> bytes:
    """A number of variable length, 0 to 2²⁸ - 1."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(value & 0x7F | 0x80)
    return bytes(reversed(out))


def meta(kind: int, data: bytes) -> bytes:
    """A meta event, without the ticks before it."""
    return bytes((_META, kind)) + number(len(data)) + data


def chunk(kind: bytes, body: bytes) -> bytes:
    return kind + length(len(body)) + body


def length(value: int) -> bytes:
    """The length of a chunk, as its header says it."""
    return struct.pack(">I", value)


def header(tracks: int, ticks_per_quarter: int) -> bytes:
    """The first chunk of a file of format 1."""
    return chunk(HEADER, struct.pack(">HHH", 1, tracks, ticks_per_quarter))


def chunks(data: bytes) -> Iterator[Chunk]:
    """The chunks of `data`; the last one may say that it is longer than what is left."""
    place = 0
    while place + 8 <= len(data):
        found = Chunk(data[place : place + 4], place + 8, struct.unpack_from(">I", data, place + 4)[0])
        yield found
        place = found.end


def metas(data: bytes, begin: int, end: int) -> Iterator[Meta]:
    """Meta events of a track, up to its end or to the first bytes that are not a whole event."""
    place = begin
    while (event := _event(data, place, end)) is not None:
        if event.kind >= 0:
            yield event
        place = event.end


def _event(data: bytes, place: int, end: int) -> Meta | None:
    """The event at a place; `kind` is -1 for one that is not a meta event. None where no whole one stands."""
    if (after := _read_number(data, place, end)) is None or after[1] >= end:
        return None
    place = after[1]
    status = data[place]
    if status != _META:
        size = _DATA_BYTES.get(status >> 4)
        return None if size is None or place + 1 + size > end else Meta(-1, b"", place + 1 + size)
    if place + 2 > end or (said := _read_number(data, place + 2, end)) is None:
        return None
    size, body = said
    return Meta(data[place + 1], data[body : body + size], body + size) if body + size <= end else None


def _read_number(data: bytes, place: int, end: int) -> tuple[int, int] | None:
    """The number, and where what follows it begins."""
    value = 0
    for byte in data[place : min(end, place + _MOST_NUMBER_BYTES)]:
        value, place = value << 7 | byte & 0x7F, place + 1
        if byte < 0x80:
            return value, place
    return None
