"""What is asked of the JACK process and what it answers, over a socket: tuples of Python's own plain values.

Both ends are the same Python, so marshal may write them; it is there already, and the process starts sooner.
"""

import marshal
import os
import select
from typing import Any

_LENGTH_BYTES = 4
_READ_BYTES = 1 << 16


class Channel:
    """One end. Every method raises EOFError or OSError once the other end is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._data = b""
        self._ready = select.poll()
        self._ready.register(descriptor, select.POLLIN)

    def send(self, value: Any) -> None:
        data = marshal.dumps(value)
        os.write(self._descriptor, len(data).to_bytes(_LENGTH_BYTES, "little") + data)

    def receive(self, within_s: float | None = None) -> Any:
        """The next value, or None if it does not come within that time; without one, it is waited for."""
        wait_ms = None if within_s is None else 1000 * within_s
        while (value := self._taken()) is None and self._ready.poll(wait_ms):
            if not (data := os.read(self._descriptor, _READ_BYTES)):
                raise EOFError
            self._data += data
        return value

    def _taken(self) -> Any:
        """The first whole value of what was read."""
        end = _LENGTH_BYTES + int.from_bytes(self._data[:_LENGTH_BYTES], "little")
        if len(self._data) < max(end, _LENGTH_BYTES):
            return None
        value, self._data = marshal.loads(self._data[_LENGTH_BYTES:end]), self._data[end:]
        return value

    def close(self) -> None:
        os.close(self._descriptor)
