"""All that a session was told since it began, packed small: a take that begins in its midst needs it."""

import zlib
from typing import cast

from antiphon.perform.reports import Begun, Report
from antiphon.perform.replay import Record
from antiphon.stage.takes import records

MOST_BYTES = 1 << 20


class History:
    """Feed it every report. Beyond 1 MiB, packed, it gives up: hours of playing."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._begin()

    def _begin(self) -> None:
        self._packing = zlib.compressobj()
        self._packed = bytearray()
        self._empty = self._whole = True

    def add(self, report: Report) -> None:
        if isinstance(report, Begun):
            self._begin()
        if not self._whole or not isinstance(report, records.RECORDED):
            return
        self._packed += self._packing.compress(_line(cast(Record, report), self._empty))
        self._empty = False
        if len(self._packed) > self._most_bytes:
            self._whole = False
            self._packed.clear()

    def packed(self) -> bytes | None:
        """As `records.pack` does it; None if it was too much."""
        if not self._whole:
            return None
        return b"" if self._empty else bytes(self._packed) + self._packing.copy().flush()


def _line(record: Record, first: bool) -> bytes:
    line = records.write(record)
    return line if first else b"\n" + line
