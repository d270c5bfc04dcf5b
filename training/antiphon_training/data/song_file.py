"""Encoded songs on disk, one JSON line each: appended while scores are read, and read back in order."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from antiphon.listen.key import Key
from antiphon_training.data.preprocess import EncodedSong, song_text


class Songs(Protocol):
    """Songs that can be read again and again; a list of them, or a file."""

    def append(self, song: EncodedSong, /) -> None: ...

    def __iter__(self) -> Iterator[EncodedSong]: ...

    def __len__(self) -> int: ...


class SongFile:
    """Songs in a file that is made for them. Only the song at hand is in memory."""

    def __init__(self, path: Path) -> None:
        self._path, self._songs = path, 0
        self._file = path.open("x", encoding="utf-8")

    def append(self, song: EncodedSong) -> None:
        self._file.write(line_of(as_plain(song)))
        self._songs += 1

    def __iter__(self) -> Iterator[EncodedSong]:
        self._file.flush()
        with self._path.open(encoding="utf-8") as file:
            yield from (_song(json.loads(line)) for line in file)

    def __len__(self) -> int:
        return self._songs

    def remove(self) -> None:
        """Close the file and delete it."""
        self._file.close()
        self._path.unlink()


def line_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


def as_plain(song: EncodedSong) -> dict[str, Any]:
    return {
        "title": song.title,
        "source": song.source,
        "symbols": song_text(song.stream),
        "key": str(song.key),
        "key_from": song.key_from,
        "meters": list(song.meters),
        "pickup_steps": song.pickup_steps,
        "bars_off": song.bars_off,
        "notes": song.notes,
        "moved": song.moved,
        "left_out": song.left_out,
        "voice": song.voice,
    }


def _song(read: dict[str, Any]) -> EncodedSong:
    stream = tuple(map(sys.intern, read.pop("symbols").split()))
    return EncodedSong(
        **{**read, "stream": stream, "key": Key.parse(read["key"]), "meters": tuple(read["meters"])}
    )
