"""The part of an answer that is composed before it sounds: first all of it, then what is to change.

All steps are the grid's; the composer's are `ratio` of them, counted from the answer's start.
"""

import math

import numpy as np

from antiphon.compose.melody import Melody
from antiphon.compose.sampling import Draw
from antiphon.compose.side_by_side.candidates import Candidates
from antiphon.compose.symbols import END
from antiphon.perform.answer.composer import BARS_AT_A_TIME, Composer
from antiphon.slices import Job, Sliced, finish

# What is composed anew begins at a beat that is at least so far from what is composed next, in quarters:
# there must be time for it.
_TIME_TO_COMPOSE = 0.25


class Ahead:
    """Candidates for an answer from a step on, until one is chosen. `runner_up` is for another answer to the
    same phrase: the candidates of the whole answer, and a place in their ranking."""

    def __init__(
        self, composer: Composer, start: int, beat_steps: int, quarter_steps: int, choices: "Choices"
    ) -> None:
        self._composer, self._start, self._beat, self._quarter = composer, start, beat_steps, quarter_steps
        self._choices = choices
        self._candidates: Candidates | None = None
        self._hearing: Job[Candidates] | None = None  # of a voice that is to take up the answer
        self._left_after: int | None = None  # so many parts only the first of its candidates is left
        self._number = 0  # of the choice that is under way
        # The step from which on nothing is chosen yet; infinity where all is.
        self.from_step = math.inf
        self._until = start
        self._given = self._turn = 0
        self._draws: tuple[Draw, ...] | None = None  # what is chosen, once all are composed and ranked
        self.runner_up: tuple[Candidates, int] | None = None

    def begin(self, candidates: Candidates | None = None, turn: int = 0) -> None:
        """Compose the whole answer; these candidates may be under way already. The one at `turn` in their
        ranking is the answer."""
        self._turn = turn
        self._begin(self._start, candidates, None, 0)

    def anew(self, composer: Composer, next_step: int, last_pitch: int | None) -> None:
        """Compose anew, with other settings, what comes after the next beat."""
        if composer.how == self._composer.how:
            return
        self._composer, self._hearing = composer, None
        if self._candidates is None:
            self.from_step = math.inf
        if next_step == self._start:
            self.begin()  # the first in the ranking is as good as any: they are drawn anew
            return
        self._go_on_from(self._next_beat(next_step), next_step, last_pitch)

    def _next_beat(self, next_step: int) -> int:
        """The first beat before which there is time to compose."""
        return math.ceil((next_step + _TIME_TO_COMPOSE * self._quarter) / self._beat) * self._beat

    def until_beat(self, melody: Melody, next_step: int) -> int | None:
        """How many steps of what a melody has planned stay where it is left at the next beat; None where the
        answer is over before."""
        self._finish_alone(next_step)
        return self._ready(melody, self._next_beat(next_step), next_step)

    def take_up(self, composer: Composer, hearing: Sliced[None], step: int, last_pitch: int | None) -> None:
        """Let another voice compose from a step on, once it has heard what was said until then."""
        self._composer, self._candidates, self._draws = composer, None, None
        self.from_step, self._given, self._turn, self.runner_up = step, 0, 0, None
        self._number, self._left_after = self._choices.next()
        self._until = self._composed_until(step)
        self._hearing = Job(self._heard(hearing, (step - self._start) // composer.ratio, last_pitch))

    def _heard(self, hearing: Sliced[None], first: int, last_pitch: int | None) -> Sliced[Candidates]:
        yield from hearing
        composer = self._composer
        return composer.candidates(first, last_pitch, np.array(composer.melody.said[:first], np.int64))

    def go_further(self, next_step: int, last_pitch: int | None) -> None:
        """Compose the next bars of an answer without end, if it is time to."""
        bar = self._composer.bar_steps * self._composer.ratio
        if self._composer.steps is None and self._candidates is None and next_step >= self._until - bar:
            self._go_on_from(self._until, next_step, last_pitch)

    def _go_on_from(self, step: int, next_step: int, last_pitch: int | None) -> None:
        composer = self._composer
        self._finish_alone(next_step)
        ready = self._ready(composer.melody, step, next_step)
        if ready is None:
            return
        first = self._said(composer.melody, next_step) + ready
        if composer.steps is None or first < composer.steps:
            self._begin(self._start + first * composer.ratio, None, last_pitch, ready)

    def _finish_alone(self, next_step: int) -> None:
        if self._candidates is not None and self._candidates.alone and self.from_step <= next_step:
            self._candidates.finish()  # what was said of the first must not depend on who looked when
            self.settle(next_step)

    def _ready(self, melody: Melody, step: int, next_step: int) -> int | None:
        """How many steps are planned until a step, as far as it is planned; None where it ends the song."""
        planned = melody.planned
        if planned and melody.symbol(planned[-1].symbol_id) == END:
            return None
        return min((step - self._start) // melody.lasting - self._said(melody, next_step), len(planned))

    def _said(self, melody: Melody, next_step: int) -> int:
        """The melody's steps that were said, the one under way included."""
        return -(-(next_step - self._start) // melody.lasting)

    def _begin(self, step: int, candidates: Candidates | None, last_pitch: int | None, ready: int) -> None:
        composer = self._composer
        first = (step - self._start) // composer.ratio
        self._number, after = self._choices.next()
        if candidates is None or after is not None:
            said = [*composer.melody.said, *(draw.symbol_id for draw in composer.melody.planned[:ready])]
            candidates = composer.candidates(first, last_pitch, np.array(said[:first], np.int64), ready)
        if after is not None:
            candidates.leave_first(after)
        self._candidates, self.from_step, self._given, self._draws = candidates, step, 0, None
        self._until = self._composed_until(step)

    def _composed_until(self, step: int) -> int:
        composer = self._composer
        if composer.steps is None:
            return step + BARS_AT_A_TIME * composer.bar_steps * composer.ratio
        return self._start + composer.steps * composer.ratio

    @property
    def chosen(self) -> tuple[Draw, ...] | None:
        """What the whole answer will say, once its candidates are compared; None before, and afterwards."""
        if self._candidates is None or self.from_step != self._start or self._candidates.alone:
            return None
        return self._draws

    @property
    def works(self) -> bool:
        """Whether a part of the work is left."""
        if self._hearing is not None:
            return True
        candidates = self._candidates
        return candidates is not None and (not candidates.done or self._reads_choice)

    @property
    def _reads_choice(self) -> bool:
        """Whether it is known which candidate is chosen, and not read yet."""
        candidates = self._candidates
        return candidates is not None and candidates.done and not candidates.alone and self._draws is None

    def work(self) -> None:
        """Do a part of it."""
        if self._hearing is not None:
            self._hearing.go_on()
            if self._hearing.done:
                self._candidates, self._hearing = finish(self._hearing.rest()), None
                if self._left_after is not None:
                    self._candidates.leave_first(self._left_after)
        elif self._reads_choice:
            self._read_choice()
        elif self._candidates is not None:
            self._candidates.go_on()

    @property
    def in_time(self) -> bool:
        """Whether all candidates are composed, or only the first is to be."""
        if self._hearing is not None:
            return self._left_after is not None
        return self._candidates is None or self._candidates.done or self._candidates.alone

    def hurry(self) -> tuple[int, int]:
        """There is no time for more than the first candidate; gives the number of the choice, and the parts
        that were done."""
        parts = 0
        if self._hearing is not None:
            self._left_after = 0
        elif self._candidates is not None:
            parts = self._candidates.parts
            self._candidates.leave_first(parts)
        return self._number, parts

    def settle(self, next_step: int) -> tuple[Draw, ...] | None:
        """At a step that is composed next: let the melody say what was chosen.

        Gives what was chosen as a whole; None where it is composed step by step. Where `says` does not hold
        afterwards, work is left to do first.
        """
        candidates = self._candidates
        if candidates is None or next_step < self.from_step:
            return None
        if not candidates.alone:
            return self._choose(candidates)
        draws = candidates.draws(0, self._given)
        planned = self._composer.melody.planned if self._given else ()
        self._composer.melody.plan([*planned, *draws])
        self._given += len(draws)
        if candidates.done:
            self._candidates, self.from_step = None, math.inf
        return None

    def _choose(self, candidates: Candidates) -> tuple[Draw, ...] | None:
        if not candidates.done:
            return None
        draws = self._read_choice()
        turn = self._turn
        if self.from_step == self._start and turn + 1 < len(candidates.ranking):
            self.runner_up = candidates, turn + 1
        self._composer.melody.plan(draws)
        self._candidates, self.from_step = None, math.inf
        return draws

    def _read_choice(self) -> tuple[Draw, ...]:
        if self._draws is None and self._candidates is not None:
            turn = self._turn if self.from_step == self._start else 0
            self._draws = self._candidates.draws(self._candidates.ranking[turn])
        return self._draws or ()

    def says(self, next_step: int) -> bool:
        """Whether the symbol at a step that is composed next is known."""
        if next_step < self.from_step:
            return True
        return self._given > 0 and bool(self._composer.melody.planned)


class Choices:
    """Counts the choices of a session. `hurried` are those, by number, for which there was not enough time,
    and after how many parts of the work that was known: what was chosen does not depend on the processor."""

    def __init__(self) -> None:
        self.hurried: dict[int, int] = {}
        self._count = 0

    def next(self) -> tuple[int, int | None]:
        """The number of the next choice, and after how many parts only the first candidate is left."""
        number = self._count
        self._count += 1
        return number, self.hurried.get(number)
