"""`encode`: what `prepare` makes of a file; `antiphon generate` reads scores through it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from antiphon.compose.symbols import encode
from antiphon.errors import Failure, WrongUse
from antiphon.files.read import read_file
from antiphon.midi.voice_choice import ANY_VOICE, Wanted
from antiphon.timebase import STEPS_PER_QUARTER, quarters_to_steps
from antiphon_training.corpus.corpus import music21_corpus, scores_of
from antiphon_training.corpus.scores import MAX_SCORE_BYTES, read_score
from antiphon_training.corpus.songs import FORMATS, ParsedSong, Score, UnreadableError
from antiphon_training.data.gridding import RefusedError, rounded_notes
from antiphon_training.data.preprocess import encode_song, key_of
from antiphon_training.recipe import RECIPES

Song = dict[str, Any]


def encode_file(path: Path, wanted: Wanted = ANY_VOICE, steps_per_quarter: int = STEPS_PER_QUARTER) -> Song:
    """The first song of a file that has symbols, and `songs`: all of them, in their order.

    Of each song: title, `notes` as [length in quarters, pitch or None for a rest] as the file has them, track
    (None where there is one), key, where the key comes from, meter ("" where unknown), pickup in quarters,
    `symbols` on the grid, and `refused` with the reason where `prepare` leaves the song out. A song may be
    refused and have symbols: a phrase may be shorter than a song to learn from.

    Raises WrongUse for an ending that is none of a score's, Failure where no song has symbols.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise WrongUse(f'{path}: a score must be one of {" ".join(FORMATS)}, got "{path.suffix}"')
    read_file(path, MAX_SCORE_BYTES)
    if form != "midi":
        music21_corpus()
    scores = [replace(score, wanted=wanted) for score in scores_of([path], path.parent)]
    songs = [_song(score, steps_per_quarter) for score in scores]
    usable = [song for song in songs if "symbols" in song]
    if not usable:
        raise Failure(f"{path}: {songs[0]['refused'] if songs else 'has no song'}")
    return {**usable[0], "songs": songs}


def _song(score: Score, steps_per_quarter: int) -> Song:
    try:
        song = read_score(score)
    except UnreadableError as error:
        return {"source": score.source, "refused": str(error)}
    read: Song = {
        "source": score.source,
        "title": song.title,
        "notes": [[round(sound.duration, 6), sound.pitch] for sound in song.sounds],
        "track": song.track,
        "meter": song.meters[0] if song.meters else "",
        "pickup": song.pickup,
    }
    return read | dict(_refusal(song)) | dict(_on_the_grid(song, steps_per_quarter))


def _refusal(song: ParsedSong) -> Iterator[tuple[str, str]]:
    """Why `prepare` leaves the song out, on the grid of its default recipe."""
    try:
        encode_song(song, None, steps_per_quarter=RECIPES["default"].steps_per_quarter)
    except RefusedError as error:
        yield "refused", str(error)


def _on_the_grid(song: ParsedSong, steps_per_quarter: int) -> Iterator[tuple[str, str]]:
    try:
        notes = rounded_notes(song, steps_per_quarter).notes
    except RefusedError:
        return
    key, key_from = key_of(song.key, notes, steps_per_quarter)
    yield "key", str(key)
    yield "key_from", key_from
    if notes:
        length = round(quarters_to_steps(song.length, steps_per_quarter))
        yield "symbols", " ".join(encode(notes, length))


def lines(songs: Song) -> str:
    """A line for each song: its symbols, or why it has none."""
    return "\n".join(song.get("symbols") or f"refused: {song['refused']}" for song in songs["songs"])
