"""A melody that is being composed: it hears symbols, then gives the next ones, one at a time."""

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.events_model import EventModel
from antiphon.compose.form import Form
from antiphon.compose.guards import Guards
from antiphon.compose.memory.loudness import Loudness
from antiphon.compose.memory.memory import Memory
from antiphon.compose.model import Model
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.sampling import Draw, SamplingSettings, adaptive_temperature, draw, weight_row
from antiphon.compose.side_by_side.candidate_rows import Symbols
from antiphon.compose.side_by_side.candidates import Candidates, Wanted
from antiphon.compose.side_by_side.copies import Copy, copies, line_of
from antiphon.compose.side_by_side.event_rows import EventRows
from antiphon.compose.side_by_side.memory_rows import MemoryRows
from antiphon.compose.symbols import END, HOLD, Vocabulary, is_pitch
from antiphon.slices import Sliced, finish
from antiphon.timebase import STEPS_PER_QUARTER, steps_of_sixteenths

# A note is heard in one part with what it is held of so many sixteenths: about a quarter of a millisecond.
_SIXTEENTHS_A_PART = 4


class Melody:
    """A model, its vocabulary, the way it is sampled and a source of chance, joined.

    `memory` holds what was played before; without one every song stands alone. Of the model's steps there
    are `steps_per_quarter`. Where the music has more, each of the model's lasts `lasting` of them: what is
    heard is in the model's steps, what is said in those of the music. `hold_id` is the id of a hold.
    """

    def __init__(
        self,
        model: Model,
        vocabulary: Vocabulary,
        settings: SamplingSettings,
        generator: np.random.Generator,
        memory: Memory | None = None,
        steps_per_quarter: int = STEPS_PER_QUARTER,
        lasting: int = 1,
    ) -> None:
        self.lasting, self._begun = lasting, 0  # steps of the music that the last symbol has lasted
        self._model, self._vocabulary, self._generator = model, vocabulary, generator
        self._memory, self._loudness = memory, Loudness()
        self.hold_id, self._end_id = vocabulary.id(HOLD), vocabulary.id(END)
        self._pitches = tuple(int(symbol) if is_pitch(symbol) else None for symbol in vocabulary.symbols)
        self._guards = Guards(self.hold_id, steps_per_quarter=steps_per_quarter)
        self._steps_a_part = steps_of_sixteenths(_SIXTEENTHS_A_PART, steps_per_quarter)
        self._heard: list[int] = []
        self._planned: list[Draw] = []
        self._first = 0  # of the symbols, the first of the answer
        self._bars, self._said = NO_BARS, False
        self.sample(settings)
        self._begin_song(NO_BARS)

    def begin(self, generator: np.random.Generator) -> None:
        """An answer begins; draw from this source of chance from now on."""
        self._generator, self._said, self._begun = generator, True, 0
        self._planned, self._first = [], len(self._heard)

    def sample(self, settings: SamplingSettings) -> None:
        """Use other settings from the next symbol on."""
        self._settings = settings
        self._weights = weight_row(self._vocabulary, settings.weights)
        self._guards.limit(settings.longest_steps, settings.most_repeats)

    def hear(self, symbols: Sequence[str], bars: Bars = NO_BARS) -> None:
        """Begin a new song with these symbols; unknown ones are heard as the nearest known.

        Where no answer was begun since and these symbols go on from those heard last, only the rest is heard.
        """
        finish(self.hear_in_slices(symbols, bars))

    def hear_in_slices(self, symbols: Sequence[str], bars: Bars = NO_BARS) -> Sliced[None]:
        """The same in small parts."""
        ids = self._vocabulary.ids(symbols)
        if self._said or bars != self._bars or ids[: len(self._heard)] != self._heard:
            self._begin_song(bars)
            yield
        yield from self._take_in_slices(ids[len(self._heard) :], learns=True)

    def take_up_in_slices(self, symbols: Sequence[str]) -> Sliced[None]:
        """Go on after these symbols as if they had been said here, in small parts."""
        yield from self._take_in_slices(self._vocabulary.ids(symbols))

    def _take_in_slices(self, ids: Sequence[int], learns: bool = False) -> Sliced[None]:
        for held, run in groupby(ids, self.hold_id.__eq__):
            new = list(run)
            if held:
                for begun in range(0, len(new), self._steps_a_part):
                    self._hold(min(self._steps_a_part, len(new) - begun))
                    yield
                continue
            for number, symbol_id in enumerate(new):
                if number:
                    yield
                if learns and self._settings.adapts:
                    self._compare(symbol_id)
                    yield
                self._take_in(symbol_id)

    @property
    def knows_form(self) -> bool:
        """Whether the model can be told of a form."""
        return self._model.knows_form

    def tell(self, form: Form) -> None:
        """What was heard and is said from now on has this form, in the model's steps; `hear` forgets it."""
        self._said = True  # so that what is heard next begins a song, without a form
        self._model.tell(form)

    def keep(self) -> None:
        """Keep in memory what was heard and said since `hear` began a song, where the settings say so."""
        if self._memory is not None and self._settings.remembers:
            self._memory.keep()

    def withdraw(self) -> None:
        """What was heard and said last is not kept: the next song begins in its place."""
        self._begin_song(self._bars)

    def forget(self) -> None:
        """Clear the memory. What was heard and not answered yet must be heard again."""
        if self._memory is not None:
            self._memory.clear()
        if not self._said:
            self._begin_song(self._bars)

    def _begin_song(self, bars: Bars) -> None:
        self._bars = bars
        if self._memory is not None:
            self._memory.begin(self._bars)
        self._heard, self._said = [], False
        self._loudness.begin()
        self._guards.begin(())
        self._model.reset(bars)
        self._model.hear(self._end_id)

    def _compare(self, symbol_id: int) -> None:
        """Learn whether the memory or the model foresees this note or rest better, if one begins here."""
        if self._memory is None or symbol_id == self._end_id:
            return
        begins = self._model.expected().copy()
        begins[self.hold_id] = 0.0
        if (chance := begins.sum()) > 0:
            begins /= chance
            self._loudness.hear(symbol_id, begins, self._memory.added(begins))

    @property
    def strangeness(self) -> float:
        """How foreign what was heard is to the model, from 0 to 1; 0 where the memory does not adapt."""
        return self._loudness.strangeness if self._settings.adapts else 0.0

    @property
    def _strength(self) -> float:
        """How loud the memory is beside the model."""
        return self._settings.memory * (self._loudness.factor if self._settings.adapts else 1.0)

    def _take_in(self, symbol_id: int) -> None:
        if symbol_id == self.hold_id:
            self._hold(1)
            return
        self._model.hear(symbol_id)
        self._guards.hear(symbol_id)
        self._heard.append(symbol_id)
        if self._memory is not None and symbol_id != self._end_id:
            self._memory.hear(symbol_id)

    def _hold(self, steps: int) -> None:
        """Take in so many holds."""
        self._model.hear_holds(self.hold_id, steps)
        self._guards.hold(steps)
        self._heard += [self.hold_id] * steps
        if self._memory is not None:
            self._memory.hold(steps)

    @property
    def composes_ahead(self) -> bool:
        """Whether candidates can be composed: the model can be stepped side by side."""
        return isinstance(self._model, EventModel)

    def candidates(self, wanted: Wanted, ready: int = 0) -> Candidates:
        """Candidates for how it goes on after so many of the symbols that are planned."""
        assert isinstance(self._model, EventModel)
        count, steps, grid = wanted.count, ready + wanted.steps, self._model.grid
        from_here, limits = self._model.rows_from_here(wanted.form), copy(self._guards)
        past = None if self._memory is None else self._memory.past()

        def memory(model: EventRows) -> MemoryRows | None:
            ages = _asked_ages(grid, model.ages, limits.longest)
            return None if past is None else MemoryRows(past, count, steps, ages)

        planned = [drawn.symbol_id for drawn in self._planned[:ready]]

        def played() -> Sliced[list[Copy]]:
            if past is None or wanted.beats is None:
                return []
            return (yield from copies(line_of(past, planned, self._symbols), wanted.steps, wanted.beats))

        return Candidates(
            wanted,
            lambda: from_here(count, steps),
            memory,
            limits,
            self._symbols,
            replace(self._settings, memory=self._strength),
            planned,
            played,
        )

    @property
    def _symbols(self) -> Symbols:
        return Symbols(self.hold_id, self._end_id, self._pitches, self._weights)

    def plan(self, draws: Sequence[Draw]) -> None:
        """Say these symbols next; then what the model draws."""
        self._planned = list(draws)

    def symbol(self, symbol_id: int) -> str:
        """The symbol of an id."""
        return self._vocabulary.symbols[symbol_id]

    @property
    def said(self) -> Sequence[int]:
        """The ids that were said since the answer began."""
        return self._heard[self._first :]

    @property
    def planned(self) -> Sequence[Draw]:
        """What will be said next, in the model's steps."""
        return self._planned

    def draws(self, may_hold: bool) -> bool:
        """Whether the next symbol is drawn, so that factors count: it is not known yet, nor, where factors
        `may_hold`, a hold for certain."""
        if self._begun or self._planned:
            return False
        return not (may_hold and self._model.must_hold and self._may_hold(None))

    def next(self, factors: NDArray[np.float64] | None = None) -> tuple[str, Draw]:
        """The next symbol and how it was drawn; `factors` (V,) on its probabilities, 0 forbids."""
        self._said = True
        if self._begun:
            chosen = self._certain_hold()
        else:
            chosen = self._planned.pop(0) if self._planned else self._choose(factors)
            self._take_in(chosen.symbol_id)
        self._begun = (self._begun + 1) % self.lasting
        return self._vocabulary.symbols[chosen.symbol_id], chosen

    def _choose(self, factors: NDArray[np.float64] | None) -> Draw:
        certain = self._model.must_hold and self._may_hold(factors)
        return self._certain_hold() if certain else self._draw(factors)

    def _certain_hold(self) -> Draw:
        return Draw(self.hold_id, 0.0, adaptive_temperature(0.0, self._settings), 1.0)

    def _draw(self, factors: NDArray[np.float64] | None) -> Draw:
        expected = self._model.expected()
        if self._model.must_hold:  # and may not: what follows if it ends all the same
            expected[self.hold_id] = 0.0
            expected /= expected.sum()
        if self._memory is not None:
            expected = self._memory.mix(expected, self._strength)
        return draw(expected, self._settings, self._allowed(factors), self._generator)

    def _may_hold(self, factors: NDArray[np.float64] | None) -> bool:
        """Whether nothing forbids that what sounds is held."""
        factor = 1.0 if factors is None else factors[self.hold_id]
        return not self._guards.must_end and factor * self._weights[self.hold_id] > 0

    def _allowed(self, factors: NDArray[np.float64] | None) -> NDArray[np.float64]:
        weights = self._weights if factors is None else self._weights * factors
        endless = list(self._guards.forbidden())
        if not endless or not np.delete(weights, endless).any():
            return weights
        weights = weights.copy()
        weights[endless] = 0.0
        return weights


def _asked_ages(grid: EventGrid, now: NDArray[np.int64], longest: int) -> NDArray[np.int64]:
    """The ages of a note at which it is asked whether it ends."""
    return np.array(sorted({*grid.lengths, *now.tolist(), *([longest] if longest else [])}), np.int64)
