"""From the growing file of a take to the finished one, in its place: whole at every moment.

Reading and finishing takes; whoever asks has made sure that nobody else records into them.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from antiphon.errors import Failure
from antiphon.perform.replay import Record
from antiphon.stage.takes import growing_file as draft
from antiphon.stage.takes import format as layout
from antiphon.stage.takes import records
from antiphon.stage.takes.growing_file import GrowingFile
from antiphon.files.write import write_whole
from antiphon.stage.takes.format import TakeFile
from antiphon.stage.takes.render import RenderedTake, Summary
from antiphon.stage.takes.header import TakeHeader, text
from antiphon.stage.takes.tempo_map import TempoMap

MAX_FILE_BYTES = 256 << 20
# What a take says of itself is at its beginning.
_HEADER_BYTES = 256 << 10
PLAYER, ANTIPHON = "Player", "Antiphon"
Found = TypeVar("Found")
# Finishing more than this takes so long that whoever reads the reports should not wait for it.
_AT_ONCE_BYTES = 256 << 10


def read(path: Path) -> TakeFile | None:
    """What a take's file holds; None for a MIDI file that is no take. Raises Failure naming the file."""
    data, size = _bytes(path, MAX_FILE_BYTES)
    if size > MAX_FILE_BYTES:
        raise Failure(f"{path}: is larger than {MAX_FILE_BYTES >> 20} MiB")
    return _checked(path, lambda: layout.read(data))


def read_header(path: Path) -> dict[str, Any] | None:
    """Its text events alone, soon read; None for what is no take. Raises Failure naming the file."""
    data, size = _bytes(path, _HEADER_BYTES)
    return _checked(path, lambda: layout.read_header(data, size))


def _bytes(path: Path, most: int) -> tuple[bytes, int]:
    """Its beginning, and how large the file is."""
    try:
        with path.open("rb") as file:
            return file.read(most), os.fstat(file.fileno()).st_size
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None


def _checked(path: Path, work: Callable[[], Found]) -> Found:
    try:
        return work()
    except ValueError as error:
        raise Failure(f"{path}: {error}") from None


def finish(path: Path) -> Summary | None:
    """Put the finished take in the place of the growing one; gives what is in it.

    None where nothing was played: then the file is removed. Raises Failure naming the file, which stays.
    """
    take = read(path)
    if take is None or not take.unfinished:
        raise Failure(f"{path}: is no unfinished take")
    try:
        header, score = TakeHeader.of(take.texts), scored(take)
        if score.empty:
            path.unlink(missing_ok=True)
            return None
        data = _finished(take, header, score)
    except (ValueError, TypeError, KeyError, LookupError, ArithmeticError) as error:
        raise Failure(f"{path}: cannot be finished: {error}") from None
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror or error}") from None
    write_whole(path, data)
    draft.sync_folder(path.parent)
    return score.summary


def scored(take: TakeFile) -> RenderedTake:
    """Its music. Raises ValueError, TypeError or KeyError where it is damaged."""
    score = RenderedTake(TempoMap.of(take.texts["place"]["tempo"]))
    for record in records.read_all(take.lines):
        score.add(record)
    return score


def records_of(take: TakeFile) -> list[Record]:
    """All that was recorded, what the session was told before the take included. Raises ValueError."""
    return list(records.read_all([*take.before, *take.lines]))


def _finished(take: TakeFile, header: TakeHeader, score: RenderedTake) -> bytes:
    tempi, voices = score.written(header.meter)
    texts = (
        text("begun", take.texts["begun"]),
        text("place", take.texts["place"]),
        *header.texts(),
        text("lateness", score.lateness()),
        text("summary", asdict(score.summary)),
    )
    before = records.pack(take.before) if take.before else b""
    named = zip((PLAYER, ANTIPHON), voices, strict=True)
    return layout.finished(tempi, header, texts, before, records.pack(take.lines), named)


@dataclass(slots=True)
class _Work:
    """A take that is being finished by another process; nobody else touches it meanwhile."""

    draft: GrowingFile
    process: Any


class Finisher:
    """Finishes takes: short ones at once, long ones in a process of their own, waited for at the end.

    What is done is told by `done`: the file, or None where nothing was played, or a Failure.
    """

    def __init__(self, at_once_bytes: int = _AT_ONCE_BYTES) -> None:
        self._at_once_bytes = at_once_bytes
        self._work: list[_Work] = []
        self._done: list[Path | Failure | None] = []

    def take(self, draft: GrowingFile, now: bool = False) -> None:
        """Finish what was recorded into it; `now` at once, however long it is."""
        if now or draft.size <= self._at_once_bytes:
            self._done.append(_finish_draft(draft))
            return
        process = get_context("spawn").Process(target=_aside, args=(str(draft.path),), name="antiphon-take")
        process.start()
        self._work.append(_Work(draft, process))

    def done(self, wait: bool = False) -> list[Path | Failure | None]:
        """What was finished since the last call; `wait` for all of it."""
        for work in list(self._work):
            if wait or not work.process.is_alive():
                work.process.join()
                self._work.remove(work)
                # If that process did not get there, it is done here.
                self._done.append(
                    _finish_draft(work.draft) if _is_unfinished(work.draft.path) else _end(work)
                )
        done, self._done = self._done, []
        return done


def _end(work: _Work) -> Path | None:
    work.draft.close()
    return work.draft.path if work.draft.path.exists() else None


def _is_unfinished(path: Path) -> bool:
    with suppress(Failure):
        texts = read_header(path)
        return texts is not None and layout.is_unfinished(texts)
    return False


def _aside(path: str) -> None:
    """In a process of its own, which gives way to whoever plays."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)
    with suppress(Failure):
        finish(Path(path))


def _finish_draft(growing: GrowingFile) -> Path | Failure | None:
    try:
        if not draft.locks_hold():
            growing.close()  # there an open file cannot be replaced
        return growing.path if finish(growing.path) is not None else None
    except Failure as failure:
        return failure
    finally:
        if draft.locks_hold():
            growing.close()
