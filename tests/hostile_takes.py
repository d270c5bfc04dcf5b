"""Hostile takes: listed, finished and computed anew, or refused in a line that names the file."""

import json
import random
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from antiphon.commands.replay import band_of, lasts_s, recorded, safely
from antiphon.files.take_file import TakeFile
from antiphon.perform.comparison import compare
from antiphon.perform.take_records import Lost
from antiphon.stage.takes import format as take_format
from antiphon.stage.takes.finish import read
from antiphon.stage.takes.header import Place, TakeHeader
from antiphon.stage.takes.library import finish_what_was_cut_off, listed
from antiphon.stage.takes.records import Line
from antiphon.stage.takes.tempo_map import TempoMap
from mutations import damaged, misshapen
from random_sessions import play
from tally import FindingError

# Longer ones take longer, which is no finding.
_LONGEST_S = 600.0


@cache
def finished() -> tuple[bytes, TakeFile]:
    """A take, as bytes and as what it holds."""
    with tempfile.TemporaryDirectory() as name:
        kept = play(3, Path(name), seconds=12.0).kept[0]
        take = read(kept)
        assert take is not None
        return kept.read_bytes(), take


def cut_off(lines: Sequence[bytes]) -> bytes:
    """An unfinished take of these records, each whole by its checksum, whatever it says."""
    header = TakeHeader.of(finished()[1].texts)
    encoder = take_format.RecordEncoder(header.bpm)
    said = b"".join(encoder.encode(Line(Lost(1), line)) for line in lines)
    return take_format.opening(header, "2026-01-01T00:00:00", Place(TempoMap(header.bpm))) + said


def odd(chance: random.Random) -> bytes:
    """A take some of whose records say something odd."""
    rows = [json.loads(line) for line in finished()[1].lines]
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(rows))
        rows[place] = misshapen({"row": rows[place]}, chance).get("row")
    return cut_off([json.dumps(row).encode() for row in rows])


def take_case(chance: random.Random, folder: Path) -> None:
    path = folder / "20260101-000000.mid"
    how = chance.random()
    if how < 0.4:
        path.write_bytes(odd(chance))
    else:
        whole = finished()[0] if how < 0.7 else cut_off(finished()[1].lines)
        path.write_bytes(damaged(whole, chance))
    try:
        _use(path, folder)
    finally:
        for left in folder.iterdir():
            left.unlink()


def _use(path: Path, folder: Path) -> None:
    said = [str(one.wrong) for one in listed(folder)] + finish_what_was_cut_off(folder)
    if not all(line.isprintable() for line in said):
        raise FindingError(f"said {said!r}")
    if path.exists():
        header, records = recorded(path)
        if lasts_s(records) < _LONGEST_S:
            safely(path, lambda: compare(records, band_of(path, header, records).session))
