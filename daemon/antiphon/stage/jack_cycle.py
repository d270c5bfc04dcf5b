"""What falls into which cycle of JACK: seconds of our clock ↔ frames, and what is still to be written. Pure.

A cycle is a fixed number of frames, for which JACK calls once; the frames of the server are counted on from
cycle to cycle, also over those that were missed.
"""

import math
from collections import deque

_FRAME_COUNTER = 1 << 32
# The server's own estimate of a cycle's moment wanders by some 50 µs within seconds, which between two notes
# would be up to three frames. The oscillators it stands for differ by hundred-thousandths.
_FINAL_HZ, _FIRST_HZ = 0.05, 1.0
_MOST_SKEW = 0.001
# Off by more than `_TRUST_S`, a reading says nothing of the skew: the server or its estimate was held up. Off
# by more than `_DOUBT_S` it is passed over; so many of these in a row mean that the server stood still.
_TRUST_S, _DOUBT_S, _DOUBTS = 0.0003, 0.002, 20


class Timeline:
    """Which moment each frame has, learnt from readings of both clocks by a loop of second order.

    A cycle's moment is the last one's and the frames between, at the nominal rate and a `skew` that is
    learnt; at a reading, a part of what that is off by is made up for. (The loop is that of F. Adriaensen,
    "Using a DLL to filter time", 2005; it begins quick and becomes slow.) Before the first `observe` nothing
    is known.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._started = False
        self._frame = 0  # the server's, of 32 bits
        self._begins_s = self._skew = self._age_s = self._since_s = 0.0
        self._doubts = 0

    def move(self, cycle_frame: int) -> None:
        """Go to the cycle that began at this frame of the server's counter."""
        length_s = _signed(cycle_frame - self._frame) / self._rate
        self._frame = cycle_frame
        self._begins_s += length_s * (1 + self._skew)
        self._since_s += length_s

    def observe(self, now_s: float, now_frame: int, cycle_frame: int) -> None:
        """Go to that cycle, and learn that at `now_s` the server's counter stood at `now_frame`."""
        # The counter shows whole frames: on average it is half a frame further.
        measured_s = now_s - (_signed(now_frame - cycle_frame) + 0.5) / self._rate
        if not self._started:
            self._started, self._frame, self._begins_s = True, cycle_frame, measured_s
            return
        self.move(cycle_frame)
        error_s = measured_s - self._begins_s
        if abs(error_s) > _DOUBT_S:
            self._doubt(measured_s)
        elif self._since_s > 0:
            self._follow(error_s, self._since_s)

    def _follow(self, error_s: float, length_s: float) -> None:
        self._doubts = 0
        self._since_s = 0.0
        self._age_s += length_s
        pull = min(1.0, 2 * math.pi * max(_FINAL_HZ, _FIRST_HZ / (1 + 10 * self._age_s)) * length_s)
        self._begins_s += math.sqrt(2) * pull * error_s
        if abs(error_s) < _TRUST_S:
            self._skew += pull * pull * error_s / length_s
            self._skew = max(-_MOST_SKEW, min(_MOST_SKEW, self._skew))

    def _doubt(self, measured_s: float) -> None:
        self._doubts += 1
        if self._doubts >= _DOUBTS:
            self._begins_s, self._doubts, self._age_s, self._since_s = measured_s, 0, 0.0, 0.0

    def moment_s(self, offset: int) -> float:
        """The moment of the frame `offset` frames after the beginning of the cycle."""
        return self._begins_s + offset / self._rate * (1 + self._skew)

    def offset(self, at_s: float) -> int:
        """The frame nearest to a moment, from the beginning of the cycle; below 0 it has passed."""
        return round((at_s - self._begins_s) * self._rate / (1 + self._skew))


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

    def first(self, timeline: Timeline, frames: int, written: int) -> tuple[int, bytes] | None:
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
