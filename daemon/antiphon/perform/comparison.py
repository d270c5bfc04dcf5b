"""A recorded session set beside its replay: the same, or the first place where the two differ. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from antiphon.events import NoteOff, NoteOn, Timed
from antiphon.perform.answer_reports import Answered, Heard
from antiphon.perform.replay import perform
from antiphon.perform.reports import BarsBegun, Begun, Ended, Followed, Report, Sent
from antiphon.perform.session import Session
from antiphon.perform.take_records import INPUTS, TakeRecord, last_moment
from antiphon.timebase import Grid, Meter

# Moments are the same up to this: another processor may round in another way.
SAME_MOMENT_S = 1e-6


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where a replay differs; None where one side has nothing more.

    Bar and beat count from 1, and from the first downbeat.
    """

    bar: int
    beat: float
    recorded: Timed | None
    replayed: Timed | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many events were the same, how many notes the recording dropped as late, and what differs."""

    events: int
    late: int = 0
    difference: Difference | None = None


@dataclass(slots=True)
class _Part:
    """What belongs to one session: what was recorded of it, what it sends now, where its bars are."""

    recorded: list[Timed] = field(default_factory=list)
    replayed: list[Timed] = field(default_factory=list)
    late: int = 0
    known_s: float = float("-inf")  # the last moment that is known to have been reached
    after_last_input: int = 0  # how many of the recorded events came after all input
    ended: bool = False


def compare(records: Sequence[TakeRecord], make: Callable[[Begun], Session]) -> Comparison:
    """Set what a session sends now beside what was recorded; the last one may have been cut off."""
    parts = _recorded(records)
    places = _Places()
    place = -1
    for report in perform(records, make):
        places.follow(report)
        if isinstance(report, Begun):
            place += 1
        elif isinstance(report, Sent):
            parts[place].replayed.append(report.timed)
    same = late = 0
    for part in parts:
        found = _compared(part)
        same, late = same + found[0], late + found[1]
        if found[2] is not None:
            return Comparison(same, late, places.difference(*found[2]))
    return Comparison(same, late)


def _recorded(records: Iterable[TakeRecord]) -> list[_Part]:
    """The recorded sessions, one after another."""
    parts: list[_Part] = []
    for record in records:
        if isinstance(record, Begun):
            parts.append(_Part())
        elif not parts:
            continue
        part = parts[-1]
        part.known_s = last_moment(part.known_s, record)
        if isinstance(record, INPUTS):
            part.after_last_input, part.ended = 0, isinstance(record, Ended)
        if isinstance(record, Sent):
            part.recorded.append(record.timed)
            part.after_last_input += 1
        elif isinstance(record, Answered):
            part.late += record.late_steps
    return parts


def _compared(part: _Part) -> tuple[int, int, tuple[Timed | None, Timed | None] | None]:
    """How many events are the same, how many were dropped as late, and the first two that differ."""
    recorded, place, late = part.recorded, 0, 0
    for timed in part.replayed:
        here = recorded[place] if place < len(recorded) else None
        if here is not None and _same(here, timed):
            place += 1
        elif here is None and not part.ended and timed.at_s >= part.known_s:
            break  # the recording ended before this
        elif late < part.late and isinstance(timed.event, NoteOn):
            late += 1
        elif not late or isinstance(timed.event, NoteOn):
            return place, late, None if _is_cut(part, place) else (here, timed)
    rest = recorded[place:]
    if rest and not _is_cut(part, place):
        return place, late, (rest[0], None)
    return place, late, None


def _same(recorded: Timed, replayed: Timed) -> bool:
    return recorded.event == replayed.event and abs(recorded.at_s - replayed.at_s) <= SAME_MOMENT_S


def _is_cut(part: _Part, place: int) -> bool:
    """Whether what is left was the effect of something that the cut has lost: notes that it ended."""
    rest = part.recorded[place:]
    return (
        not part.ended
        and len(rest) <= part.after_last_input
        and all(isinstance(timed.event, NoteOff) for timed in rest)
    )


class _Places:
    """Where in the bars a moment was, by the grids that held."""

    def __init__(self) -> None:
        self._meter = Meter()
        self._grids: list[tuple[float, Grid, Meter]] = []
        self._bpm = 120.0

    def follow(self, report: Report) -> None:
        match report:
            case Begun(settings=settings):
                self._meter, self._bpm = settings.tempo.first_meter, settings.tempo.bpm
            case Heard(at_s=at_s, grid=grid, meter=meter):
                self._add(at_s, grid, meter)
            case BarsBegun(at_s, grid) | Followed(at_s=at_s, grid=grid):
                self._add(at_s, grid, None)

    def _add(self, at_s: float, grid: Grid, meter: Meter | None) -> None:
        """`meter` None: the last one stays."""
        before = self._grids[-1][2] if self._grids else self._meter
        self._grids.append((at_s, grid, meter or before))

    def difference(self, recorded: Timed | None, replayed: Timed | None) -> Difference:
        moments = [timed.at_s for timed in (recorded, replayed) if timed is not None]
        at_s = min(moments)
        before = [(grid, meter) for since_s, grid, meter in self._grids if since_s <= at_s]
        grid, meter = before[-1] if before else (Grid(self._bpm, at_s), self._meter)
        bar_steps = grid.steps_per_bar(meter)
        bar, steps = divmod(round(grid.steps_at(at_s), 3), bar_steps)
        unit = grid.steps_of_beats(4 / meter.denominator)
        return Difference(int(bar) + 1, round(steps / unit + 1, 2), recorded, replayed)
