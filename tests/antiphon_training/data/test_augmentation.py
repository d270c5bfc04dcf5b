"""Songs as a player might bring them: still the same melody, and still in the vocabulary."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, is_pitch
from antiphon_training.data.augmentation import Keys, varied
from antiphon_training.data.song_events import EventSong, event_song
from antiphon_training.recipe import RECIPES, Recipe

VOCABULARY = Vocabulary.of([[str(pitch) for pitch in (*range(55, 60), *range(61, 80))]])
KEYS = Keys(VOCABULARY)
UNTOUCHED = replace(RECIPES["default"], key_jitter=0.0, place_forgotten=0.0, place_wrong=0.0)
STREAMS = st.lists(st.sampled_from([*VOCABULARY.symbols[:-3], "r", "_"]), min_size=1, max_size=30)


def pitches(song: EventSong) -> list[int]:
    symbols = [VOCABULARY.symbols[i] for i in song.symbols]
    return [int(symbol) for symbol in symbols if is_pitch(symbol)]


def song_of(*melody: int) -> EventSong:
    return event_song([str(pitch) for pitch in melody], VOCABULARY, Bars("4/4"))


@given(STREAMS, st.integers(-6, 5))
def test_a_moved_song_keeps_its_intervals_its_rests_and_its_rhythm(stream: list[str], shift: int) -> None:
    song = event_song(stream, VOCABULARY, Bars("4/4"))
    moved = KEYS.moved(song, shift)
    steps = {there - here for here, there in zip(pitches(song), pitches(moved), strict=True)}
    assert len(steps) <= 1
    assert all(step % 12 == shift % 12 or step == 0 for step in steps)
    assert np.array_equal(song.symbols == VOCABULARY.id("r"), moved.symbols == VOCABULARY.id("r"))
    assert moved.lengths is song.lengths
    assert moved.places is song.places


@pytest.mark.parametrize(
    ("melody", "shift", "there"),
    [
        ([64, 66], 5, [69, 71]),
        ([64, 66], -6, [70, 72]),  # 58 would do, 60 is not in the vocabulary
        ([74, 79], 3, [65, 70]),
        ([55, 64], -2, [65, 74]),
        ([55, 79], 1, [55, 79]),
    ],
)
def test_an_octave_helps_where_pitches_would_be_unknown(
    melody: list[int], shift: int, there: list[int]
) -> None:
    assert pitches(KEYS.moved(song_of(*melody), shift)) == there


def heard(recipe: Recipe, number: int = 2000) -> list[EventSong]:
    rng, song = np.random.default_rng(0), song_of(65, 67, 69, 70)
    return [varied(song, recipe, KEYS, rng) for _ in range(number)]


def share(of: list[bool]) -> float:
    return sum(of) / len(of)


def test_so_many_songs_are_moved_and_mostly_by_fifths_and_to_relatives() -> None:
    moved = [pitches(song)[0] - 65 for song in heard(replace(UNTOUCHED, key_jitter=0.2))]
    assert share([shift != 0 for shift in moved]) == pytest.approx(0.2, abs=0.03)
    assert share([shift in (-5, 5, 7, -7) for shift in moved if shift]) == pytest.approx(0.39, abs=0.06)
    assert {shift % 12 for shift in moved} == set(range(12))


def test_so_many_songs_lose_their_bars_or_have_them_elsewhere() -> None:
    songs = heard(replace(UNTOUCHED, place_forgotten=0.1, place_wrong=0.05))
    assert share([song.bars == NO_BARS for song in songs]) == pytest.approx(0.1, abs=0.02)
    elsewhere = {song.bars.offset_steps for song in songs if song.bars.meter}
    assert elsewhere == set(range(-8, 8))
    assert share([song.bars.offset_steps != 0 for song in songs]) == pytest.approx(0.05, abs=0.02)
    assert all(song.places.tolist() == song.in_bars(song.bars).places.tolist() for song in songs)


def test_a_song_without_bars_cannot_have_them_elsewhere() -> None:
    song = song_of(65).in_bars(NO_BARS)
    found = varied(song, replace(UNTOUCHED, place_wrong=1.0), KEYS, np.random.default_rng(0))
    assert found.bars == NO_BARS
