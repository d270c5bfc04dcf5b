"""Due events and the notes that sound: offs before ons, and for every note-on exactly one note-off.

All moments are those at which something sounds. It leaves `ahead_s` before its moment.
"""

import heapq
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from antiphon.events import NoteOff, NoteOn, Timed


class Scheduler:
    """Events wait here until they are due. A note-on that comes too late is left out: never a burst."""

    def __init__(self, late_limit_s: float) -> None:
        self._late_limit_s = late_limit_s
        self.ahead_s = 0.0
        self._queue: list[tuple[float, bool, int, Timed, str]] = []
        self._order = count()
        # Since when, and of which part, by (channel, pitch), oldest first.
        self._held: dict[tuple[int, int], tuple[float, str]] = {}
        self.dropped = 0

    @property
    def idle(self) -> bool:
        return not self._queue and not self._held

    @property
    def next_s(self) -> float | None:
        """When the next event leaves, in seconds."""
        return self._queue[0][0] - self.ahead_s if self._queue else None

    def leaves_by(self, moment_s: float) -> bool:
        """Whether the next event leaves by a moment."""
        return bool(self._queue) and self._queue[0][0] - self.ahead_s <= moment_s

    def add(self, timed: Timed, part: str = "") -> None:
        """An event of a part; the note-off of one part does not end the note of another."""
        is_on = isinstance(timed.event, NoteOn)
        heapq.heappush(self._queue, (timed.at_s, is_on, next(self._order), timed, part))

    def due(self, until_s: float, now_s: float) -> list[Timed]:
        """What must leave until a moment, in order; `now_s` says how late that is.

        Offs of notes that never sounded are left out.
        """
        events: list[Timed] = []
        while self._queue and self._queue[0][0] - self.ahead_s <= until_s:
            *_, timed, part = heapq.heappop(self._queue)
            events += self._sound(timed, part, now_s)
        return events

    def _sound(self, timed: Timed, part: str, now_s: float) -> list[Timed]:
        key = (timed.event.channel, timed.event.pitch)
        if isinstance(timed.event, NoteOff):
            ours = key in self._held and self._held[key][1] == part
            return self._close(key, timed.at_s) if ours else []
        closing = self._close(key, timed.at_s) if key in self._held else []
        if now_s - (timed.at_s - self.ahead_s) > self._late_limit_s:
            self.dropped += 1
            return closing
        self._held[key] = timed.at_s, part
        return [*closing, timed]

    def _close(self, key: tuple[int, int], at_s: float) -> list[Timed]:
        at_s = max(at_s, self._held.pop(key)[0])  # a note that has left may still be about to sound
        return [Timed(at_s, NoteOff(pitch=key[1], channel=key[0]))]

    def put_off(self, off: NoteOff, part: str, until_s: float) -> bool:
        """The newest note of a part on this key ends at another moment than it was to.

        False where it neither sounds nor will: nothing is changed then.
        """
        key = off.channel, off.pitch
        waiting = [
            (at_s, number, place)
            for place, (at_s, is_on, number, timed, of) in enumerate(self._queue)
            if of == part and not is_on and (timed.event.channel, timed.event.pitch) == key
        ]
        sounds = key in self._held and self._held[key][1] == part
        if not waiting or not (sounds or self._begins(key, part)):
            return False
        _, number, place = max(waiting)
        self._queue[place] = until_s, False, number, replace(self._queue[place][3], at_s=until_s), part
        heapq.heapify(self._queue)
        return True

    def _begins(self, key: tuple[int, int], part: str) -> bool:
        return any(
            is_on and of == part and (timed.event.channel, timed.event.pitch) == key
            for _, is_on, _, timed, of in self._queue
        )

    def move(self, moved_s: Callable[[float], float]) -> None:
        """The tempo moved: what waits is due at other moments, in the same order."""
        # Moments are mapped in order, so the heap stays one.
        self._queue = [
            (moved_s(at_s), is_on, number, replace(timed, at_s=moved_s(at_s)), part)
            for at_s, is_on, number, timed, part in self._queue
        ]

    def cancel(self, at_s: float) -> list[Timed]:
        """Forget what was to come and give the note-offs that still have to be sent; they leave at `at_s`."""
        self._queue.clear()
        return [off for key in list(self._held) for off in self._close(key, at_s + self.ahead_s)]
