"""A folder that a command writes its results into: its own files are replaced, nobody else's."""

import re
from pathlib import Path

from antiphon.errors import WrongUse


def claim(folder: Path, own: str) -> None:
    """Make the folder, or check that all it holds is named as the pattern `own` says. Raises WrongUse."""
    if folder.exists() and not folder.is_dir():
        raise WrongUse(f"{folder}: is not a folder")
    foreign = [path.name for path in folder.glob("*") if not re.fullmatch(own, path.name)]
    if foreign:
        raise WrongUse(f"{folder}: holds something else ({min(foreign)}); name another folder")
    folder.mkdir(parents=True, exist_ok=True)
