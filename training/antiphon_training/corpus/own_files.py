"""What a musician has: scores, and takes of Antiphon, in folders at any depth or named one by one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from antiphon.errors import Failure, WrongUse
from antiphon.files.read import read_file
from antiphon_training.corpus.cache import ParseCache
from antiphon_training.corpus.corpus import is_of_macos, load_songs, scores_of
from antiphon_training.corpus.songs import FORMATS, ParsedSong, Score, UnreadableError
from antiphon_training.corpus.take_phrases import phrases_of_take

# A night's playing; a score is smaller.
MAX_TAKE_BYTES = 64 << 20


@dataclass(slots=True)
class OwnFiles:
    """Scores that are still to be read, phrases of takes, and files that cannot be read with the reasons."""

    scores: list[Score] = field(default_factory=list)
    phrases: list[ParsedSong] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    takes: int = 0


def own_files(places: Iterable[Path]) -> OwnFiles:
    """Look through folders and files. Raises WrongUse where one is not there or none is a score or a take."""
    found = OwnFiles()
    for place in places:
        folder = place if place.is_dir() else place.parent
        for path in _paths(place):
            _add(found, path, folder)
    if not (found.scores or found.takes or found.unreadable):
        said = ", ".join(str(place) for place in places)
        raise WrongUse(f"no songs below {said}: looked for {' '.join(FORMATS)} and takes")
    return found


def _paths(place: Path) -> list[Path]:
    if place.is_dir():
        paths = (path for path in place.rglob("*") if path.suffix.lower() in FORMATS and path.is_file())
        return sorted(path for path in paths if not is_of_macos(path))
    if not place.is_file():
        raise WrongUse(f"no folder or file at {place}")
    if place.suffix.lower() not in FORMATS:
        raise WrongUse(f'{place}: a score must be one of {" ".join(FORMATS)}, got "{place.suffix}"')
    return [place]


def _add(found: OwnFiles, path: Path, folder: Path) -> None:
    name = path.relative_to(folder).as_posix()
    try:
        phrases = None
        if FORMATS[path.suffix.lower()] == "midi":
            phrases = phrases_of_take(read_file(path, MAX_TAKE_BYTES), name)
        if phrases is None:
            found.scores += scores_of([path], folder)
        else:
            found.takes += 1
            found.phrases += phrases
    except (UnreadableError, Failure, OSError) as error:
        found.unreadable.append((name, error.message if isinstance(error, Failure) else str(error)))


def read_own(
    found: OwnFiles, jobs: int, cache: ParseCache | None, seen: Callable[[], object]
) -> tuple[Sequence[ParsedSong], list[tuple[str, str]]]:
    """The songs of the scores, and all that could not be read; `seen` is called once for each score."""
    loaded = load_songs(found.scores, jobs, cache, seen)
    return loaded.songs, [*found.unreadable, *loaded.unreadable]
