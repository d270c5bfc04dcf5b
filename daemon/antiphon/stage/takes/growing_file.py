"""The one file of a take while it is recorded: a MIDI file at every moment, that only ever grows.

An event is appended beyond the last track's end; then one small write moves that end. Whatever is cut short
lies beyond it. Knows no report; what it is given it writes. Raises OSError where the system does.
"""

import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from antiphon.midi.smf import LENGTH_BYTES, chunks, length

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# A file that has no name yet.
BEGIN = ".begin"


class GrowingFile:
    """A file whose last chunk is open: `head` is a whole MIDI file to which that chunk will be appended.

    The file gets the first free name of `stem`.mid, stem-2.mid, …; nobody else takes it for finished while
    it is open.
    """

    def __init__(self, folder: Path, stem: str, head: bytes) -> None:
        self._stem, self._body = stem, list(chunks(head))[-1].begin
        self.path, self._descriptor = _new_file(folder, stem, head)
        self._end = len(head)
        self._unsynced = False

    @property
    def size(self) -> int:
        return self._end

    def append(self, data: bytes) -> None:
        """Whole, or, where the system refuses, not at all."""
        try:
            _write(self._descriptor, data, self._end)
            _write(self._descriptor, length(self._end + len(data) - self._body), self._body - LENGTH_BYTES)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._end)
            raise
        self._end += len(data)
        self._unsynced = True

    def sync(self) -> None:
        """Let what was appended survive the machine, too; costs nothing where there is nothing new."""
        if self._unsynced:
            getattr(os, "fdatasync", os.fsync)(self._descriptor)
            self._unsynced = False

    def is_there(self) -> bool:
        """Whether the file is still where it was made."""
        try:
            there, ours = os.stat(self.path), os.fstat(self._descriptor)
        except OSError:
            return False
        return (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)

    def make_again(self) -> None:
        """Make the folder and the file once more, with what the old one holds, which is still open."""
        content = _content(self._descriptor, self._end)
        path, descriptor = _new_file(self.path.parent, self._stem, content)
        os.close(self._descriptor)
        self.path, self._descriptor = path, descriptor

    def close(self) -> None:
        """Anybody may finish it from now on."""
        os.close(self._descriptor)


def lock(descriptor: int) -> bool:
    """Take the file for oneself until the descriptor is closed; False where somebody else has it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system that knows no locks
        return True
    return True


def locks_hold() -> bool:
    """Whether this system tells by a lock that a file is in use."""
    return fcntl is not None


def sync_folder(folder: Path) -> None:
    """Let the names in a folder survive the machine, where the system knows how."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _content(descriptor: int, size: int) -> bytes:
    parts: list[bytes] = []
    place = 0
    while place < size and (part := _read(descriptor, size - place, place)):
        parts.append(part)
        place += len(part)
    return b"".join(parts)


def _read(descriptor: int, size: int, place: int) -> bytes:
    os.lseek(descriptor, place, os.SEEK_SET)
    return os.read(descriptor, size)


def _write(descriptor: int, data: bytes, place: int) -> None:
    """All of it: a system that is short of room writes a part first and says so the next time."""
    while data:
        os.lseek(descriptor, place, os.SEEK_SET)
        written = os.write(descriptor, data)
        place, data = place + written, data[written:]


def _new_file(folder: Path, stem: str, data: bytes) -> tuple[Path, int]:
    """Write beside, then give it the first free name, which no two programs can share."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{stem}-{os.getpid()}{BEGIN}"
    descriptor = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        lock(descriptor)
        _write(descriptor, data, 0)
        os.fsync(descriptor)
        path = _named(beside, folder, stem)
        sync_folder(folder)
    except BaseException:
        os.close(descriptor)
        raise
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
    return path, descriptor


def _named(beside: Path, folder: Path, stem: str) -> Path:
    for number in count(1):
        path = folder / (f"{stem}.mid" if number == 1 else f"{stem}-{number}.mid")
        with suppress(FileExistsError):
            _give_name(beside, path)
            return path
    raise AssertionError("numbers do not end")


def _give_name(beside: Path, path: Path) -> None:
    """Raises FileExistsError where the name is taken."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as a memory stick's
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        os.replace(beside, path)
