"""A data folder read back; songs to be measured on; batches of windows."""

import json
from dataclasses import replace

import numpy as np
import pytest

from antiphon.compose.place import NO_BARS, Bars
from antiphon.errors import Failure, WrongUse
from antiphon_training.corpus.corpus import Corpus, Loaded
from antiphon_training.corpus.songs import ParsedSong, Sound
from antiphon_training.data.dataset import load_dataset, read_songs
from antiphon_training.data.folder import write_data_folder
from antiphon_training.data.prepare import prepare
from antiphon_training.data.preprocess import convert_songs_to_int


def parsed(number):
    steps = np.random.default_rng(number).integers(60, 72, 12)
    sounds = tuple(Sound(float(i), 1.0, (1.0,), int(pitch)) for i, pitch in enumerate(steps))
    return ParsedSong(f"song {number}", f"book.abc#{number}", sounds, ("3/4", "4/4"), 1.0, "C major")


@pytest.fixture
def data(tmp_path):
    prepared = prepare(Corpus("book", "A book", "free"), Loaded(tuple(map(parsed, range(40))), ()), 64)
    write_data_folder(prepared, tmp_path / "data")
    return tmp_path / "data", prepared


def test_what_was_written_is_read_back(data):
    folder, prepared = data
    dataset = load_dataset(folder)
    assert [song.stream for song in dataset.songs] == [kept.song.stream for kept in prepared.songs]
    assert dataset.corpus == {"name": "book", "title": "A book", "licence": "free"}
    assert (dataset.steps_per_quarter, dataset.sequence_length) == (4, 64)
    assert dataset.vocabulary.symbols[-3:] == ("/", "_", "r")
    first = dataset.songs[0]
    assert (first.title, first.source, first.meter, first.pickup_steps) == (
        "song 0",
        "book.abc#0",
        "3/4",
        0 + 4,
    )


def test_a_song_lies_in_the_bars_of_its_score_where_they_add_up(data):
    dataset = load_dataset(data[0])
    song = dataset.songs[0]
    assert dataset.bars_of(song) == Bars("3/4", -4)
    assert dataset.bars_of(song).at(4) == Bars("3/4").at(0)
    assert dataset.bars_of(replace(song, meter=None)) == NO_BARS
    assert dataset.bars_of(replace(song, bars_off=1)) == NO_BARS
    assert replace(dataset, steps_per_quarter=12).bars_of(song) == Bars("3/4", -4, 12)


def test_every_song_is_on_one_side_of_the_split(data):
    dataset = load_dataset(data[0])
    sides = [dataset.sources_of(split) for split in ("train", "valid", "test")]
    assert sorted(source for side in sides for source in side) == sorted(
        song.source for song in dataset.songs
    )
    assert dataset.songs_of("train") == [song.stream for song in dataset.songs if song.split == "train"]
    assert len(dataset.songs_of("train")) > 20
    with pytest.raises(ValueError, match="train, valid, test"):
        dataset.songs_of("dev")


def test_the_single_file_goes_through_the_mapping_of_the_folder(data):
    folder, _ = data
    dataset = load_dataset(folder)
    text = (folder / "train.txt").read_text()
    integers = convert_songs_to_int(text, json.loads((folder / "mapping.json").read_text()))
    assert integers.tolist() == dataset.vocabulary.ids(text.split())


def test_a_folder_without_prepared_songs_is_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="antiphon-train prepare"):
        load_dataset(tmp_path)
    with pytest.raises(WrongUse, match="nowhere"):
        load_dataset(tmp_path / "nowhere")


def change(folder, **entries):
    said = json.loads((folder / "songs.json").read_text())
    (folder / "songs.json").write_text(json.dumps(said | entries))


def _linked_to_zero(path):
    path.unlink()
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "songs" / "3").unlink(), "3: No such file"),
        (lambda folder: (folder / "songs" / "3").write_text("60 _"), "song 3 has 2 symbols"),
        (lambda folder: (folder / "songs" / "3").write_text("60 x"), "symbol 2"),
        (lambda folder: (folder / "songs.json").write_text("{"), "not JSON"),
        (lambda folder: (folder / "songs.json").write_text("[]"), "damaged"),
        (lambda folder: (folder / "mapping.json").write_text('{"60": 0}'), "vocabulary must hold"),
        (lambda folder: change(folder, format=99), "format 99"),
        (lambda folder: change(folder, corpus={}), "damaged"),
        (lambda folder: change(folder, songs=[{"index": "../../../../dev/zero"}]), "index must be a number"),
        (lambda folder: (folder / "songs.json").write_text("[" * 100_000), "nested too deeply"),
        (lambda folder: (folder / "mapping.json").write_text("7"), "damaged"),
        (lambda folder: _linked_to_zero(folder / "songs" / "3"), "is not a regular file"),
    ],
)
def test_a_damaged_folder_is_a_failure_that_names_the_damage(data, damage, words):
    damage(data[0])
    with pytest.raises(Failure, match=words):
        load_dataset(data[0])


def test_encoded_songs_are_read_from_a_folder_or_a_file_and_parted_at_their_ends(tmp_path):
    (tmp_path / "0").write_text("60 _ r _\n")
    (tmp_path / "more.txt").write_text("62 _ / / / 64 /\n")
    (tmp_path / "picture.png").write_bytes(b"\x89")
    assert read_songs(tmp_path) == [("60", "_", "r", "_"), ("62", "_"), ("64",)]
    assert read_songs(tmp_path / "more.txt") == [("62", "_"), ("64",)]


def test_scores_are_read_the_way_prepare_reads_them(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    scores = tmp_path / "scores"
    scores.mkdir()
    (scores / "a.abc").write_text("X:1\nM:4/4\nL:1/4\nK:D\nDEFG|ABcd|\nX:2\nM:4/4\nL:1/4\nK:C\nC|\n")
    (stream,) = read_songs(scores)
    assert [symbol for symbol in stream if symbol.isdigit()] == [
        "60",
        "62",
        "64",
        "65",
        "67",
        "69",
        "71",
        "72",
    ]
    (scores / "a.abc").write_text("X:2\nM:4/4\nL:1/4\nK:C\nC|\n")
    with pytest.raises(Failure, match="1 notes, fewer than 8"):
        read_songs(scores)


def test_nothing_to_read_is_wrong_use_and_other_text_a_failure(tmp_path):
    with pytest.raises(WrongUse, match="no songs at"):
        read_songs(tmp_path)
    with pytest.raises(WrongUse, match="no songs at"):
        read_songs(tmp_path / "nowhere")
    (tmp_path / "letter.txt").write_text("Dear friend")
    with pytest.raises(Failure, match="not an encoded song"):
        read_songs(tmp_path)
