"""Readings of scores by music21, kept on disk: one JSON file for each score, named by its content."""

import hashlib
import json
import os
from functools import cache
from importlib.metadata import version
from pathlib import Path

from antiphon_training.corpus.songs import PARSER_VERSION, ParsedSong, Reading, Score, UnreadableError


def default_folder() -> Path:
    """$XDG_CACHE_HOME/antiphon, or ~/.cache/antiphon."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "antiphon"


@cache
def _reader() -> str:
    return f"antiphon {PARSER_VERSION} music21 {version('music21')}"


def _voice(score: Score) -> str:
    return repr(score.wanted) if score.wanted else ""


class ParseCache:
    """Readings of scores in a folder. A damaged one is read anew; a folder that cannot be written is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writable = True

    def can_be_written(self) -> bool:
        try:
            (self.folder / "scores").mkdir(parents=True, exist_ok=True)
        except OSError:
            return False
        return os.access(self.folder / "scores", os.W_OK | os.X_OK)

    def path(self, score: Score) -> Path:
        name = hashlib.sha256(
            f"{_reader()} {score.format}{_voice(score)}\n".encode() + score.content
        ).hexdigest()
        return self.folder / "scores" / name[:2] / f"{name[2:]}.json"

    def get(self, score: Score) -> Reading | None:
        """The reading of a score under its source, or None."""
        try:
            found = json.loads(self.path(score).read_text("utf-8"))
            if "error" in found:
                return UnreadableError(str(found["error"]))
            return ParsedSong.from_json({**found, "source": score.source})
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def put(self, score: Score, reading: Reading) -> None:
        """Keep a reading, written beside its place and renamed."""
        if not self.writable:
            return
        plain = (
            {"error": str(reading)}
            if isinstance(reading, UnreadableError)
            else {**reading.to_json(), "source": ""}
        )
        path = self.path(score)
        beside = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(plain), "utf-8")
            beside.replace(path)
        except OSError:
            self.writable = False
