"""All that a session was told since it began, packed: a take that begins later needs it to be replayed."""

import zlib

from antiphon.perform.reports import Begun
from antiphon.stage.takes.records import Line

MOST_BYTES = 1 << 20


class History:
    """Feed it every line that is recorded. Beyond 1 MiB, packed, it gives up: hours of playing."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._begin()

    def _begin(self) -> None:
        self._packing = zlib.compressobj()
        self._packed = bytearray()
        self._empty = self._whole = True

    def add(self, line: Line) -> None:
        if isinstance(line.record, Begun):
            self._begin()
        if not self._whole:
            return
        self._packed += self._packing.compress(line.data if self._empty else b"\n" + line.data)
        self._empty = False
        if len(self._packed) > self._most_bytes:
            self._whole = False
            self._packed.clear()

    def packed(self) -> bytes | None:
        """As `records.pack` does it; None if it was too much."""
        if not self._whole:
            return None
        return b"" if self._empty else bytes(self._packed) + self._packing.copy().flush()
