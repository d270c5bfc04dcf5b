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
from antiphon.events import HIGHEST_PITCH, LOWEST_PITCH, GridNote
from antiphon.listen.key import Key, Mode, estimate, posterior
from antiphon.midi.on_grid import OnGrid, on_grid
from antiphon.timebase import STEPS_PER_QUARTER, quarters_to_steps
from antiphon_training.corpus.songs import ParsedSong, say_quarters

ACCEPTABLE_DURATIONS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
SEQUENCE_LENGTH = 64
FEWEST_NOTES = 8
LONGEST_STEPS = 4096
# A song is left out where the grid has no step for more than this share of its notes.
MOST_LEFT_OUT = 0.1
KEY_RULE = "written in the score, else estimated; major modes to C major, minor modes to A minor"
MAJOR_MODES = frozenset({"major", "ionian", "lydian", "mixolydian"})


class RefusedError(Exception):
    """A song that is left out: `reason` is the kind, counted; the message says what was found."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class EncodedSong:
    """A song in C major or A minor as symbols. `key` is the one it had.

    `key_from`: "score", "estimate", or "tonic": the score says the tonic, the notes decide the mode.
    `bars_off`: bars that are longer than the meter allows, so that the place in the bar is not to be trusted.
    `moved`: notes that are off the grid as they are written, such as triplets, and went to the nearest step;
    `left_out`: notes for which there was no step.
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


def unacceptable_durations(song: ParsedSong, acceptable: Sequence[float]) -> list[float]:
    """The written durations, in quarters, of notes and rests that are not on the list."""
    return sorted({d for sound in song.sounds for d in sound.written if d not in acceptable})


def has_acceptable_durations(song: ParsedSong, acceptable: Sequence[float] = ACCEPTABLE_DURATIONS) -> bool:
    """Whether every note and rest is written with a duration on the list (in quarters; ties taken apart)."""
    return not unacceptable_durations(song, acceptable)


def grid_notes(song: ParsedSong) -> tuple[GridNote, ...]:
    """The notes of a song on the grid of sixteenths. Raises RefusedError for one that is not on it."""
    return tuple(
        GridNote(_step(sound.onset), _step(sound.duration), _pitch(sound.pitch))
        for sound in song.sounds
        if sound.pitch is not None
    )


def _step(quarters: float) -> int:
    steps = quarters_to_steps(quarters)
    if abs(steps - round(steps)) > 1e-6 or steps > LONGEST_STEPS:
        kind = "too long" if steps > LONGEST_STEPS else "off the grid"
        raise RefusedError(kind, f"a note at or of {say_quarters(quarters)} quarters")
    return round(steps)


def _pitch(pitch: int) -> int:
    if not LOWEST_PITCH <= pitch <= HIGHEST_PITCH:
        raise RefusedError("pitch out of range", f"pitch {pitch}")
    return pitch


def key_of(written: str | None, notes: Iterable[GridNote]) -> tuple[Key, str]:
    """The key of a song and where it comes from (see `EncodedSong`)."""
    tonic, _, mode = (written or "").partition(" ")
    try:
        if not mode:
            return _mode_by_ear(Key.parse(tonic + " major").tonic, notes), "tonic"
        plain: Mode = "major" if mode in MAJOR_MODES else "minor"
        return Key.parse(f"{tonic} {plain}"), "score"
    except ValueError:
        return estimate(notes, ended=True), "estimate"


def _mode_by_ear(tonic: int, notes: Iterable[GridNote]) -> Key:
    durations = [0.0] * 12
    for note in notes:
        durations[note.pitch % 12] += note.duration_steps
    chances = posterior(durations)
    return max((Key(tonic, "major"), Key(tonic, "minor")), key=lambda key: chances[key])


def transpose(notes: Iterable[GridNote], key: Key) -> tuple[GridNote, ...]:
    """The notes in C major or A minor, moved by the shorter way."""
    return tuple(note.transposed(key.shift) for note in notes)


def rounded_notes(song: ParsedSong) -> OnGrid:
    """The notes of a song on the grid of sixteenths, rounded where they are off it.

    Raises RefusedError for a song that is too long, or with notes that overlap or are no notes of MIDI.
    """
    written = [(s.onset, s.duration, _pitch(s.pitch)) for s in song.sounds if s.pitch is not None]
    steps = quarters_to_steps(song.length)
    if steps > LONGEST_STEPS:
        raise RefusedError("too long", f"a phrase may have 1–{LONGEST_STEPS} steps, got {round(steps)}")
    try:
        return on_grid(written, STEPS_PER_QUARTER)
    except ValueError as error:
        raise RefusedError("overlapping notes", str(error)) from error


def _rounded(song: ParsedSong) -> OnGrid:
    found = rounded_notes(song)
    total = len(found.notes) + found.left_out
    if found.left_out > MOST_LEFT_OUT * total:
        detail = f"{found.left_out} of {total} notes are faster than the grid"
        raise RefusedError("off the grid", detail)
    return found


def _exact(song: ParsedSong, acceptable: Sequence[float]) -> OnGrid:
    """As the seed recipe has it: what is not on the list, or not on the grid, is refused."""
    _check_durations(song, acceptable)
    for quarters in (song.length, song.pickup):
        _step(quarters)
    return OnGrid(grid_notes(song), 0, 0)


def encode_song(song: ParsedSong, acceptable: Sequence[float] | None = ACCEPTABLE_DURATIONS) -> EncodedSong:
    """A parsed song as symbols. Raises RefusedError, with the first reason to leave it out.

    With `acceptable`, as in the seed recipe, every duration must be on that list; with None, notes that are
    off the grid are rounded to it.
    """
    _check_notes(song)
    found = _rounded(song) if acceptable is None else _exact(song, acceptable)
    notes = found.notes
    if len(notes) < FEWEST_NOTES:
        raise RefusedError("too few notes", f"{len(notes)} notes, fewer than {FEWEST_NOTES}")
    key, key_from = key_of(song.key, notes)
    try:
        stream = symbols.encode(transpose(notes, key), round(quarters_to_steps(song.length)))
    except ValueError as error:
        raise RefusedError("overlapping notes", str(error)) from error
    return EncodedSong(
        title=song.title,
        source=song.source,
        stream=stream,
        key=key,
        key_from=key_from,
        meters=song.meters,
        pickup_steps=round(quarters_to_steps(song.pickup)),
        bars_off=song.bars_off,
        notes=len(notes),
        moved=found.moved,
        left_out=found.left_out,
    )


def _check_notes(song: ParsedSong) -> None:
    if not any(sound.pitch is not None for sound in song.sounds):
        raise RefusedError("no notes", "no notes")


def _check_durations(song: ParsedSong, acceptable: Sequence[float]) -> None:
    if not has_acceptable_durations(song, acceptable):
        found = ", ".join(say_quarters(d) for d in unacceptable_durations(song, acceptable))
        raise RefusedError("durations", f"durations of {found} quarters")


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
