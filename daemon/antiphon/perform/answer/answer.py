"""One answer, composed step by step into the scheduler: ahead of the beat, in the player's key and touch."""

from collections.abc import Sequence
from dataclasses import dataclass

from antiphon.compose.melody import Melody, octaves_into_range
from antiphon.compose.shape import Shape
from antiphon.compose.symbols import END, HOLD, REST, Vocabulary, is_pitch, span
from antiphon.events import GridNote, NoteOff, NoteOn, Timed, fold_pitch
from antiphon.listen.key import Key
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer.touch import LONGEST_GATE, Touch, silence_steps
from antiphon.perform.reports import Composed
from antiphon.perform.transport import Transport

# Symbols are composed this long before they sound, so that a note's end is known before its last silence;
# and between two steps, when nothing else is due.
_LOOKAHEAD_STEPS = 4.5


@dataclass(frozen=True, slots=True)
class Plan:
    """Where an answer goes (steps from the grid's origin; `end` None: until it is ended), its touch, its
    channel (0–15), and the way back to the player's key."""

    start: int
    end: int | None
    touch: Touch
    channel: int
    back_semitones: int


class Answer:
    """An answer under way."""

    def __init__(
        self,
        melody: Melody,
        shape: Shape,
        plan: Plan,
        transport: Transport,
        scheduler: Scheduler,
    ) -> None:
        self._melody = melody
        self._shape = shape
        self._last_pitch: int | None = None  # of the answer, in the model's key
        self._plan = plan
        self._transport = transport
        self._scheduler = scheduler
        self._next = plan.start
        self._note: tuple[int, int] | None = None  # the pitch that sounds and its first step

    def over(self) -> None:
        """It is over, and is remembered where the settings say so."""
        self._melody.keep()

    def withdraw(self) -> None:
        """It does not count: neither it nor its phrase is remembered."""
        self._melody.withdraw()

    def follow(self, transport: Transport) -> None:
        """The tempo moved: what is still to be composed lies at the same steps of another grid."""
        self._transport = transport

    @property
    def ends_s(self) -> float | None:
        """None where it goes on until it is ended."""
        return None if self._plan.end is None else self._transport.grid.time_s(self._plan.end)

    @property
    def next_s(self) -> float:
        """When the symbol that is composed next will sound."""
        return self._transport.grid.time_s(self._next)

    def compose_at_s(self) -> float | None:
        """When the next symbol is to be composed; None once all are."""
        if self._plan.end is not None and self._next >= self._plan.end:
            return None
        return self._transport.grid.time_s(self._next - _LOOKAHEAD_STEPS)

    def compose(self) -> list[Composed]:
        """Compose the next symbol; gives nothing where the model ends the song."""
        factors = self._shape.factors(self._next - self._plan.start, self._last_pitch)
        symbol, chosen = self._melody.next(factors)
        step = self._next
        if symbol == END and self._plan.end is not None:
            self._finish(self._plan.end)
            return []
        if is_pitch(symbol):
            self._last_pitch = int(symbol)
            symbol = str(self._in_players_key(int(symbol)))
        self._sound(symbol)
        self._next += 1
        if self._next == self._plan.end:
            self._finish(self._next)
        return [Composed(step, symbol, chosen)]

    def _in_players_key(self, pitch: int) -> int:
        return self._plan.touch.in_register(fold_pitch(pitch + self._plan.back_semitones))

    def _sound(self, symbol: str) -> None:
        if symbol == HOLD:
            return
        self._silence_at(self._next, self._plan.touch.gate)
        if is_pitch(symbol):
            self._note = (int(symbol), self._next)
            on_downbeat = self._next % self._transport.bar_steps == 0
            on = NoteOn(int(symbol), self._plan.touch.velocity_at(on_downbeat), self._plan.channel)
            self._scheduler.add(Timed(self._transport.grid.time_s(self._next), on))

    def _finish(self, end: int) -> None:
        """The last note is held to the end of the answer, whatever the touch."""
        self._next = end
        self._silence_at(end, LONGEST_GATE)

    def _silence_at(self, step: int, gate: float) -> None:
        """End the note that sounds; it lasts until `step`, as detached as `gate` says."""
        if self._note is not None:
            pitch, onset = self._note
            at_s = self._transport.grid.time_s(step - silence_steps(step - onset, gate))
            self._scheduler.add(Timed(at_s, NoteOff(pitch, self._plan.channel)))
            self._note = None


def home_shift(notes: Sequence[GridNote], key: Key, vocabulary: Vocabulary) -> int:
    """Semitones from the player's key and register to the model's."""
    shifted = [note.pitch + key.shift for note in notes]
    return key.shift + octaves_into_range(shifted, vocabulary)


def as_heard(notes: Sequence[GridNote], shift: int, until_steps: int) -> tuple[str, ...]:
    """A phrase as the model hears it: from its first note, its last one held until the answer begins.

    `shift` in semitones; `until_steps` on the grid of `notes`.
    """
    first = notes[0].onset_steps
    symbols: list[str] = []
    for note in notes:
        symbols += span(REST, note.onset_steps - first - len(symbols))
        symbols += span(str(fold_pitch(note.pitch + shift)), note.duration_steps)
    return (*symbols, *[HOLD] * (until_steps - first - len(symbols)))
