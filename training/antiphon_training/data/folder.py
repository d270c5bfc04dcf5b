"""The data folder on disk: written beside and renamed into place, so a half-written one never remains."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from antiphon.errors import WrongUse
from antiphon_training.data.prepare import Prepared, catalogue
from antiphon_training.data.preprocess import create_mapping, create_single_file_dataset, song_text


def write_data_folder(prepared: Prepared, out: Path, force: bool = False) -> None:
    """Write beside and rename into place. Raises WrongUse where `out` holds what is not to be lost."""
    check_out(out, force)
    with _beside(out) as folder:
        _fill(folder, prepared)
        _put(folder, out)


def _fill(folder: Path, prepared: Prepared) -> None:
    songs = folder / "songs"
    songs.mkdir()
    for index, kept in enumerate(prepared.songs):
        (songs / str(index)).write_text(song_text(kept.song.stream) + "\n", "ascii")
    train = [index for index, kept in enumerate(prepared.songs) if kept.split == "train"]
    single = create_single_file_dataset(songs, prepared.sequence_length, train)
    (folder / "train.txt").write_text(single + "\n", "ascii")
    _write_json(folder / "mapping.json", create_mapping(kept.song.stream for kept in prepared.songs))
    _write_json(folder / "songs.json", catalogue(prepared))


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
    return "songs.json" in names and names <= {"songs", "songs.json", "train.txt", "mapping.json"}


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
