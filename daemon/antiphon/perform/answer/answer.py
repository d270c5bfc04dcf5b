"""One answer, composed step by step into the scheduler: ahead of the beat, in the player's key and touch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from antiphon.compose.harmony.plan import ChordPlan
from antiphon.compose.melody import Melody
from antiphon.compose.sampling import Draw
from antiphon.compose.shape import Shape
from antiphon.compose.side_by_side.candidates import Candidates
from antiphon.compose.symbols import END, is_pitch
from antiphon.events import GridNote, fold_pitch
from antiphon.perform.answer.ahead import Ahead
from antiphon.perform.answer.composer import Composer, Said
from antiphon.perform.answer.foreseen import Chosen, foreseen
from antiphon.perform.answer.notes import AnswerNotes, Plan
from antiphon.perform.answer.parts import Parts
from antiphon.perform.answer.scheduler import Scheduler
from antiphon.perform.answer_reports import Composed, Foreseen, Hurried, Planned, Written
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.transport import Transport
from antiphon.slices import Sliced

# Symbols are composed this long before they sound, in quarters, and between two steps, when nothing else is
# due: whether a note is a quarter long is known before it begins, and its end before its last silence.
_LOOKAHEAD = 1.125
# Other chords begin at a beat that is at least so far from what is composed next, in quarters.
_BEFORE_BEAT = 0.25
# Candidates for a whole answer are composed until this long before it sounds, in seconds.
_LAST_MOMENT_S = 0.005


@dataclass(frozen=True, slots=True)
class _TakenUp:
    """Another voice says the answer from a step on."""

    step: int
    melody: Melody
    shape: Shape
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
        ahead: Ahead | None = None,
        parts: Parts | None = None,
    ) -> None:
        self._ahead, self._melody, self._shape = ahead, melody, shape
        self._notes = AnswerNotes(plan, transport, scheduler, parts)
        self._last_pitch: int | None = None  # of the answer, in the model's key
        self._next = plan.start
        self.ends_s = self._ends_s()  # None where it goes on until it is ended
        self._earlier: list[Melody] = []  # those that said it until the present one took it up
        self._taken_up: _TakenUp | None = None
        self._chosen: Chosen | None = None
        self._foreseen: Foreseen | None = None  # of what is chosen, on the present grid

    def over(self) -> None:
        """It is over, and is remembered where the settings say so."""
        for melody in (*self._earlier, self._melody):
            melody.keep()

    def withdraw(self) -> None:
        """It does not count: neither it nor its phrase is remembered."""
        for melody in (*self._earlier, self._melody):
            melody.withdraw()

    def follow(self, transport: Transport) -> None:
        """The tempo moved: what is still to be composed lies at the same steps of another grid."""
        if transport != self._notes.transport:
            self._notes.transport, self._foreseen = transport, None
            self.ends_s = self._ends_s()

    def foreseen(self, number: int) -> Foreseen | None:
        """What it will sound like, as far as it is chosen; the same object until that changes. It is answer
        `number`; None while nothing is chosen."""
        plan, unsaid = self._notes.plan, self._next == self._notes.plan.start and self._taken_up is None
        if self._chosen is None and unsaid and self._ahead is not None:
            draws = self._ahead.chosen
            self._chosen = None if draws is None else self._choice(self._planned(draws), draws)
        if self._foreseen is None and self._chosen is not None:
            span = plan.start, plan.end
            self._foreseen = foreseen(
                number, self._chosen, plan.touch, self._notes.transport, span, plan.earliest_s
            )
        return self._foreseen

    def _choice(self, planned: Planned, said: Sequence[Draw]) -> Chosen:
        lasting, hold_id = self._melody.lasting, self._melody.hold_id
        begun = [
            (self._next + number * lasting, draw)
            for number, draw in enumerate(said)
            if draw.symbol_id != hold_id
        ]
        before, parts = self._notes.before, self._notes.parts
        before = before if before is not None and before[0] < planned.step else None
        return Chosen(planned.notes, tuple(begun), before, parts and parts.copied())

    def _choose(self, planned: Planned, draws: Sequence[Draw]) -> None:
        """This is what it will say from the next step on."""
        chosen = self._choice(planned, draws)
        if chosen != self._chosen:
            self._chosen, self._foreseen = chosen, None

    def _ends_s(self) -> float | None:
        end = self._notes.plan.end
        return None if end is None else self._notes.transport.grid.time_s(self._notes.plan.touch.place(end))

    @property
    def next_s(self) -> float:
        """When the symbol that is composed next will sound."""
        return self._notes.transport.grid.time_s(self._next)

    def compose_at_s(self) -> float | None:
        """When the next symbol is to be composed; None once all are."""
        if self._notes.plan.end is not None and self._next >= self._notes.plan.end:
            return None
        if self._ahead is not None and self._ahead.from_step == self._notes.plan.start:
            return self.next_s - _LAST_MOMENT_S
        grid = self._notes.transport.grid
        return grid.time_s(self._next - _LOOKAHEAD * grid.steps_per_quarter)

    @property
    def works(self) -> bool:
        """Whether something is composed ahead that is not needed yet."""
        return self._ahead is not None and self._ahead.from_step < math.inf and self._ahead.works

    def work(self) -> None:
        """Compose a part of it."""
        if self._ahead is not None:
            self._ahead.work()

    @property
    def choice_due_s(self) -> float | None:
        """When candidates must be composed, and the first of what is chosen; None where there are none."""
        if self._ahead is None or (step := self._ahead.from_step) == math.inf:
            return None
        if step == self._next:
            return self.compose_at_s()
        grid = self._notes.transport.grid
        return grid.time_s(step - _LOOKAHEAD * grid.steps_per_quarter)

    def hurry(self) -> Hurried | None:
        """There is no time for candidates: the first of them is the answer, as far as it is composed."""
        return None if self._ahead is None or self._ahead.in_time else Hurried(*self._ahead.hurry())

    @property
    def plan(self) -> Plan:
        return self._notes.plan

    @property
    def notes(self) -> tuple[GridNote, ...]:
        """Those that were composed to their end, on the grid, in the player's key."""
        return tuple(self._notes.written)

    @property
    def runner_up(self) -> tuple[Candidates, int] | None:
        """For another answer to the same phrase: the candidates, and a place in their ranking."""
        return None if self._ahead is None else self._ahead.runner_up

    def compose_anew(self, composer: Composer | None, shape: Shape) -> None:
        """Other settings: compose the rest anew from the next beat, where it is composed ahead."""
        if self._ahead is not None and composer is not None:
            self._shape, self._taken_up = shape, None
            if self._next == self._notes.plan.start:
                self._chosen = None
            self._ahead.anew(composer, self._next, self._last_pitch)

    def harmonize(self, harmony: HarmonySettings, plan: ChordPlan | None) -> None:
        """Other parts, or other chords, from the next step on that is composed."""
        parts = self._notes.parts
        if parts is not None and parts.set(harmony, plan):
            self._play_anew()

    @property
    def next_beat(self) -> int:
        """The first beat that other chords can begin at."""
        transport = self._notes.transport
        if self._next == self._notes.plan.start:
            return self._next
        there = self._next + _BEFORE_BEAT * transport.grid.steps_per_quarter
        return math.ceil(there / transport.beat_steps) * transport.beat_steps

    def go_over(self, plan: ChordPlan, step: int, shape: Shape | None) -> None:
        """Other chords from a step on, as `next_beat` has given it. An answer that is composed step by step
        goes on with this shape; None: the melody stays as it is."""
        self._notes.go_over(plan, step)
        if self._ahead is None and shape is not None:
            self._shape = shape
        self._play_anew()

    def _play_anew(self) -> None:
        if self._chosen is not None and (parts := self._notes.parts) is not None:
            self._chosen, self._foreseen = replace(self._chosen, parts=parts.copied()), None

    @property
    def melody(self) -> Melody:
        """The one that says it now."""
        return self._melody

    def left_at_beat(self) -> Said | None:
        """What will be said until another voice can take it up, at the next beat; None where none can."""
        if self._ahead is None or (ready := self._ahead.until_beat(self._melody, self._next)) is None:
            return None
        melody = self._melody
        ids = [*melody.said, *(draw.symbol_id for draw in melody.planned[:ready])]
        step = self._notes.plan.start + len(ids) * melody.lasting
        if self._notes.plan.end is not None and step >= self._notes.plan.end:
            return None
        return Said(step, tuple(map(melody.symbol, ids)), melody.lasting, -self._notes.plan.back_semitones)

    def take_up(
        self, said: Said, composer: Composer, shape: Shape, shift: int, hearing: Sliced[None]
    ) -> None:
        """Another voice says the rest, once it has heard what was said until then; it hears the phrase
        `shift` semitones higher."""
        if self._ahead is None:
            return
        self._melody.plan(self._melody.planned[: len(said.symbols) - len(self._melody.said)])
        last = next((int(symbol) for symbol in reversed(said.symbols) if is_pitch(symbol)), None)
        last = None if last is None else fold_pitch(last + shift - said.shift)
        self._taken_up = _TakenUp(said.step, composer.melody, shape, -shift)
        self._ahead.take_up(composer, hearing, said.step, last)

    def _let_take_up(self) -> None:
        """From this step on another voice says it, if one is to."""
        taken_up = self._taken_up
        if taken_up is None or self._next < taken_up.step:
            return
        self._taken_up = None
        self._earlier.append(self._melody)
        self._melody, self._shape = taken_up.melody, taken_up.shape
        if self._last_pitch is not None:
            moved = self._notes.plan.back_semitones - taken_up.back_semitones
            self._last_pitch = fold_pitch(self._last_pitch + moved)
        self._notes.plan = replace(self._notes.plan, back_semitones=taken_up.back_semitones)

    def compose(self) -> list[Composed | Written | Planned]:
        """Compose the next symbol; gives it, unless the model ends the song, and a note that ends there.

        Nothing is given where only a part of the work was done.
        """
        planned: list[Composed | Written | Planned] = []
        if self._taken_up is not None:
            self._let_take_up()
        if self._ahead is not None and self._next >= self._ahead.from_step:
            draws = self._ahead.settle(self._next)
            if not self._ahead.says(self._next):
                self._ahead.work()
                return []
            if draws is not None:
                chosen = self._planned(draws)
                planned = [chosen]
                self._choose(chosen, draws)
        told = [*planned, *self._compose()]
        if self._ahead is not None and self._notes.plan.end is None:
            self._ahead.go_further(self._next, self._last_pitch)
        return told

    def _planned(self, draws: Sequence[Draw]) -> Planned:
        """What was chosen for the steps from the next one on, in the player's key."""
        symbols = [self._melody.symbol(draw.symbol_id) for draw in draws]
        return self._notes.planned(self._next, symbols, self._melody.lasting, self._last_pitch)

    def _compose(self) -> list[Composed | Written]:
        said = self._next - self._notes.plan.start
        # The shape forbids a hold at the first step alone.
        drawn = self._melody.draws(may_hold=said > 0)
        factors = self._shape.factors(said, self._last_pitch) if drawn else None
        symbol, chosen = self._melody.next(factors)
        step = self._next
        if symbol == END and self._notes.plan.end is not None:
            return [*self._finish(self._notes.plan.end)]
        if is_pitch(symbol):
            self._last_pitch = int(symbol)
            symbol = str(self._notes.in_players_key(int(symbol)))
        written = self._notes.say(step, symbol)
        self._next += 1
        if self._next == self._notes.plan.end:
            written += self._finish(self._next)
        return [Composed(step, symbol, chosen), *written]

    def _finish(self, end: int) -> list[Written]:
        self._next = end
        return self._notes.finish(end)
