"""Takes in miniature: phrases that a player played, and answers between them."""

from collections.abc import Sequence

from antiphon.events import GridNote, NoteOn, Timed
from antiphon.listen.key import Key
from antiphon.perform.answer_reports import Answered, Heard
from antiphon.perform.reports import Received, Sent
from antiphon.perform.take_records import TakeRecord
from antiphon.stage.takes import format as take_format
from antiphon.stage.takes import records
from antiphon.stage.takes.header import Place, TakeHeader, UsedBundle
from antiphon.stage.takes.records import Line
from antiphon.stage.takes.tempo_map import TempoMap
from antiphon.timebase import Grid, Meter

GRID = Grid(100.0, 0.0)


def phrase(notes: Sequence[tuple[int, int, int]], key: Key) -> Heard:
    """Notes as (onset in steps, length in steps, pitch)."""
    played = tuple(GridNote(*note) for note in notes)
    return Heard(1.0, played, key, GRID, 64, 32)


def take(phrases: Sequence[Heard], meter: str, finished: bool = True) -> bytes:
    header = TakeHeader(100.0, Meter.parse(meter), {}, UsedBundle("toy", "ab12"), 42)
    said: list[TakeRecord] = []
    for heard in phrases:
        said += [Received(Timed(0.1, NoteOn(60, 70))), heard, Sent(Timed(2.0, NoteOn(99, 70)), 0.0)]
        said.append(Answered(3.0, False, 0))
    lines = [records.write(one) for one in said]
    if finished:
        packed = records.pack(lines)
        return take_format.finished([(0, 100.0)], [(0, header.meter)], header.texts(), b"", packed, [])
    encoder = take_format.RecordEncoder(100.0)
    opening = take_format.opening(header, "2026-01-01T00:00:00", Place(TempoMap(100.0)))
    return opening + b"".join(encoder.encode(Line(one, line)) for one, line in zip(said, lines, strict=True))
