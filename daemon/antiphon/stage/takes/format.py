"""How a take is laid out in a MIDI file, while it is recorded and when it is finished; and back.

Unfinished: what it says of itself, then one open track of records with the notes beside them. Finished: three
tracks, the records packed into the first. A record, or a piece of many, has a checksum of its own.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antiphon.events import Change, Event, Timed
from antiphon.midi import smf
from antiphon.midi.file import meter_event, tempo_event, voice_chunk
from antiphon.midi.messages import to_bytes
from antiphon.perform.replay import Record, moment_of
from antiphon.perform.reports import Received, Released, Sent
from antiphon.stage.takes import records
from antiphon.stage.takes.header import Place, TakeHeader, read_texts, text
from antiphon.stage.takes.records import Line
from antiphon.timebase import TICKS_PER_QUARTER, seconds_to_ticks

# The number of a manufacturer that is nobody's; then what follows: one record, many, or many from before.
_NOBODY, _ONE, _MANY, _BEFORE = b"\x7d", b"R", b"Z", b"P"
_CHECK_BYTES = 4
_PIECE_BYTES = 65_000  # music21 and others read a whole event at once
_END = b"\x00" + smf.meta(smf.END_OF_TRACK, b"")
_LONGEST_TICKS = (1 << 28) - 1
_UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class TakeFile:
    """What a take's file holds. `lines` and `before` are records as they were written."""

    texts: dict[str, Any]
    lines: tuple[bytes, ...]
    before: tuple[bytes, ...]

    @property
    def unfinished(self) -> bool:
        return is_unfinished(self.texts)


class RecordEncoder:
    """Encodes records for an unfinished take: each with the ticks since the one before."""

    def __init__(self, bpm: float) -> None:
        self._bpm = bpm
        self._begin_s: float | None = None
        self._ticks = 0

    def encode(self, line: Line) -> bytes:
        note = _sounded(line.record)
        said = smf.number(self._after(line.record)) + _checked(_ONE, line.data)
        return said if note is None else said + b"\x00" + to_bytes(note)

    def wrote(self, record: Record) -> None:
        """It is in the file."""
        if self._begin_s is None:
            self._begin_s = moment_of(record)
        self._ticks += self._after(record)

    def _after(self, record: Record) -> int:
        at_s = moment_of(record)
        if at_s is None or self._begin_s is None:
            return 0
        ticks = seconds_to_ticks(at_s - self._begin_s, self._bpm)
        return min(max(0, ticks - self._ticks), _LONGEST_TICKS)


def _sounded(record: Record) -> Event | Change | None:
    match record:
        case Received(timed) | Sent(timed) | Released(timed):
            return timed.event if isinstance(timed, Timed) else timed.change
    return None


def opening(header: TakeHeader, begun: str, place: Place) -> bytes:
    """An unfinished take in which nothing has happened; its last chunk is open."""
    said = (text(_UNFINISHED, True), text("begun", begun), *place.texts(), *header.texts())
    first = _source([(0, header.bpm)], header, said, _pieces(_BEFORE, place.before or b""))
    name = b"\x00" + smf.meta(smf.TRACK_NAME, b"Player and Antiphon")
    return smf.header(2, TICKS_PER_QUARTER) + first + smf.chunk(smf.TRACK, name)


def finished(
    tempi: Sequence[tuple[int, float]],
    header: TakeHeader,
    texts: Iterable[str],
    before: bytes,
    packed: bytes,
    voices: Iterable[tuple[str, Iterable[tuple[int, Event | Change]]]],
) -> bytes:
    """A finished take: `voices` are names and events at their ticks."""
    tracks = [voice_chunk(name, events) for name, events in voices]
    first = _source(tempi, header, texts, [*_pieces(_BEFORE, before), *_pieces(_MANY, packed)])
    return smf.header(1 + len(tracks), TICKS_PER_QUARTER) + first + b"".join(tracks)


def _source(
    tempi: Sequence[tuple[int, float]], header: TakeHeader, texts: Iterable[str], ours: Sequence[bytes]
) -> bytes:
    """`ours` comes before the first tempo change that is not at the start."""
    (_, first_bpm), *changes = tempi
    said = [smf.meta(smf.TEXT, one.encode()) for one in texts]
    at_start = [tempo_event(first_bpm), meter_event(header.meter), *said, *ours]
    last, later = 0, []
    for ticks, bpm in changes:
        later.append(smf.number(ticks - last) + tempo_event(bpm))
        last = ticks
    return smf.chunk(smf.TRACK, b"".join([*(b"\x00" + event for event in at_start), *later, _END]))


def _checked(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data).to_bytes(_CHECK_BYTES, "big")
    return smf.meta(smf.SEQUENCER_SPECIFIC, _NOBODY + kind + check + data)


def _pieces(kind: bytes, packed: bytes) -> list[bytes]:
    starts = range(0, len(packed), _PIECE_BYTES)
    return [_checked(kind, packed[start : start + _PIECE_BYTES]) for start in starts]


def read_header(data: bytes, size: int) -> dict[str, Any] | None:
    """The text events of a take of `size` bytes, whose first ones are `data`; None for what is no take.

    Raises ValueError that says what is wrong.
    """
    found = list(smf.chunks(data))
    if not found or found[0].kind != smf.HEADER:
        raise ValueError("is no MIDI file")
    first = next((one for one in found if one.kind == smf.TRACK), None)
    if first is None or first.end > size:
        raise ValueError("is cut short in its header")
    metas = smf.metas(data, first.begin, min(first.end, len(data)))
    texts = read_texts([one.data.decode("ascii", "replace") for one in metas if one.kind == smf.TEXT])
    return texts if {"bundle", "random seed"} <= texts.keys() else None


def read(data: bytes) -> TakeFile | None:
    """What a whole file holds; None for a MIDI file that is no take. Raises ValueError that says why not.

    Of an unfinished one every record that is whole, however it was cut off.
    """
    if (texts := read_header(data, len(data))) is None:
        return None
    tracks = [one for one in smf.chunks(data) if one.kind == smf.TRACK]
    metas = list(smf.metas(data, tracks[0].begin, tracks[0].end))
    before = tuple(records.unpack(_joined(metas, _BEFORE)))
    if not is_unfinished(texts):
        return TakeFile(texts, tuple(records.unpack(_joined(metas, _MANY))), before)
    if len(tracks) < 2:
        raise ValueError("is cut short in its header")
    return TakeFile(texts, tuple(_appended(data, tracks[1].begin)), before)


def is_unfinished(texts: Mapping[str, Any]) -> bool:
    return _UNFINISHED in texts


def _joined(metas: Iterable[smf.Meta], kind: bytes) -> bytes:
    return b"".join(_unchecked(one.data) for one in metas if _is_ours(one, kind))


def _appended(data: bytes, begin: int) -> Iterator[bytes]:
    """Records up to the first that is not whole; the last may lie beyond the end that the track tells."""
    for one in smf.metas(data, begin, len(data)):
        if _is_ours(one, _ONE):
            try:
                yield _unchecked(one.data)
            except ValueError:
                return


def _is_ours(one: smf.Meta, kind: bytes) -> bool:
    return one.kind == smf.SEQUENCER_SPECIFIC and one.data.startswith(_NOBODY + kind)


def _unchecked(data: bytes) -> bytes:
    check, held = data[2 : 2 + _CHECK_BYTES], data[2 + _CHECK_BYTES :]
    if zlib.crc32(held).to_bytes(_CHECK_BYTES, "big") != check:
        raise ValueError("its records are damaged")
    return held
