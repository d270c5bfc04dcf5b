"""Note-offs and pedals are sent again after JACK lost time, so that no note hangs.

A client that is late in a period, ours or the synthesizer's, misses the messages of that period. JACK tells
all its clients that somebody was late, but not what was missed. A repeated note-off does nothing where the
first one arrived. Pure.
"""

import math
from collections.abc import Iterator

from antiphon.stage.ports.jack.frames import is_note_on

_KEPT_S = 2.0
# A synthesizer that was stopped is told of as late before it reads again: so once more, this much later.
_ONCE_MORE_S = 0.1
# A server that loses time again and again is not flooded.
_APART_S = 0.05
_NOTE_OFF, _NOTE_ON, _CONTROL_CHANGE = 0x80, 0x90, 0xB0
_PEDALS = range(64, 70)


class Endings:
    """Which messages left in the last two seconds that may be sent twice, and when they are sent again."""

    def __init__(self) -> None:
        self._left: dict[tuple[int, int, int], tuple[float, bytes]] = {}
        self._due_s = self._once_more_s = math.inf
        self._sent_s = -math.inf

    def follow(self, output: int, at_s: float, message: bytes) -> None:
        """This left on the output of this number."""
        status = message[0] & 0xF0
        if status == _CONTROL_CHANGE and message[1] in _PEDALS:
            self._left[output, message[0], message[1]] = at_s, message
        elif is_note_on(message):
            self._left.pop((output, message[0] & 0x0F, message[1]), None)
        elif status in (_NOTE_OFF, _NOTE_ON):
            self._left[output, message[0] & 0x0F, message[1]] = at_s, message

    def time_was_lost(self, now_s: float) -> None:
        """Send them again as soon as may be, and once more."""
        self._due_s, self._once_more_s = max(now_s, self._sent_s + _APART_S), now_s + _ONCE_MORE_S

    def due(self, now_s: float) -> bool:
        """Whether they are to be sent again now; says so once for each time."""
        if now_s < self._due_s:
            return False
        self._due_s, self._once_more_s, self._sent_s = self._once_more_s, math.inf, now_s
        self._left = {key: left for key, left in self._left.items() if now_s - left[0] < _KEPT_S}
        return True

    def of(self, output: int) -> Iterator[bytes]:
        """The messages to be sent again on this output."""
        return (message for (number, _, _), (_, message) in self._left.items() if number == output)
