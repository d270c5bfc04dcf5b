"""Where the bars are: the grid of the performance, set by this program or by an external clock."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from antiphon.events import Clocked, Lead, PlayedNote
from antiphon.perform.clock.clock_source import ClockSource
from antiphon.perform.clock.external_grid import ExternalGrid
from antiphon.perform.reports import BarsBegun, Followed
from antiphon.perform.settings import ClockSettings, TempoSettings
from antiphon.perform.transport import Transport
from antiphon.timebase import Grid

# A count-in begins this long after it was asked for, so that its first click can be sent in time.
_COUNT_IN_AFTER_S = 0.25


@dataclass(frozen=True, slots=True)
class Shift:
    """The grid moved: `moved_s` says where what was due at a moment is due now; `jumped`: to another place in
    the bars, where nothing of the old is left."""

    jumped: bool
    moved_s: Callable[[float], float] | None = None


class BarClock:
    """Holds the transport, None until a note was played or an external clock has told its place.

    `transport` is what an earlier session of the same performance has left.
    """

    def __init__(
        self,
        tempo: TempoSettings,
        clock: ClockSettings,
        steps_per_quarter: int,
        transport: Transport | None = None,
    ) -> None:
        # What holds now; where an answer is planned, what holds from it on.
        self.transport = transport
        self._before_plan: Transport | None = None
        self._tempo, self._steps_per_quarter = tempo, steps_per_quarter
        self._source = ClockSource(clock)
        self.midi = self._source.midi  # MIDI clock is listened to whatever leads
        self._external = ExternalGrid(tempo.first_meter, steps_per_quarter)
        self._begun = transport is not None  # whether a note was played
        self.count_in_ends: int | None = None  # the step at which the last count-in is over
        self._awaited = False  # whether the first note after it is still to come
        # Whether the player was told where the bars are, by a count-in, and has not been answered since.
        self.counted_in = False
        self._ahead_steps = 0.0  # before the first bar that is counted

    @property
    def led(self) -> bool:
        """Whether an external clock leads."""
        return self._source.source != "internal"

    @property
    def follows_player(self) -> bool:
        """Whether the player sets the tempo."""
        return self._tempo.mode == "follow" and not self.led

    def count_in(self, at_s: float, bars: int, used_steps: int, lasts: bool) -> Followed:
        """New bars begin, not before a step: so many of clicks, then the first that counts. Nobody leads.

        `lasts`: the click goes on, so the bars stay whenever the player comes in.
        """
        begins_s, before, steps = at_s + _COUNT_IN_AFTER_S, self.transport, 0
        if before is None:
            grid = Grid(self._tempo.bpm, begins_s, self._steps_per_quarter)
            before = Transport(grid, self._tempo.first_meter)
        else:
            steps = _next_bar(before, max(used_steps, before.grid.steps_at(begins_s)))
        self.count_in_ends, self._awaited = steps + bars * before.bar_steps, not lasts
        return self._begin_bars(before, begins_s, steps, self.count_in_ends, at_s)

    def _begin_bars(
        self, before: Transport, begins_s: float, steps: int, counted_from: int, at_s: float
    ) -> Followed:
        """A step is at a moment, in the meter and at the tempo of the bars before."""
        self.counted_in = steps < counted_from
        self._before_plan, self._ahead_steps = None, counted_from
        grid = replace(before.grid, origin_s=begins_s - steps * before.grid.step_s)
        jumped = self.transport is not None
        self.transport = replace(before, grid=grid)
        return Followed(at_s, grid, counted_from, jumped)

    def begin(self, at_s: float) -> list[BarsBegun | Followed]:
        """A note is played: the first of all is the first downbeat, unless an external clock or a count-in
        says where. A first note over a bar after a count-in ignores it."""
        begun: list[BarsBegun | Followed] = []
        if self._awaited and self.transport is not None and not self.led:
            self._awaited, place = False, self.transport.grid.steps_at(at_s)
            if self.count_in_ends is not None and place > self.count_in_ends + self.transport.bar_steps:
                steps = _next_bar(self.transport, place)
                begun.append(self._begin_bars(self.transport, at_s, steps, steps, at_s))
        if self.transport is None:
            grid = Grid(self._tempo.bpm, at_s, self._steps_per_quarter)
            self.transport = Transport(grid, self._tempo.first_meter)
            begun.append(BarsBegun(at_s, grid))
        elif not self._begun and self.led:
            self.transport = self._external.anchor(self.transport, at_s)
        self._begun = True
        return begun

    def plan(self, planned: Transport) -> None:
        """The answer that is planned lies in these bars. An external clock needs no plan."""
        if self.transport is not None and not self.led:
            self._before_plan, self.transport = self.transport, planned

    def accompany(self, heard: Transport, at_s: float) -> list[Followed]:
        """The player's bars, as they are heard while they play; an external clock's stay."""
        before = self.transport
        if self.led or before is None or heard == before:
            return []
        apart = abs(heard.grid.steps_at(at_s) - before.grid.steps_at(at_s))
        self._before_plan, self.transport = None, heard
        jumped = heard.meter != before.meter or apart > heard.beat_steps / 2
        return [Followed(at_s, heard.grid, self._ahead_steps, jumped)]

    def commit(self) -> None:
        """The answer counts: its grid stays."""
        self._before_plan, self.counted_in = None, False

    def withdraw(self) -> None:
        """The answer is dropped: the grid from before it goes on."""
        if self._before_plan is not None:
            self.transport, self._before_plan = self._before_plan, None

    def hear(self, said: Clocked | Lead) -> Lead | None:
        """The place to follow; None where nothing is new, or another source leads."""
        return self._source.hear(said)

    def lose(self, at_s: float) -> Lead | None:
        """The MIDI clock is lost: gives the place where it stands, if it is the source that leads."""
        return self._source.lose(at_s)

    def choose(self, clock: ClockSettings) -> Lead | None:
        """Let another source lead, or the same with other settings; gives its last place, if it is known."""
        return self._source.choose(clock)

    def stand(self) -> None:
        """The external clock stands."""
        self._external.stand()

    def follow(self, lead: Lead, at_s: float) -> Shift:
        """Follow the external clock from a moment on."""
        before = self.transport
        self._before_plan = None
        self.transport, jumped = self._external.follow(lead, before, at_s)
        return Shift(jumped) if jumped or before is None else Shift(False, _moved(before, self.transport))

    def changes(self, at_s: float, jumped: bool, listening: bool) -> list[Followed]:
        """Reports of where the bars are; `listening`: earlier places are still needed."""
        if not self.led:
            if self.transport is None:
                return []
            return [Followed(at_s, self.transport.grid, self._ahead_steps, jumped)]
        if not listening:
            self._external.forget_before(at_s)
        return self._external.report(at_s, jumped)

    def set(self, tempo: TempoSettings, at_s: float) -> Shift:
        """Other settings: a tempo of its own goes on from where we are, where nobody else sets it."""
        changed = tempo.bpm != self._tempo.bpm or (tempo.mode, self._tempo.mode) == ("fixed", "follow")
        self._tempo = tempo
        before = self.transport
        if self.led or before is None or not changed:
            return Shift(False)
        here = before.grid.steps_at(at_s)
        grid = replace(before.grid, bpm=tempo.bpm)
        self.transport = replace(before, grid=replace(grid, origin_s=at_s - here * grid.step_s))
        return Shift(False, _moved(before, self.transport))

    def steps_at(self, at_s: float) -> float | None:
        """The place of a moment of the phrase, by the grid that held then; None while there is none."""
        if self.transport is None:
            return None
        return (self._external if self.led else self.transport.grid).steps_at(at_s)

    def straight(self, played: Sequence[PlayedNote]) -> tuple[PlayedNote, ...]:
        """A phrase as if it were played on the present grid, where an external clock has moved its tempo.

        What is played before a count-in has begun counts as played at its beginning.
        """
        if self.led:
            return self._external.straightened(played)
        if self.transport is None or not self.counted_in:
            return tuple(played)
        first_s = self.transport.grid.origin_s
        return tuple(
            replace(note, onset_s=max(note.onset_s, first_s), release_s=max(note.release_s, first_s))
            for note in played
        )


def _next_bar(transport: Transport, place: float) -> int:
    """The step of the bar line at or after a place."""
    return math.ceil(place / transport.bar_steps) * transport.bar_steps


def _moved(before: Transport, after: Transport) -> Callable[[float], float]:
    old, new = before.grid, after.grid
    return lambda due_s: new.time_s(old.steps_at(due_s))
