"""One page that is connected: what waits to be sent to it, the keys it holds, and how much it may send.

Messages are checked here as far as this process acts on them: pings and notes. Knows no socket.
"""

import json
from asyncio import Queue, QueueFull
from math import isfinite
from typing import Any

from antiphon.stage.machine.pace import Pace

MOST_WAITING = 500
MOST_A_SECOND = 200
# A note can have been played so long before it came, in seconds.
LATEST_S = 0.25
_FORWARDED = ("set", "press", "learn")


class Hostile(Exception):  # noqa: N818
    """The page sends too much; it is to be disconnected."""


class Client:
    """`waiting` holds texts for the page, None for its end: a page that does not read is dropped."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.waiting: Queue[str | None] = Queue(MOST_WAITING)
        self.stuck = False
        self._down: set[int] = set()
        self._pace = Pace(MOST_A_SECOND, 1.0)

    def tell(self, text: str) -> None:
        """Send a text soon; never waits."""
        if self.stuck:
            return
        try:
            self.waiting.put_nowait(text)
        except QueueFull:
            self.stuck = True

    def hear(self, text: str, now_s: float) -> dict[str, Any] | None:
        """What is to be passed on of a message that came; None where nothing is.

        Raises Hostile where too many came within a second, and ValueError where it is no message.
        """
        if not self._pace.allows(now_s):
            raise Hostile
        message = _object(text)
        kind = message.get("type")
        if kind == "ping":
            pong = {"id": message.get("id"), "page_s": message.get("page_s"), "daemon_s": now_s}
            self.tell(json.dumps({"type": "pong", **pong}))
            return None
        if kind == "note":
            return self._note(message, now_s)
        if kind in _FORWARDED:
            return {**message, "client": self.number}
        raise ValueError("type must be ping, set, press, note or learn")

    def _note(self, message: dict[str, Any], now_s: float) -> dict[str, Any]:
        pitch, velocity = (_midi_number(message, name) for name in ("pitch", "velocity"))
        (self._down.add if velocity else self._down.discard)(pitch)
        return _played(pitch, velocity, _possible(message.get("at_s"), now_s))

    def let_go(self, now_s: float) -> list[dict[str, Any]]:
        """The ends of the notes that it still holds: it is gone."""
        down, self._down = sorted(self._down), set()
        return [_played(pitch, 0, now_s) for pitch in down]


def _object(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(message, dict):
        raise ValueError("not a JSON object")
    return message


def _played(pitch: int, velocity: int, at_s: float) -> dict[str, Any]:
    return {"type": "note", "pitch": pitch, "velocity": velocity, "at_s": at_s}


def _midi_number(message: dict[str, Any], name: str) -> int:
    value = message.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 127:
        raise ValueError(f"{name} must be a whole number 0–127")
    return value


def _possible(at_s: object, now_s: float) -> float:
    """The moment that a note tells of itself, bounded by what can be true."""
    if isinstance(at_s, bool) or not isinstance(at_s, int | float) or not isfinite(at_s):
        return now_s
    return min(max(float(at_s), now_s - LATEST_S), now_s)
