"""How a take is laid out in a MIDI file, while it is recorded and when it is finished.

Unfinished: what it says of itself, then one open track of records with the notes beside them. Finished: three
tracks, the records packed into the first. A record, or a piece of many, has a checksum of its own.
"""

from collections.abc import Iterable, Sequence

from antiphon.events import Change, Event, Timed
from antiphon.files.take_file import BEFORE, MANY, ONE, UNFINISHED, checked
from antiphon.midi import smf
from antiphon.midi.file import meter_event, tempo_event, voice_chunk
from antiphon.midi.messages import to_bytes
from antiphon.perform.reports import Received, Released, Sent
from antiphon.perform.take_records import TakeRecord, moment_of
from antiphon.stage.takes.header import Place, TakeHeader, text
from antiphon.stage.takes.records import Line
from antiphon.timebase import TICKS_PER_QUARTER, Meter, seconds_to_ticks

_PIECE_BYTES = 65_000  # music21 and others read a whole event at once
_END = b"\x00" + smf.meta(smf.END_OF_TRACK, b"")
_LONGEST_TICKS = (1 << 28) - 1


class RecordEncoder:
    """Encodes records for an unfinished take: each with the ticks since the one before."""

    def __init__(self, bpm: float) -> None:
        self._bpm = bpm
        self._begin_s: float | None = None
        self._ticks = 0

    def encode(self, line: Line) -> bytes:
        note = _sounded(line.record)
        said = smf.number(self._after(line.record)) + checked(ONE, line.data)
        return said if note is None else said + b"\x00" + to_bytes(note)

    def wrote(self, record: TakeRecord) -> None:
        """It is in the file."""
        if self._begin_s is None:
            self._begin_s = moment_of(record)
        self._ticks += self._after(record)

    def _after(self, record: TakeRecord) -> int:
        at_s = moment_of(record)
        if at_s is None or self._begin_s is None:
            return 0
        ticks = seconds_to_ticks(at_s - self._begin_s, self._bpm)
        return min(max(0, ticks - self._ticks), _LONGEST_TICKS)


def _sounded(record: TakeRecord) -> Event | Change | None:
    match record:
        case Received(timed) | Sent(timed) | Released(timed):
            return timed.event if isinstance(timed, Timed) else timed.change
    return None


def opening(header: TakeHeader, begun: str, place: Place) -> bytes:
    """An unfinished take in which nothing has happened; its last chunk is open."""
    said = (text(UNFINISHED, True), text("begun", begun), *place.texts(), *header.texts())
    first = _source([(0, header.bpm)], [(0, header.meter)], said, _pieces(BEFORE, place.before or b""))
    name = b"\x00" + smf.meta(smf.TRACK_NAME, b"Player and Antiphon")
    return smf.header(2, TICKS_PER_QUARTER) + first + smf.chunk(smf.TRACK, name)


def finished(
    tempi: Sequence[tuple[int, float]],
    meters: Sequence[tuple[int, Meter]],
    texts: Iterable[str],
    before: bytes,
    packed: bytes,
    voices: Iterable[tuple[str, Iterable[tuple[int, Event | Change]]]],
    markers: Sequence[tuple[int, str]] = (),
) -> bytes:
    """A finished take: `tempi`, `meters` and `markers` by tick, `voices` names and events at their ticks."""
    tracks = [voice_chunk(name, events) for name, events in voices]
    first = _source(tempi, meters, texts, [*_pieces(BEFORE, before), *_pieces(MANY, packed)], markers)
    return smf.header(1 + len(tracks), TICKS_PER_QUARTER) + first + b"".join(tracks)


def _source(
    tempi: Sequence[tuple[int, float]],
    meters: Sequence[tuple[int, Meter]],
    texts: Iterable[str],
    ours: Sequence[bytes],
    markers: Sequence[tuple[int, str]] = (),
) -> bytes:
    """`ours` comes before the first marker, and before the first change that is not at the start."""
    (_, first_bpm), *faster = tempi
    (_, first_meter), *other = meters
    changes = [
        *((ticks, meter_event(meter)) for ticks, meter in other),
        *((ticks, tempo_event(bpm)) for ticks, bpm in faster),
        *((max(0, ticks), smf.meta(smf.MARKER, name.encode())) for ticks, name in markers),
    ]
    said = [smf.meta(smf.TEXT, one.encode()) for one in texts]
    at_start = [tempo_event(first_bpm), meter_event(first_meter), *said, *ours]
    last, later = 0, []
    for ticks, event in sorted(changes, key=lambda change: change[0]):
        later.append(smf.number(ticks - last) + event)
        last = ticks
    return smf.chunk(smf.TRACK, b"".join([*(b"\x00" + event for event in at_start), *later, _END]))


def _pieces(kind: bytes, packed: bytes) -> list[bytes]:
    starts = range(0, len(packed), _PIECE_BYTES)
    return [checked(kind, packed[start : start + _PIECE_BYTES]) for start in starts]
