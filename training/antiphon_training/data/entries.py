"""The files of a data folder, read song by song, in either of its formats.

A data folder has `songs.json`, `mapping.json`, `train.txt` (the single file of the seed recipe) and the
folder `songs`. In format 1 `songs.json` lists the songs, and the symbols of each are a file named by its
index. In format 2, for many songs, `songs` holds shards: lines of JSON, each with what is said of a song and
its symbols.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from antiphon.errors import Failure, WrongUse, shown
from antiphon.files.read import parse_json, read_file

FILES_FORMAT, SHARDS_FORMAT = 1, 2
CATALOGUE_FILE, SONGS_FOLDER = "songs.json", "songs"
MAX_JSON_BYTES = 64 << 20
MAX_SONG_BYTES = 1 << 20
Entry = dict[str, Any]


def shard_path(folder: Path, number: int) -> Path:
    return folder / SONGS_FOLDER / f"{number:05d}.jsonl"


def read_json(folder: Path, name: str) -> Any:
    """A JSON file of a data folder. Raises WrongUse where there is none, Failure where it is not JSON."""
    path = folder / name
    if not path.is_file():
        raise WrongUse(f'no prepared songs in {folder}; make them with "antiphon-train prepare"')
    try:
        return parse_json(read_file(path, MAX_JSON_BYTES))
    except ValueError as error:
        raise Failure(f"{path} is not JSON: {error}") from error


def entries(folder: Path) -> Iterator[tuple[Entry, str]]:
    """What a data folder says of each song, in order, and the song's symbols.

    Raises WrongUse and Failure as `read_json` does, Failure for another format, and KeyError, TypeError,
    ValueError or AttributeError where something is damaged.
    """
    said = read_json(folder, CATALOGUE_FILE)
    if said["format"] == FILES_FORMAT:
        yield from _from_files(folder, said)
    elif said["format"] == SHARDS_FORMAT:
        yield from _from_shards(folder, said)
    else:
        raise Failure(
            f"{folder} has data format {shown(said['format'])}; this version reads "
            f"{FILES_FORMAT} and {SHARDS_FORMAT}"
        )


def _from_files(folder: Path, said: Mapping[str, Any]) -> Iterator[tuple[Entry, str]]:
    for entry in said["songs"]:
        if not isinstance(entry["index"], int):  # a name could lead anywhere
            raise ValueError(f"a song's index must be a number, got {shown(entry['index'])}")
        data = read_file(folder / SONGS_FOLDER / str(entry["index"]), MAX_SONG_BYTES)
        yield entry, data.decode("ascii")


def _from_shards(folder: Path, said: Mapping[str, Any]) -> Iterator[tuple[Entry, str]]:
    count = 0
    for number in range(int(said["shards"])):
        path = shard_path(folder, number)
        if not path.is_file():
            raise Failure(f"{path}: is missing")
        with path.open("rb") as shard:
            while line := shard.readline(2 * MAX_SONG_BYTES):
                entry = parse_json(line)
                yield entry, entry.pop("symbols")
                count += 1
    if count != said["count"]:
        raise Failure(f"{folder / SONGS_FOLDER}: holds {count} songs, not {shown(said['count'])}")
