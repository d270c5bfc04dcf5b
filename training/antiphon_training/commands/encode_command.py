"""`encode`: one score as symbols in its own key; `antiphon generate` reads scores through it."""

from pathlib import Path

from antiphon.compose.symbols import encode
from antiphon.errors import Failure, WrongUse
from antiphon.files.read import read_file
from antiphon.timebase import quarters_to_steps
from antiphon_training.corpus.corpus import music21_corpus, scores_of
from antiphon_training.corpus.scores import MAX_SCORE_BYTES, read_score
from antiphon_training.corpus.songs import FORMATS, UnreadableError
from antiphon_training.data.preprocess import LONGEST_STEPS, RefusedError, grid_notes, key_of


def encode_file(path: Path) -> dict[str, str]:
    """Title, symbols, key, where the key comes from, and meter ("" where unknown) of a file's first song.

    Nothing is filtered: a phrase may have lengths that no training song may have, on the grid all the same.
    Raises WrongUse for an ending that is none of a score's, Failure naming the file.
    """
    if path.suffix.lower() not in FORMATS:
        raise WrongUse(f'{path}: a score must be one of {" ".join(FORMATS)}, got "{path.suffix}"')
    read_file(path, MAX_SCORE_BYTES)
    music21_corpus()
    scores = scores_of([path], path.parent)
    try:
        song = read_score(scores[0])
        notes = grid_notes(song)
        end = max(sound.onset + sound.duration for sound in song.sounds)
        if (steps := quarters_to_steps(end)) > LONGEST_STEPS:
            raise RefusedError("too long", f"a phrase may have 1–{LONGEST_STEPS} steps, got {round(steps)}")
        symbols = encode(notes, round(steps))
    except IndexError:
        raise Failure(f"{path}: has no song") from None
    except (UnreadableError, RefusedError, ValueError) as error:
        raise Failure(f"{path}: {error}") from None
    key, key_from = key_of(song.key, notes)
    return {
        "title": song.title,
        "symbols": " ".join(symbols),
        "key": str(key),
        "key_from": key_from,
        "meter": song.meters[0] if song.meters else "",
    }
