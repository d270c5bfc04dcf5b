"""Which config.toml is ours, and what it holds, as nested dictionaries. Knows no setting."""

import difflib
import re
import tomllib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import click

from antiphon.errors import Failure, WrongUse
from antiphon.files.read import read_file

FILE = "config.toml"
MAX_FILE_BYTES = 128 << 10
# The first name in a table's head; above the first of these, one that is set as a table in another way.
_HEAD = re.compile(r"""^[ \t]*\[{1,2}[ \t]*["']?([A-Za-z0-9_-]+)["']?[ \t]*(?:[].]|$)""", re.MULTILINE)
_TABLE = re.compile(r"""^[ \t]*["']?([A-Za-z0-9_-]+)["']?[ \t]*(?:\.|=[ \t]*\{)""", re.MULTILINE)


def usual_places() -> tuple[Path, Path]:
    """Where a configuration is looked for: this folder, then the user's own."""
    return Path(FILE), Path(click.get_app_dir("antiphon")) / FILE


def usual_file(sections: Collection[str], say: Callable[[str], None]) -> Path | None:
    """The first usual place that has a file, but not one of another program in this folder: `say` is told."""
    here, own = usual_places()
    if here.is_file():
        if (foreign := _foreign(here, sections)) is None:
            return here
        say(foreign)
    return own if own.is_file() else None


def _foreign(path: Path, sections: Collection[str]) -> str | None:
    """A line on a file that holds something, but no section of ours; None where it is ours.

    The file is not parsed: one of ours may be damaged, and is refused for it later.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE_BYTES).decode("utf-8-sig", "replace")
    except OSError:
        return None
    first = _HEAD.search(text)
    names = dict.fromkeys([*_TABLE.findall(text[: first and first.start()]), *_HEAD.findall(text)])
    if _says_nothing(text) or any(name in sections for name in names):
        return None
    meant = ((name, difflib.get_close_matches(name, sections, n=1, cutoff=0.8)) for name in names)
    hint = next((f'; did you mean [{close[0]}] by "{name[:32]}"?' for name, close in meant if close), "")
    return f"{path}: has no section of Antiphon's and is ignored{hint}"


def _says_nothing(text: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


def read_toml(path: Path) -> dict[str, Any]:
    """What a file holds. Raises WrongUse."""
    try:
        return tomllib.loads(read_file(path, MAX_FILE_BYTES).decode("utf-8-sig"))
    except Failure as failure:
        raise WrongUse(failure.message) from None
    except RecursionError:
        raise WrongUse(f"{path}: not TOML: nested too deeply") from None
    except ValueError as error:
        raise WrongUse(f"{path}: not TOML: {error}".replace("\n", " ")) from None


def lay_over(raw: dict[str, Any], name: str, value: object) -> None:
    """Set "section.key", or "section.table.row". A section that is no table stays, to be refused later."""
    section, *tables, key = name.split(".", 2)
    here = raw.setdefault(section, {})
    for table in tables if isinstance(here, dict) else ():
        inner = here.get(table)
        here[table] = dict(inner) if isinstance(inner, dict) else {}
        here = here[table]
    if isinstance(here, dict):
        here[key] = value
