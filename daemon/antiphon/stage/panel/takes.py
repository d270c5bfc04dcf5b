"""The takes of a folder, by name. A command in a process of its own does what needs much memory or time."""

import asyncio
import json
import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_PATIENCE_S = 120.0
_LONGEST_ERROR = 500
# Name, time of the last change (ns) and size of each take.
_Files = frozenset[tuple[str, int, int]]


class Refused(Exception):  # noqa: N818
    """A request that cannot be served, with the status of HTTP."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


class Takes:
    """The takes in a folder; for all pages together, one command runs at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._busy = folder, asyncio.Lock()
        self._listed: tuple[_Files, list[dict[str, Any]]] | None = None

    async def listed(self) -> list[dict[str, Any]]:
        """The takes, the newest first."""
        async with self._busy:
            files = _files(self._folder)
            if not files:
                return []
            if self._listed is None or self._listed[0] != files:
                found = json.loads(await _run("takes", "--json", str(self._folder)))
                self._listed = files, [_row(one) for one in reversed(found)]
            return self._listed[1]

    async def path(self, name: str) -> Path:
        """The file of a take. Raises Refused where none has that name."""
        if not any(one["name"] == name for one in await self.listed()):  # so it names no other folder
            raise Refused("there is no such take", 404)
        path = self._folder / f"{name}.mid"
        if not path.is_file():
            raise Refused("there is no such take", 404)
        return path

    async def notes(self, name: str) -> dict[str, Any]:
        """The notes of both voices, in seconds from the start of the file."""
        from antiphon.stage.panel.take_notes import notes_of

        path = await self.path(name)
        try:
            return await asyncio.to_thread(notes_of, path)
        except (OSError, ValueError, EOFError, KeyError) as error:
            raise Refused(f"{name} cannot be read: {error}", 422) from None

    async def replay(self, name: str, body: bytes) -> dict[str, Any]:
        """Replay a take: the same once more, or answered anew with other settings."""
        changes = _changes(body)
        path = await self.path(name)
        options = [word for one, value in changes.items() for word in ("--set", f"{one}={_toml(value)}")]
        async with self._busy:
            before = _names(self._folder)
            said = await _run("replay", str(path), *options)
        new = sorted(_names(self._folder) - before)
        return {"text": said.decode(errors="replace").strip(), "take": new[0] if new else None}


def _files(folder: Path) -> _Files:
    """What tells one state of the folder from another. Times alone do not: they are a few ms coarse."""
    found = set()
    for path in folder.glob("*.mid"):
        with suppress(OSError):  # it went meanwhile
            stat = path.stat()
            found.add((path.name, stat.st_mtime_ns, stat.st_size))
    return frozenset(found)


def _names(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.mid")}


def _row(take: dict[str, Any]) -> dict[str, Any]:
    summary = take["summary"] or {}
    counted = {name: summary.get(name) for name in ("seconds", "phrases", "answers", "keys")}
    said = {name: take[name] for name in ("begun", "model", "recording", "wrong")}
    return {"name": Path(take["path"]).stem, **said, **counted}


def _changes(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("not JSON") from None
    changes = asked.get("set", {}) if isinstance(asked, dict) else None
    if not isinstance(changes, dict) or not all(map(_is_setting, changes)):
        raise Refused('a replay is asked for by {"set": {"section.key": value}}')
    return changes


def _is_setting(name: str) -> bool:
    return re.fullmatch(r"[a-z_]{1,40}\.[A-Za-z0-9_.]{1,80}", name) is not None


def _toml(value: object) -> str:
    """As a command line says it: JSON of a number, a text, true or false is TOML, too."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value)


async def _run(*words: str) -> bytes:
    """What a command of ours prints. Raises Refused with what it says where it fails."""
    asked = [sys.executable, "-m", "antiphon", *words]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *asked, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    try:
        out, wrong = await asyncio.wait_for(process.communicate(), _PATIENCE_S)
    except TimeoutError:
        process.kill()
        raise Refused(f"it took longer than {_PATIENCE_S:g} s", 504) from None
    if process.returncode:
        raise Refused(" ".join(wrong.decode(errors="replace").split())[:_LONGEST_ERROR], 422)
    return out


def lower_priority() -> None:
    """Less than ordinary: the music comes first, also on one core."""
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(5)
