"""A stream gathered up into notes and rests is the same stream."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, parse
from antiphon_training.data.dataset import load_dataset
from antiphon_training.data.song_events import event_song, event_songs
from toy_songs import SCALE, toy_data

VOCABULARY = Vocabulary.of([SCALE])
HOLD_ID = VOCABULARY.id("_")
RUNS = st.lists(st.tuples(st.sampled_from([*SCALE, "r"]), st.integers(1, 70)), min_size=1, max_size=20)


@given(RUNS)
def test_a_stream_gathered_up_and_laid_out_again_is_itself(runs: list[tuple[str, int]]) -> None:
    stream = [symbol for first, length in runs for symbol in (first, *["_"] * (length - 1))]
    song = event_song(stream, VOCABULARY, NO_BARS)
    assert song.ids(HOLD_ID).tolist() == VOCABULARY.ids(stream)
    assert song.lengths.tolist() == [length for _, length in runs]
    assert song.stream_symbols == len(stream) + 1


def test_every_note_lies_at_its_place_in_the_bar() -> None:
    bars = Bars("3/4", -4)
    song = event_song(parse("60 _ _ _ 62 _ _ _ _ _ _ _ _ _ 64 _ r _"), VOCABULARY, bars)
    first = Bars("3/4").at(0)[0]
    assert song.lengths.tolist() == [4, 10, 2, 2]
    assert song.places.tolist() == [
        [first + 8, 1, 1],
        [first, 2, 1],
        [first + 10, 2, 3],
        [first, 3, 1],
        [first + 2, 3, 3],
    ]
    assert song.in_bars(NO_BARS).places.tolist() == [[0, 0, 0]] * 5
    assert song.in_bars(Bars("3/4", 2)).places[:2].tolist() == [[first + 2, 2, 3], [first + 6, 2, 3]]


def test_a_hold_with_nothing_to_hold_is_a_rest_and_a_strange_pitch_the_nearest() -> None:
    song = event_song(parse("_ _ 48 _"), VOCABULARY, NO_BARS)
    assert song.symbols.tolist() == [VOCABULARY.id("r"), VOCABULARY.id("60")]
    assert song.lengths.tolist() == [2, 2]


def test_the_songs_of_a_data_folder_lie_in_the_bars_of_their_scores(tmp_path: Path) -> None:
    dataset = load_dataset(toy_data(tmp_path / "data"))
    songs = event_songs(dataset, "valid")
    assert [song.ids(HOLD_ID).tolist() for song in songs] == [
        dataset.vocabulary.ids(stream) for stream in dataset.songs_of("valid")
    ]
    assert all(song.bars == Bars("4/4", 0) for song in songs)
    assert all(np.array_equal(song.places[0], [*Bars("4/4").at(0), 1]) for song in songs)
