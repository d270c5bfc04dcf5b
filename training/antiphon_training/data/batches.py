"""What a network over symbols hears in an epoch: windows of one long stream (seed), or songs whole (stream).

A batch is (ids, targets, weights): ids (B, T) int32; targets and weights (B, T) for whole songs, (B,) for
windows. A weight is 1 for a symbol that counts and 0 for padding. No one-hot array is made here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.symbols import END, Vocabulary
from antiphon_training.data.dataset import Dataset
from antiphon_training.data.preprocess import convert_songs_to_int, generate_training_sequences
from antiphon_training.recipe import Recipe

Ids = NDArray[np.int32]
AnyIds = NDArray[np.integer[Any]]
SINGLE_FILE = "train.txt"
Batch = tuple[Ids, Ids, NDArray[np.float32]]
AnyBatch = tuple[NDArray[Any], ...]  # of any kind of network
SCORED_AT_ONCE = 64  # songs; 16 times as many windows
_LENGTH_NOISE = 0.1  # songs of like length share a batch, but not always the same ones
_ROUND_STEPS = 16


@dataclass(frozen=True, slots=True)
class Feed:
    """One recipe's material: batches and symbols of an epoch, and the batches themselves."""

    batches: int
    symbols: int
    train: Callable[[np.random.Generator], Iterator[AnyBatch]]
    valid: Callable[[], Iterator[AnyBatch]]


def song_ids(songs: Sequence[Sequence[str]], vocabulary: Vocabulary) -> list[Ids]:
    """Each song's symbols as ids; unknown symbols go to the nearest known."""
    return [np.array(vocabulary.ids(song), np.int32) for song in songs]


def whole_songs(
    songs: Sequence[Ids], end_id: int, batch: int, rng: np.random.Generator | None
) -> Iterator[Batch]:
    """Songs whole: heard [/ s1 … sn], asked for [s1 … sn /]; of like lengths together, padded at their end.

    With `rng` the batches are drawn anew and shuffled; without, the shortest songs come first.
    """
    for part in alike([len(song) for song in songs], batch, rng):
        yield _padded([songs[i] for i in part], end_id)


def alike(lengths: Sequence[int], batch: int, rng: np.random.Generator | None) -> list[NDArray[np.intp]]:
    """Which songs are heard together: those of like lengths, as indices.

    With `rng` they are drawn anew and shuffled; without, the shortest songs come first.
    """
    noise = rng.uniform(1 - _LENGTH_NOISE, 1 + _LENGTH_NOISE, len(lengths)) if rng else 1.0
    order = np.argsort((np.array(lengths) + 1) * noise, kind="stable")  # each has its `/` too
    parts = [order[first : first + batch] for first in range(0, len(order), batch)]
    if rng:
        rng.shuffle(parts)
    return parts


def _padded(songs: Sequence[Ids], end_id: int) -> Batch:
    steps = -(-(max(map(len, songs)) + 1) // _ROUND_STEPS) * _ROUND_STEPS
    ids = np.full((len(songs), steps), end_id, np.int32)
    targets = ids.copy()
    weights = np.zeros((len(songs), steps), np.float32)
    for row, song in enumerate(songs):
        ids[row, 1 : len(song) + 1] = song
        targets[row, : len(song)] = song
        weights[row, : len(song) + 1] = 1.0
    return ids, targets, weights


def windows(
    inputs: AnyIds, targets: AnyIds, batch: int, rng: np.random.Generator | None = None
) -> Iterator[Batch]:
    """Windows (number, length) and what follows each (number,), a batch at a time; with `rng` shuffled."""
    order = rng.permutation(len(targets)) if rng else np.arange(len(targets))
    for first in range(0, len(order), batch):
        part = order[first : first + batch]
        yield inputs[part].astype(np.int32), targets[part].astype(np.int32), np.ones(len(part), np.float32)


def song_windows(songs: Sequence[Ids], end_id: int, length: int, batch: int) -> Iterator[Batch]:
    """The windows that ask for each symbol of each song and for its `/`, after `length` times `/`."""
    for song in songs:
        stream = np.concatenate([np.full(length, end_id), song, [end_id]]).astype(np.uint8)
        yield from windows(*generate_training_sequences(stream, length), batch)


def songs_feed(recipe: Recipe, dataset: Dataset) -> Feed:
    train, valid = (song_ids(dataset.songs_of(split), dataset.vocabulary) for split in ("train", "valid"))
    end_id = dataset.vocabulary.id(END)
    return Feed(
        -(-len(train) // recipe.batch),
        sum(len(song) + 1 for song in train),
        lambda rng: whole_songs(train, end_id, recipe.batch, rng),
        lambda: whole_songs(valid, end_id, SCORED_AT_ONCE, None),
    )


def windows_feed(recipe: Recipe, dataset: Dataset) -> Feed:
    """The recipe's own way: the single file through the mapping, cut into windows that are views of it."""
    mapping = {symbol: i for i, symbol in enumerate(dataset.vocabulary.symbols)}
    integers = convert_songs_to_int((dataset.folder / SINGLE_FILE).read_text("ascii"), mapping)
    inputs, targets = generate_training_sequences(integers, recipe.window_length)
    valid = song_ids(dataset.songs_of("valid"), dataset.vocabulary)
    end_id = dataset.vocabulary.id(END)
    return Feed(
        -(-len(targets) // recipe.batch),
        len(targets),
        lambda rng: windows(inputs, targets, recipe.batch, rng),
        lambda: song_windows(valid, end_id, recipe.window_length, 16 * SCORED_AT_ONCE),
    )
