"""A folder of takes: what lies there, and the unfinished ones that nobody records into any more."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from antiphon.errors import Failure
from antiphon.events import Timed, Turned
from antiphon.files.take_file import TakeFile, is_unfinished
from antiphon.stage.machine.clock import wall_time
from antiphon.stage.takes.finish import finish, read, read_header, rendered_take
from antiphon.stage.takes.growing_file import BEGIN, lock, locks_hold
from antiphon.stage.takes.header import TakeHeader
from antiphon.stage.takes.render import Summary

# Where no lock tells that a file is in use, one that was written to within this time is.
_IN_USE_S = 60.0
_MOST_PARTS = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """A take as a list tells of it. `summary` is None where the file does not tell: `wrong` may say why."""

    path: Path
    begun: str = ""
    model: str = ""
    summary: Summary | None = None
    continues: str = ""
    recording: bool = False
    wrong: str = ""


def finish_what_was_cut_off(folder: Path) -> list[str]:
    """Finish every unfinished take that nobody records into; gives a line for each."""
    for path in folder.glob(f".*{BEGIN}"):  # died before it had a name
        with _alone(path) as alone, suppress(OSError):
            if alone:
                path.unlink()
    return [line for path in _files(folder) if (line := _finished(path)) is not None]


def _finished(path: Path) -> str | None:
    try:
        texts = read_header(path)
        if texts is None or not is_unfinished(texts):
            return None
        with _alone(path) as alone:
            return _line(path, finish(path)) if alone else None
    except Failure as failure:
        # The caller reports files that are not takes, and damaged takes.
        return failure.message if "cannot be" in failure.message else None


def _line(path: Path, summary: Summary | None) -> str:
    if summary is None:
        return f"Removed {path.name}, in which nothing was played."
    how = ", which was cut off" if summary.cut_off else ""
    phrases, answers = counted(summary.phrases, "phrase"), counted(summary.answers, "answer")
    return f"Finished {path.name}{how}: {phrases}, {answers}, {length(summary.seconds)}."


def counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def length(seconds: float) -> str:
    """1:12, or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def listed(folder: Path) -> list[Listed]:
    """All takes, the oldest first; a damaged one says what is wrong. Raises Failure where no folder is there.

    Names are in local time, which is put back once a year; the moment that a take tells is not.
    """
    if not folder.is_dir():
        raise Failure(f"{folder}: there is no such folder")
    found = [one for path in _files(folder) if (one := _listed(path)) is not None]
    return sorted(found, key=lambda one: (_begun_s(one), len(one.path.name)))


def _begun_s(one: Listed) -> float:
    """Seconds since 1970, by what the take tells, else by its name; what tells neither comes last."""
    for told in (one.begun, one.path.stem[: len("YYYYMMDD-HHMMSS")]):
        with suppress(ValueError, OverflowError, OSError):
            return datetime.fromisoformat(told).timestamp()
    return float("inf")


def _listed(path: Path) -> Listed | None:
    try:
        texts = read_header(path)
        return None if texts is None else _told(path, texts)
    except Failure as failure:
        return Listed(path, wrong=failure.message.removeprefix(f"{path}: "))
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        return Listed(path, wrong=f"its header is damaged: {error}")


def _told(path: Path, texts: dict[str, Any]) -> Listed:
    if "place" not in texts:
        model = str(texts["bundle"]["name"])
        return Listed(path, model=model, wrong="was made before takes kept their records")
    header = TakeHeader.of(texts)
    recording = False
    if is_unfinished(texts):
        take = read(path)
        summary = None if take is None else rendered_take(take).summary
        with _alone(path) as alone:
            recording = not alone
    else:
        said = {**texts["summary"]}
        summary = Summary(**{**said, "keys": tuple(map(str, said["keys"]))})
    return Listed(
        path, str(texts["begun"]), header.bundle.name, summary, str(texts["place"]["continues"]), recording
    )


def played_in(path: Path) -> tuple[Sequence[Timed | Turned], ...]:
    """What was played in a take: by the player, as answers and their second voice, as bass and as chords.

    Moments are in seconds. Raises Failure naming the file.
    """
    take = read(path)
    if take is None:
        raise Failure(f"{path}: is no take of Antiphon's")
    try:
        rendered = rendered_take(take)
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
        raise Failure(f"{path}: cannot be read: {error}") from None
    parts = rendered.parts
    answers = sorted([*rendered.antiphon, *parts["second_voice"]], key=lambda timed: timed.at_s)
    return rendered.player, answers, parts["bass"], parts["chords"]


def chain(path: Path) -> list[tuple[Path, TakeFile]]:
    """A take and all parts before it, the first first. Raises Failure where one is missing or no take."""
    parts: list[tuple[Path, TakeFile]] = []
    here = path
    while len(parts) < _MOST_PARTS:
        take = read(here)
        if take is None:
            raise Failure(f"{here}: is no take of Antiphon's")
        if "place" not in take.texts:
            raise Failure(f"{here}: was made before takes kept their records, and cannot be replayed")
        parts.insert(0, (here, take))
        try:
            before = str(take.texts["place"]["continues"])
        except (TypeError, LookupError):
            raise Failure(f"{here}: does not tell where in its performance it stands") from None
        if not before:
            return parts
        here = path.parent / Path(before).name
        if not here.is_file():
            raise Failure(f"{path}: goes on where {before} ends, and cannot be replayed exactly without it")
        if any(here == known for known, _ in parts):
            break
    raise Failure(f"{path}: is continued by itself")


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.mid") if path.is_file() and path.name[0] != ".")
    except OSError:
        return []


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether nobody else records into a file, nor will as long as this lasts."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        if locks_hold():
            yield lock(descriptor) and _same(path, descriptor)
        else:
            yield wall_time().timestamp() - os.fstat(descriptor).st_mtime > _IN_USE_S
    finally:
        os.close(descriptor)


def _same(path: Path, descriptor: int) -> bool:
    """Whether it was not replaced while we looked."""
    try:
        return os.stat(path).st_ino == os.fstat(descriptor).st_ino
    except OSError:
        return False
