"""A song is cut at a bar line, where a note begins, after four bars or half of what there is."""

import json
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.compose.symbols import is_pitch
from antiphon.errors import Failure
from antiphon.listen.key import Key
from antiphon.timebase import Meter
from antiphon_training.data.dataset import Song, load_dataset
from antiphon_training.judge.openings import (
    four_bar_opening_of,
    four_bar_openings_of,
    opening_of,
    openings_of,
)
from toy_songs import toy_data

C_MAJOR = Key.parse("C major")
BAR = ("60", "62", "64", "_", "65", "_", "67", "_")  # of 2/4


def song(stream: tuple[str, ...], meter: str | None = "2/4", pickup: int = 0, bars_off: int = 0) -> Song:
    return Song("A song", "a.abc#1", "test", meter, pickup, bars_off, stream)


def test_a_long_song_is_four_bars_of_phrase_and_eight_of_answer() -> None:
    opening = opening_of(song(BAR * 16), C_MAJOR, 4)
    assert opening is not None
    assert (opening.phrase, opening.continuation, opening.ends_song) == (BAR * 4, BAR * 8, False)
    assert (opening.bar_steps, str(opening.meter)) == (8, "2/4")


def test_a_short_song_is_cut_in_its_middle_and_goes_to_its_end() -> None:
    opening = opening_of(song(BAR * 5 + ("60", "_")), C_MAJOR, 4)
    assert opening is not None
    assert (opening.phrase, opening.continuation) == (BAR * 2, BAR * 3 + ("60", "_"))
    assert opening.ends_song


def test_a_pickup_belongs_to_the_phrase_and_moves_the_bar_lines() -> None:
    opening = opening_of(song(("55", "57", *BAR * 8), pickup=2), C_MAJOR, 4)
    assert opening is not None
    assert opening.phrase == ("55", "57", *BAR * 4)
    assert [opening.place_in_bar(step) for step in (0, 7, 8, 13)] == [0, 7, 0, 5]


def test_a_phrase_has_four_bars_and_its_answer_the_next_four() -> None:
    opening = four_bar_opening_of(song(BAR * 16), C_MAJOR, 4)
    assert opening is not None
    assert (opening.phrase, opening.continuation, opening.ends_song) == (BAR * 4, BAR * 4, False)


def test_of_the_last_bar_a_song_with_a_pickup_may_lack_some() -> None:
    opening = four_bar_opening_of(song(("55", "57", *BAR * 7, *BAR[:6]), pickup=2), C_MAJOR, 4)
    assert opening is not None
    assert opening.phrase == ("55", "57", *BAR * 4)
    assert (opening.continuation, opening.ends_song) == (BAR * 3 + BAR[:6], True)
    assert four_bar_opening_of(song(BAR * 7), C_MAJOR, 4) is None


def test_phrases_come_with_their_clusters(tmp_path: Path) -> None:
    data = toy_data(tmp_path / "data")
    catalogue = json.loads((data / "songs.json").read_text())
    for entry in catalogue["songs"]:
        entry["meter"] = "1/4"  # so that the toy songs have eight bars
    (data / "songs.json").write_text(json.dumps(catalogue))
    clusters = {entry["title"]: entry["cluster"] for entry in catalogue["songs"]}
    found = four_bar_openings_of(load_dataset(data), "train")
    assert len(found) > 1
    assert all(clusters[opening.title] == cluster for cluster, opening in found)
    assert {opening.meter for _, opening in found} == {Meter(1, 4)}


def test_where_a_note_is_held_over_the_bar_line_the_phrase_goes_on() -> None:
    held = ("_", *BAR[1:])
    opening = opening_of(song(BAR * 4 + held + BAR * 4), C_MAJOR, 4)
    assert opening is not None
    assert opening.phrase == BAR * 4 + held
    assert opening_of(song(BAR + held * 9), C_MAJOR, 4) is None


@pytest.mark.parametrize(
    "unfit",
    [
        song(BAR * 8, meter=None),
        song(BAR * 8, meter="free"),
        song(BAR * 8, bars_off=1),
        song(BAR),
        song(("60", *["_"] * 7) * 6),
    ],
    ids=["no meter", "no such meter", "bars off", "one bar", "three notes a side"],
)
def test_a_song_without_bars_or_notes_enough_has_no_opening(unfit: Song) -> None:
    assert opening_of(unfit, C_MAJOR, 4) is None


@given(
    st.lists(st.sampled_from(["60", "67", "_", "r"]), max_size=120).map(tuple),
    st.sampled_from(["2/4", "3/4", "3/8"]),
    st.integers(0, 5),
)
def test_phrase_and_continuation_are_a_songs_own_and_meet_at_a_bar_line(
    stream: tuple[str, ...], meter: str, pickup: int
) -> None:
    opening = opening_of(song(stream, meter, pickup), C_MAJOR, 4)
    if opening is not None:
        whole = (*opening.phrase, *opening.continuation)
        assert stream[: len(whole)] == whole
        assert (whole == stream) == opening.ends_song
        assert is_pitch(opening.continuation[0])
        assert opening.place_in_bar(0) == 0
        assert len(opening.continuation) <= 8 * opening.bar_steps


@pytest.mark.parametrize(("key", "tonic"), [("G major", 0), ("F# minor", 9), ("A minor", 9)])
def test_the_tonic_is_that_of_the_symbols(key: str, tonic: int) -> None:
    opening = opening_of(song(BAR * 8), Key.parse(key), 4)
    assert opening is not None
    assert opening.tonic == tonic


def test_a_data_folder_gives_those_of_one_side_with_their_keys(tmp_path: Path) -> None:
    data = toy_data(tmp_path / "data")
    catalogue = json.loads((data / "songs.json").read_text())
    keys = {entry["title"]: "D minor" if entry["index"] % 2 else "Bb major" for entry in catalogue["songs"]}
    for entry in catalogue["songs"]:
        entry["key"] = keys[entry["title"]]
    (data / "songs.json").write_text(json.dumps(catalogue))
    dataset = load_dataset(data)
    found = {split: openings_of(dataset, split) for split in ("train", "valid", "test")}
    for split, openings in found.items():
        assert {opening.title for opening in openings} <= {song.title for song in dataset.of(split)}
    everything = list(chain.from_iterable(found.values()))
    assert {str(opening.key) for opening in everything} == {"D minor", "Bb major"}
    assert all(str(opening.key) == keys[opening.title] for opening in everything)


def test_a_folder_without_openings_or_keys_is_one_line(tmp_path: Path) -> None:
    data = toy_data(tmp_path / "data")
    catalogue = json.loads((data / "songs.json").read_text())
    for entry in catalogue["songs"]:
        entry["meter"] = None
    (data / "songs.json").write_text(json.dumps(catalogue))
    with pytest.raises(Failure, match="no song of its test split"):
        openings_of(load_dataset(data), "test")
    for entry in catalogue["songs"]:
        del entry["key"]
    (data / "songs.json").write_text(json.dumps(catalogue))
    with pytest.raises(Failure, match="does not say the keys"):
        openings_of(load_dataset(data), "test")
