"""What the playing process reads of the JACK process while music plays, as values. Pure."""

from collections.abc import Iterator
from typing import NamedTuple

from antiphon.events import Lead
from antiphon.stage.ports.jack.records import LAYOUT, LEAD, PERIOD, PLACED, ROLLING
from antiphon.timebase import Meter


class Message(NamedTuple):
    """A MIDI message that came in on one of our ports, and its moment, in seconds of our clock.

    `at_start`: it stood at the first frame of its cycle.
    """

    port: int
    at_s: float
    data: bytes
    at_start: bool


class Period(NamedTuple):
    """How long a cycle of the server is, in seconds."""

    seconds: float


JackRecord = Message | Period | Lead


def unpack(data: bytes) -> Iterator[JackRecord]:
    """The records that were read, in the order of writing."""
    for at_s, quarters, bpm, what, length, top, bottom, message in LAYOUT.iter_unpack(data):
        if what == LEAD:
            meter = Meter(top, bottom) if top else None
            yield Lead(at_s, quarters, bpm, bool(length & ROLLING), bool(length & PLACED), meter, by="jack")
        elif what == PERIOD:
            yield Period(at_s)
        else:
            yield Message(what, at_s, message[:length], bool(top))


class StampGrain:
    """How coarse the moments of a port's messages are: feed it whether each stood at the start of its cycle.

    A program that knows no frames hands its messages over at some time in a period, and they stand at the
    first frame of the next. One that knows frames puts one in a thousand there, or fewer.
    """

    _COARSE_AFTER = 8

    def __init__(self) -> None:
        self._at_start = self._COARSE_AFTER - 1

    def is_coarse(self, at_start: bool) -> bool:
        """Whether this message came some time in the period before its moment."""
        self._at_start = self._at_start + 1 if at_start else 0
        return self._at_start >= self._COARSE_AFTER
