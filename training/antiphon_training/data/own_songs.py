"""A musician's own songs, be they few, and songs that a model must not forget, as one dataset to learn from.

Pure; no files and no network.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from antiphon.compose.event_grid import EventGrid
from antiphon.compose.symbols import Vocabulary
from antiphon.errors import Failure
from antiphon.timebase import STEPS_PER_QUARTER
from antiphon_training.corpus.sections import divided
from antiphon_training.corpus.songs import ParsedSong
from antiphon_training.data.dataset import Dataset, Song
from antiphon_training.data.gridding import RefusedError
from antiphon_training.data.prepare import Refusals
from antiphon_training.data.preprocess import (
    FEWEST_NOTES,
    KEY_RULE,
    SEQUENCE_LENGTH,
    EncodedSong,
    encode_song,
)
from antiphon_training.data.variants import Together, cluster_names_of, digest

# One cluster of variants in ten is held out, and from so many clusters on another one in ten to test on.
_ONE_IN = 10
_FEWEST_TO_TEST = 20
# An epoch from nothing has at least so many songs: what is there is heard more than once.
SONGS_AN_EPOCH = 256
FEWEST_IN_A_PHRASE = 4  # notes; a song needs more


@dataclass(slots=True)
class OwnSongs:
    """What became of them: songs with their split, and what was left out."""

    songs: list[Song]
    refusals: Refusals = field(default_factory=Refusals)
    duplicates: int = 0

    def of(self, split: str) -> list[Song]:
        return [song for song in self.songs if song.split == split]


def own_songs(
    songs: Iterable[ParsedSong],
    phrases: Iterable[ParsedSong],
    unreadable: Iterable[tuple[str, str]],
    steps_per_quarter: int = STEPS_PER_QUARTER,
) -> OwnSongs:
    """Encode and split. Raises Failure where fewer than two songs, that are not variants, can be used."""
    found = OwnSongs([])
    for source, reason in unreadable:
        found.refusals.add("unreadable", source, reason)
    encoded = _encoded(songs, FEWEST_NOTES, found.refusals, steps_per_quarter)
    encoded += _encoded(phrases, FEWEST_IN_A_PHRASE, found.refusals, steps_per_quarter)
    named = {digest(song.stream, steps_per_quarter): song for song in reversed(encoded)}
    unique = list(named.values())[::-1]
    found.duplicates = len(encoded) - len(unique)
    places, together = {name: place for place, name in enumerate(list(named)[::-1])}, Together()
    for song in encoded:
        together.add(song.source, places[digest(song.stream, steps_per_quarter)])
    names = cluster_names_of([song.stream for song in unique], steps_per_quarter, together.pairs())
    if len(set(names)) < 2:
        left_out = f"; left out: {found.refusals}" if found.refusals.counts else ""
        raise Failure(
            f"learning needs two different songs, one to learn and one to hold out; "
            f"{len(set(names))} can be used{left_out}"
        )
    splits = few_split(set(names))
    found.songs = [song_of(song, splits[name]) for song, name in zip(unique, names, strict=True)]
    return found


def _encoded(
    songs: Iterable[ParsedSong], fewest: int, refusals: Refusals, steps_per_quarter: int
) -> list[EncodedSong]:
    encoded = []
    for song in (section for whole in songs for section in divided(whole)):
        try:
            encoded.append(encode_song(song, None, fewest, steps_per_quarter))
        except RefusedError as refused:
            refusals.add(refused.reason, song.source, str(refused))
    return encoded


def few_split(clusters: Iterable[str]) -> dict[str, str]:
    """The split of each cluster: at least one is held out, however few there are."""
    order = sorted(clusters, key=lambda name: hashlib.sha256(name.encode("ascii")).hexdigest())
    part = max(1, len(order) // _ONE_IN)
    tested = part if len(order) >= _FEWEST_TO_TEST else 0
    names = ["valid"] * part + ["test"] * tested
    return dict(zip(order, names + ["train"] * (len(order) - len(names)), strict=True))


def song_of(song: EncodedSong, split: str) -> Song:
    """An encoded song as a dataset holds it."""
    return Song(
        title=song.title,
        source=song.source,
        split=split,
        meter=song.meters[0] if song.meters else None,
        pickup_steps=song.pickup_steps,
        bars_off=song.bars_off,
        stream=song.stream,
    )


def dataset_of(
    songs: Sequence[Song],
    folder: Path,
    corpus: Mapping[str, str],
    known: Iterable[str] = (),
    grid: EventGrid | int = STEPS_PER_QUARTER,
) -> Dataset:
    """A dataset whose vocabulary is that of the songs, joined with the `known` symbols.

    `grid` is that of the network which learns, or the steps in a quarter of one that has none yet.
    """
    vocabulary = Vocabulary.of([*(song.stream for song in songs), tuple(known)])
    steps, lengths = (grid, None) if isinstance(grid, int) else (grid.steps_per_quarter, grid.lengths)
    return Dataset(
        folder, tuple(songs), vocabulary, corpus, steps, KEY_RULE, SEQUENCE_LENGTH, lengths=lengths
    )


def to_learn(own: Sequence[Song], old: Sequence[Song]) -> list[Song]:
    """Own and old songs to train on and to hold out, on each side as much of the one as of the other.

    The fewer are heard more often. Without old songs, all own ones, as often as makes an epoch worth while.
    """
    return [song for split in ("train", "valid") for song in _balanced(own, old, split)]


def _balanced(own: Sequence[Song], old: Sequence[Song], split: str) -> list[Song]:
    mine, theirs = ([song for song in side if song.split == split] for side in (own, old))
    wanted = max(len(mine), len(theirs))
    if not theirs:
        return _as_many(mine, max(wanted, SONGS_AN_EPOCH)) if split == "train" else mine
    return _as_many(mine, wanted) + _as_many(theirs, wanted)


def _as_many(songs: Sequence[Song], wanted: int) -> list[Song]:
    """The songs, whole rounds of them, as often as brings their number nearest to what is wanted."""
    return list(songs) * max(1, round(wanted / len(songs)))


def renamed_split(songs: Iterable[Song], split: str) -> list[Song]:
    return [replace(song, split=split) for song in songs]
