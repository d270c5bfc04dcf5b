"""Tells our own output that comes back as input, by a thru loop or a DAW, from the player's playing. Pure."""

from collections import Counter, defaultdict, deque

from antiphon.events import Event, NoteOn

# A program at a 2 048-sample buffer gives a note back after some 50 ms; nobody repeats a note of ours, at the
# same velocity, within twice that.
ECHO_S = 0.1


class EchoFilter:
    """Tell it what was sent, ask it about what arrived; moments in seconds of one clock, in order.

    A note-on is an echo if the same note, channel and velocity left within `window_s` before it; each one
    sent comes back once, so a repetition is the player's. A note-off is an echo if its note-on was one: a key
    that the player holds is released by the player only, unless a note-off of ours left just before.
    """

    def __init__(self, window_s: float = ECHO_S) -> None:
        self._window_s = window_s
        self._sent: defaultdict[tuple[int, int, int], deque[float]] = defaultdict(deque)
        self._echoes: Counter[tuple[int, int]] = Counter()  # (channel, pitch) → echoes not yet released
        self._played: set[tuple[int, int]] = set()

    def sent(self, event: Event, at_s: float) -> None:
        moments = self._sent[_key(event)]
        self._forget_old(moments, at_s)
        moments.append(at_s)

    def is_echo(self, event: Event, at_s: float) -> bool:
        """Whether this arrival is one of ours. Ask once for each arrival: an echo is counted off."""
        note = (event.channel, event.pitch)
        if isinstance(event, NoteOn):
            echo = self._came_back(event, at_s)
            if echo:
                self._echoes[note] += 1
            else:
                self._played.add(note)
            return echo
        return self._is_echo_of_release(event, note, at_s)

    def _is_echo_of_release(self, event: Event, note: tuple[int, int], at_s: float) -> bool:
        came_back = self._came_back(event, at_s)
        if self._echoes[note] and (came_back or note not in self._played):
            self._echoes[note] -= 1
            return True
        self._played.discard(note)
        return False

    def _came_back(self, event: Event, at_s: float) -> bool:
        moments = self._sent[_key(event)]
        self._forget_old(moments, at_s)
        if not moments or moments[0] > at_s:  # nothing left yet: it may only be handed over
            return False
        moments.popleft()
        return True

    def _forget_old(self, moments: deque[float], now_s: float) -> None:
        while moments and now_s - moments[0] > self._window_s:
            moments.popleft()


def _key(event: Event) -> tuple[int, int, int]:
    return event.channel, event.pitch, event.velocity if isinstance(event, NoteOn) else 0
