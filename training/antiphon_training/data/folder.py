"""The data folder on disk: written beside and renamed into place, so a half-written one never remains."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from antiphon.compose.symbols import END
from antiphon.errors import WrongUse
from antiphon_training.data.entries import FILES_FORMAT, SHARDS_FORMAT, shard_path
from antiphon_training.data.prepare import Prepared, catalogue, entry
from antiphon_training.data.preprocess import create_mapping, create_single_file_dataset, song_text
from antiphon_training.data.song_file import line_of

ONE_FILE_EACH = 20_000  # songs; where there are more, they lie in shards
SHARD = 10_000  # songs
_OWN = {"songs", "songs.json", "train.txt", "mapping.json"}


@contextmanager
def data_folder(out: Path, force: bool = False) -> Iterator[Path]:
    """A folder beside `out` to be filled; at the end it is renamed into place.

    Raises WrongUse where `out` holds what is not to be lost.
    """
    check_out(out, force)
    with _beside(out) as folder:
        yield folder
        _put(folder, out)


def write_data_folder(prepared: Prepared, out: Path, force: bool = False) -> None:
    """`data_folder` and `fill` in one."""
    with data_folder(out, force) as folder:
        fill(folder, prepared)


def fill(folder: Path, prepared: Prepared) -> None:
    """Write all that a data folder holds; see `entries` for the two formats."""
    (folder / "songs").mkdir()
    if len(prepared.songs) <= ONE_FILE_EACH:
        said = _fill_with_files(folder, prepared)
    else:
        said = _fill_with_shards(folder, prepared)
    _write_json(folder / "mapping.json", create_mapping([prepared.vocabulary.symbols]))
    _write_json(folder / "songs.json", said)


def _fill_with_files(folder: Path, prepared: Prepared) -> dict[str, Any]:
    songs, entries = folder / "songs", []
    for index, kept in enumerate(prepared.songs):
        (songs / str(index)).write_text(song_text(kept.song.stream) + "\n", "ascii")
        entries.append(entry(index, kept))
    train = [song["index"] for song in entries if song["split"] == "train"]
    single = create_single_file_dataset(songs, prepared.sequence_length, train)
    (folder / "train.txt").write_text(single + "\n", "ascii")
    return {"format": FILES_FORMAT, "songs": entries, **catalogue(prepared)}


def _fill_with_shards(folder: Path, prepared: Prepared) -> dict[str, Any]:
    """One song after another; no more than one is in memory."""
    ends = song_text([END] * prepared.sequence_length)
    with (folder / "train.txt").open("w", encoding="ascii") as single, ExitStack() as shards:
        for index, kept in enumerate(prepared.songs):
            if index % SHARD == 0:
                shards.close()
                path = shard_path(folder, index // SHARD)
                shard = shards.enter_context(path.open("w", encoding="utf-8"))
            symbols = song_text(kept.song.stream)
            shard.write(line_of({**entry(index, kept), "symbols": symbols}))
            if kept.split == "train":
                single.write(f"{symbols} {ends}\n")
    return {"format": SHARDS_FORMAT, "shards": index // SHARD + 1, "count": index + 1, **catalogue(prepared)}


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")


def check_out(out: Path, force: bool) -> None:
    """Raises WrongUse unless `out` is free, empty, or a data folder that `force` lets go."""
    _check_writable(out)
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not out.is_dir():
        raise WrongUse(f"{out} is not a folder")
    if not _is_data_folder(out):
        raise WrongUse(f"{out} holds something other than prepared songs; choose another folder")
    if not force:
        raise WrongUse(f"{out} holds prepared songs already; --force replaces them")


def _check_writable(out: Path) -> None:
    """Said before the scores are read, which may take minutes."""
    above = next(folder for folder in out.absolute().parents if folder.exists())
    if not (above.is_dir() and os.access(above, os.W_OK | os.X_OK)):
        raise WrongUse(f"cannot make {out}: {above} is not a folder that can be written")


def _is_data_folder(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()}
    return "songs.json" in names and names <= _OWN


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A new folder next to `out`, gone afterwards unless it was renamed."""
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(folder: Path, out: Path) -> None:
    """Rename into place; an old folder steps aside first and is removed last."""
    if not out.exists():
        folder.rename(out)
        return
    with _beside(out) as old:
        out.rename(old / "old")
        folder.rename(out)
