"""One answer, composed step by step into the scheduler: ahead of the beat, in the player's key."""

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.compose.melody import Melody, octaves_into_range
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary, encode, is_pitch
from antiphon.events import GridNote, NoteOff, NoteOn, Timed, fold_pitch
from antiphon.listen.key import Key
from antiphon.listen.quantise import joined
from antiphon.perform.news import Composed
from antiphon.perform.scheduler import Scheduler
from antiphon.perform.transport import Transport

# Symbols are composed this long before they sound, so that a note's end is known before it comes.
_LOOKAHEAD_STEPS = 4
# A note ends this much of a step before the next, so that repeated notes are heard as two.
_GAP_STEPS = 0.1
_ACCENT = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an answer goes (steps from the grid's origin), how loud, which channel (0–15), in which key."""

    start: int
    end: int
    velocity: int
    channel: int
    back_semitones: int


class Answer:
    """An answer under way."""

    def __init__(self, melody: Melody, plan: Plan, transport: Transport, scheduler: Scheduler) -> None:
        self._melody = melody
        self._plan = plan
        self._transport = transport
        self._scheduler = scheduler
        self._next = plan.start
        self._sounding: int | None = None

    @property
    def ends_s(self) -> float:
        return self._transport.grid.time_s(self._plan.end)

    def compose_at_s(self) -> float | None:
        """When the next symbol must be composed; None once all are."""
        if self._next >= self._plan.end:
            return None
        return self._transport.grid.time_s(self._next - _LOOKAHEAD_STEPS)

    def compose(self, now_s: float) -> list[Composed]:
        """Compose what is wanted by now."""
        composed: list[Composed] = []
        while (at_s := self.compose_at_s()) is not None and at_s <= now_s:
            composed += self._compose_step()
        return composed

    def _compose_step(self) -> list[Composed]:
        symbol, chosen = self._melody.next(self._forbidden())
        step = self._next
        if symbol == END:
            self._finish()
            return []
        if is_pitch(symbol):
            symbol = str(fold_pitch(int(symbol) + self._plan.back_semitones))
        self._sound(symbol)
        self._next += 1
        if self._next >= self._plan.end:
            self._finish()
        return [Composed(step, symbol, chosen)]

    def _forbidden(self) -> tuple[str, ...]:
        """An answer begins with a note, and ends in its last bar at the earliest."""
        if self._next == self._plan.start:
            return (HOLD, REST, END)
        return () if self._next >= self._plan.end - self._transport.bar_steps else (END,)

    def _sound(self, symbol: str) -> None:
        if symbol == HOLD:
            return
        self._silence_at(self._next)
        if is_pitch(symbol):
            self._sounding = int(symbol)
            on = NoteOn(self._sounding, self._velocity(), self._plan.channel)
            self._scheduler.add(Timed(self._transport.grid.time_s(self._next), on))

    def _velocity(self) -> int:
        """The player's own, and a little more on the first beat of a bar."""
        accent = _ACCENT if self._next % self._transport.bar_steps == 0 else 0
        return min(127, self._plan.velocity + accent)

    def _finish(self) -> None:
        """The last note lasts to the end of the answer."""
        self._next = self._plan.end
        self._silence_at(self._plan.end)

    def _silence_at(self, step: int) -> None:
        if self._sounding is not None:
            at_s = self._transport.grid.time_s(step - _GAP_STEPS)
            self._scheduler.add(Timed(at_s, NoteOff(self._sounding, self._plan.channel)))
            self._sounding = None


def home_shift(notes: Sequence[GridNote], key: Key, vocabulary: Vocabulary) -> int:
    """Semitones from the player's key and register to the model's."""
    shifted = [note.pitch + key.shift for note in notes]
    return key.shift + octaves_into_range(shifted, vocabulary)


def as_heard(notes: Sequence[GridNote], shift: int, until_steps: int) -> tuple[str, ...]:
    """A call as the model hears it: from its first note, its last one held until the answer begins.

    `shift` in semitones; `until_steps` on the grid of `notes`.
    """
    first = notes[0].onset_steps
    moved = [GridNote(n.onset_steps - first, n.duration_steps, fold_pitch(n.pitch + shift)) for n in notes]
    return encode(joined(moved, until_steps - first))
