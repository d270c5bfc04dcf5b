"""The notes of a finished take, read from its MIDI file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mido


def notes_of(path: Path) -> dict[str, Any]:
    """Both voices: {"player": notes, "answer": notes}, each in seconds from the first note of the take.

    The notes of a part that went with the answers are among those of the answer, and name it. Raises
    ValueError, OSError or EOFError where it is no finished take.
    """
    file = mido.MidiFile(path)
    if len(file.tracks) < 3:
        raise ValueError("it is still being recorded")
    tempi = _tempi(file)
    voices = [list(_notes(track, tempi, file.ticks_per_beat)) for track in file.tracks[1:]]
    begins_s = min((note["at_s"] for notes in voices for note in notes), default=0.0)
    for note in (note for notes in voices for note in notes):
        note["at_s"] = round(note["at_s"] - begins_s, 4)
        note["ends_s"] = round(note["ends_s"] - begins_s, 4)
    player, answer, *others = voices
    for track, notes in zip(file.tracks[3:], others, strict=True):
        part = track.name.lower().replace(" ", "_")  # as in the names of settings
        answer += [{**note, "part": part} for note in notes]
    return {"player": player, "answer": sorted(answer, key=lambda note: note["at_s"])}


def _tempi(file: Any) -> list[tuple[int, int]]:
    """The tempi, in microseconds to a quarter, by tick."""
    ticks, tempi = 0, [(0, 500_000)]
    for message in file.tracks[0]:
        ticks += message.time
        if message.type == "set_tempo":
            tempi.append((ticks, message.tempo))
    return tempi


def _seconds(ticks: int, tempi: list[tuple[int, int]], ticks_per_quarter: int) -> float:
    at_s = 0.0
    for (begins, tempo), (ends, _) in zip(tempi, [*tempi[1:], (ticks, 0)], strict=True):
        if begins >= ticks:
            break
        at_s += (min(ends, ticks) - begins) * tempo / 1e6 / ticks_per_quarter
    return at_s


def _notes(track: Any, tempi: list[tuple[int, int]], ticks_per_quarter: int) -> Iterator[dict[str, Any]]:
    ticks = 0
    held: dict[int, dict[str, Any]] = {}
    for message in track:
        ticks += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        at_s = _seconds(ticks, tempi, ticks_per_quarter)
        if (note := held.pop(message.note, None)) is not None:
            yield {**note, "ends_s": at_s}
        if message.type == "note_on" and message.velocity:
            held[message.note] = {"pitch": message.note, "velocity": message.velocity, "at_s": at_s}
