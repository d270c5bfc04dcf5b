"""The phrase that is being played: its notes, when it is over, and when it may be heard ahead of that."""

from antiphon.events import NoteOn, PlayedNote, Timed
from antiphon.listen.heard import InputSettings
from antiphon.listen.phrase import PhraseListener, PhraseSettings
from antiphon.perform.clock.bar_clock import BarClock
from antiphon.perform.transport import Transport

# A phrase that ends at a bar line is heard this long before it, in seconds.
_BEFORE_BAR_S = 0.2
# A phrase that ends in silence is heard when this share of the silence has passed.
_SILENCE_SHARE = 0.5


class PhraseInput:
    """Collects one phrase after another; feed it every event in order."""

    def __init__(self, settings: PhraseSettings, listened: InputSettings) -> None:
        self._listener, self._listened = PhraseListener(settings, listened), listened
        self._measured: tuple[Transport, float] | None = None  # a transport, and seconds that its beat lasts
        self.told_s = float("-inf")  # the moment of the last input

    @property
    def silent(self) -> bool:
        """Whether nothing was played since the last phrase was over."""
        return self._listener.empty

    def hears(self, note: NoteOn) -> bool:
        """Whether a note counts: `[input]` says which are listened to."""
        return self._listened.hears(note)

    def set(self, settings: PhraseSettings, listened: InputSettings) -> None:
        """Other settings, for the phrase under way too."""
        self._listened = listened
        self._listener.set(settings, listened)

    @property
    def tells_hands(self) -> bool:
        """Whether a phrase that has begun may turn out to be no melody."""
        return self._listener.tells_hands

    def accompanies(self, timed: Timed) -> bool:
        """Whether a key that goes down accompanies the melody; it is played next."""
        return self._listener.accompanies(timed)

    def told(self, at_s: float) -> None:
        """Some input came, whatever it was: no phrase ends before it."""
        self.told_s = at_s

    def play(self, timed: Timed) -> None:
        """A key goes down or up."""
        self._listener.receive(timed)

    def pedal(self, at_s: float, channel: int, down: bool) -> None:
        """The sustain pedal goes down or up."""
        self._listener.pedal(at_s, channel, down)

    @property
    def resumable(self) -> bool:
        """Whether the phrase that was finished last may go on; one that was too long may not."""
        return self._listener.resumable

    def resume(self, phrase: tuple[PlayedNote, ...]) -> None:
        """A phrase that was over goes on: the player had only paused."""
        self._listener.resume(phrase)

    def finish(self, at_s: float) -> tuple[PlayedNote, ...]:
        """The phrase is over; gives its notes."""
        return self._listener.finish(at_s)

    def so_far(self, at_s: float) -> tuple[PlayedNote, ...]:
        """The notes of the phrase as they will be if it is over at a moment."""
        return self._listener.so_far(at_s)

    def trim(self, at_s: float, beat_s: float) -> float | None:
        """Let a phrase that is nearly too long go on with its newest half; gives where that begins."""
        return self._listener.trim(at_s, beat_s)

    def beside(self, at_s: float) -> tuple[PlayedNote, ...]:
        """What accompanies the melody, as far as it was played by a moment."""
        return tuple(note for note in self._listener.so_far(at_s) if note.beside)

    def over_s(self, time: BarClock, bars: int | None) -> float | None:
        """When the phrase will be over if nothing more is played; None with nothing played.

        In silence, or where `bars` is given, so many bars after the bar line it began at: what is played
        during a count-in is a pickup. Never before the last input: the tempo, or a setting, may have moved
        it there.
        """
        begins_s, transport = self._listener.begins_s, time.transport
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
            ends_s = self._listener.ends_at_s(self._measured[1])
        return None if ends_s is None else max(self.told_s, ends_s)

    def heard_from_s(self, over_s: float, at_bar: bool) -> float:
        """From when on a phrase that will be over at a moment is heard."""
        if at_bar:
            return over_s - _BEFORE_BAR_S
        released_s = self._listener.last_release_s
        silence_s = over_s - released_s if released_s is not None else 0.0
        return over_s - _SILENCE_SHARE * max(0.0, silence_s)
