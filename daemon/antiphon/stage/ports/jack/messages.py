"""What the sending process and the JACK process say to each other in mid-performance: records of one length.

One length, and far shorter than what a pipe takes in one piece: so a record is written whole or not at all,
and whoever reads finds whole ones. Pure.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from antiphon.events import Lead
from antiphon.timebase import Meter

LONGEST = 3  # bytes: channel messages and the clock's; nothing else is passed on
_LAYOUT = struct.Struct("<dddBBBB4s")  # moment, quarters, bpm, what, length or flags, meter, bytes
RECORD_BYTES = _LAYOUT.size
# What a record is: a message of the port of this number, or one of these.
_PERIOD, _LEAD = 254, 255
PORTS = 254
_ROLLING, _PLACED = 1, 2


@dataclass(frozen=True, slots=True)
class Message:
    """A MIDI message of 1–3 bytes on one of our ports, and its moment, in seconds of our clock."""

    port: int
    at_s: float
    data: bytes


@dataclass(frozen=True, slots=True)
class Period:
    """How long a cycle of the server is, in seconds."""

    seconds: float


Record = Message | Period | Lead


def pack_message(port: int, at_s: float, data: bytes) -> bytes:
    return _LAYOUT.pack(at_s, 0.0, 0.0, port, len(data), 0, 0, data)


def pack(record: Record) -> bytes:
    if isinstance(record, Message):
        return pack_message(record.port, record.at_s, record.data)
    if isinstance(record, Period):
        return _LAYOUT.pack(record.seconds, 0.0, 0.0, _PERIOD, 0, 0, 0, b"")
    flags = _ROLLING * record.rolling | _PLACED * record.placed
    top, bottom = (record.meter.numerator, record.meter.denominator) if record.meter else (0, 0)
    return _LAYOUT.pack(record.at_s, record.quarters, record.bpm, _LEAD, flags, top, bottom, b"")


def unpack(data: bytes) -> Iterator[Record]:
    """The records that were read, in the order of writing."""
    for moment, quarters, bpm, what, length, top, bottom, message in _LAYOUT.iter_unpack(data):
        if what == _LEAD:
            meter = Meter(top, bottom) if top else None
            yield Lead(moment, quarters, bpm, bool(length & _ROLLING), bool(length & _PLACED), meter)
        elif what == _PERIOD:
            yield Period(moment)
        else:
            yield Message(what, moment, message[:length])


What = Literal["inputs", "outputs", "listen", "play", "tie", "untie", "ties", "drain"]


@dataclass(frozen=True, slots=True)
class JackRequest:
    """Become a client. `transport_bpm` None: the transport is not told of; `insist`: under that very name,
    which one that is no more may have for a moment yet; `exact`: with ports, where the server runs in real
    time. Elsewhere, and without `exact`, the client only watches, under a name of its own."""

    client_name: str
    transport_bpm: float | None = None
    insist: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """It is a client of the server, under this name; `period_s` is the length of a cycle, and `exact`
    whether it can have ports."""

    client_name: str
    period_s: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Ports to listen to or to send to ("inputs", "outputs"); a port of ours made, its number to be told
    ("listen", "play", `port` its short name); an output and an input joined or parted; the ties of `ports`,
    ours by name; or all that was handed over to be let out ("drain")."""

    what: What
    port: str = ""
    other: str = ""
    ports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """`refused` says why not, if anything; `lost` how many messages nobody took from the pipe so far."""

    value: Any = None
    refused: str = ""
    lost: int = 0
