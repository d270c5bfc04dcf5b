"""What the recipe of notes and rests hears in an epoch: songs whole, of like lengths together."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from antiphon.compose.event_grid import SIXTEENTHS, EventGrid
from antiphon.compose.form import FORM_INPUTS
from antiphon.compose.symbols import END
from antiphon_training.data.augmentation import Keys, varied
from antiphon_training.data.batches import SCORED_AT_ONCE, Feed, Ids, alike
from antiphon_training.data.dataset import Dataset
from antiphon_training.data.forms import told_by_chance
from antiphon_training.data.song_events import EventSong, event_songs
from antiphon_training.recipe import Recipe

_ROUND_EVENTS = 8
Weights = NDArray[np.float32]


class EventBatch(NamedTuple):
    """B songs, padded at their end to T events; everything (B, T) but the last.

    symbols, lengths            heard: `/` of length 0, then the song; lengths as rows of their embedding
    places, bars, within        where the next one begins
    left, parallel, lasting, like  what is told of the form there, as `FormRows`
    next_symbols, next_lengths  asked for: the song, then `/`; lengths as classes, 0 for one step
    weights, length_weights     1 for what counts and 0 for padding; `/` has no length
    stream_symbols              (B,) symbols of each song's stream, its `/` included
    """

    symbols: Ids
    lengths: Ids
    places: Ids
    bars: Ids
    within: Ids
    next_symbols: Ids
    left: Ids
    parallel: Ids
    lasting: Ids
    like: Ids
    next_lengths: Ids
    weights: Weights
    length_weights: Weights
    stream_symbols: Weights


def event_batches(
    songs: Sequence[EventSong],
    end_id: int,
    batch: int,
    rng: np.random.Generator | None = None,
    vary: Callable[[EventSong], EventSong] = lambda song: song,
    grid: EventGrid = SIXTEENTHS,
) -> Iterator[EventBatch]:
    """With `rng` the batches are drawn anew and shuffled; without, the shortest songs come first."""
    for part in alike([len(song.symbols) for song in songs], batch, rng):
        yield padded([vary(songs[i]) for i in part], end_id, grid)


def padded(songs: Sequence[EventSong], end_id: int, grid: EventGrid = SIXTEENTHS) -> EventBatch:
    """Songs as one batch, in their order; `grid` is that of the songs, and tells the classes of lengths."""
    events = -(-(max(len(song.symbols) for song in songs) + 1) // _ROUND_EVENTS) * _ROUND_EVENTS
    symbols, next_symbols = np.full((2, len(songs), events), end_id, np.int32)
    lengths, places, bars, within, next_lengths = np.zeros((5, len(songs), events), np.int32)
    left, parallel, lasting, like = form = np.zeros((FORM_INPUTS, len(songs), events), np.int32)
    weights, length_weights = np.zeros((2, len(songs), events), np.float32)
    for row, song in enumerate(songs):
        n, classes = len(song.symbols), classes_of(song.lengths, grid)
        symbols[row, 1 : n + 1] = next_symbols[row, :n] = song.symbols
        lengths[row, 1 : n + 1] = classes + 1
        next_lengths[row, :n] = classes
        places[row, : n + 1], bars[row, : n + 1], within[row, : n + 1] = song.places.T
        form[:, row, : n + 1] = song.form.T
        weights[row, : n + 1] = length_weights[row, :n] = 1.0
    counted = np.array([song.stream_symbols for song in songs], np.float32)
    return EventBatch(
        symbols,
        lengths,
        places,
        bars,
        within,
        next_symbols,
        left,
        parallel,
        lasting,
        like,
        next_lengths,
        weights,
        length_weights,
        counted,
    )


def classes_of(lengths: Ids, grid: EventGrid) -> Ids:
    """The class of each length in steps, (n,)."""
    return np.array([grid.class_of(length) for length in lengths.tolist()], np.int32)


def events_feed(recipe: Recipe, dataset: Dataset) -> Feed:
    train, valid = event_songs(dataset, "train"), event_songs(dataset, "valid")
    keys, end_id, grid = Keys(dataset.vocabulary), dataset.vocabulary.id(END), dataset.event_grid

    def as_heard(song: EventSong, rng: np.random.Generator) -> EventSong:
        return told_by_chance(varied(song, recipe, keys, rng), song.bars, recipe, grid, rng)

    return Feed(
        -(-len(train) // recipe.batch),
        sum(song.stream_symbols for song in train),
        lambda rng: event_batches(train, end_id, recipe.batch, rng, lambda song: as_heard(song, rng), grid),
        lambda: event_batches(valid, end_id, SCORED_AT_ONCE, grid=grid),
    )
