"""Phrases from files and melodies to files: MIDI here, scores by the trainer in a process of its own.

music21, which reads scores, takes seconds to import and has no place in the process that plays.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from antiphon.compose.symbols import encode, parse
from antiphon.errors import Failure, WrongUse
from antiphon.events import GridNote
from antiphon.files.memory_limit import limit_memory
from antiphon.files.read import read_file
from antiphon.files.write import write_whole
from antiphon.listen.key import Key
from antiphon.listen.phrase import MOST_NOTES
from antiphon.midi import file as midifile
from antiphon.midi.file import Phrase
from antiphon.midi.on_grid import on_grid
from antiphon.midi.song import read_song
from antiphon.midi.voice_choice import ANY_VOICE, Wanted
from antiphon.timebase import STEPS_PER_QUARTER, Grid, Meter

MAX_MIDI_BYTES = 1 << 20
MAX_PHRASE_S = 600.0
# A phrase is a page at most; a file that takes longer to read is not one.
MAX_SCORE_BYTES = 4 << 20
MAX_SCORE_S = 90.0
MIDI_ENDINGS = (".mid", ".midi", ".kar", ".rmi")
SCORE_ENDINGS = (".krn", ".abc", ".musicxml", ".xml", ".mxl")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WrittenPhrase:
    """A phrase on the grid; `key` where the file names one; `pickup`: quarters before the first bar line."""

    symbols: tuple[str, ...]
    bpm: float
    meter: Meter
    key: Key | None
    pickup: float = 0.0


def read(path: Path, steps_per_quarter: int, bpm: float, wanted: Wanted = ANY_VOICE) -> WrittenPhrase:
    """The melody of a MIDI file or of a score's first song; `bpm` where the file has no tempo.

    Raises Failure naming the file, WrongUse for an ending of no kind that is read.
    """
    if path.suffix.lower() in MIDI_ENDINGS:
        return _of_midi(path, lambda data: _written_in(data, steps_per_quarter, wanted))
    if path.suffix.lower() in SCORE_ENDINGS:
        return _read_score(path, steps_per_quarter, bpm, wanted)
    known = ", ".join((*MIDI_ENDINGS, *SCORE_ENDINGS))
    raise WrongUse(f'{path}: a phrase must be one of {known}, got "{path.suffix}"')


def read_phrase(path: Path, wanted: Wanted = ANY_VOICE) -> Phrase:
    """What a MIDI file says was played, without the bars of rest before it.

    Raises Failure naming the file and what is wrong with it.
    """
    phrase = _of_midi(path, lambda data: midifile.read_phrase(data, wanted))
    bar_s = phrase.meter.quarters_per_bar * 60.0 / phrase.bpm
    rests_s = phrase.notes[0].onset_s // bar_s * bar_s
    notes = [
        replace(note, onset_s=note.onset_s - rests_s, release_s=note.release_s - rests_s)
        for note in phrase.notes
    ]
    _check(path, len(notes), max(note.release_s for note in notes))
    return replace(phrase, notes=tuple(notes))


def _of_midi(path: Path, read_as: Callable[[bytes], T]) -> T:
    data = read_file(path, MAX_MIDI_BYTES)
    try:
        return read_as(data)
    except ValueError as error:
        raise Failure(f"{path}: cannot be read as a MIDI phrase: {error}") from None


def _check(path: Path, notes: int, length_s: float) -> None:
    if notes > MOST_NOTES:
        raise Failure(f"{path}: has {notes} notes; a phrase may have 1–{MOST_NOTES}")
    if length_s > MAX_PHRASE_S:
        raise Failure(f"{path}: lasts {length_s:.0f} s; a phrase may last {MAX_PHRASE_S:.0f} s")


def write_melody(
    path: Path,
    notes: Sequence[GridNote],
    bpm: float,
    meter: Meter | None = None,
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> None:
    """Write notes on the grid as a MIDI file, step 0 at its start. Raises Failure naming the file."""
    write_whole(path, midifile.melody_file(notes, bpm, meter, steps_per_quarter=steps_per_quarter))


def _written_in(data: bytes, steps_per_quarter: int, wanted: Wanted) -> WrittenPhrase:
    song = read_song(data, wanted)
    grid = Grid(song.bpm, steps_per_quarter=steps_per_quarter)
    notes = on_grid([(n.onset, n.length, n.pitch) for n in song.notes], steps_per_quarter).notes
    if len(notes) > MOST_NOTES:
        raise ValueError(f"it has {len(notes)} notes; a phrase may have 1–{MOST_NOTES}")
    if (length_s := grid.time_s(notes[-1].end_steps)) > MAX_PHRASE_S:
        raise ValueError(f"it lasts {length_s:.0f} s; a phrase may last {MAX_PHRASE_S:.0f} s")
    key = Key.parse(song.key) if song.key else None
    meter = song.meters[0] if song.meters else Meter()
    return WrittenPhrase(encode(notes), song.bpm, meter, key, song.pickup)


def _read_score(path: Path, steps_per_quarter: int, bpm: float, wanted: Wanted) -> WrittenPhrase:
    read_file(path, MAX_SCORE_BYTES)
    if wanted.channel is not None:
        raise WrongUse(f"--channel chooses a channel of a MIDI file; {path} is a score")
    chosen = [] if wanted.track is None else ["--track", wanted.track]
    asked = ["--json", "--steps-per-quarter", str(steps_per_quarter), *chosen, "--", str(path)]
    command = [sys.executable, "-m", "antiphon_training", "encode", *asked]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=MAX_SCORE_S,
            preexec_fn=limit_memory if os.name == "posix" else None,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{path}: reading it takes longer than {MAX_SCORE_S:.0f} s") from None
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        reason = lines[-1].removeprefix("antiphon-train: ") if lines else "it could not be read"
        raise Failure(reason if str(path) in reason else f"{path}: {reason}")
    try:
        return _written(json.loads(done.stdout), bpm)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Failure(f"{path}: it could not be read") from None


def _written(song: dict[str, Any], bpm: float) -> WrittenPhrase:
    """What the trainer says of a song."""
    key = Key.parse(song["key"]) if song["key_from"] == "score" else None
    meter = Meter.parse(song["meter"] or "4/4")
    return WrittenPhrase(parse(song["symbols"]), bpm, meter, key, float(song["pickup"]))
