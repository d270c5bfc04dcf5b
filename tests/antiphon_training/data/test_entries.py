"""A data folder reads the same in both of its formats: a file for each song, or shards."""

import json

import numpy as np
import pytest

from antiphon.errors import Failure
from antiphon_training.corpus.corpus import Corpus, Loaded
from antiphon_training.corpus.songs import ParsedSong, Sound
from antiphon_training.data import folder
from antiphon_training.data.dataset import load_dataset
from antiphon_training.data.entries import entries
from antiphon_training.data.prepare import prepare
from antiphon_training.fit.train import digest


def parsed(number):
    pitches = np.random.default_rng(number).integers(60, 72, 12)
    sounds = tuple(Sound(float(i), 1.0, (1.0,), int(pitch)) for i, pitch in enumerate(pitches))
    return ParsedSong(f"Lied {number} ü", f"book.abc#{number}", sounds, ("3/4",), 1.0, "C major")


@pytest.fixture
def both(tmp_path, monkeypatch):
    """The same 45 songs as files and as shards of 10."""
    prepared = prepare(Corpus("book", "A book", "free"), Loaded(tuple(map(parsed, range(45))), ()), 4)
    folder.write_data_folder(prepared, tmp_path / "files")
    monkeypatch.setattr(folder, "ONE_FILE_EACH", 44)
    monkeypatch.setattr(folder, "SHARD", 10)
    folder.write_data_folder(prepared, tmp_path / "shards")
    return tmp_path / "files", tmp_path / "shards"


def test_songs_lie_in_shards_where_there_are_many(both):
    files, shards = both
    assert sorted(path.name for path in (files / "songs").iterdir()) == sorted(map(str, range(45)))
    names = sorted(path.name for path in (shards / "songs").iterdir())
    assert names == [f"0000{shard}.jsonl" for shard in range(5)]
    assert (files / "mapping.json").read_bytes() == (shards / "mapping.json").read_bytes()
    assert (files / "train.txt").read_text().split() == (shards / "train.txt").read_text().split()


def test_both_formats_say_the_same(both):
    files, shards = both
    plain = [(entry, text.split()) for entry, text in entries(files)]
    assert [(entry, text.split()) for entry, text in entries(shards)] == plain
    assert load_dataset(files).songs == load_dataset(shards).songs
    assert digest(load_dataset(files)) == digest(load_dataset(shards))
    assert folder._is_data_folder(shards)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("songs/00002.jsonl", None, "00002.jsonl: is missing"),
        ("songs/00002.jsonl", b"{\n", "is damaged"),
        ("songs/00002.jsonl", b"{}\n", "is damaged: KeyError 'symbols'"),
        ("songs/00002.jsonl", b"[]\n", "is damaged"),
        ("songs.json", b'{"format": 3}', "data format 3; this version reads 1 and 2"),
    ],
)
def test_a_damaged_shard_is_one_line(both, name, content, words):
    _, shards = both
    (shards / name).unlink()
    if content is not None:
        (shards / name).write_bytes(content)
    with pytest.raises(Failure, match=words):
        load_dataset(shards)


def test_a_shard_that_lacks_songs_is_noticed(both):
    _, shards = both
    said = json.loads((shards / "songs.json").read_text())
    lines = (shards / "songs" / "00004.jsonl").read_bytes().splitlines(keepends=True)
    (shards / "songs" / "00004.jsonl").write_bytes(b"".join(lines[:-1]))
    assert said["count"] == 45
    with pytest.raises(Failure, match="holds 44 songs, not 45"):
        load_dataset(shards)
