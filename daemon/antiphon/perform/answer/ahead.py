"""The part of an answer that is composed before it sounds: first all of it, then what is to change.

All steps are the grid's; the composer's are `ratio` of them, counted from the answer's start.
"""

import math

import numpy as np

from antiphon.compose.sampling import Draw
from antiphon.compose.side_by_side.candidates import Candidates
from antiphon.compose.symbols import END
from antiphon.perform.answer.composer import BARS_AT_A_TIME, Composer

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
        self._number = 0  # of the choice that is under way
        self._from = self._until = start
        self._given = self._turn = 0
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
        self._composer = composer
        if next_step == self._start:
            self.begin()  # the first in the ranking is as good as any: they are drawn anew
            return
        soonest = next_step + _TIME_TO_COMPOSE * self._quarter
        self._go_on_from(math.ceil(soonest / self._beat) * self._beat, next_step, last_pitch)

    def go_further(self, next_step: int, last_pitch: int | None) -> None:
        """Compose the next bars of an answer without end, if it is time to."""
        bar = self._composer.bar_steps * self._composer.ratio
        if self._composer.steps is None and self._candidates is None and next_step >= self._until - bar:
            self._go_on_from(self._until, next_step, last_pitch)

    def _go_on_from(self, step: int, next_step: int, last_pitch: int | None) -> None:
        composer = self._composer
        if self._candidates is not None and self._candidates.alone and self._from <= next_step:
            self._candidates.finish()  # what was said of the first must not depend on who looked when
            self.settle(next_step)
        planned, said = composer.melody.planned, self._said(next_step)
        if planned and planned[-1].symbol_id == composer.vocabulary.id(END):
            return
        ready = min((step - self._start) // composer.ratio - said, len(planned))
        if composer.steps is None or said + ready < composer.steps:
            self._begin(self._start + (said + ready) * composer.ratio, None, last_pitch, ready)

    def _said(self, next_step: int) -> int:
        """The composer's steps that were said, the one under way included."""
        return -(-(next_step - self._start) // self._composer.ratio)

    def _begin(self, step: int, candidates: Candidates | None, last_pitch: int | None, ready: int) -> None:
        composer = self._composer
        first = (step - self._start) // composer.ratio
        self._number, after = self._choices.next()
        if candidates is None or after is not None:
            said = [*composer.melody.said, *(draw.symbol_id for draw in composer.melody.planned[:ready])]
            candidates = composer.candidates(first, last_pitch, np.array(said[:first], np.int64), ready)
        if after is not None:
            candidates.leave_first(after)
        self._candidates, self._from, self._given = candidates, step, 0
        steps = BARS_AT_A_TIME * composer.bar_steps if composer.steps is None else composer.steps - first
        self._until = step + steps * composer.ratio

    @property
    def from_step(self) -> int | None:
        """The step from which on nothing is chosen yet; None where all is."""
        return None if self._candidates is None else self._from

    @property
    def works(self) -> bool:
        """Whether a part of the work is left."""
        return self._candidates is not None and not self._candidates.done

    def work(self) -> None:
        """Do a part of it."""
        if self._candidates is not None:
            self._candidates.go_on()

    @property
    def in_time(self) -> bool:
        """Whether all candidates are composed, or only the first is to be."""
        return self._candidates is None or self._candidates.done or self._candidates.alone

    def hurry(self) -> tuple[int, int]:
        """There is no time for more than the first candidate; gives the number of the choice, and the parts
        that were done."""
        parts = 0
        if self._candidates is not None:
            parts = self._candidates.parts
            self._candidates.leave_first(parts)
        return self._number, parts

    def settle(self, next_step: int) -> tuple[Draw, ...] | None:
        """At a step that is composed next: let the melody say what was chosen.

        Gives what was chosen as a whole; None where it is composed step by step. Where `says` does not hold
        afterwards, work is left to do first.
        """
        candidates = self._candidates
        if candidates is None or next_step < self._from:
            return None
        if not candidates.alone:
            return self._choose(candidates)
        draws = candidates.draws(0, self._given)
        planned = self._composer.melody.planned if self._given else ()
        self._composer.melody.plan([*planned, *draws])
        self._given += len(draws)
        if candidates.done:
            self._candidates = None
        return None

    def _choose(self, candidates: Candidates) -> tuple[Draw, ...] | None:
        if not candidates.done:
            return None
        turn = self._turn if self._from == self._start else 0
        if self._from == self._start and turn + 1 < len(candidates.ranking):
            self.runner_up = candidates, turn + 1
        draws = candidates.draws(candidates.ranking[turn])
        self._composer.melody.plan(draws)
        self._candidates = None
        return draws

    def says(self, next_step: int) -> bool:
        """Whether the symbol at a step that is composed next is known."""
        if self._candidates is None or next_step < self._from:
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
