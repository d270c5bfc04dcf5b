"""The player's side: what was played of a call, when it is over, and when the model may hear it so far."""

from antiphon.events import PlayedNote, Timed
from antiphon.listen.phrase import PhraseListener, PhraseSettings
from antiphon.perform.clock.bar_clock import BarClock

# After something was played, the model hears it once nothing more is struck for this long.
_PRIME_AFTER_S = 0.04


class PhraseInput:
    """Collects one call after another; feed it every event in order."""

    def __init__(self, settings: PhraseSettings) -> None:
        self._listener = PhraseListener(settings)
        self._told_s = float("-inf")  # the moment of what was done last
        self._prime_at_s: float | None = None

    @property
    def silent(self) -> bool:
        """Whether nothing was played since the last call was over."""
        return self._listener.empty

    def set(self, settings: PhraseSettings) -> None:
        """Other settings, for the call under way too."""
        self._listener.set(settings)

    def did(self, at_s: float) -> None:
        """Something was done, whatever it was."""
        self._told_s = at_s

    def play(self, timed: Timed) -> None:
        """A key goes down or up."""
        self._listener.receive(timed)
        self._prime_at_s = timed.at_s + _PRIME_AFTER_S

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal goes down or up."""
        self._listener.pedal(at_s, channel, down)

    def resume(self, call: tuple[PlayedNote, ...]) -> None:
        """A call that was over goes on: the player had only paused."""
        self._listener.resume(call)

    def finish(self, at_s: float) -> tuple[PlayedNote, ...]:
        """The call is over; gives its notes."""
        return self._listener.finish(at_s)

    def over_s(self, time: BarClock, bars: int | None) -> float | None:
        """When the call will be over if nothing more is done; None with nothing played.

        In silence, or where `bars` is given, so many bars after the bar line it began at. Never before what
        was done last: the tempo, or what a knob has set, may have moved it there.
        """
        begins_s, transport = self._listener.begins_s, time.transport
        if transport is None or begins_s is None:
            return None
        if bars is not None:
            ends_s: float | None = transport.bar_line_s(time.steps_at(begins_s) or 0.0, bars)
        else:
            ends_s = self._listener.ends_at_s(transport.beat_s)
        return None if ends_s is None else max(self._told_s, ends_s)

    def prime_anew(self, at_s: float) -> None:
        """Another model is to hear the call so far."""
        self._prime_at_s = at_s

    @property
    def primes_at_s(self) -> float | None:
        """When the model may hear the call so far; None where it has, or nothing was played."""
        return None if self.silent else self._prime_at_s

    def so_far(self, at_s: float) -> tuple[PlayedNote, ...]:
        """The call so far, to be heard now."""
        self._prime_at_s = None
        return self._listener.so_far(at_s)
