"""The recording of a performance: a MIDI file whose bars are the bars that were played.

Fed with reports and asked to save; knows no clock but the name's, no port, and changes nothing in the music.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain, count
from pathlib import Path

import mido

from antiphon.errors import Failure
from antiphon.events import Change, Event, NoteOn, Timed, Turned
from antiphon.perform.news import Answered, Followed, Heard, Received, Report, Sent
from antiphon.stage.clock import wall_time
from antiphon.stage.midifile import conductor_track, save, voice_track
from antiphon.stage.ports import Held
from antiphon.stage.tempo_map import TempoMap
from antiphon.timebase import TICKS_PER_QUARTER, Meter

PLAYER, ANTIPHON = "Player", "Antiphon"
LATE_S = 0.005


@dataclass(frozen=True, slots=True)
class Spoken:
    """A bundle that speaks in a take: its name and the checksum of its weights."""

    name: str
    checksum: str


@dataclass(frozen=True, slots=True)
class TakeHeader:
    """What is needed to play the same again. `settings` must be what JSON can say.

    `bundle` answers first; a program change chooses one of `programs`.
    """

    bpm: float
    meter: Meter
    settings: Mapping[str, object]
    bundle: Spoken
    random_seed: int
    programs: tuple[Spoken, ...] = ()

    def texts(self) -> tuple[str, ...]:
        """The text events of a take: a name, a colon, and JSON."""
        return (
            _text("settings", self.settings),
            _text("bundle", asdict(self.bundle)),
            _text("programs", [asdict(program) for program in self.programs]),
            _text("random seed", self.random_seed),
        )


def _text(name: str, value: object) -> str:
    return f"{name}: {json.dumps(value)}"


class Take:
    """Records what was played and answered into `folder/YYYYMMDD-HHMMSS.mid`.

    The file is there from the start, which takes the name and proves that the folder can be written; a take
    in which nothing was played is removed by `close`. `tempo` is what is known of the bars before the take,
    whose file begins with the bar in which something was played first. Raises Failure naming the folder.
    """

    def __init__(
        self, folder: Path, header: TakeHeader, begun: datetime | None = None, tempo: TempoMap | None = None
    ) -> None:
        self._header = header
        self._tempo = tempo or TempoMap(header.bpm)
        self._player: list[Timed | Turned] = []
        self._antiphon: list[Timed] = []
        self._late_s: list[float] = []
        self._saved: tuple[int, int] | None = None
        self.path = _new_file(folder, begun or wall_time())
        self.save()

    @property
    def empty(self) -> bool:
        """True while nothing was played."""
        return not (self._player or self._antiphon)

    def record(self, report: Report) -> None:
        """Take down what was received and sent; save when an answer is over. Raises Failure if it cannot."""
        match report:
            case Received(Timed() | Turned() as timed):
                self._player.append(timed)
                if isinstance(timed, Timed) and isinstance(timed.event, NoteOn):
                    self._tempo.begin(timed.at_s)  # the first note played is the first downbeat
            case Sent(timed, late_s):
                self._antiphon.append(timed)
                self._late_s.append(late_s)
            case Heard():
                self._tempo.learn(report)
            case Followed():
                self._tempo.follow(report)
            case Answered():
                self.save()

    def save(self) -> None:
        """Write all that was recorded, notes still held closed at its last moment; cheap if nothing is new.

        Raises Failure naming the file.
        """
        length = (len(self._player), len(self._antiphon))
        if length != self._saved:
            save(self.path, self._tracks())
            self._saved = length

    def close(self) -> Path | None:
        """Save; gives the file, or None where nothing was played and none is kept."""
        if self.empty:
            self.path.unlink(missing_ok=True)
            return None
        self.save()
        return self.path

    def _tracks(self) -> list[mido.MidiTrack]:
        moments = [timed.at_s for timed in chain(self._player, self._antiphon)]
        tempo = self._known_tempo(min(moments, default=0.0))
        begin = self._shift(tempo, moments)
        voices = [
            voice_track(name, _in_ticks(_closed(events, max(moments, default=0.0)), tempo, begin))
            for name, events in ((PLAYER, self._player), (ANTIPHON, self._antiphon))
        ]
        changes = _from_the_start([(ticks + begin, bpm) for ticks, bpm in tempo.changes()])
        return [conductor_track(changes, self._header.meter, self._texts()), *voices]

    def _known_tempo(self, first_s: float) -> TempoMap:
        """What the session has told; before it has told anything, the first event is the first downbeat."""
        if not self._tempo.empty:
            return self._tempo
        tempo = TempoMap(self._header.bpm)
        tempo.begin(first_s)
        return tempo

    def _shift(self, tempo: TempoMap, moments: Sequence[float]) -> int:
        """Ticks, in whole bars, from the performance's first downbeat back to where the file begins."""
        first = tempo.ticks(min(moments)) if moments else 0
        bar = round(self._header.meter.quarters_per_bar * TICKS_PER_QUARTER)
        return -(first // bar) * bar

    def _texts(self) -> tuple[str, ...]:
        lateness = {
            "events": len(self._late_s),
            "max_ms": round(1000 * max(self._late_s, default=0.0), 3),
            f"over_{1000 * LATE_S:g}_ms": sum(late_s > LATE_S for late_s in self._late_s),
        }
        return (*self._header.texts(), _text("lateness", lateness))


def _new_file(folder: Path, begun: datetime) -> Path:
    """An empty file of a name that was free, made in one go so that two programs never share one."""
    stem = f"{begun:%Y%m%d-%H%M%S}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in chain([stem], (f"{stem}-{number}" for number in count(2))):
            try:
                (folder / f"{name}.mid").touch(exist_ok=False)
                return folder / f"{name}.mid"
            except FileExistsError:
                continue
    except OSError as error:
        raise Failure(f"{folder}: cannot record takes here: {error.strerror or error}") from None
    raise AssertionError("numbers do not end")


def _from_the_start(changes: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """Tempi by tick, of those at or before the file's start only the one that holds there."""
    before = [bpm for ticks, bpm in changes if ticks <= 0]
    later = [change for change in changes if change[0] > 0]
    return [(0, before[-1]), *later] if before else [(0, later[0][1]), *later[1:]]


def _closed(events: Sequence[Timed | Turned], end_s: float) -> Iterator[Timed | Turned]:
    held = Held()
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
