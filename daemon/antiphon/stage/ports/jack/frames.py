"""What falls into which cycle of JACK: seconds of our clock ↔ frames, and what is still to be written. Pure.

A cycle is a fixed number of frames, for which JACK calls once; the frames of the server are counted on from
cycle to cycle, also over those that were missed.
"""

import math
from collections import deque
from collections.abc import Iterable

_FRAME_COUNTER = 1 << 32
# A cycle is never begun too early, but often a little late. So the earliest readings tell the time, and later
# ones count only if all are late: by less than `_LOST_S` for `_DRIFT_S`, and the clocks drift; by more a few
# times in a row, and the server has lost time. (Its own estimate, `frame_time`, is off by tenths of a second
# after such losses.) Readings are whole frames: what is within one of them changes nothing, or two notes
# would be a frame more or less apart than they should.
_DRIFT_S, _CREEP, _SLACK_FRAMES = 0.5, 0.3, 1
_LOST_S, _LOST_READINGS = 0.001, 3
_NOTE_ON = 0x90


class Timeline:
    """Which moment each frame has, at the nominal rate, learnt from readings of both clocks.

    Before the first `observe` nothing is known.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._started = False
        self._frame = 0  # the server's, of 32 bits
        self._begins_s = 0.0
        self._least_s, self._watched_s = math.inf, 0.0  # since the last change
        self._lost_s: list[float] = []  # of readings in a row

    def move(self, cycle_frame: int) -> None:
        """Go to the cycle that began at this frame of the server's counter."""
        length_s = _signed(cycle_frame - self._frame) / self._rate
        self._frame = cycle_frame
        self._begins_s += length_s
        self._watched_s += length_s

    def observe(self, now_s: float, since: int, cycle_frame: int) -> None:
        """Go to that cycle, and learn that at `now_s` it had begun `since` frames ago."""
        began_s = now_s - since / self._rate
        if not self._started:
            self._started, self._frame, self._begins_s = True, cycle_frame, began_s
            return
        self.move(cycle_frame)
        late_s = began_s - self._begins_s
        self._least_s = min(self._least_s, late_s)
        self._lost_s = [*self._lost_s, late_s] if late_s > _LOST_S else []
        slack_s = _SLACK_FRAMES / self._rate
        if late_s < -slack_s:
            self._shift(late_s)
        elif len(self._lost_s) >= _LOST_READINGS:
            self._shift(min(self._lost_s))
        elif self._watched_s >= _DRIFT_S:
            self._shift(_CREEP * self._least_s if self._least_s > slack_s else 0.0)

    def _shift(self, by_s: float) -> None:
        self._begins_s += by_s
        self._least_s, self._watched_s, self._lost_s = math.inf, 0.0, []

    def moment_s(self, offset: int) -> float:
        """The moment of the frame `offset` frames after the beginning of the cycle."""
        return self._begins_s + offset / self._rate

    def offset(self, at_s: float) -> int:
        """The frame nearest to a moment, from the beginning of the cycle; below 0 it has passed."""
        return round((at_s - self._begins_s) * self._rate)


class UnsteadyTimeline:
    """The same for a server that does not run in real time, whose frames tell wrong moments: all that is in
    a cycle has the moment at which we were called for it, and all that is handed over leaves at its start."""

    def __init__(self) -> None:
        self._begins_s = 0.0

    def move(self, cycle_frame: int) -> None:
        """Frames tell nothing; `observe` is called in every cycle."""

    def observe(self, now_s: float, since: int, cycle_frame: int) -> None:  # noqa: ARG002
        self._begins_s = now_s

    def moment_s(self, offset: int) -> float:  # noqa: ARG002
        return self._begins_s

    def offset(self, at_s: float) -> int:  # noqa: ARG002
        return 0


def _signed(frames: int) -> int:
    """A difference of two readings of a counter of 32 bits."""
    return (frames + _FRAME_COUNTER // 2) % _FRAME_COUNTER - _FRAME_COUNTER // 2


class Pending:
    """The messages of one output that are handed over and not yet written, in the order of handing over.

    None overtakes another: what is due before its forerunner leaves together with it.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._last_s = -math.inf

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, at_s: float, message: bytes) -> None:
        self._last_s = max(self._last_s, at_s)
        self._waiting.append((self._last_s, message))

    def first(
        self, timeline: Timeline | UnsteadyTimeline, frames: int, written: int
    ) -> tuple[int, bytes] | None:
        """The next message and its frame, if it is due in `timeline`'s cycle, of so many `frames`.

        `written` is the frame of the last one in this cycle: no frame lies before it. What is late has the
        first frame that is left.
        """
        if not self._waiting:
            return None
        at_s, message = self._waiting[0]
        if (offset := timeline.offset(at_s)) < written:
            return written, message
        return (offset, message) if offset < frames else None

    def done(self) -> None:
        """The message that `first` gave is written."""
        self._waiting.popleft()

    def end(self, at_s: float, offs: Iterable[bytes]) -> None:
        """Nobody will end what is not begun yet: let the rest out at `at_s`, and `offs` behind it."""
        rest = [message for _, message in self._waiting if not is_note_on(message)]
        rest += [off for off in offs if off not in rest]
        self._waiting = deque((at_s, message) for message in rest)


def is_note_on(message: bytes) -> bool:
    return message[0] & 0xF0 == _NOTE_ON and message[2] > 0
