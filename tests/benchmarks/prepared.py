"""The songs of a data folder that `antiphon-train prepare` wrote, in either of its formats, for benchmarks.

It needs neither TensorFlow nor music21.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "daemon"), str(ROOT / "training"), str(ROOT / "tests")]

from antiphon.compose.symbols import decode  # noqa: E402
from antiphon.events import GridNote  # noqa: E402
from antiphon.timebase import Meter  # noqa: E402
from antiphon_training.data.entries import CATALOGUE_FILE, entries, read_json  # noqa: E402

TICKS = 24  # to a quarter: all songs are told in these, whatever grid their folder has


@dataclass(frozen=True, slots=True)
class Song:
    """A song whose step 0 is on a bar line; steps are 24ths of a quarter."""

    notes: tuple[GridNote, ...]
    meter: Meter
    source: str

    def opening(self, quarters: float) -> tuple[GridNote, ...]:
        """The notes of so many quarters from the first note on."""
        first = self.notes[0].onset_steps
        return tuple(note for note in self.notes if note.onset_steps - first < TICKS * quarters)


def songs(folder: Path, most: int, wanted: Callable[[dict[str, Any]], bool]) -> list[Song]:
    """The first `most` songs that are wanted by what the folder says of them, in one meter and with whole
    bars, in an order that is always the same."""
    steps_per_quarter = read_json(folder, CATALOGUE_FILE)["steps_per_quarter"]
    found = [
        (about, text)
        for about, text in entries(folder)
        if about["meters"] == [about["meter"]] and not about["bars_off"] and wanted(about)
    ]
    random.Random(1).shuffle(found)
    return [_song(about, text, TICKS // steps_per_quarter) for about, text in found[:most]]


def in_split(split: str, about: dict[str, Any]) -> bool:
    """Whether a song is in this split of its folder."""
    return bool(about["split"] == split)


def _song(about: dict[str, Any], text: str, ticks: int) -> Song:
    meter = Meter.parse(about["meter"])
    bar = round(TICKS * meter.quarters_per_bar)
    into_bar = -about["pickup_steps"] * ticks % bar
    notes = decode(text.split())
    first = notes[0].onset_steps
    return Song(
        tuple(
            GridNote((n.onset_steps - first) * ticks + into_bar, n.duration_steps * ticks, n.pitch)
            for n in notes
        ),
        meter,
        about["source"],
    )
