"""From records to music: the two voices of a take at their ticks, in the bars that were played.

Knows no file, no clock and no port.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from antiphon.compose.harmony.accompaniment import PARTS, Part
from antiphon.events import Change, Event, ProgramChange, Timed, Turned
from antiphon.midi.messages import HeldNotes
from antiphon.perform.answer_reports import Accompanied, Answered, ChordGuessed, ChordsHeard, Heard
from antiphon.perform.reports import Asked, BarsBegun, Begun, Followed, Received, Released, Sent
from antiphon.perform.setting_changes import applied
from antiphon.perform.settings import SessionSettings
from antiphon.perform.take_records import Closed, TakeRecord, moment_of
from antiphon.perform.transport import Transport
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import TICKS_PER_QUARTER, Meter, steps_to_ticks

LATE_S = 0.005


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list of takes tells of one. `cut_off`: nobody ended it."""

    seconds: float
    phrases: int
    answers: int
    keys: tuple[str, ...]
    cut_off: bool


@dataclass(slots=True)
class RenderedTake:
    """Feed it the records of a take; `tempo` is what is known of the bars before it."""

    tempo: TempoMap
    player: list[Timed | Turned] = field(default_factory=list)
    antiphon: list[Timed] = field(default_factory=list)
    parts: dict[Part, list[Timed]] = field(default_factory=lambda: {part: [] for part in PARTS})
    settings: SessionSettings = field(default_factory=SessionSettings)
    late_s: list[float] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    meters: list[tuple[int, Meter]] = field(default_factory=list)  # by tick of the performance
    chords: list[tuple[int, str]] = field(default_factory=list)  # names by tick of the performance
    phrases: int = 0
    answers: int = 0
    closed: bool = False
    _last_s: float = float("-inf")

    def add(self, record: TakeRecord) -> None:
        moment_s = moment_of(record)
        self._last_s = self._last_s if moment_s is None else max(self._last_s, moment_s)
        match record:
            case Received(Timed() | Turned() as timed):
                self.player.append(timed)
            case BarsBegun(at_s, grid):
                self.tempo.begin(at_s, grid.bpm)
            case Begun() | Asked():
                self.follow(record)
            case Sent(timed, late_s):
                self._track_of(timed).append(timed)
                self.late_s.append(late_s)
            case Released(timed):
                self._track_of(timed).append(timed)
            case Heard():
                self.tempo.learn(record)
                self._measure(record)
                self.phrases += 1
                self.keys.append(str(record.key))
            case ChordsHeard(chords=chords) if not self.tempo.empty:
                self.chords += [(self.tempo.ticks(chord.at_s), chord.name) for chord in chords]
            case ChordGuessed(begins_s=begins_s, name=name) if not self.tempo.empty:
                self.chords.append((self.tempo.ticks(begins_s), f"{name}?"))
            case Accompanied(key=key):
                self.phrases += 1
                self.keys += [] if key is None else [str(key)]
            case Followed():
                self.tempo.follow(record)
            case Answered():
                self.answers += 1
            case Closed():
                self.closed = True

    def follow(self, record: Begun | Asked) -> None:
        """The settings by which what comes next is played; also of records before the take."""
        match record:
            case Begun(settings=settings) | Asked(what=SessionSettings() as settings):
                self.settings = settings
            case Asked(what=tuple() as changes):
                for change in changes:
                    if change.name.startswith("harmony."):
                        self.settings = applied(self.settings, change.name, change.value)

    def _track_of(self, timed: Timed) -> list[Timed]:
        """That of the answer, or of the part that has the event's channel to itself."""
        part = self.settings.part_on(timed.event.channel)
        return self.antiphon if part is None else self.parts[part]

    @property
    def sounded(self) -> list[Timed]:
        """All that Antiphon played, in order."""
        return sorted(chain(self.antiphon, *self.parts.values()), key=lambda timed: timed.at_s)

    @property
    def played_parts(self) -> tuple[Part, ...]:
        """Those that played something."""
        return tuple(part for part in PARTS if self.parts[part])

    def _measure(self, heard: Heard) -> None:
        """A phrase may be in another meter than the last one, from its first bar line on."""
        if heard.meter is not None and (not self.meters or heard.meter != self.meters[-1][1]):
            line = Transport(heard.grid, heard.meter).first_bar_line(heard.notes[0].onset_steps)
            self.meters.append((steps_to_ticks(line, heard.grid.steps_per_quarter), heard.meter))

    @property
    def empty(self) -> bool:
        """True while nothing was played."""
        return not (self.player or self.sounded)

    @property
    def summary(self) -> Summary:
        moments = self._moments()
        seconds = max(moments) - min(moments) if moments else 0.0
        keys = tuple(dict.fromkeys(self.keys))
        return Summary(round(seconds, 3), self.phrases, self.answers, keys, not self.closed)

    def lateness(self) -> dict[str, float]:
        """How late Antiphon's events left."""
        return {
            "events": len(self.late_s),
            "max_ms": round(1000 * max(self.late_s, default=0.0), 3),
            f"over_{1000 * LATE_S:g}_ms": sum(late_s > LATE_S for late_s in self.late_s),
        }

    def written(self, meter: Meter) -> tuple[list[tuple[int, float]], list[list[tuple[int, Event | Change]]]]:
        """Tempi by tick, and the events by tick of the two voices and of each part that played.

        The file begins with the bar of its first event; notes still held are closed at the last moment known.
        """
        tempo = self._known_tempo()
        begin = self._shift(tempo, self._first_meter(meter))
        voices = [
            list(_in_ticks(_closed(events, self._last_s), tempo, begin))
            for events in (self.player, self.antiphon)
        ]
        voices += [
            [*self._program_of(part), *_in_ticks(_closed(self.parts[part], self._last_s), tempo, begin)]
            for part in self.played_parts
        ]
        return _from_the_start([(ticks + begin, bpm) for ticks, bpm in tempo.changes()]), voices

    def _program_of(self, part: Part) -> list[tuple[int, Event | Change]]:
        harmony = self.settings.harmony
        program = harmony.program_of(part)
        return [(0, ProgramChange(program - 1, harmony.channel_of(part)))] if program else []

    def written_meters(self, meter: Meter) -> list[tuple[int, Meter]]:
        """Meters by tick of the file, the first at its start; `meter` where no phrase was heard."""
        first = self._first_meter(meter)
        begin = self._shift(self._known_tempo(), first)
        return [(0, first), *((ticks + begin, later) for ticks, later in self.meters[1:])]

    def written_markers(self, meter: Meter) -> list[tuple[int, str]]:
        """The names of the chords that were played, and of those that were guessed, by tick of the file."""
        begin = self._shift(self._known_tempo(), self._first_meter(meter))
        return [(ticks + begin, name) for ticks, name in self.chords]

    def _first_meter(self, meter: Meter) -> Meter:
        return self.meters[0][1] if self.meters else meter

    def _moments(self) -> list[float]:
        return [timed.at_s for timed in chain(self.player, self.antiphon, *self.parts.values())]

    def _known_tempo(self) -> TempoMap:
        """Where the bars are; where a take does not say it, they begin with its first event."""
        if self.tempo.empty:
            self.tempo.begin(min(self._moments(), default=0.0))
        return self.tempo

    def _shift(self, tempo: TempoMap, meter: Meter) -> int:
        """Ticks, in whole bars, from the performance's first downbeat back to where the file begins."""
        moments = self._moments()
        first = tempo.ticks(min(moments)) if moments else 0
        bar = round(meter.quarters_per_bar * TICKS_PER_QUARTER)
        return -(first // bar) * bar


def _from_the_start(changes: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Tempi by tick, of those at or before the file's start only the one that holds there."""
    before = [bpm for ticks, bpm in changes if ticks <= 0]
    later = [change for change in changes if change[0] > 0]
    return [(0, before[-1]), *later] if before else [(0, later[0][1]), *later[1:]]


def _closed(events: Sequence[Timed | Turned], end_s: float) -> Iterator[Timed | Turned]:
    held = HeldNotes()
    for timed in sorted(events, key=lambda timed: timed.at_s):
        if isinstance(timed, Timed):
            held.follow(timed.event)
        yield timed
    yield from (Timed(end_s, off) for off in held.owed())


def _in_ticks(
    events: Iterable[Timed | Turned], tempo: TempoMap, begin: int
) -> Iterator[tuple[int, Event | Change]]:
    for timed in events:
        what = timed.event if isinstance(timed, Timed) else timed.change
        yield tempo.ticks(timed.at_s) + begin, what
