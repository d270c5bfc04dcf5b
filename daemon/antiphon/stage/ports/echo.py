"""Tells our own output that comes back as input, by a thru loop or a DAW, from the player's playing. Pure."""

from collections import Counter, deque

from antiphon.events import Event, NoteOn

# A program at a 2 048-sample buffer gives a note back after some 50 ms; nobody repeats a note of ours, at the
# same velocity, within twice that.
ECHO_S = 0.1

_Message = tuple[int, int, int]  # channel, pitch, velocity; 0: a note-off


class EchoFilter:
    """Tell it what was sent, ask it about what arrived; moments in seconds of one clock, in order.

    A note-on is an echo if the same note, channel and velocity left within `window_s` before it; each one
    sent comes back once, so a repetition is the player's. A note-off is an echo if its note-on was one: a key
    that the player holds is released by the player only, unless a note-off of ours left just before.
    """

    def __init__(self, window_s: float = ECHO_S) -> None:
        self._window_s = window_s
        # What left within the window and did not come back: in order, and the moments of each message.
        self._order: deque[tuple[float, _Message]] = deque()
        self._sent: dict[_Message, deque[float]] = {}
        self._echoes: Counter[tuple[int, int]] = Counter()  # (channel, pitch) → echoes not yet released
        self._played: set[tuple[int, int]] = set()

    def sent(self, event: Event, at_s: float) -> None:
        self._forget_old(at_s)
        message = (event.channel, event.pitch, event.velocity if isinstance(event, NoteOn) else 0)
        self._order.append((at_s, message))
        self._sent.setdefault(message, deque()).append(at_s)

    def is_echo(self, event: Event, at_s: float) -> bool:
        """Whether this arrival is one of ours. Ask once for each arrival: an echo is counted off."""
        note = (event.channel, event.pitch)
        if not isinstance(event, NoteOn):
            return self._is_echo_of_release(note, self._came_back((*note, 0), at_s))
        if echo := self._came_back((*note, event.velocity), at_s):
            self._echoes[note] += 1
        else:
            self._played.add(note)
        return echo

    def _is_echo_of_release(self, note: tuple[int, int], came_back: bool) -> bool:
        if self._echoes[note] and (came_back or note not in self._played):
            self._echoes[note] -= 1
            return True
        self._played.discard(note)
        return False

    def _came_back(self, message: _Message, at_s: float) -> bool:
        if not self._order:
            return False
        self._forget_old(at_s)
        moments = self._sent.get(message)
        if not moments or moments[0] > at_s:  # it may only be handed over
            return False
        self._drop_first(message, moments)
        return True

    def _forget_old(self, now_s: float) -> None:
        while self._order and now_s - self._order[0][0] > self._window_s:
            at_s, message = self._order.popleft()
            # Its moment is no longer there if it came back.
            if (moments := self._sent.get(message)) and moments[0] <= at_s:
                self._drop_first(message, moments)

    def _drop_first(self, message: _Message, moments: deque[float]) -> None:
        moments.popleft()
        if not moments:
            del self._sent[message]
