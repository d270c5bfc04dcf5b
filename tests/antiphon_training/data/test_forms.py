"""What songs are told of their form from epoch to epoch."""

from dataclasses import replace

import numpy as np
import pytest

from antiphon.compose.event_grid import SIXTEENTHS
from antiphon.compose.form import LEFT_ROWS, Form
from antiphon.compose.place import NO_BARS, Bars
from antiphon.compose.symbols import Vocabulary, parse
from antiphon_training.data.forms import told_by_chance, usual_form
from antiphon_training.data.song_events import EventSong, event_song
from antiphon_training.recipe import RECIPES, Recipe
from toy_songs import SCALE

VOCABULARY = Vocabulary.of([SCALE])
BARS = Bars("2/4", -4)
SONG = event_song(parse("60 _ _ _ " + "62 _ 64 _ 65 _ 67 _ " * 8), VOCABULARY, BARS)
SILENT = replace(RECIPES["default"], close_told=0.0, open_told=0.0, phrase_told=0.0)
CLOSE_ROWS = (LEFT_ROWS - 1) // 2


def heard(recipe: Recipe, song: EventSong = SONG, number: int = 600) -> list[EventSong]:
    rng = np.random.default_rng(0)
    return [told_by_chance(song, BARS, recipe, SIXTEENTHS, rng) for _ in range(number)]


def share(of: list[bool]) -> float:
    return sum(of) / len(of)


def test_a_recipe_that_tells_nothing_takes_no_chance() -> None:
    rng = np.random.default_rng(0)
    assert told_by_chance(SONG, BARS, SILENT, SIXTEENTHS, rng) is SONG
    assert rng.random() == np.random.default_rng(0).random()


def test_so_many_songs_know_their_close_an_open_end_and_their_phrases() -> None:
    songs = heard(replace(SILENT, close_told=0.4, open_told=0.2, phrase_told=0.5))
    left = [song.form[:, 0] for song in songs]
    closes = [bool(row.any() and row.max() <= CLOSE_ROWS) for row in left]
    opens = [bool(row.max() > CLOSE_ROWS) for row in left]
    assert 0.4 < share(closes) < 0.5  # an open end in the last bar is a close
    assert 0.1 < share(opens) <= 0.2
    assert share([bool(song.form[:, 1].any()) for song in songs]) == pytest.approx(0.5, abs=0.06)


def test_a_song_that_closes_is_told_so_up_to_its_end_from_a_bar_line_or_its_beginning() -> None:
    songs = heard(replace(SILENT, close_told=1.0))
    assert all(song.form[-1, 0] == 1 for song in songs)
    onsets = np.concatenate([[0], np.cumsum(SONG.lengths)])
    first = {int(onsets[np.flatnonzero(song.form[:, 0])[0]]) for song in songs}
    assert 0 in first
    assert len(first) > 2
    assert all((step - 4) % 8 == 0 for step in first - {0})


def test_what_is_told_of_a_phrase_is_what_was_there() -> None:
    songs = heard(replace(SILENT, phrase_told=1.0))
    assert all(not song.form[:, 0].any() for song in songs)
    onsets = np.concatenate([[0], np.cumsum(SONG.lengths)]).tolist()
    for song in songs:
        place = int(np.flatnonzero(song.form[:, 1])[-1])
        earlier = VOCABULARY.symbols[song.form[place, 1] - 1]
        assert earlier in {"60", "62", "64", "65", "67"}
        assert onsets[place] >= 8
    phrases = {tuple(song.form[:, 1].tolist()) for song in songs}
    assert len(phrases) > 4


def test_an_open_end_lies_at_a_bar_line_and_nothing_is_known_from_there_on() -> None:
    songs = [song.form[:, 0] for song in heard(replace(SILENT, open_told=1.0))]
    onsets = np.concatenate([[0], np.cumsum(SONG.lengths)])
    opened = [row for row in songs if row.max() > CLOSE_ROWS]
    assert opened
    for row in opened:
        after = int(onsets[np.flatnonzero(row)[-1] + 1])
        assert (after - 4) % 8 == 0
        assert after < SONG.steps - 7


def test_a_song_that_lost_its_bars_is_told_its_true_phrases() -> None:
    lost = SONG.in_bars(NO_BARS)
    with_bars, without = (heard(replace(SILENT, phrase_told=1.0), song) for song in (SONG, lost))
    assert all((a.form == b.form).all() for a, b in zip(with_bars, without, strict=True))


def test_a_song_of_one_bar_has_no_phrases() -> None:
    short = event_song(parse("60 _ 62 _ 64 _ 65 _"), VOCABULARY, Bars("2/4"))
    rng = np.random.default_rng(0)
    recipe = replace(SILENT, phrase_told=1.0)
    assert told_by_chance(short, short.bars, recipe, SIXTEENTHS, rng) is short


def test_songs_are_measured_knowing_their_end_and_phrases_of_four_bars() -> None:
    assert usual_form(80, Bars("3/4", 0, 24)) == Form(80, False, 288)
    assert usual_form(80, NO_BARS) == Form(80, False, 64)
