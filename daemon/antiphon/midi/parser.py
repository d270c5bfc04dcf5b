"""Bytes from a cable become whole MIDI messages, as the standard says. Pure; never raises."""

from collections.abc import Iterable

ACTIVE_SENSING, SYSTEM_RESET = 0xFE, 0xFF
FIRST_SYSTEM, SONG_POSITION = 0xF0, 0xF2
_FIRST_STATUS, _FIRST_REAL_TIME = 0x80, 0xF8
_CLOCK = (0xF8, 0xFA, 0xFB, 0xFC)  # pulse, start, continue, stop
_DATA_BYTES = {status: 1 if 0xC0 <= status < 0xE0 else 2 for status in (*range(0x80, 0xF0), SONG_POSITION)}


class MidiParser:
    """Feed it bytes in pieces of any length; it gives the messages that they complete.

    Those are channel and clock messages and the system reset. Running status is understood. Real-time bytes
    may stand anywhere, even inside another message; System Exclusive of any length is skipped without being
    kept. Values that are not bytes, and data bytes without a status, are dropped.
    """

    def __init__(self) -> None:
        self._status = 0  # 0: no status is running
        self._data: list[int] = []

    def feed(self, data: Iterable[int]) -> list[bytes]:
        messages: list[bytes] = []
        for byte in data:
            if byte in _CLOCK:
                messages.append(bytes([byte]))
            elif byte == SYSTEM_RESET:
                self._status, self._data = 0, []
                messages.append(bytes([byte]))
            elif _FIRST_STATUS <= byte < _FIRST_REAL_TIME:
                # System messages end a running status; the data bytes after them belong to no message.
                self._status = byte if byte < FIRST_SYSTEM or byte == SONG_POSITION else 0
                self._data = []
            elif self._status and 0 <= byte < _FIRST_STATUS:
                self._data.append(byte)
                if len(self._data) == _DATA_BYTES[self._status]:
                    messages.append(bytes([self._status, *self._data]))
                    self._data = []
                    self._status = 0 if self._status == SONG_POSITION else self._status
        return messages
