"""Which messages of the inputs are copies of others, and which note-offs come too late. Pure; knows no port.

A keyboard with two ports, or a bridge, delivers every message twice, milliseconds apart. Some instruments
and sequencers send the note-on of a repeated pitch before the note-off of the note before it.
"""

from collections import deque
from dataclasses import dataclass, field

from antiphon.events import Change, ControlChange, Event, NoteOff, NoteOn

# Copies come up to 20 ms apart; nobody repeats a note faster than every 42 ms (1/32 at 180 bpm). The limit
# lies between, because moments are uncertain: an idle input is looked at only every 10 ms.
COPY_S = 0.03
# The note-off of a note that was struck again comes up to 30 ms after that.
LATE_S = 0.05
# More notes than this are never begun on one pitch without a note-off: those before are forgotten.
_MOST_STRUCK = 8

_Place = tuple[int, int]  # (channel, pitch) or (channel, control)


@dataclass(slots=True)
class _Strike:
    at_s: float
    velocity: int
    copies: int = 0
    down: bool = True


@dataclass(slots=True)
class _Pitch:
    """One pitch of one channel: the notes begun and not ended, the last begun, and the last release."""

    struck: deque[_Strike] = field(default_factory=lambda: deque(maxlen=_MOST_STRUCK))
    last: _Strike | None = None
    released_s: float = float("-inf")
    copies_to_come: int = 0  # of the last release


class CopyFilter:
    """Tells copies from repetitions. Share one among all inputs; moments in seconds of one clock, in order.

    A note-on is a copy of the one before it on its pitch if it has the same velocity and comes within
    `COPY_S`. A note-off is a copy if its note-on had one, and the first note-off came within that time before
    it. A control or program change is a copy if it says the same as the last one and comes within that time.
    """

    def __init__(self) -> None:
        self._pitches: dict[_Place, _Pitch] = {}
        self._changes: dict[_Place, tuple[float, Change]] = {}

    def is_copy(self, event: Event | Change, at_s: float) -> bool:
        """Ask once for each message that arrives."""
        if not isinstance(event, Event):
            return self._is_copied_change(event, at_s)
        place = (event.channel, event.pitch)
        if (pitch := self._pitches.get(place)) is None:
            pitch = self._pitches[place] = _Pitch()
        if isinstance(event, NoteOn):
            return _is_copied_strike(pitch, event.velocity, at_s)
        return _is_copied_release(pitch, at_s)

    def _is_copied_change(self, change: Change, at_s: float) -> bool:
        place = (change.channel, change.control if isinstance(change, ControlChange) else -1)
        before_s, before = self._changes.get(place, (float("-inf"), None))
        if before == change and at_s - before_s <= COPY_S:
            return True
        self._changes[place] = (at_s, change)
        return False


def _is_copied_strike(pitch: _Pitch, velocity: int, at_s: float) -> bool:
    last = pitch.last
    if last is None or last.velocity != velocity or at_s - last.at_s > COPY_S:
        pitch.last = _Strike(at_s, velocity)
        pitch.struck.append(pitch.last)
        return False
    if last.down:
        last.copies += 1
    else:  # a note shorter than the copy is late
        pitch.copies_to_come += 1
    return True


def _is_copied_release(pitch: _Pitch, at_s: float) -> bool:
    if pitch.copies_to_come and at_s - pitch.released_s <= COPY_S:
        pitch.copies_to_come -= 1
        return True
    strike = pitch.struck.popleft() if pitch.struck else None
    pitch.released_s, pitch.copies_to_come = at_s, strike.copies if strike else 0
    if strike is not None:
        strike.down = False
    return False


class LateReleases:
    """Puts note-offs that come too late where they belong. Share one among all inputs, as `CopyFilter`."""

    def __init__(self) -> None:
        # When each was struck last, and how many note-offs of strikes before that are still to come.
        self._down: dict[_Place, tuple[float, int]] = {}

    def in_order(self, event: Event, at_s: float) -> list[Event]:
        """What a note message stands for, each note ended before its pitch is struck again.

        Ask once for each that counts; moments in seconds, in order. Nothing for a note-off that comes late.
        """
        place = (event.channel, event.pitch)
        before = self._down.get(place)
        if isinstance(event, NoteOn):
            self._down[place] = (at_s, 0 if before is None else before[1] + 1)
            return [event] if before is None else [NoteOff(event.pitch, event.channel), event]
        if before is not None and before[1] > 0 and at_s - before[0] <= LATE_S:
            self._down[place] = (before[0], before[1] - 1)
            return []
        self.ended(event)
        return [event]

    def ended(self, event: NoteOff) -> None:
        """The key came up in another way: no note-off of it is still to come."""
        self._down.pop((event.channel, event.pitch), None)
