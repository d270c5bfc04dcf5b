"""Only one instance can use a client name: a lock that ends with its process, in a folder of the user's own.

Knows nothing of what the process does; its control socket lies beside the lock.
"""

import hashlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from antiphon.errors import Failure

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,32}")
_PID_DIGITS = 20


class Instance:
    """Holds a client name; a context. Raises Failure where another process holds it.

    `folder` stands in for the runtime folder.
    """

    def __init__(self, client_name: str, folder: Path | None = None) -> None:
        self._name = client_name
        self._folder = made(runtime_folder()) if folder is None else made(folder)
        self._descriptor: int | None = None

    @property
    def socket_path(self) -> Path:
        """The path of the control socket. While the lock is held, no other process uses it."""
        return self._folder / f"{_file_name(self._name)}.sock"

    def __enter__(self) -> Self:
        path = self._folder / f"{_file_name(self._name)}.lock"
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        # Not inherited: the playing process must not hold the lock of a supervising one that was killed.
        descriptor = os.open(path, flags, 0o600)
        if not _lock(descriptor):
            holder = os.read(descriptor, _PID_DIGITS).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise Failure(
                f"Only one instance can use a client name, and process {holder} uses {self._name}; "
                "antiphon stop ends it, --client-name NAME starts another"
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file stays: if it were removed, two processes could lock two files of one name.
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def socket_of(client_name: str, folder: Path | None = None) -> Path:
    """The path of the control socket of a client name, whether such an instance runs or not."""
    return (runtime_folder() if folder is None else folder) / f"{_file_name(client_name)}.sock"


def runtime_folder() -> Path:
    """The folder for locks and sockets; it may not exist yet."""
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(given) and os.path.isdir(given):
        return Path(given) / "antiphon"
    if sys.platform == "win32":
        return Path(tempfile.gettempdir()) / "antiphon"  # already inside the user's own profile
    return Path(tempfile.gettempdir()) / f"antiphon-{os.geteuid()}"


def made(folder: Path) -> Path:
    """The folder, created if missing. Raises Failure where others own it or may enter it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Failure(f"{folder}: cannot be created: {error.strerror}") from None
    check(folder)
    return folder


def check(folder: Path) -> None:
    """Raises Failure where others own the folder or may enter it; OSError where there is none."""
    if sys.platform == "win32":
        return
    found, uid = folder.lstat(), os.geteuid()
    if not stat.S_ISDIR(found.st_mode):
        raise Failure(f"{folder}: must be a folder, and no link")
    if found.st_uid != uid:
        raise Failure(f"{folder}: must be yours (user {uid}), but is of user {found.st_uid}")
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise Failure(f"{folder}: must be for you alone (700), but is {mode:03o}; chmod 700 {folder}")


def _file_name(client_name: str) -> str:
    """The client name if it can be a file name, else a hash of it: a socket's path must be short."""
    if _PLAIN.fullmatch(client_name):
        return client_name
    return f"~{hashlib.sha256(client_name.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        # Locked bytes cannot be read by others: one far behind the process number.
        os.lseek(descriptor, 1024, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
