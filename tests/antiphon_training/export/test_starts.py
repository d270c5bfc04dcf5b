"""Where in the bar the songs learned from begin."""

from pathlib import Path

from antiphon.compose.symbols import Vocabulary
from antiphon_training.data.dataset import Dataset, Song
from antiphon_training.export.starts import starts_of


def song(meter: str | None, pickup_steps: int, split: str = "train", bars_off: int = 0) -> Song:
    return Song("", "", split, meter, pickup_steps, bars_off, ("60",))


def dataset(*songs: Song, steps_per_quarter: int = 4) -> Dataset:
    return Dataset(Path(), songs, Vocabulary(("60", "/", "_")), {}, steps_per_quarter, "", 64)


def test_songs_learned_from_are_counted_by_meter_and_place() -> None:
    songs = [song("3/4", 4), song("3/4", 4), song("3/4", 0), song("6/8", 2)]
    left_out = [song(None, 0), song("3/4", 0, "test"), song("3/4", 0, bars_off=1)]
    assert starts_of(dataset(*songs, *left_out)) == {"3/4": ((0.0, 1), (2.0, 2)), "6/8": ((2.5, 1),)}
    assert starts_of(dataset(*left_out)) is None


def test_places_are_quarters_on_any_grid() -> None:
    assert starts_of(dataset(song("4/4", 12), steps_per_quarter=12)) == {"4/4": ((3.0, 1),)}
