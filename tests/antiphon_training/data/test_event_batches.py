"""Batches of notes and rests: what is heard, what is asked for, and what counts."""

from pathlib import Path

import numpy as np

from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, parse
from antiphon_training.data.dataset import load_dataset
from antiphon_training.data.event_batches import event_batches, events_feed, padded
from antiphon_training.data.song_events import event_song
from antiphon_training.recipe import RECIPES
from toy_songs import SCALE, toy_data

VOCABULARY = Vocabulary.of([SCALE])
END = VOCABULARY.id("/")
C, D, E, REST = (VOCABULARY.id(symbol) for symbol in ("60", "62", "64", "r"))


def test_a_note_is_heard_with_its_length_and_the_place_of_the_next() -> None:
    long = event_song(parse("60 _ _ _ 62 _ r"), VOCABULARY, Bars("2/4", -4))
    short = event_song(parse("64 " + "_ " * 39), VOCABULARY, NO_BARS)
    batch = padded([long, short], END)
    first = Bars("2/4").at(0)[0]
    assert batch.symbols.tolist() == [[END, C, D, REST, *[END] * 4], [END, E, *[END] * 6]]
    assert batch.lengths.tolist() == [[0, 4, 2, 1, 0, 0, 0, 0], [0, 33, 0, 0, 0, 0, 0, 0]]
    assert batch.places.tolist() == [[first + 4, first, first + 2, first + 3, 0, 0, 0, 0], [0] * 8]
    assert batch.bars.tolist() == [[1, 2, 2, 2, 0, 0, 0, 0], [0] * 8]
    assert batch.next_symbols.tolist() == [[C, D, REST, *[END] * 5], [E, *[END] * 7]]
    assert batch.next_lengths.tolist() == [[3, 1, 0, *[0] * 5], [32, *[0] * 7]]
    assert batch.weights.tolist() == [[1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0]]
    assert batch.length_weights.tolist() == [[1, 1, 1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 0, 0]]
    assert batch.stream_symbols.tolist() == [8, 41]


def test_an_epoch_hears_every_song_once_in_an_order_of_its_own() -> None:
    songs = [event_song(["60"] * length, VOCABULARY, NO_BARS) for length in range(1, 30)]
    orders = []
    for seed in (1, 1, 2):
        batches = event_batches(songs, END, 4, np.random.default_rng(seed))
        orders.append([int(count) - 1 for batch in batches for count in batch.stream_symbols])
        assert sorted(orders[-1]) == list(range(1, 30))
    assert orders[0] == orders[1] != orders[2]


def test_training_songs_are_varied_anew_in_every_epoch_and_held_out_songs_never(tmp_path: Path) -> None:
    dataset = load_dataset(toy_data(tmp_path / "data"))
    feed = events_feed(RECIPES["default"], dataset)
    assert feed.symbols == sum(len(song) + 1 for song in dataset.songs_of("train"))
    one, again, other = (list(feed.train(np.random.default_rng(seed))) for seed in (1, 1, 2))
    assert len(one) == feed.batches
    for batch, same in zip(one, again, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(batch, same, strict=True))
    assert places(one) != places(other)
    assert places(feed.valid()) == places(feed.valid())
    assert min(place for batch in feed.valid() for place in batch[2][:, 0]) > 0


def places(batches: object) -> list[list[int]]:
    return sorted(song.tolist() for batch in batches for song in batch[2])  # type: ignore[attr-defined]
