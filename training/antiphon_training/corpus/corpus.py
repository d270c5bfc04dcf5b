"""Where songs come from: a folder of scores at any depth, or a named collection that ships with music21.

Finds and loads; what a score says is read in `scores`, side by side in `workers`.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from antiphon.errors import Failure, WrongUse
from antiphon_training.corpus.abc_tune import split_tunes
from antiphon_training.corpus.cache import ParseCache
from antiphon_training.corpus.scores import MAX_SCORE_BYTES, read_score, text_of
from antiphon_training.corpus.songs import FORMATS, ParsedSong, Reading, Score, UnreadableError
from antiphon_training.corpus.workers import CrashedError, work_on_all


@dataclass(frozen=True, slots=True)
class Corpus:
    """What the songs are and on what terms they may be used; both travel with everything made from them."""

    name: str
    title: str
    licence: str


_TRADITIONAL = (
    "traditional tunes, {}; distributed with music21, whose corpus licence asks to check each file's terms"
)
_ESSEN = Corpus(
    "essen",
    "Essen folksong collection (ABC)",
    "non-commercial distribution and use, by permission of E. Dahlig-Turek (collection, begun by "
    "H. Schaffrath) and S. Schlien (ABC encodings); its legal status is otherwise unclear",
)
# folder in music21's corpus, and what the collection is
COLLECTIONS: dict[str, tuple[str, Corpus]] = {
    "essen": ("essenFolksong", _ESSEN),
    "oneills": (
        "oneills1850",
        Corpus(
            "oneills",
            "O'Neill's Music of Ireland, 1850 melodies",
            _TRADITIONAL.format("Irish, printed in 1903"),
        ),
    ),
    "ryans": (
        "ryansMammoth",
        Corpus(
            "ryans", "Ryan's Mammoth Collection", _TRADITIONAL.format("Irish and American, printed in 1883")
        ),
    ),
    "airds": (
        "airdsAirs",
        Corpus(
            "airds", "Aird's Airs, books 1–6", _TRADITIONAL.format("Scottish and others, printed 1782–1803")
        ),
    ),
}
# Of the Essen files these are not of songs in German or its neighbours' dialects.
_NOT_GERMAN = ("han", "irl", "test")
# Collections, or parts of them, that belong together: name → the collections and what their files begin with.
TOGETHER: dict[str, tuple[str, ...]] = {
    "german": ("essen/-" + ",".join(_NOT_GERMAN),),
    "han": ("essen/han",),
    "irish": ("oneills", "ryans"),
    "all": tuple(COLLECTIONS),
}


def collection(name: str) -> tuple[Corpus, list[Path]]:
    """A named collection and its files; with "essen/erk" the part of it whose files begin so.

    Raises WrongUse for a name that is none, Failure without music21 or its corpus.
    """
    if name not in TOGETHER:
        corpus, paths = _one(name)
        return Corpus(name, corpus.title, corpus.licence), paths
    parts = [_one(part) for part in TOGETHER[name]]
    title = "; ".join(corpus.title for corpus, _ in parts)
    licence = "; ".join(dict.fromkeys(corpus.licence for corpus, _ in parts))
    return Corpus(name, title, licence), [path for _, paths in parts for path in paths]


def _one(name: str) -> tuple[Corpus, list[Path]]:
    base, _, beginning = name.partition("/")
    if base not in COLLECTIONS:
        known = (*COLLECTIONS, *TOGETHER)
        close = difflib.get_close_matches(base, known, n=1)
        hint = f'; did you mean "{close[0]}"?' if close else ""
        raise WrongUse(f'no collection "{base}": there are {", ".join(known)}{hint}')
    folder_name, corpus = COLLECTIONS[base]
    folder = music21_corpus() / folder_name
    paths = sorted(path for path in folder.glob("*.abc") if _belongs(path.stem, beginning))
    if not paths:
        raise WrongUse(f'no file of "{base}" begins with "{beginning}" in {folder}')
    return corpus, paths


def _belongs(stem: str, beginning: str) -> bool:
    """Does a file's name begin so; or, after "-", with none of those between the commas?"""
    if beginning.startswith("-"):
        return not stem.startswith(tuple(beginning[1:].split(",")))
    return stem.startswith(beginning)


