"""From parsed songs to symbol streams: filter, transpose, encode, and the files of the seed recipe.

The names and the order are those of the recipe. Knows no music21 and no network.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from antiphon.compose import symbols
from antiphon.compose.symbols import Vocabulary
from antiphon.events import GridNote
from antiphon.listen.key import Key, Mode, chances, estimate, likeliest, posterior
from antiphon.timebase import STEPS_PER_QUARTER, quarters_to_steps
from antiphon_training.corpus.songs import SIGNATURE, ParsedSong
from antiphon_training.data.gridding import (
    ACCEPTABLE_DURATIONS,
    RefusedError,
    notes_acceptable,
    notes_rounded,
)

SEQUENCE_LENGTH = 64
FEWEST_NOTES = 8
KEY_RULE = "written in the score, else estimated; major modes to C major, minor modes to A minor"
# How much likelier a signature makes its two keys.
_SIGNATURE_ODDS = 10
MAJOR_MODES = frozenset({"major", "ionian", "lydian", "mixolydian"})


@dataclass(frozen=True, slots=True)
class EncodedSong:
    """A song in C major or A minor as symbols. `key` is the one it had.

    `key_from`: "score", "estimate", "tonic": the score says the tonic, the notes decide the mode, or
    "signature": the score says only a signature, and the notes decide.
    `bars_off`: bars that are longer than the meter allows, so that the place in the bar is not to be trusted.
    `moved`: notes that are off the grid as they are written, such as triplets, and went to the nearest step;
    `left_out`: notes for which there was no step. `voice`: the one that was read, of a score with several.
    """

    title: str
    source: str
    stream: tuple[str, ...]
    key: Key
    key_from: str
    meters: tuple[str, ...]
    pickup_steps: int
    bars_off: int
    notes: int
    moved: int = 0
    left_out: int = 0
    voice: str = ""


def key_of(
    written: str | None, notes: Iterable[GridNote], steps_per_quarter: int = STEPS_PER_QUARTER
) -> tuple[Key, str]:
    """The key of a song and where it comes from (see `EncodedSong`)."""
    tonic, _, mode = (written or "").partition(" ")
    try:
        if tonic == SIGNATURE:
            return _key_of_signature(int(mode), tuple(notes), steps_per_quarter), "signature"
        if not mode:
            return _mode_by_ear(Key.parse(tonic + " major").tonic, notes), "tonic"
        plain: Mode = "major" if mode in MAJOR_MODES else "minor"
        return Key.parse(f"{tonic} {plain}"), "score"
    except ValueError:
        return estimate(notes, ended=True, steps_per_quarter=steps_per_quarter), "estimate"


def _key_of_signature(sharps: int, notes: Sequence[GridNote], steps_per_quarter: int) -> Key:
    """The likeliest key of the notes, where the signature (flats are below 0) speaks for two: not for these
    alone, because a section may stand in another key, and a mode may have another tonic."""
    tonic = 7 * sharps % 12
    said = Key(tonic, "major"), Key((tonic + 9) % 12, "minor")
    heard = chances(notes, ended=True, steps_per_quarter=steps_per_quarter)
    return likeliest({key: chance * (_SIGNATURE_ODDS if key in said else 1) for key, chance in heard.items()})


def _mode_by_ear(tonic: int, notes: Iterable[GridNote]) -> Key:
    durations = [0.0] * 12
    for note in notes:
        durations[note.pitch % 12] += note.duration_steps
    chances = posterior(durations)
    return max((Key(tonic, "major"), Key(tonic, "minor")), key=lambda key: chances[key])


def transpose(notes: Iterable[GridNote], key: Key) -> tuple[GridNote, ...]:
    """The notes in C major or A minor, moved by the shorter way."""
    return tuple(note.transposed(key.shift) for note in notes)


def encode_song(
    song: ParsedSong,
    acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS,
    fewest: int = FEWEST_NOTES,
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> EncodedSong:
    """A parsed song as symbols. Raises RefusedError, with the first reason to leave it out.

    With `acceptable`, as in the seed recipe, every duration must be on that list and on the grid of
    sixteenths; with None, notes that are off the grid of `steps_per_quarter` are rounded to it. `fewest`: the
    number of notes that a song needs.
    """
    _check_notes(song)
    if acceptable is None:
        found = notes_rounded(song, steps_per_quarter)
    else:
        found, steps_per_quarter = notes_acceptable(song, acceptable), STEPS_PER_QUARTER
    notes = found.notes
    if len(notes) < fewest:
        raise RefusedError("too few notes", f"{len(notes)} notes, fewer than {fewest}")
    key, key_from = key_of(song.key, notes, steps_per_quarter)
    try:
        length = round(quarters_to_steps(song.length, steps_per_quarter))
        stream = symbols.encode(transpose(notes, key), length)
    except ValueError as error:
        raise RefusedError("overlapping notes", str(error)) from error
    return EncodedSong(
        title=song.title,
        source=song.source,
        stream=stream,
        key=key,
        key_from=key_from,
        meters=song.meters,
        pickup_steps=round(quarters_to_steps(song.pickup, steps_per_quarter)),
        bars_off=song.bars_off,
        notes=len(notes),
        moved=found.moved,
        left_out=found.left_out,
        voice=song.voice,
    )


def _check_notes(song: ParsedSong) -> None:
    if not any(sound.pitch is not None for sound in song.sounds):
        raise RefusedError("no notes", "no notes")


def song_text(stream: Iterable[str]) -> str:
    return " ".join(stream)


def create_single_file_dataset(
    save_folder: Path, sequence_length: int, chosen: Iterable[int] | None = None
) -> str:
    """The songs saved in a folder by index, joined by spaces, after each `/` × sequence_length.

    `chosen`: the indexes to take, all by default.
    """
    paths = sorted(save_folder.iterdir(), key=lambda path: int(path.name))
    wanted = None if chosen is None else set(chosen)
    taken = [path for path in paths if wanted is None or int(path.name) in wanted]
    ends = " ".join([symbols.END] * sequence_length)
    return " ".join(f"{path.read_text('ascii').strip()} {ends}" for path in taken)


def create_mapping(streams: Iterable[Iterable[str]]) -> dict[str, int]:
    """Symbol → integer, in the order of the vocabulary; the control symbols are always in it."""
    return {symbol: number for number, symbol in enumerate(Vocabulary.of(streams).symbols)}


def convert_songs_to_int(songs: str, mapping: dict[str, int]) -> npt.NDArray[np.uint8]:
    """The song string as integers, shape (symbols,). Raises ValueError for a symbol outside the mapping."""
    try:
        return np.fromiter((mapping[symbol] for symbol in songs.split()), np.uint8)
    except KeyError as error:
        raise ValueError(f"the mapping does not know the symbol {error}") from None


def generate_training_sequences(
    integers: npt.NDArray[np.uint8], sequence_length: int = SEQUENCE_LENGTH
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Every window and the symbol after it, as views of the one array: nothing is copied.

    Inputs (number, sequence_length), targets (number,): ids; training makes vectors of a batch at a time.
    """
    if len(integers) <= sequence_length:
        raise ValueError(f"{len(integers)} symbols are too few for windows of {sequence_length} and a target")
    windows = np.lib.stride_tricks.sliding_window_view(integers, sequence_length)
    return windows[:-1], integers[sequence_length:]
