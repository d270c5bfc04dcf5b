"""The events of a MIDI file, track by track: bytes in, messages at their ticks out. Knows no music.

It accepts what departs from the standard where the meaning is clear: chunks of other kinds and a RIFF wrapper
are skipped, like escapes and System Exclusive, and a running status goes on after a meta event.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from antiphon.midi.smf import END_OF_TRACK, HEADER, TRACK, chunks

META, _SYSEX, _ESCAPE = 0xFF, 0xF0, 0xF7
# A number of variable length has up to four bytes.
_MOST_NUMBER_BYTES = 4
_DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
TOO_SHORT = "it ends too early"


@dataclass(frozen=True, slots=True)
class TrackEvent:
    """A channel message, or a meta event as `META`, its kind and its data; `ticks` from the track's start."""

    ticks: int
    message: bytes


@dataclass(frozen=True, slots=True)
class MidiFile:
    """All tracks of a file, and how many ticks a quarter note has."""

    ticks_per_quarter: int
    tracks: tuple[tuple[TrackEvent, ...], ...]


def read_tracks(data: bytes) -> MidiFile:
    """A whole file. Raises ValueError that says what is wrong with it."""
    data = _unwrapped(data)
    found = [(one, data[one.begin : one.end]) for one in chunks(data)]
    if not found:
        raise ValueError(TOO_SHORT)
    first, head = found[0]
    if first.kind != HEADER:
        raise ValueError("it does not begin with MThd, so it is not a MIDI file")
    if len(head) < 6:
        raise ValueError(TOO_SHORT)
    _, tracks, division = struct.unpack_from(">HHh", head)
    if division <= 0:
        raise ValueError("its times are in SMPTE frames, not in beats")
    bodies = [body for one, body in found if one.kind == TRACK and one.end <= len(data)]
    if len(bodies) < tracks:
        raise ValueError(TOO_SHORT)
    return MidiFile(division, tuple(tuple(_Reader(body).events()) for body in bodies))


def _unwrapped(data: bytes) -> bytes:
    """The MIDI file inside a RIFF file of the kind RMID; `data` itself where it is none."""
    if data[:4] != b"RIFF" or data[8:12] != b"RMID":
        return data
    place = 12
    while place + 8 <= len(data):
        kind, (length,) = data[place : place + 4], struct.unpack_from("<I", data, place + 4)
        if kind == b"data":
            return data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2  # chunks begin at even places
    raise ValueError(TOO_SHORT)


class _Reader:
    """Reads one track from its beginning."""

    def __init__(self, body: bytes) -> None:
        self._body, self._place, self._status = body, 0, 0

    def events(self) -> Iterator[TrackEvent]:
        ticks = 0
        while self._place < len(self._body):
            ticks += self._number()
            message = self._message()
            if message is not None:
                yield TrackEvent(ticks, message)
                if message[:2] == bytes((META, END_OF_TRACK)):
                    return

    def _message(self) -> bytes | None:
        """The next message; None for what is skipped."""
        if (first := self._peek()) >= 0x80:
            self._place += 1
            if first == META:
                kind = self._bytes(1)
                return bytes((META,)) + kind + self._bytes(self._number())
            if first in (_SYSEX, _ESCAPE):
                self._bytes(self._number())
                return None
            self._status = first
        length = _DATA_BYTES.get(self._status >> 4)
        if length is None:
            raise ValueError(f"an event must begin with a status byte 80–EF, F0, F7 or FF, got {first:02X}")
        data = self._bytes(length)
        if max(data) > 0x7F:
            raise ValueError(f"a data byte must be 00–7F, got {max(data):02X}")
        return bytes((self._status,)) + data

    def _peek(self) -> int:
        if self._place >= len(self._body):
            raise ValueError(TOO_SHORT)
        return self._body[self._place]

    def _bytes(self, count: int) -> bytes:
        found = self._body[self._place : self._place + count]
        if len(found) < count:
            raise ValueError(TOO_SHORT)
        self._place += count
        return found

    def _number(self) -> int:
        value = 0
        for _ in range(_MOST_NUMBER_BYTES):
            byte = self._bytes(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise ValueError("a variable-length number never ends")
