"""Songs that a model learned from: a fixed sample of them is heard again, so that they are not forgotten.

A bundle holds no songs. Its card names the collection that music21 brings, and which songs were held out.
"""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from antiphon.bundle import Card
from antiphon.errors import UserError
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.corpus.cache import ParseCache
from antiphon_training.corpus.corpus import collection, load_songs, scores_of
from antiphon_training.corpus.songs import Score
from antiphon_training.data.dataset import Song
from antiphon_training.data.gridding import RefusedError
from antiphon_training.data.own_songs import song_of
from antiphon_training.data.preprocess import encode_song

# As many songs as are learned, within these; and to hold out.
FEWEST, MOST, HELD_OUT = 100, 1000, 60


def sample(card: Card, learned: int) -> list[tuple[Score, str]]:
    """Scores of the collection that a model learned from, with their split; the same ones every time.

    `learned`: how many songs are learned beside them. Empty where its collection is not one of music21, or
    music21 is not installed.
    """
    try:
        _, paths = collection(card.corpus.name)
    except UserError:
        return []
    scores = scores_of(paths, Path(os.path.commonpath([path.parent for path in paths])))
    held_out, tested = set(card.split.valid_sources), set(card.split.test_sources)
    trained = (score for score in scores if score.source not in held_out | tested)
    kept = (score for score in scores if score.source in held_out)
    return [(score, "train") for score in _first(trained, min(max(learned, FEWEST), MOST))] + [
        (score, "valid") for score in _first(kept, HELD_OUT)
    ]


def _first(scores: Iterable[Score], number: int) -> list[Score]:
    """In an order that nobody chose and that is always the same."""
    return sorted(scores, key=lambda score: hashlib.sha256(score.source.encode()).digest())[:number]


def old_songs(
    chosen: list[tuple[Score, str]],
    jobs: int,
    cache: ParseCache | None,
    seen: Callable[[], object],
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> list[Song]:
    """The songs of a sample; those that the recipe leaves out are left out."""
    splits = {score.source: split for score, split in chosen}
    songs = []
    for parsed in load_songs([score for score, _ in chosen], jobs, cache, seen).songs:
        try:
            encoded = encode_song(parsed, None, steps_per_quarter=steps_per_quarter)
            songs.append(song_of(encoded, splits[parsed.source]))
        except RefusedError:
            continue
    return songs
