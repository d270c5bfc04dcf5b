"""The phrase that is being played: its notes, when it is over, and when it may be heard ahead of that."""

from antiphon.events import PlayedNote
from antiphon.listen.heard import InputSettings
from antiphon.listen.phrase import PhraseListener, PhraseSettings
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.transport import Transport

# A phrase that ends at a bar line is heard this long before it, in seconds.
_BEFORE_BAR_S = 0.2
# A phrase that ends in silence is heard when this share of the silence has passed.
_SILENCE_SHARE = 0.5


class PhraseInput(PhraseListener):
    """Collects one phrase after another, on the bars; feed it every event in order."""

    def __init__(self, settings: PhraseSettings, listened: InputSettings) -> None:
        super().__init__(settings, listened)
        self._measured: tuple[Transport, float] | None = None  # a transport, and seconds that its beat lasts
        self.told_s = float("-inf")  # the moment of the last input, whatever it was: no phrase ends before it

    def beside(self, at_s: float) -> tuple[PlayedNote, ...]:
        """What accompanies the melody, as far as it was played by a moment."""
        return tuple(note for note in self.so_far(at_s) if note.beside)

    def over_s(self, time: BarClock, bars: int | None) -> float | None:
        """When the phrase will be over if nothing more is played; None with nothing played.

        In silence, or where `bars` is given, so many bars after the bar line it began at: what is played
        during a count-in is a pickup. Never before the last input: the tempo, or a setting, may have moved
        it there.
        """
        begins_s, transport = self.begins_s, time.transport
        if transport is None or begins_s is None:
            return None
        if bars is not None:
            place = time.steps_at(begins_s) or 0.0
            if time.counted_in and time.count_in_ends is not None:
                place = max(place, time.count_in_ends)
            ends_s: float | None = transport.bar_line_s(place, bars)
        else:
            if self._measured is None or self._measured[0] is not transport:
                self._measured = (transport, transport.beat_s)
            ends_s = self.ends_at_s(self._measured[1])
        return None if ends_s is None else max(self.told_s, ends_s)

    def heard_from_s(self, over_s: float, at_bar: bool) -> float:
        """From when on a phrase that will be over at a moment is heard."""
        if at_bar:
            return over_s - _BEFORE_BAR_S
        if self.holds:
            return over_s
        return over_s - _SILENCE_SHARE * max(0.0, over_s - self.last_release_s)