def music21_corpus() -> Path:
    """The folder of scores within music21. Raises Failure where music21 is not installed."""
    try:
        import music21
    except ImportError as error:
        raise Failure("music21 is not installed: pip install '.[train]' in Antiphon's folder") from error
    return Path(music21.__file__).parent / "corpus"


def score_paths(folder: Path, endings: Iterable[str] = FORMATS) -> list[Path]:
    """The scores below a folder, at any depth, in the order of their names. Raises WrongUse where none is."""
    wanted = tuple(endings)
    if not folder.is_dir():
        raise WrongUse(f"no folder of scores at {folder}")
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in wanted and path.is_file() and not is_of_macos(path)
    )
    if not found:
        raise WrongUse(f"no scores below {folder}: looked for {' '.join(wanted)}")
    return found


def is_of_macos(path: Path) -> bool:
    """Is it what macOS puts beside a file on a disk or in an archive, under the name of that file?"""
    return path.name.startswith("._") or "__MACOSX" in path.parts


def scores_of(paths: Iterable[Path], folder: Path) -> list[Score]:
    """A score for each file, and for each tune of an ABC book, named by the path within `folder`."""
    return list(each_score(paths, folder))


def each_score(paths: Iterable[Path], folder: Path) -> Iterator[Score]:
    """`scores_of`, one file at a time."""
    for path in paths:
        yield from _scores_in(path, path.relative_to(folder).as_posix())


def _scores_in(path: Path, name: str) -> list[Score]:
    form = FORMATS[path.suffix.lower()]
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SCORE_BYTES + 1)  # one that is larger is refused when it is read
    except OSError as error:
        return [Score(name, form, b"", trouble=error.strerror or f"{error}")]
    if form != "abc" or len(content) > MAX_SCORE_BYTES:
        return [Score(name, form, content)]
    tunes = list(split_tunes(text_of(content)))
    return [Score(f"{name}#{_number(tune)}", form, tune.encode()) for tune in tunes] or [
        Score(name, form, content)
    ]


def _number(tune: str) -> str:
    return tune.partition("\n")[0].removeprefix("X:").split("%")[0].strip() or "?"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a folder of scores: the songs, in order, and what could not be read: source, reason."""

    songs: tuple[ParsedSong, ...]
    unreadable: tuple[tuple[str, str], ...]


def load_songs(
    scores: Sequence[Score], jobs: int = 1, cache: ParseCache | None = None, seen: Callable[[], object] = int
) -> Loaded:
    """Read every score, in `jobs` worker processes; `seen` is called once for each.

    What the cache knows is not read again, and what is read goes into it.
    """
    readings: dict[int, Reading] = {}
    for number, score in enumerate(scores):
        known = cache.get(score) if cache and not score.trouble else None
        if known is not None:
            readings[number] = known
            seen()
    missing = [(number, score) for number, score in enumerate(scores) if number not in readings]
    for number, reading in work_on_all(missing, jobs, read_score):
        readings[number] = reading
        if cache and not scores[number].trouble and not isinstance(reading, CrashedError):
            cache.put(scores[number], reading)
        seen()
    return _loaded(scores, [readings[number] for number in range(len(scores))])


def _loaded(scores: Sequence[Score], readings: Sequence[Reading]) -> Loaded:
    songs: list[ParsedSong] = []
    unreadable: list[tuple[str, str]] = []
    for score, reading in zip(scores, readings, strict=True):
        if isinstance(reading, UnreadableError):
            unreadable.append((score.source, str(reading)))
        else:
            songs.append(replace(reading, title=reading.title or score.stem))
    return Loaded(tuple(songs), tuple(unreadable))


def load_songs_in_kern(folder: Path, jobs: int = 1, cache: ParseCache | None = None) -> Loaded:
    """Load every Kern score below a folder, as the seed recipe begins. Raises WrongUse for none."""
    return load_songs(scores_of(score_paths(folder, (".krn",)), folder), jobs, cache)
