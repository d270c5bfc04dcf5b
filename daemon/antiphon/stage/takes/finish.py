"""A take's growing file is replaced by the finished one; at every moment one of them is there, whole.

The caller has made sure that nobody else records into it.
"""

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from antiphon.compose.harmony.accompaniment import Part
from antiphon.errors import Failure
from antiphon.files import take_file
from antiphon.files.take_file import TakeFile
from antiphon.files.write import write_whole
from antiphon.perform.harmony_settings import HarmonySettings
from antiphon.perform.reports import Asked, Begun
from antiphon.perform.settings import SessionSettings
from antiphon.perform.take_records import TakeRecord
from antiphon.stage.takes import format as take_format
from antiphon.stage.takes import records
from antiphon.stage.takes.growing_file import GrowingFile, locks_hold, sync_folder
from antiphon.stage.takes.header import TakeHeader, text
from antiphon.stage.takes.render import RenderedTake, Summary
from antiphon.stage.takes.tempo_map import TempoMap

MAX_FILE_BYTES = 256 << 20
# The text events are at the file's beginning.
_HEADER_BYTES = 256 << 10
PLAYER, ANTIPHON = "Player", "Antiphon"
NAMES: dict[Part, str] = {"bass": "Bass", "chords": "Chords", "second_voice": "Second voice"}
# How records begin that say by which settings is played.
_OF_SETTINGS = (b'["begun"', b'["asked"')
Found = TypeVar("Found")
# Finishing more than this takes so long that the reader of the reports should not wait for it.
_AT_ONCE_BYTES = 256 << 10


def read(path: Path) -> TakeFile | None:
    """What a take's file holds; None for a MIDI file that is no take. Raises Failure naming the file."""
    data, size = _bytes(path, MAX_FILE_BYTES)
    if size > MAX_FILE_BYTES:
        raise Failure(f"{path}: is larger than {MAX_FILE_BYTES >> 20} MiB")
    return _checked(path, lambda: take_file.read(data))


def read_header(path: Path) -> dict[str, Any] | None:
    """Its text events alone, quickly; None for a file that is no take. Raises Failure naming the file."""
    data, size = _bytes(path, _HEADER_BYTES)
    return _checked(path, lambda: take_file.read_header(data, size))


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
    """Replace the growing file by the finished take; gives what is in it.

    None where nothing was played: then the file is removed. Raises Failure naming the file, which stays.
    """
    take = read(path)
    if take is None or not take.unfinished:
        raise Failure(f"{path}: is no unfinished take")
    try:
        header, rendered = TakeHeader.of(take.texts), rendered_take(take)
        if rendered.empty:
            path.unlink(missing_ok=True)
            return None
        data = _finished(take, header, rendered)
    except (ValueError, TypeError, KeyError, LookupError, ArithmeticError) as error:
        raise Failure(f"{path}: cannot be finished: {error}") from None
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {error.strerror or error}") from None
    write_whole(path, data)
    sync_folder(path.parent)
    return rendered.summary


def rendered_take(take: TakeFile) -> RenderedTake:
    """Its music. Raises ValueError, TypeError or KeyError where it is damaged."""
    rendered = RenderedTake(TempoMap.of(take.texts["place"]["tempo"]), settings=_channels_of(take.texts))
    for line in take.before:
        if line.startswith(_OF_SETTINGS) and isinstance(record := records.read(line), Begun | Asked):
            rendered.follow(record)
    for record in records.read_all(take.lines):
        rendered.add(record)
    return rendered


def _channels_of(texts: Mapping[str, Any]) -> SessionSettings:
    """Which channels the configuration gave to the answer and to the parts."""
    said = texts.get("settings") or {}
    midi, harmony = said.get("midi", {}), said.get("harmony", {})
    channels = {name: value for name, value in harmony.items() if name.endswith("_channel")}
    return SessionSettings(channel=midi.get("output_channel", 1) - 1, harmony=HarmonySettings(**channels))


def records_of(take: TakeFile) -> list[TakeRecord]:
    """All that was recorded, with what the session was told before the take began. Raises ValueError."""
    return list(records.read_all([*take.before, *take.lines]))


def _finished(take: TakeFile, header: TakeHeader, rendered: RenderedTake) -> bytes:
    tempi, voices = rendered.written(header.meter)
    texts = (
        text("begun", take.texts["begun"]),
        text("place", take.texts["place"]),
        *header.texts(),
        text("lateness", rendered.lateness()),
        text("summary", asdict(rendered.summary)),
    )
    before = records.pack(take.before) if take.before else b""
    named = zip((PLAYER, ANTIPHON, *(NAMES[part] for part in rendered.played_parts)), voices, strict=True)
    meters = rendered.written_meters(header.meter)
    packed, markers = records.pack(take.lines), rendered.written_markers(header.meter)
    return take_format.finished(tempi, meters, texts, before, packed, named, markers)


@dataclass(slots=True)
class _Work:
    """A take that is being finished by another process; nobody else touches it meanwhile."""

    file: GrowingFile
    process: Any


class Finisher:
    """Finishes short takes at once, and long ones in a process of their own, which `done` can wait for.

    A thread would do, but what an hour's take needs in memory, some 40 MB, would stay with this process.
    """

    def __init__(self, at_once_bytes: int = _AT_ONCE_BYTES) -> None:
        self._at_once_bytes = at_once_bytes
        self._work: list[_Work] = []
        self._done: list[Path | Failure | None] = []

    def take(self, file: GrowingFile, now: bool = False) -> None:
        """Finish what was recorded into it; `now` at once, however long it is."""
        if now or file.size <= self._at_once_bytes:
            self._done.append(_finish_file(file))
            return
        process = get_context("spawn").Process(target=_aside, args=(str(file.path),), name="antiphon-take")
        process.start()
        self._work.append(_Work(file, process))

    def done(self, wait: bool = False) -> list[Path | Failure | None]:
        """For each take finished since the last call its file, None where nothing was played, or a Failure.

        `wait`: all that is under way is waited for.
        """
        for work in list(self._work):
            if wait or not work.process.is_alive():
                work.process.join()
                self._work.remove(work)
                # Where that process failed or was killed, the take is finished here.
                self._done.append(_finish_file(work.file) if _is_unfinished(work.file.path) else _end(work))
        done, self._done = self._done, []
        return done


def _end(work: _Work) -> Path | None:
    work.file.close()
    return work.file.path if work.file.path.exists() else None


def _is_unfinished(path: Path) -> bool:
    with suppress(Failure):
        texts = read_header(path)
        return texts is not None and take_file.is_unfinished(texts)
    return False


def _aside(path: str) -> None:
    """Runs in a process of its own, at a low priority: the music goes first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(10)
    with suppress(Failure):
        finish(Path(path))


def _finish_file(growing: GrowingFile) -> Path | Failure | None:
    try:
        if not locks_hold():
            growing.close()  # there an open file cannot be replaced
        return growing.path if finish(growing.path) is not None else None
    except Failure as failure:
        return failure
    finally:
        if locks_hold():
            growing.close()
