"""What the playing process and the JACK process write to each other while music plays: records of one length.

One length, and far shorter than what a pipe takes in one piece: so a record is written whole or not at all,
and whole ones are read. Both processes load this, so it loads nothing itself. Pure.
"""

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from antiphon.events import Lead

LONGEST = 3  # bytes: channel messages and the clock's; nothing else is passed on
# Moment, quarters, bpm; what it is; length or flags; meter, or whether at the beginning of a cycle; bytes.
LAYOUT = struct.Struct("<dddBBBB4s")
RECORD_BYTES = LAYOUT.size
# What a record is: a message of the port of this number, or one of these.
PERIOD, LEAD = 254, 255
PORTS = 254
ROLLING, PLACED = 1, 2


def pack_message(port: int, at_s: float, data: bytes, at_start: bool = False) -> bytes:
    """A MIDI message of 1–3 bytes on one of our ports, and its moment, in seconds of our clock.

    `at_start`: it stood at the first frame of its cycle.
    """
    return LAYOUT.pack(at_s, 0.0, 0.0, port, len(data), at_start, 0, data)


def pack_period(seconds: float) -> bytes:
    """How long a cycle of the server is."""
    return LAYOUT.pack(seconds, 0.0, 0.0, PERIOD, 0, 0, 0, b"")


def pack_lead(lead: "Lead") -> bytes:
    """Where the transport is."""
    flags = ROLLING * lead.rolling | PLACED * lead.placed
    top, bottom = (lead.meter.numerator, lead.meter.denominator) if lead.meter else (0, 0)
    return LAYOUT.pack(lead.at_s, lead.quarters, lead.bpm, LEAD, flags, top, bottom, b"")


def messages(data: bytes) -> Iterator[tuple[int, float, bytes]]:
    """Port, moment and bytes of the messages that were read; other records are passed over."""
    for at_s, _, _, port, length, _, _, message in LAYOUT.iter_unpack(data):
        if port < PORTS:
            yield port, at_s, message[:length]
