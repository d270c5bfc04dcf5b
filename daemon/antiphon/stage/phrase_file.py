"""Phrases from files and melodies to files: MIDI here, scores by the trainer in a process of its own.

music21, which reads scores, takes seconds to import and has no place in the process that plays.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from antiphon.compose.symbols import encode, parse
from antiphon.errors import Failure, WrongUse
from antiphon.events import GridNote, PlayedNote
from antiphon.files.memory_limit import limit_memory
from antiphon.files.read import read_file
from antiphon.files.write import write_whole
from antiphon.listen.key import Key
from antiphon.listen.phrase import MOST_NOTES
from antiphon.listen.quantise import joined, one_voice
from antiphon.midi import file as midifile
from antiphon.midi.file import Phrase
from antiphon.timebase import STEPS_PER_QUARTER, Grid, Meter

MAX_MIDI_BYTES = 1 << 20
MAX_PHRASE_S = 600.0
# A phrase is a page at most; a file that takes longer to read is not one.
MAX_SCORE_BYTES = 4 << 20
MAX_SCORE_S = 90.0
# A player holds a note into the next by at most this share of it; what lasts longer is held otherwise.
_MOST_OVERLAP = 0.5
MIDI_ENDINGS = (".mid", ".midi", ".kar", ".rmi")
SCORE_ENDINGS = (".krn", ".abc", ".musicxml", ".xml", ".mxl")


@dataclass(frozen=True, slots=True)
class WrittenPhrase:
    """A phrase on the grid; `key` where the file names one."""

    symbols: tuple[str, ...]
    bpm: float
    meter: Meter
    key: Key | None


def read(path: Path, steps_per_quarter: int, bpm: float) -> WrittenPhrase:
    """The melody of a MIDI file or of a score's first song; `bpm` where the file has no tempo.

    Raises Failure naming the file, WrongUse for an ending of no kind that is read.
    """
    if path.suffix.lower() in MIDI_ENDINGS:
        return _read_midi(path, steps_per_quarter)
    if path.suffix.lower() in SCORE_ENDINGS:
        return _read_score(path, bpm)
    known = ", ".join((*MIDI_ENDINGS, *SCORE_ENDINGS))
    raise WrongUse(f'{path}: a phrase must be one of {known}, got "{path.suffix}"')


def read_phrase(path: Path) -> Phrase:
    """What a MIDI file says was played. Raises Failure naming the file and what is wrong with it."""
    data = read_file(path, MAX_MIDI_BYTES)
    try:
        phrase = midifile.read_phrase(data)
    except ValueError as error:
        raise Failure(f"{path}: cannot be read as a MIDI phrase: {error}") from None
    if not 1 <= len(phrase.notes) <= MOST_NOTES:
        found = len(phrase.notes) or "no"
        raise Failure(f"{path}: has {found} notes; a phrase may have 1–{MOST_NOTES}")
    if (length_s := max(note.release_s for note in phrase.notes)) > MAX_PHRASE_S:
        raise Failure(f"{path}: lasts {length_s:.0f} s; a phrase may last {MAX_PHRASE_S:.0f} s")
    return phrase


def write_melody(
    path: Path,
    notes: Sequence[GridNote],
    bpm: float,
    meter: Meter | None = None,
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> None:
    """Write notes on the grid as a MIDI file, step 0 at its start. Raises Failure naming the file."""
    write_whole(path, midifile.melody_file(notes, bpm, meter, steps_per_quarter=steps_per_quarter))


def _read_midi(path: Path, steps_per_quarter: int) -> WrittenPhrase:
    phrase = read_phrase(path)
    # The file's tempo only sets how seconds and beats relate, so that any tempo keeps its beats.
    grid = Grid(phrase.bpm, steps_per_quarter=steps_per_quarter)
    notes = one_voice(_last_trimmed(phrase.notes), grid)
    # Notes are released a little early; the last one, which no other note ends, fills its beat.
    end = -(-notes[-1].end_steps // steps_per_quarter) * steps_per_quarter
    return WrittenPhrase(encode(joined(notes, end)), phrase.bpm, phrase.meter, None)


def _last_trimmed(notes: Sequence[PlayedNote]) -> Sequence[PlayedNote]:
    """The notes by onset, the last one shorter by as much as the others are held into the next one.

    Where they are held longer than that (by a pedal, or as a chord), the last note says nothing of it.
    """
    last = notes[-1]
    overlaps_s = [max(0.0, note.release_s - after.onset_s) for note, after in pairwise(notes)]
    if not overlaps_s or (overlap_s := median(overlaps_s)) > _MOST_OVERLAP * last.gate_s:
        return notes
    return [*notes[:-1], replace(last, release_s=last.release_s - overlap_s)]


def _read_score(path: Path, bpm: float) -> WrittenPhrase:
    read_file(path, MAX_SCORE_BYTES)
    command = [sys.executable, "-m", "antiphon_training", "encode", "--json", "--", str(path)]
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


def _written(song: dict[str, str], bpm: float) -> WrittenPhrase:
    """What the trainer says of a song."""
    key = Key.parse(song["key"]) if song["key_from"] == "score" else None
    return WrittenPhrase(parse(song["symbols"]), bpm, Meter.parse(song["meter"] or "4/4"), key)
